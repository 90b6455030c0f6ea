/**
 * Driving as an environment of decisions: an action is a plan (WAYPOINTS × (x, y), ego frame, m), a step drives it for DECISION_STEPS
 * steps of the world by the world's own tracker, one kernel call a step for all copies. The reward of a decision is the sum over its
 * steps. (env.ts has the environment of single controls.)
 */
import { DECISION_STEPS, OBS_DIM, WAYPOINTS } from '../../abi/layout.ts';
import type { Env, EnvSpace } from '../../task/env.ts';
import type { WorldSpec } from './world/spec/spec.ts';
import type { Worlds } from './world/world.ts';

/** Numbers of one plan. */
export const PLAN_SIZE = WAYPOINTS * 2;

/** What lies further than this from the ego in any direction is no plan for 2 s, m. */
const FARTHEST = 100;
/** Scaled observations stay within about [−1, 1]; what is far or fast reaches further, never this far. */
const OBSERVATION_BOUND = 20;

export class PlanEnv implements Env<WorldSpec> {
  readonly count: number;
  readonly observationSpace: EnvSpace = {
    shape: [OBS_DIM],
    dtype: 'float32',
    low: -OBSERVATION_BOUND,
    high: OBSERVATION_BOUND,
  };
  readonly actionSpace: EnvSpace = { shape: [WAYPOINTS, 2], dtype: 'float32', low: -FARTHEST, high: FARTHEST };
  readonly reward: Float32Array;
  readonly worlds: Worlds;
  readonly #onTick: ((i: number) => void) | undefined;

  /** Owns `worlds` from here on. `onTick` sees each running copy after every step of the world: whoever records at 10 Hz. */
  constructor(worlds: Worlds, onTick?: (i: number) => void) {
    this.worlds = worlds;
    this.count = worlds.count;
    this.reward = new Float32Array(worlds.count);
    this.#onTick = onTick;
  }

  get terminated(): Uint8Array {
    return this.worlds.terminated;
  }
  get truncated(): Uint8Array {
    return this.worlds.truncated;
  }

  reset(i: number, spec: WorldSpec): void {
    this.worlds.reset(i, spec);
  }
  observe(): Float32Array {
    return this.worlds.observe();
  }

  step(actions: Float32Array, rows: Int32Array): void {
    const { worlds, reward } = this;
    reward.fill(0);
    rows.forEach((i, r) => worlds.setPlan(i, actions, r * PLAN_SIZE, 2));
    const running = new Uint8Array(this.count);
    for (const i of rows) running[i] = 1;
    for (let tick = 0; tick < DECISION_STEPS; tick++) {
      worlds.stepPlans();
      for (const i of rows) {
        if (!running[i]) continue;
        reward[i] += worlds.reward[i];
        this.#onTick?.(i);
        if (worlds.terminated[i] || worlds.truncated[i]) running[i] = 0;
      }
    }
  }

  snapshot(i: number): Uint8Array {
    return this.worlds.snapshot(i);
  }
  /** Of a copy that was reset to the same spec. */
  restore(i: number, snapshot: unknown): void {
    this.worlds.restore(i, snapshot as Uint8Array);
  }
  dispose(): void {
    this.worlds.dispose();
  }
}
