/**
 * Environments of the embedded world: core/tasks/driving/env.ts, plus snapshots that can travel and frames of its first world.
 *
 * A snapshot is one line of JSON (format, the seed generator's state, and for each world its scenario, seed and bytes) and then the
 * worlds' own snapshots. Restoring puts back the very worlds, whatever episode the environment stands in.
 */
import { createRandom, mixSeed } from '../../../core/base/random.ts';
import {
  ACTION_SPACE,
  ENV_METADATA,
  EnvError,
  type EnvSnapshot,
  OBSERVATION_SPACE,
  VectorEnv,
  type VectorStep,
} from '../../../core/tasks/driving/env.ts';
import { instantiate } from '../../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { OBSERVATION_SLICES } from '../../../core/tasks/driving/observe/observation.ts';
import type { Scenario } from '../../../core/tasks/driving/scenario/scenario.ts';
import type { WorldSpec } from '../../../core/tasks/driving/world/spec/spec.ts';
import { createWasmWorlds } from '../../../core/tasks/driving/world/wasm/wasm.ts';
import type { Worlds } from '../../../core/tasks/driving/world/world.ts';
import { ProxyError } from '../../feed/errors.ts';
import { EmbeddedEnvironmentView } from './environment-view.ts';
import type { EnvironmentForm, EnvironmentSnapshot, EnvironmentStart, ResetChoice } from '../environment.ts';
import type { EnvironmentView, SourceEnvironment } from '../source.ts';
import { badSnapshot, isCount, unpackSnapshot, packSnapshot } from '../snapshot-bytes.ts';

const FORMAT = 'traceway-snapshot/1';
const SCENARIO_STREAM = 0x5ce;
const MAX_COUNT = 256;

export class EmbeddedEnvironment implements SourceEnvironment {
  readonly count: number;
  /** One world that does not reset itself. */
  readonly single: boolean;
  readonly scenarios: ReadonlyMap<string, Scenario>;
  readonly form: EnvironmentForm;
  readonly #version: string;
  readonly #vector: VectorEnv<ResetChoice>;
  #worlds!: Worlds;
  #started = false;

  /** `count` worlds; 0 = a single environment. @throws ProxyError `bad-count` */
  constructor(scenarios: ReadonlyMap<string, Scenario>, count: number, version: string) {
    if (count > MAX_COUNT) {
      throw new ProxyError('invalid', 'bad-count', `count must be 0 to ${MAX_COUNT}, not ${count}.`, 'count');
    }
    this.scenarios = scenarios;
    this.#version = version;
    this.form = {
      observationSpace: OBSERVATION_SPACE,
      actionSpace: ACTION_SPACE,
      ...ENV_METADATA,
      observationSlices: OBSERVATION_SLICES,
      scenarioIds: [...scenarios.keys()],
    };
    this.single = count === 0;
    this.count = Math.max(1, count);
    const makeSpec = (seed: number, choice: ResetChoice | undefined) => this.#specOf(seed, choice?.scenario);
    this.#vector = new VectorEnv(this.count, makeSpec, (n) => {
      this.#worlds = createWasmWorlds(n);
      return this.#worlds;
    });
  }

  /** Whether it was ever reset. */
  get started(): boolean {
    return this.#started;
  }

  /** For reading states; whoever has it must not change it. */
  get worlds(): Worlds {
    return this.#worlds;
  }

  /** @throws ProxyError `no-scenario`, EnvError `bad-seed` */
  reset(seed?: number, choice?: ResetChoice): EnvironmentStart {
    if (choice?.scenario !== undefined) this.#scenario(choice.scenario);
    const start = this.#vector.reset(seed, choice);
    this.#started = true;
    return start;
  }

  /** @throws EnvError */
  step(actions: ArrayLike<number>): VectorStep {
    if (this.single && this.#started && this.#vector.isFinished(0)) {
      throw new EnvError('finished', 'the episode is over: reset first');
    }
    return this.#vector.step(actions);
  }

  /** @throws EnvError `not-reset` */
  snapshot(): EnvironmentSnapshot {
    const { specs, worlds: states, random, options } = this.#vector.snapshot();
    const worlds = specs.map(({ scenarioId, seed }, i) => ({
      facts: { scenario: scenarioId, seed },
      state: states[i],
    }));
    const bytes = packSnapshot(FORMAT, { head: { scenario: options?.scenario }, worlds, random });
    return { bytes, hashes: specs.map((_, i) => this.#worlds.hash(i)) };
  }

  /** @throws ProxyError `bad-snapshot` for bytes that `snapshot` of as many worlds did not give; then nothing has changed */
  restore(bytes: Uint8Array): EnvironmentStart {
    const snapshot = this.#readSnapshot(bytes);
    const before = this.#started ? this.#vector.snapshot() : null;
    try {
      const start = this.#vector.resume(snapshot);
      this.#started = true;
      return start;
    } catch (error) {
      if (before) this.#vector.resume(before);
      throw badSnapshot(error instanceof Error ? error.message : String(error));
    }
  }

  /** World 0's spec as it was drawn. */
  specOfFirst(): WorldSpec {
    this.#mustBeReset();
    const { scenario, seed } = this.#vector.current().info[0];
    return this.#specOf(seed, scenario);
  }

  view(id: string): EnvironmentView {
    return new EmbeddedEnvironmentView(id, this, this.#version);
  }

  close(): void {
    this.#vector.dispose();
  }

  #mustBeReset(): void {
    if (!this.#started) throw new EnvError('not-reset', 'reset the environment first');
  }

  #scenario(id: string): Scenario {
    const scenario = this.scenarios.get(id);
    if (!scenario) throw new ProxyError('not-found', 'no-scenario', `There is no scenario "${id}".`, 'scenario_id');
    return scenario;
  }

  #specOf(seed: number, id: string | undefined): WorldSpec {
    const ids = [...this.scenarios.keys()];
    const drawn = id ?? ids[createRandom(mixSeed(seed, SCENARIO_STREAM)).below(ids.length)];
    return instantiate(this.#scenario(drawn), seed);
  }

  #readSnapshot(bytes: Uint8Array): EnvSnapshot<ResetChoice> {
    const { head, worlds, random } = unpackSnapshot(FORMAT, this.count, bytes);
    const { scenario: chosen } = head;
    if (chosen !== undefined && !this.scenarios.has(String(chosen)))
      throw badSnapshot('it names a scenario that is none');
    const specs = worlds.map(({ facts: { scenario, seed } }) => {
      const known = typeof scenario === 'string' && this.scenarios.has(scenario);
      if (!known || !isCount(seed, 0xffffffff)) throw badSnapshot('it names a scenario or seed that is none');
      return this.#specOf(seed, scenario);
    });
    const options = chosen === undefined ? undefined : { scenario: String(chosen) };
    return { specs, worlds: worlds.map(({ state }) => state), random, options };
  }
}
