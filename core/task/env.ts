/**
 * Environments as learners see them: `count` copies of one task, stepped together, each started, snapshot and restored by itself.
 *
 * What a step is, the task says: driving takes a plan and drives it for half a second, Blocksworld takes a move. Spaces stand on the
 * instance (gymnasium.farama.org, API 1.0), so whoever learns or drives knows nothing else of the task. Where a world runs in a kernel,
 * one `step` is one fused call for all of them; where it runs elsewhere (CARLA, a served simulator), every method may answer with a
 * promise. `rollout` (rollout.ts) is the one loop over it; Gymnasium's own face of it is held by conformance.ts.
 */
export type Maybe<T> = T | Promise<T>;

/** gymnasium.spaces.Box. `low` and `high` are one bound for all numbers, or one each. */
export interface EnvSpace {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'float64' | 'uint8' | 'int32';
  readonly low: number | readonly number[];
  readonly high: number | readonly number[];
}

/** Numbers in one observation or action of this space. */
export const spaceLength = ({ shape }: Pick<EnvSpace, 'shape'>): number => shape.reduce((product, n) => product * n, 1);

/** `Start` is what an episode begins from: a world's spec, a board. */
export interface Env<Start = unknown> {
  readonly count: number;
  /** Of one copy. */
  readonly observationSpace: EnvSpace;
  readonly actionSpace: EnvSpace;
  /** Of the last step, [count]; 0 where a copy was not stepped. */
  readonly reward: Float32Array;
  /** 1 where the last step ended the episode: by what happened, or by its time limit. [count] */
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** Begins an episode in copy `i`. */
  reset(i: number, start: Start): Maybe<void>;
  /** Of all copies, [count × observation]; the array is reused by the next call. */
  observe(): Maybe<Float32Array>;
  /** Steps the copies `rows`, whose actions lie one after another, [rows × action]. Copies whose episode is over stand still. */
  step(actions: Float32Array, rows: Int32Array): Maybe<void>;
  /** A true clone of copy `i`, of plain data; restored into any copy it has the same future bit for bit. Absent where a world cannot (CARLA). */
  snapshot?(i: number): unknown;
  restore?(i: number, snapshot: unknown): void;
  dispose(): void;
}
