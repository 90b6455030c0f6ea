/**
 * The words of Blocksworld. A decision reads `state 0 3 1 goal 0 0 2` (given) and writes
 *
 *   clear 2 wrong 2 3 move 2 to 0 <end>      perceive: blocks that may move · predict: blocks not where they end · act
 *
 * One digit a block, in the blocks' order; the numbers after `clear` and `wrong` ascend.
 */
import type { TaskWords } from '../../task/task.ts';
import { type BlockState, type BlockMove, bestMove, isClear } from './rules.ts';

/** Most blocks there are words for. */
export const MOST_BLOCKS = 4;
const [END, STATE, GOAL, CLEAR, WRONG, MOVE, TO, DIGIT] = [0, 1, 2, 3, 4, 5, 6, 7];
const MEANINGS: readonly (readonly [string, string])[] = [
  ['<end>', 'the thought ends'],
  ['state', 'what each block stands on now'],
  ['goal', 'what each block is to stand on'],
  ['clear', 'blocks with nothing on them'],
  ['wrong', 'blocks that do not stand as they end'],
  ['move', 'the block to move'],
  ['to', 'where to put it'],
  ...Array.from({ length: MOST_BLOCKS + 1 }, (_, n) => [String(n), n === 0 ? 'the table' : `block ${n}`] as const),
];

const digit = (n: number): number => DIGIT + n;
const numberOf = (token: number): number => token - DIGIT;
const isDigit = (token: number | undefined): boolean => token !== undefined && token >= DIGIT;

/** The words that a decision is given. */
export const givenWords = (state: BlockState, goal: BlockState): number[] => [
  STATE,
  ...state.map(digit),
  GOAL,
  ...goal.map(digit),
];

/** A block is right when it and everything under it stand as in the goal. */
const isRight = (state: BlockState, goal: BlockState, block: number): boolean =>
  state[block - 1] === goal[block - 1] && (state[block - 1] === 0 || isRight(state, goal, state[block - 1]));

/** What the oracle writes after the given words. Throws RangeError at the goal, where there is nothing to decide. */
export function oracleWords(state: BlockState, goal: BlockState): number[] {
  const move = bestMove(state, goal);
  if (!move) throw new RangeError('the goal is reached');
  const blocks = state.map((_, i) => i + 1);
  return [
    CLEAR,
    ...blocks.filter((block) => isClear(state, block)).map(digit),
    WRONG,
    ...blocks.filter((block) => !isRight(state, goal, block)).map(digit),
    MOVE,
    digit(move.block),
    TO,
    digit(move.target),
    END,
  ];
}

/** The move that a trace ends in, or null where it ends in none. */
export function moveOf(tokens: readonly number[]): BlockMove | null {
  const at = tokens.lastIndexOf(MOVE);
  const [block, to, target] = [tokens[at + 1], tokens[at + 2], tokens[at + 3]];
  if (at < 0 || !isDigit(block) || to !== TO || !isDigit(target)) return null;
  return { block: numberOf(block), target: numberOf(target) };
}

function isValid(tokens: readonly number[]): boolean {
  const text = tokens.map((token) => (isDigit(token) ? 'n' : 'esgcwmt'[token === END ? 0 : token])).join('');
  return /^sn+gn+cn*wn*mntne$/.test(text);
}

export const WORDS: TaskWords = {
  vocabulary: MEANINGS.map(([text, meaning]) => ({ text, meaning })),
  end: END,
  maxTokens: 28,
  stageOf(tokens, index) {
    const last = tokens.slice(0, index + 1).findLast((token) => !isDigit(token) && token !== TO);
    if (last === MOVE || last === END) return 'act';
    if (last === WRONG) return 'predict';
    return 'perceive';
  },
  isValid,
};
