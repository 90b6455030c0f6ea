/**
 * Traceway's own world as a source: needs nothing, drives scenarios with the expert, a random policy or a checkpoint, in real time or
 * as fast as watchers take frames; and it opens environments for whoever wants to act.
 */
import {
  driveOne,
  engineDriver,
  expertDriver,
  randomDriver,
  type EpisodeDriver,
  type DrivingPolicy,
} from '../../../core/tasks/driving/policy/driver.ts';
import { createWasmEngine } from '../../../core/models/engines/wasm/wasm.ts';
import { POLICY_CONFIG } from '../../../core/tasks/driving/policy/config.ts';
import { DECISION_STEPS, DT, OBS_DIM } from '../../../core/abi/layout.ts';
import { instantiate } from '../../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import type { Scenario } from '../../../core/tasks/driving/scenario/scenario.ts';
import { createWasmWorlds } from '../../../core/tasks/driving/world/wasm/wasm.ts';
import { Capability, SourceKind, SourceMode } from '../../generated/traceway/v1/source_pb.ts';
import { FrameWriter } from '../../feed/columns.ts';
import { ProxyError } from '../../feed/errors.ts';
import type { Feed } from '../../feed/feed.ts';
import { worldEpisode, worldFrame, type WorldEpisode } from './frames.ts';
import { EmbeddedEnvironment } from './environment.ts';
import type {
  ControlCommand,
  SimulatorSource,
  SourceDetails,
  SourceEnvironment,
  SourceMap,
  SourceStatus,
} from '../source.ts';
import { Pace } from '../pace.ts';

export interface EmbeddedOptions {
  readonly version: string;
  readonly scenarios: ReadonlyMap<string, Scenario>;
  /** Parameters of checkpoints by name, read when first driven. */
  readonly checkpoints: ReadonlyMap<string, () => Promise<Float32Array>>;
  /** Frames a second at the start; 0 = as fast as watchers take them. */
  readonly hertz?: number;
  readonly scenario?: string;
  readonly seed?: number;
  readonly driver?: string;
}
interface Drive {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly driver: string;
  readonly repeat: boolean;
}

const BUILT_IN: Readonly<Record<string, () => DrivingPolicy>> = { expert: expertDriver, random: () => randomDriver(1) };
/** How long the last frame of a drive stands before the next, in real time. */
const PAUSE_BETWEEN_MS = 1500;

