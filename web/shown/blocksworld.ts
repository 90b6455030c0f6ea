/**
 * A Blocksworld board as it is solved by the oracle: a step is a move, the words before it are those that the task's policies read
 * (state and goal) and write. It is driven by the same loop as every episode and shown as plain states.
 */
import { BlocksEnv, type BlocksStart } from '../../core/tasks/blocksworld/env.ts';
import { type BlockState, MAX_ACTIONS, movesTo } from '../../core/tasks/blocksworld/rules.ts';
import { BLOCKS_SCENARIOS, BLOCKSWORLD } from '../../core/tasks/blocksworld/task.ts';
import { moveOf, WORDS } from '../../core/tasks/blocksworld/words.ts';
import { rollout } from '../../core/task/rollout.ts';
import { viewStore } from '../stores/view.ts';
import { blocksLayer, tableBounds } from '../viewer/layers/blocks.ts';
import { createGround } from '../viewer/layers/ground.ts';
import type { Player } from './player.ts';
import { show } from './shown.ts';
import { statesPlayer } from './states.ts';

/** Time a move is shown for, s. */
const STEP_SECONDS = 1.5;
/** The largest boards there are. */
const SCENARIO = BLOCKS_SCENARIOS[BLOCKS_SCENARIOS.length - 1];
/** Words that begin a line. */
const BEGINS = /^(state|goal|clear|wrong|move)$/;

/** The board of a seed and its solution, as something to show. */
export async function blocksPlayer(seed: number): Promise<Player> {
  const start = BLOCKSWORLD.start(SCENARIO, seed);
  const oracle = BLOCKSWORLD.oracle();
  const { states, traces } = await solve(start, oracle);
  const left = movesTo(start.goal);
  const toGo = (state: BlockState) => left.get(state.join()) ?? 0;
  return statesPlayer({
    kind: 'blocks',
    title: { of: `${BLOCKSWORLD.title}, ${SCENARIO.blocks} blocks, seed ${seed}`, by: oracle.name },
    states,
    words: traces.map((tokens) =>
      tokens.map((token, i) => {
        const { text, meaning } = WORDS.vocabulary[token];
        return { text, meaning, stage: WORDS.stageOf(tokens, i), begins: BEGINS.test(text) };
      }),
    ),
    actions: traces.map((tokens) => {
      const move = moveOf(tokens);
      return move ? `${move.block} to ${move.target || 'table'}` : 'no move';
    }),
    stepSeconds: STEP_SECONDS,
    layers: [createGround, blocksLayer(states, start.goal)],
    bounds: tableBounds(SCENARIO.blocks),
    say: (state) => `${said(state)}; ${goes(toGo(state))}`,
    readouts: (state) => [
      { name: 'to go', value: String(toGo(state)), title: 'Fewest moves to the goal' },
      { name: 'now', value: towers(state), title: 'Towers, from the table up' },
      { name: 'goal', value: towers(start.goal), title: 'Towers, from the table up' },
    ],
  });
}

/** The states that an episode goes through, and what was thought before each move. */
async function solve(start: BlocksStart, policy: ReturnType<typeof BLOCKSWORLD.oracle>) {
  const env = new BlocksEnv(1);
  const states: BlockState[] = [start.state];
  const traces: number[][] = [];
  const starts = [start];
  await rollout(env, policy, MAX_ACTIONS, {
    next: () => starts.shift(),
    acted({ extra: { tokens, lengths } }) {
      traces.push(Array.from(tokens?.subarray(0, lengths?.[0]) ?? []));
    },
    stepped() {
      states.push(env.board(0).state);
      return undefined;
    },
  });
  return { states, traces };
}

/** "block 2 on 3, 4 on 1"; of what stands on the table nothing is said. */
function said(state: BlockState): string {
  const on = state.flatMap((below, i) => (below === 0 ? [] : [`${i + 1} on ${below}`]));
  return on.length > 0 ? `block ${on.join(', ')}` : 'every block on the table';
}
const goes = (moves: number): string =>
  moves === 0 ? 'the goal is reached' : `${moves} ${moves === 1 ? 'move' : 'moves'} to go`;

/** "1·3, 2, 4". */
function towers(state: BlockState): string {
  const over = (block: number): readonly number[] => {
    const above = state.indexOf(block) + 1;
    return above > 0 ? [block, ...over(above)] : [block];
  };
  return state.flatMap((below, i) => (below === 0 ? [over(i + 1).join('·')] : [])).join(', ');
}

let seed = 0;

/** Shows the board of the next seed. */
export async function openBoard(): Promise<void> {
  const player = await blocksPlayer(++seed);
  viewStore.setState({ page: 'lab', insetOf: null });
  show(player);
}
