/**
 * Gymnasium's contract over `Worlds` (gymnasium.farama.org, API 1.0): one environment, and a vector of them.
 *
 * Action: Float32 [acceleration m/s², steering rad], clipped to the limits and rounded to control counts. Observation:
 * Float32 [OBS_DIM] as docs/observation.md lists. `reset(seed)` makes the drive reproducible; without a seed the next one is
 * drawn from the environment's own generator, as in Gymnasium. The vector gives environment i the seed `seed + i` and resets a
 * finished environment in the step after its last (Gymnasium's next-step autoreset: that step ignores its action and earns 0).
 *
 * Beyond Gymnasium: `snapshot` and `restore` (of the vector: `resume`). A restored environment has the same future bit for bit, noise and later resets
 * included.
 */
import { createRandom, type Random } from '../../base/random.ts';
import {
  ACCEL_MAX_Q,
  ACCEL_MIN_Q,
  ACCEL_QUANTUM,
  DECISION_STEPS,
  DT,
  OBS_DIM,
  STEER_MAX_Q,
  STEER_QUANTUM,
} from '../../abi/layout.ts';
import { type RasterOptions, rasterise } from './world/raster.ts';
import type { WorldSpec } from './world/spec/spec.ts';
import { createWasmWorlds } from './world/wasm/wasm.ts';
import type { Worlds } from './world/world.ts';

/** Wrong use of an environment; `kind` says which, `value` what was given. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
  readonly kind: 'not-reset' | 'finished' | 'bad-action' | 'bad-seed' | 'bad-snapshot';
  readonly value: unknown;
  constructor(kind: EnvError['kind'], message: string, value?: unknown) {
    super(message);
    this.kind = kind;
    this.value = value;
  }
}

export type StepInfraction = 'collision' | 'off-road' | 'red-light';

/** What `info` says after a reset and after every step, always all of it. */
export interface EnvInfo {
  /** Steps since the reset. */
  readonly step: number;
  /** Farthest distance reached along the route, m from the start. */
  readonly progress: number;
  /** The same as a share of the route, 0..1. */
  readonly routeCompletion: number;
  /** Everything broken since the reset, in order of severity; a red light once for each crossing. */
  readonly infractions: readonly StepInfraction[];
  /** Whether the ego has hit somebody: the same as a 'collision' among the infractions. */
  readonly collision: boolean;
  /** Whether the goal was reached without collision or leaving the road. */
  readonly success: boolean;
  /** Time to collision at constant velocities, s; Infinity when nothing is met within 8 s. */
  readonly ttc: number;
  /** The seed and the scenario this episode was drawn from: `reset(seed)` draws it again. */
  readonly seed: number;
  readonly scenario: string;
}
export interface EnvStep {
  readonly observation: Float32Array;
  /** The bird's-eye picture (raster.ts), where the environment was asked for one. */
  readonly raster?: RasterImage;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: EnvInfo;
}
/** An environment at one moment. Plain data; the specs are shared, not copied. */
export interface EnvSnapshot<Options> {
  readonly specs: readonly WorldSpec[];
  readonly worlds: readonly Uint8Array[];
  /** State of the generator that draws seeds, and the options of the last reset. */
  readonly random: readonly number[];
  readonly options: Options | undefined;
}
export interface VectorStep {
  /** [count × OBS_DIM] */
  readonly observation: Float32Array;
  /** [count × channels × size × size] */
  readonly raster?: RasterImage;
  readonly reward: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly info: readonly EnvInfo[];
}

export type RasterImage = Uint8Array | Float32Array;

/** What a reset answers. */
export interface EnvStart {
  readonly observation: Float32Array;
  readonly raster?: RasterImage;
  readonly info: EnvInfo;
}
export interface VectorStart {
  readonly observation: Float32Array;
  readonly raster?: RasterImage;
  readonly info: readonly EnvInfo[];
}

/** Draws the world that a seed stands for; `options` is whatever `reset` was given. */
export type MakeSpec<Options> = (seed: number, options: Options | undefined) => WorldSpec;

