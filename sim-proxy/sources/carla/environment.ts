/**
 * An environment in CARLA: one drive on the server (driving/live-drive.ts), with the lab's own observation, actions, step and reward.
 *
 * CARLA's physics can't be saved. So a snapshot is the drive so far (scenario, seed, actions), and to restore it is to drive it again;
 * the same is done when another environment has had the server in between, and when CARLA was away. That is exact where the server is
 * deterministic. Where the hero does not come back to where it stood, within the bounds below, the call is refused (`not-reproduced`).
 */
import { createRandom, mixSeed, type Random } from '../../../core/base/random.ts';
import {
  ACTION_SPACE,
  actionCounts,
  type EnvInfo,
  ENV_METADATA,
  EnvError,
  OBSERVATION_SPACE,
} from '../../../core/tasks/driving/env.ts';
import { wrapAngle } from '../../../core/base/geometry.ts';
import { fnv1a64 } from '../../../core/base/hash.ts';
import { ACCEL_QUANTUM, STEER_QUANTUM } from '../../../core/abi/layout.ts';
import { OBSERVATION_SLICES } from '../../../core/tasks/driving/observe/observation.ts';
import { type LiveDrive, type TimeStep, momentBytes } from '../../carla/drive/live-drive.ts';
import { ProxyError } from '../../feed/errors.ts';
import type { CarlaArena, ArenaTurn } from './arena.ts';
import { type CarlaSnapshot, readDrive, type Stand, writeDrive } from './snapshot.ts';
import type {
  EnvironmentForm,
  EnvironmentSnapshot,
  EnvironmentStart,
  EnvironmentStep,
  ResetChoice,
} from '../environment.ts';
import type { SourceEnvironment } from '../source.ts';
import { badSnapshot } from '../snapshot-bytes.ts';

const SCENARIO_STREAM = 0x5ce;
/** A drive done again has come back when the hero stands this near to where it stood: m, rad, m/s. */
const BACK = { metres: 0.1, headingRad: 0.02, speedMps: 0.1 };

/** A drive as far as it has come. */
interface Driven {
  readonly map: string;
  readonly scenario: string;
  readonly seed: number;
  readonly counts: readonly number[];
  readonly moment: TimeStep;
}

export class CarlaEnvironment implements SourceEnvironment {
  readonly count = 1;
  readonly form: EnvironmentForm;
  readonly #arena: CarlaArena;
  readonly #tenant: object;
  /** It resets itself in the step after its last. */
  readonly #autoreset: boolean;
  #random: Random = createRandom(0);
  #chosen: string | undefined;
  #driven: Driven | null = null;

  /** `count` 0 or 1. @throws ProxyError `bad-count`, and `carla-…` when the server is away */
  static async open(arena: CarlaArena, count: number): Promise<CarlaEnvironment> {
    if (count > 1) {
      const what = `A CARLA server is one world: count must be 0 or 1, not ${count}.`;
      throw new ProxyError('invalid', 'bad-count', what, 'count');
    }
    const tenant = {};
    const { ids } = await arena.enter(tenant);
    return new CarlaEnvironment(arena, tenant, count === 1, ids);
  }

  private constructor(arena: CarlaArena, tenant: object, autoreset: boolean, scenarioIds: readonly string[]) {
    this.#arena = arena;
    this.#tenant = tenant;
    this.#autoreset = autoreset;
    this.form = {
      observationSpace: OBSERVATION_SPACE,
      actionSpace: ACTION_SPACE,
      ...ENV_METADATA,
      observationSlices: OBSERVATION_SLICES,
      scenarioIds,
    };
  }