export class EmbeddedSource implements SimulatorSource {
  readonly id = 'embedded';
  readonly kind = SourceKind.EMBEDDED;
  readonly name = 'Traceway world';
  readonly capabilities = [
    Capability.MAP,
    Capability.ENVIRONMENT,
    Capability.START_DRIVE,
    Capability.PAUSE,
    Capability.RATE,
  ];
  readonly #options: EmbeddedOptions;
  readonly #pace: Pace;
  readonly #engines = new Map<string, DrivingPolicy>();
  #drive: Drive;
  /** Another drive is asked for, or this one has ended and no next one begins. */
  #change = new AbortController();
  #finished = false;
  #episode: WorldEpisode | null = null;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#pace = new Pace(options.hertz ?? 1 / DT);
    const { scenario = [...options.scenarios.keys()][0], seed = 0, driver = 'expert' } = options;
    this.#drive = this.#checked(scenario, seed, driver, true);
  }

  get status(): SourceStatus {
    return {
      version: this.#options.version,
      mapName: this.#drive.scenario.id,
      mode: SourceMode.SYNCHRONOUS,
      paused: this.#pace.paused || this.#finished,
      problem: null,
      reconnects: 0,
      missedFrames: 0,
    };
  }

  async run(feed: Feed, signal: AbortSignal): Promise<void> {
    const worlds = createWasmWorlds(1);
    try {
      while (!signal.aborted) {
        const change = new AbortController();
        this.#change = change;
        this.#finished = false;
        const drive = this.#drive;
        const both = AbortSignal.any([signal, change.signal]);
        const driver = await this.#driver(drive.driver);
        await this.#drives(feed, worlds, drive, driver, both);
        if (both.aborted) continue;
        if (drive.repeat) {
          this.#drive = { ...drive, seed: (drive.seed + 1) >>> 0 };
          await this.#pace.rest(PAUSE_BETWEEN_MS, both);
        } else {
          this.#finished = true;
          await new Promise((resolve) => both.addEventListener('abort', resolve, { once: true }));
        }
      }
    } finally {
      worlds.dispose();
    }
  }

  /** One drive, from start to end or until aborted. */
  async #drives(
    feed: Feed,
    worlds: ReturnType<typeof createWasmWorlds>,
    { scenario, seed, driver: name }: Drive,
    driver: EpisodeDriver,
    signal: AbortSignal,
  ): Promise<void> {
    const spec = instantiate(scenario, seed);
    worlds.reset(0, spec);
    let state = worlds.state(0);
    const episode = worldEpisode(spec, name, state);
    this.#episode = episode;
    const writer = new FrameWriter();
    feed.begin(episode.start);
    feed.publish(worldFrame(writer, episode, state));
    while (!state.terminated && !state.truncated) {
      if (!feed.hasRoom) await feed.room(signal);
      await this.#pace.next(signal);
      if (signal.aborted) return;
      if (state.step % DECISION_STEPS === 0) {
        worlds.setPlan(0, (await driver.plan(worlds.observe().slice(0, OBS_DIM))).waypoints);
      }
      worlds.stepPlans();
      state = worlds.state(0);
      feed.publish(worldFrame(writer, episode, state));
    }
  }

  async describe(): Promise<SourceDetails> {
    const scenarios = [...this.#options.scenarios.values()].map(({ id, title, description = '', stage = '' }) => {
      return { scenarioId: id, title, description, stage };
    });
    const drivers = [...Object.keys(BUILT_IN), ...this.#options.checkpoints.keys()];
    return { scenarios, drivers, maps: [], blueprints: [], differences: [] };
  }

  async map(): Promise<SourceMap | null> {
    if (this.#episode) return this.#episode.map;
    const spec = instantiate(this.#drive.scenario, this.#drive.seed);
    const worlds = createWasmWorlds(1);
    worlds.reset(0, spec);
    const { map } = worldEpisode(spec, this.#drive.driver, worlds.state(0));
    worlds.dispose();
    return map;
  }

  async control(command: ControlCommand): Promise<number> {
    switch (command.case) {
      case 'startDrive': {
        const { scenarioId, seed, driver, repeat } = command.value;
        this.#drive = this.#checked(scenarioId, seed, driver || 'expert', repeat);
        this.#change.abort();
        return 0;
      }
      case 'setPaused':
        this.#pace.pause(command.value.paused, command.value.steps);
        return 0;
      case 'setRate':
        this.#pace.setHertz(command.value.hertz);
        return 0;
      default:
        throw new ProxyError(
          'unsupported',
          'no-capability',
          `${this.name} has no command ${command.case ?? '(none)'}.`,
        );
    }
  }

  openEnvironment(count: number): SourceEnvironment {
    return new EmbeddedEnvironment(this.#options.scenarios, count, this.#options.version);
  }

  async close(): Promise<readonly string[]> {
    return [];
  }

  #checked(scenarioId: string, seed: number, driver: string, repeat: boolean): Drive {
    const scenario = this.#options.scenarios.get(scenarioId);
    if (!scenario) {
      throw new ProxyError('not-found', 'no-scenario', `There is no scenario "${scenarioId}".`, 'scenario_id');
    }
    if (!Object.hasOwn(BUILT_IN, driver) && !this.#options.checkpoints.has(driver)) {
      const known = [...Object.keys(BUILT_IN), ...this.#options.checkpoints.keys()].join(', ');
      throw new ProxyError('not-found', 'no-driver', `There is no driver "${driver}"; there are ${known}.`, 'driver');
    }
    return { scenario, seed, driver, repeat };
  }

  async #driver(name: string): Promise<EpisodeDriver> {
    const load = this.#options.checkpoints.get(name);
    if (!load) return driveOne(BUILT_IN[name]());
    let driver = this.#engines.get(name);
    if (!driver) {
      const engine = createWasmEngine(POLICY_CONFIG, await load(), { maxBatch: 1 });
      driver = engineDriver(engine, { residual: true, name });
      this.#engines.set(name, driver);
    }
    return driveOne(driver);
  }
}