export const ACTION_SPACE = {
  shape: [2],
  low: [ACCEL_MIN_Q * ACCEL_QUANTUM, -STEER_MAX_Q * STEER_QUANTUM],
  high: [ACCEL_MAX_Q * ACCEL_QUANTUM, STEER_MAX_Q * STEER_QUANTUM],
} as const;
export const OBSERVATION_SPACE = { shape: [OBS_DIM] } as const;
export const ENV_METADATA = { stepSeconds: DT, decisionSteps: DECISION_STEPS } as const;

/** Counts of the physical controls, clipped; throws EnvError unless both are numbers (infinities clip). */
export function actionCounts(actions: ArrayLike<number>, count: number): Int16Array {
  if (actions.length !== 2 * count)
    throw new EnvError('bad-action', `an action has 2 numbers for each of ${count} environments`, actions.length);
  const counts = new Int16Array(2 * count);
  for (let i = 0; i < 2 * count; i++) {
    if (Number.isNaN(actions[i])) throw new EnvError('bad-action', `action ${i} is not a number`, actions[i]);
    const steering = i % 2 === 1;
    const [low, high] = steering ? [-STEER_MAX_Q, STEER_MAX_Q] : [ACCEL_MIN_Q, ACCEL_MAX_Q];
    counts[i] = Math.max(low, Math.min(high, Math.round(actions[i] / (steering ? STEER_QUANTUM : ACCEL_QUANTUM))));
  }
  return counts;
}

const repeat = (kind: StepInfraction, times: number): StepInfraction[] => Array.from({ length: times }, () => kind);

/** `count` environments stepped together. */
export class VectorEnv<Options = undefined> {
  readonly count: number;
  readonly #worlds: Worlds;
  readonly #makeSpec: MakeSpec<Options>;
  readonly #specs: WorldSpec[] = [];
  #random: Random = createRandom(0);
  #options: Options | undefined;

  readonly #raster: Partial<RasterOptions> | undefined;

  /** With `raster`, every answer carries the picture too. */
  constructor(
    count: number,
    makeSpec: MakeSpec<Options>,
    createWorlds: (count: number) => Worlds = createWasmWorlds,
    raster?: Partial<RasterOptions>,
  ) {
    this.count = count;
    this.#makeSpec = makeSpec;
    this.#worlds = createWorlds(count);
    this.#raster = raster;
  }

  /** Starts every environment anew; throws EnvError on a seed that is no unsigned 32-bit integer. */
  reset(seed?: number, options?: Options): VectorStart {
    if (seed !== undefined) {
      if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
        throw new EnvError('bad-seed', 'a seed is an integer of 32 bits', seed);
      this.#random = createRandom(seed);
    }
    this.#options = options;
    for (let i = 0; i < this.count; i++) this.#start(i, seed === undefined ? this.#drawSeed() : (seed + i) >>> 0);
    return this.current();
  }

