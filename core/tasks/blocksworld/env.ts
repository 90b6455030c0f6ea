/** Blocksworld as an environment: a step is one move, the observation is the two arrangements, zero where there are fewer blocks. */
import type { Env, EnvSpace } from '../../task/env.ts';
import { type BlockState, MAX_ACTIONS, stepBlocks } from './rules.ts';
import { MOST_BLOCKS } from './words.ts';

export interface BlocksStart {
  readonly state: BlockState;
  readonly goal: BlockState;
}
interface Board extends BlocksStart {
  readonly actions: number;
}

/** [blocks, state × MOST_BLOCKS, goal × MOST_BLOCKS] */
const OBSERVATION = 1 + 2 * MOST_BLOCKS;

/** What an observation shows. */
export function readBoard(observations: Float32Array, row: number): BlocksStart {
  const at = row * OBSERVATION;
  const count = observations[at];
  const part = (from: number) => Array.from(observations.subarray(at + from, at + from + count));
  return { state: part(1), goal: part(1 + MOST_BLOCKS) };
}

export class BlocksEnv implements Env<BlocksStart> {
  readonly count: number;
  readonly observationSpace: EnvSpace = { shape: [OBSERVATION], dtype: 'float32', low: 0, high: MOST_BLOCKS };
  /** Block and target; a block of −1 is an answer that is no move. */
  readonly actionSpace: EnvSpace = { shape: [2], dtype: 'float32', low: -1, high: MOST_BLOCKS };
  readonly reward: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly #boards: Board[];
  readonly #seen: Float32Array;

  constructor(count: number) {
    this.count = count;
    this.reward = new Float32Array(count);
    this.terminated = new Uint8Array(count);
    this.truncated = new Uint8Array(count);
    this.#boards = Array.from({ length: count }, () => ({ state: [], goal: [], actions: 0 }));
    this.#seen = new Float32Array(count * OBSERVATION);
  }

  /** Throws RangeError for a board of more blocks than there are words for, or whose goal is of another size. */
  reset(i: number, { state, goal }: BlocksStart): void {
    if (state.length > MOST_BLOCKS || goal.length !== state.length)
      throw new RangeError(
        `${state.length} blocks with a goal of ${goal.length}, expected at most ${MOST_BLOCKS} of each`,
      );
    this.#boards[i] = { state, goal, actions: 0 };
    this.terminated[i] = this.truncated[i] = 0;
  }

  /** The board of copy `i`. */
  board(i: number): Board {
    return this.#boards[i];
  }

  observe(): Float32Array {
    this.#seen.fill(0);
    this.#boards.forEach(({ state, goal }, i) => {
      this.#seen.set([state.length, ...state], i * OBSERVATION);
      this.#seen.set(goal, i * OBSERVATION + 1 + MOST_BLOCKS);
    });
    return this.#seen;
  }

  step(actions: Float32Array, rows: Int32Array): void {
    this.reward.fill(0);
    rows.forEach((i, row) => {
      const { state, goal, actions: before } = this.#boards[i];
      const [block, target] = [actions[2 * row], actions[2 * row + 1]];
      const next = stepBlocks(state, goal, block < 0 ? null : { block, target });
      this.#boards[i] = { state: next.state, goal, actions: before + 1 };
      this.reward[i] = next.reward;
      this.terminated[i] = next.success ? 1 : 0;
      this.truncated[i] = !next.success && before + 1 >= MAX_ACTIONS ? 1 : 0;
    });
  }

  snapshot(i: number): unknown {
    return { ...this.#boards[i], ended: [this.terminated[i], this.truncated[i]] };
  }
  restore(i: number, snapshot: unknown): void {
    const { ended, ...board } = snapshot as Board & { readonly ended: readonly [number, number] };
    this.#boards[i] = board;
    [this.terminated[i], this.truncated[i]] = ended;
  }
  dispose(): void {}
}
