/**
 * The world's interface: N independent copies of one or many scenarios, stepped together.
 *
 * Two implementations behind one interface: `createWasmWorlds` (the AssemblyScript kernel, the product) and
 * `createTwinWorlds` (plain TypeScript, the oracle: same results to 1e-9). Both are deterministic: no clock, no
 * `Math.random`; everything random was drawn when the scenario was instantiated (`WorldSpec`), and sensor noise is a hash of
 * the seed and the step (twin-noise.ts).
 *
 * One step: tracker (if a plan is set) → command in integer counts → delay line → ego bicycle, bounded by friction → actors,
 * all from where everybody stood when the ego had moved → lights → collisions, off-road, red light, TTC → reward and flags.
 * A finished world (terminated or truncated) ignores further steps.
 */
import type { WorldSpec } from './spec/spec.ts';

export interface ActorState {
  /** KIND_* of kinds.ts. */
  kind: number;
  x: number;
  y: number;
  headingRad: number;
  speedMps: number;
  yawRateRadps: number;
  length: number;
  width: number;
  /** Whether the ego sees it now (range, weather and occlusion). */
  visible: boolean;
  /** Whether it stands in the world now (replayed actors come and go, traffic leaves where lanes end). */
  present: boolean;
}

/** Everything a viewer, a trace or a score needs to know of one world at one step. SI units. */
export interface WorldState {
  step: number;
  x: number;
  y: number;
  headingRad: number;
  speedMps: number;
  accelMps2: number;
  steerRad: number;
  yawRateRadps: number;
  /** Arc length along the route and offset from the lane centre (left +), m. */
  s: number;
  lateral: number;
  headingError: number;
  actors: ActorState[];
  /** Speed limit where the ego is. */
  speedLimitMps: number;
  /** The next light of the route: LIGHT_* of layout.ts and its stop line's arc length (NaN without a light). */
  light: number;
  stopLineS: number;
  /** Time to collision under constant velocity, s; Infinity when nothing is hit within 8 s. */
  ttc: number;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  collision: boolean;
  /** Index of the actor hit, or -1. */
  collisionActor: number;
  offRoad: boolean;
  /** True in the one step in which the front bumper crossed the stop line at red; `DriveTotals.redLights` counts them. */
  ranRedLight: boolean;
  /** Goal reached. */
  success: boolean;
  routeCompletion: number;
}

/** What the kernel adds up over one drive; `core/tasks/driving/scores/lab/score.ts` makes the score of it. */
export interface DriveTotals {
  steps: number;
  /** 0..1. */
  routeCompletion: number;
  collisions: number;
  offRoad: number;
  redLights: number;
  /** Steps with TTC below 1 s, steps above the speed limit + 0.5 m/s, steps outside the comfort limits. */
  ttcSteps: number;
  speedingSteps: number;
  uncomfortableSteps: number;
  minTtc: number;
  /** Smallest box-to-box gap to any actor, m. */
  minGap: number;
  returnSum: number;
}

export interface Worlds {
  readonly count: number;
  readonly backend: 'wasm' | 'ts';
  /** Rewards of the last step, [count]. */
  readonly reward: Float64Array;
  /** 1 where the last step ended the episode: by the world (collision, off-road, goal) or by the time limit. */
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /**
   * Controls commanded in the last step, integer counts [count × 2] (acceleration, steering); they act `latencySteps` later.
   * A drive is replayed from these.
   */
  readonly controls: Int16Array;
  /** Puts world `index` at the start of `spec`. */
  reset(index: number, spec: WorldSpec): void;
  /** New plan for world `index`: WAYPOINTS × (x, y) in the ego frame of now, m, read from `waypoints` at `offset`, `stride` numbers a point. */
  setPlan(index: number, waypoints: ArrayLike<number>, offset?: number, stride?: number): void;
  /** One step of every unfinished world, driven by its tracker along its plan. */
  stepPlans(): void;
  /** One step of every unfinished world with given controls in counts [count × 2], clipped to the limits. */
  stepControls(counts: ArrayLike<number>): void;
  /** Observations of all worlds, [count × OBS_DIM]; the array is reused by the next call. */
  observe(): Float32Array;
  state(index: number): WorldState;
  totals(index: number): DriveTotals;
  /**
   * 16 hex digits over the world's dynamic state (FNV-1a 64 over its bytes), the tracker's plan left out: a drive replayed
   * from its controls hashes equal to the drive that followed plans.
   */
  hash(index: number): string;
  /** A true clone of the dynamic state; restoring gives the same future bit for bit. */
  snapshot(index: number): Uint8Array;
  restore(index: number, snapshot: Uint8Array): void;
  dispose(): void;
}