  /** [count × (acceleration m/s², steering rad)]; throws EnvError before the first reset and on NaN. */
  step(actions: ArrayLike<number>): VectorStep {
    if (this.#specs.length === 0) throw new EnvError('not-reset', 'reset the environment before stepping it');
    const worlds = this.#worlds;
    const counts = actionCounts(actions, this.count);
    const finished = Array.from({ length: this.count }, (_, i) => this.isFinished(i));
    worlds.stepControls(counts);
    finished.forEach((was, i) => {
      if (was) this.#start(i, this.#drawSeed());
    });
    return {
      ...this.current(),
      reward: worlds.reward.slice(),
      terminated: worlds.terminated.slice(),
      truncated: worlds.truncated.slice(),
    };
  }

  /** Throws EnvError before the first reset. */
  snapshot(): EnvSnapshot<Options> {
    if (this.#specs.length === 0) throw new EnvError('not-reset', 'reset the environment before taking a snapshot');
    return {
      specs: [...this.#specs],
      worlds: this.#specs.map((_, i) => this.#worlds.snapshot(i)),
      random: this.#random.state(),
      options: this.#options,
    };
  }

  /** Back to a snapshot of an environment of as many worlds; returns what a reset would. */
  resume(snapshot: EnvSnapshot<Options>): VectorStart {
    if (snapshot.specs.length !== this.count)
      throw new EnvError('bad-snapshot', `a snapshot of ${this.count} environments`, snapshot.specs.length);
    this.#random = createRandom(0, snapshot.random);
    this.#options = snapshot.options;
    snapshot.specs.forEach((spec, i) => {
      this.restore(i, spec, snapshot.worlds[i]);
    });
    return this.current();
  }

  /** Whether the last step ended environment `i`. */
  isFinished(i: number): boolean {
    return this.#worlds.terminated[i] + this.#worlds.truncated[i] > 0;
  }

  /** Puts environment `i` into `spec`, in a state that `Worlds` of the same kind gave as a snapshot of that spec. */
  restore(i: number, spec: WorldSpec, snapshot: Uint8Array): void {
    this.#specs[i] = spec;
    this.#worlds.reset(i, spec);
    this.#worlds.restore(i, snapshot);
  }

  /** Observations and infos as they stand. */
  current(): VectorStart {
    const raster = this.#picture();
    return { observation: this.#worlds.observe().slice(), ...(raster && { raster }), info: this.#infos() };
  }

  dispose(): void {
    this.#worlds.dispose();
  }

  #picture(): RasterImage | undefined {
    const options = this.#raster;
    if (!options) return undefined;
    const images = this.#specs.map((spec, i) => rasterise(this.#worlds.state(i), spec, options));
    const size = images[0].length;
    const all =
      images[0] instanceof Uint8Array ? new Uint8Array(size * this.count) : new Float32Array(size * this.count);
    images.forEach((image, i) => {
      all.set(image, i * size);
    });
    return all;
  }

  #drawSeed(): number {
    return this.#random.below(0x100000000);
  }

  #start(i: number, seed: number): void {
    this.#specs[i] = this.#makeSpec(seed, this.#options);
    this.#worlds.reset(i, this.#specs[i]);
  }

  #infos(): EnvInfo[] {
    return this.#specs.map((spec, i) => {
      const totals = this.#worlds.totals(i);
      const { success, ttc } = this.#worlds.state(i);
      const infractions = [
        ...repeat('collision', totals.collisions),
        ...repeat('off-road', totals.offRoad),
        ...repeat('red-light', totals.redLights),
      ];
      return {
        step: totals.steps,
        progress: totals.routeCompletion * (spec.goalS - spec.ego.s),
        routeCompletion: totals.routeCompletion,
        infractions,
        collision: totals.collisions > 0,
        success,
        ttc,
        seed: spec.seed,
        scenario: spec.scenarioId,
      };
    });
  }
}

/** One environment; unlike the vector it does not reset itself. */
export class DrivingEnv<Options = undefined> {
  readonly #vector: VectorEnv<Options>;

  constructor(
    makeSpec: MakeSpec<Options>,
    createWorlds: (count: number) => Worlds = createWasmWorlds,
    raster?: Partial<RasterOptions>,
  ) {
    this.#vector = new VectorEnv(1, makeSpec, createWorlds, raster);
  }

  reset(seed?: number, options?: Options): EnvStart {
    const { info, ...seen } = this.#vector.reset(seed, options);
    return { ...seen, info: info[0] };
  }

  /** [acceleration m/s², steering rad]; throws EnvError before a reset, after the end, and on NaN. */
  step(action: ArrayLike<number>): EnvStep {
    if (this.#vector.isFinished(0)) throw new EnvError('finished', 'the episode is over: reset first');
    const { reward, terminated, truncated, info, ...seen } = this.#vector.step(action);
    return {
      ...seen,
      reward: reward[0],
      terminated: terminated[0] === 1,
      truncated: truncated[0] === 1,
      info: info[0],
    };
  }

  /** Throws EnvError before the first reset. */
  snapshot(): EnvSnapshot<Options> {
    return this.#vector.snapshot();
  }

  /** Back to a snapshot, of this environment or of another one; returns what a reset would. */
  restore(snapshot: EnvSnapshot<Options>): EnvStart {
    const { info, ...seen } = this.#vector.resume(snapshot);
    return { ...seen, info: info[0] };
  }

  dispose(): void {
    this.#vector.dispose();
  }
}