  /** @throws ProxyError `no-scenario`, `no-place`, `carla-…`; EnvError `bad-seed` */
  async reset(seed?: number, choice?: ResetChoice): Promise<EnvironmentStart> {
    if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff)) {
      throw new EnvError('bad-seed', 'a seed is an integer of 32 bits', seed);
    }
    return this.#arena.turn(this.#tenant, async (stage) => {
      const chosen = choice?.scenario;
      if (chosen !== undefined) known(stage, chosen);
      if (seed !== undefined) this.#random = createRandom(seed);
      this.#chosen = chosen;
      return startOf(await this.#begin(stage, seed ?? this.#random.below(0x100000000)));
    });
  }

  /** @throws EnvError `not-reset`, `finished`, `bad-action`; ProxyError `map-changed`, `not-reproduced`, `carla-…` */
  async step(actions: ArrayLike<number>): Promise<EnvironmentStep> {
    const driven = this.#reset();
    const { terminated, truncated } = driven.moment;
    const ended = terminated || truncated;
    if (ended && !this.#autoreset) throw new EnvError('finished', 'the episode is over: reset first');
    const counts = [...actionCounts(actions, 1)];
    return this.#arena.turn(this.#tenant, async (stage) => {
      if (ended) return stepOf(await this.#begin(stage, this.#random.below(0x100000000)));
      const moment = await act(await back(stage, driven), counts, 0);
      this.#driven = { ...driven, counts: [...driven.counts, ...counts], moment };
      return stepOf(moment);
    });
  }

  /** @throws EnvError `not-reset` */
  snapshot(): EnvironmentSnapshot {
    const { moment, ...driven } = this.#reset();
    const random = this.#random.state();
    const bytes = writeDrive({ ...driven, stand: standOf(moment), random, chosen: this.#chosen });
    return { bytes, hashes: [fnv1a64(momentBytes(moment))] };
  }

  /** @throws ProxyError `bad-snapshot`, `not-reproduced`, `carla-…`; then nothing has changed */
  async restore(bytes: Uint8Array): Promise<EnvironmentStart> {
    const snapshot = readDrive(bytes);
    return this.#arena.turn(this.#tenant, async (stage) => {
      const { map, scenario, seed, counts, random, chosen } = snapshot;
      if (map !== stage.book.town.name) throw badSnapshot(`it is of ${map}, and ${stage.book.town.name} is loaded`);
      for (const id of [scenario, chosen ?? scenario]) {
        if (!stage.book.ids.includes(id)) throw badSnapshot('it names a scenario that is none');
      }
      const { moment } = await driveAgain(stage, snapshot, snapshot.stand);
      this.#random = createRandom(0, random);
      this.#chosen = chosen;
      this.#driven = { map, scenario, seed, counts, moment };
      return startOf(moment);
    });
  }

  close(): Promise<void> {
    return this.#arena.leave(this.#tenant);
  }

  #reset(): Driven {
    if (!this.#driven) throw new EnvError('not-reset', 'reset the environment first');
    return this.#driven;
  }

  /** A new drive; until it stands there is none. */
  async #begin(stage: ArenaTurn, seed: number): Promise<TimeStep> {
    this.#driven = null;
    const { ids, town } = stage.book;
    const drawn = ids[createRandom(mixSeed(seed, SCENARIO_STREAM)).below(ids.length)];
    const scenario = this.#chosen ?? known(stage, drawn);
    const { moment } = await stage.begin(stage.book.task(scenario, seed), seed);
    this.#driven = { map: town.name, scenario, seed, counts: [], moment };
    return moment;
  }
}

/** @throws ProxyError `no-scenario` */
function known({ book }: ArenaTurn, id: string | undefined): string {
  if (id !== undefined && book.ids.includes(id)) return id;
  const what = id === undefined ? 'no scenario that fits' : `no scenario "${id}"`;
  throw new ProxyError('not-found', 'no-scenario', `There is ${what} on ${book.town.name}.`, 'scenario_id');
}

/** A drive on the server again, unless it stands there. @throws ProxyError `map-changed`, `not-reproduced` */
async function back(stage: ArenaTurn, driven: Driven): Promise<LiveDrive> {
  if (stage.drive) return stage.drive;
  const { name } = stage.book.town;
  if (driven.map !== name) {
    const what = `The drive was on ${driven.map}, and ${name} is loaded: reset the environment.`;
    throw new ProxyError('state', 'map-changed', what);
  }
  return driveAgain(stage, driven, standOf(driven.moment));
}

/** @throws ProxyError `not-reproduced` */
async function driveAgain(
  stage: ArenaTurn,
  { scenario, seed, counts }: Pick<CarlaSnapshot, 'scenario' | 'seed' | 'counts'>,
  stand: Stand,
): Promise<LiveDrive> {
  const drive = await stage.begin(stage.book.task(scenario, seed), seed);
  for (let i = 0; i < counts.length && !drive.ended; i += 2) await act(drive, counts, i);
  const now = standOf(drive.moment);
  const metres = Math.hypot(now.x - stand.x, now.y - stand.y);
  const isBack =
    drive.moment.info.step === counts.length / 2 &&
    metres <= BACK.metres &&
    Math.abs(wrapAngle(now.headingRad - stand.headingRad)) <= BACK.headingRad &&
    Math.abs(now.speedMps - stand.speedMps) <= BACK.speedMps;
  if (isBack) return drive;
  const what = `Done again, the drive stands ${metres.toFixed(2)} m from where it stood after ${counts.length / 2} steps: this server is not deterministic enough.`;
  throw new ProxyError('lost', 'not-reproduced', what);
}

const act = (drive: LiveDrive, counts: readonly number[], at: number) =>
  drive.step(counts[at] * ACCEL_QUANTUM, counts[at + 1] * STEER_QUANTUM);

const standOf = ({ sight }: TimeStep): Stand => {
  const { x, y, headingRad, speedMps } = sight.scene.ego;
  return { x, y, headingRad, speedMps };
};
const startOf = ({ sight, info }: TimeStep): { observation: Float32Array; info: readonly EnvInfo[] } => ({
  observation: sight.observation,
  info: [info],
});
const stepOf = (moment: TimeStep): EnvironmentStep => ({
  ...startOf(moment),
  reward: Float64Array.of(moment.reward),
  terminated: Uint8Array.of(+moment.terminated),
  truncated: Uint8Array.of(+moment.truncated),
});
