/**
 * Blocksworld: blocks stand on the table or on one another; one clear block moves at a time, onto the table or onto another clear
 * block. A state says for each block what it stands on: `state[i]` for block i + 1, 0 = the table.
 *
 * Rewards and limits are those of GRL's environment: −1 a move, legal or not, −5 for an answer that is no move, +10 (in place of the
 * −1) for the move that reaches the goal; 20 actions.
 */
export type BlockState = readonly number[];
/** Block `block` (1..n) onto `target` (0 = table, 1..n). */
export interface BlockMove {
  readonly block: number;
  readonly target: number;
}

export const MAX_ACTIONS = 20;
const MOVE_REWARD = -1;
const UNPARSABLE_REWARD = -5;
const GOAL_REWARD = 10;

/** Whether nothing stands on a block. */
export const isClear = (state: BlockState, block: number): boolean => !state.includes(block);

export const sameBlocks = (a: BlockState, b: BlockState): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);

/** A move within the rules; a block on the table may be put on the table, which changes nothing. */
function isLegal(state: BlockState, { block, target }: BlockMove): boolean {
  const exists = (n: number) => Number.isInteger(n) && n >= 1 && n <= state.length;
  if (!exists(block) || !isClear(state, block)) return false;
  return target === 0 || (exists(target) && target !== block && isClear(state, target));
}

export function afterMove(state: BlockState, { block, target }: BlockMove): BlockState {
  return state.map((below, i) => (i + 1 === block ? target : below));
}

export interface BlockStep {
  readonly state: BlockState;
  readonly reward: number;
  readonly valid: boolean;
  readonly success: boolean;
}

/** One action; null is an answer that is no move. */
export function stepBlocks(state: BlockState, goal: BlockState, move: BlockMove | null): BlockStep {
  if (!move) return { state, reward: UNPARSABLE_REWARD, valid: false, success: false };
  const valid = isLegal(state, move);
  const next = valid ? afterMove(state, move) : state;
  const success = valid && sameBlocks(next, goal);
  return { state: next, reward: success ? GOAL_REWARD : MOVE_REWARD, valid, success };
}

/** Every arrangement of `count` blocks, in a fixed order. */
export function allStates(count: number): BlockState[] {
  const states: BlockState[] = [];
  const place = (state: number[]) => {
    if (state.length === count) {
      if (standsFirmly(state)) states.push(state);
      return;
    }
    for (let below = 0; below <= count; below++) {
      const block = state.length + 1;
      if (below !== block && (below === 0 || !state.includes(below))) place([...state, below]);
    }
  };
  place([]);
  return states;
}

/** Every tower ends on the table. */
const standsFirmly = (state: BlockState): boolean => state.every((_, i) => heightOf(state, i + 1) <= state.length);

/** Blocks under a block; more than there are where they stand in a circle. */
function heightOf(state: BlockState, block: number): number {
  let height = 0;
  for (let below = state[block - 1]; below !== 0 && height <= state.length; below = state[below - 1]) height++;
  return height;
}

export function legalMoves(state: BlockState): BlockMove[] {
  const numbers = state.map((_, i) => i + 1);
  return numbers
    .flatMap((block) => [0, ...numbers].map((target) => ({ block, target })))
    .filter((move) => isLegal(state, move) && state[move.block - 1] !== move.target);
}

const distances = new Map<string, ReadonlyMap<string, number>>();

/** Fewest moves from every state to `goal`, by `state.join()`: breadth first from the goal, for moves can be undone. */
export function movesTo(goal: BlockState): ReadonlyMap<string, number> {
  const key = goal.join();
  const known = distances.get(key);
  if (known) return known;
  const found = new Map([[key, 0]]);
  const queue: BlockState[] = [goal];
  for (const state of queue) {
    for (const move of legalMoves(state)) {
      const next = afterMove(state, move);
      if (found.has(next.join())) continue;
      found.set(next.join(), (found.get(state.join()) ?? 0) + 1);
      queue.push(next);
    }
  }
  distances.set(key, found);
  return found;
}

/** The first move of a shortest solution, lowest numbers first; undefined at the goal. */
export function bestMove(state: BlockState, goal: BlockState): BlockMove | undefined {
  const far = movesTo(goal);
  const here = far.get(state.join()) ?? 0;
  return legalMoves(state).find((move) => far.get(afterMove(state, move).join()) === here - 1);
}
