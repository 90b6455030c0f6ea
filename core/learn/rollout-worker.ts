/**
 * A rollout worker's service: synthesise, compute gradients, collect, evaluate on one core. The same class runs in a Web Worker, a Node worker
 * thread or, for tests, in place; a training holds several and treats them alike.
 */
import type { SftSums } from '../models/sft-losses.ts';
import { createWasmEngine, type WasmEngine } from '../models/engines/wasm/wasm.ts';
import { engineDriver, expertDriver, type DrivingPolicy, randomDriver } from '../tasks/driving/policy/driver.ts';
import { OpenLoopMeter, type OpenLoopErrors } from '../evaluate/correlation.ts';
import { type EpisodeRow, runSuite, type ScoredRow } from '../evaluate/suite.ts';
import type { PolicyConfig } from '../models/config.ts';
import { createRandom, mixSeed } from '../base/random.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import type { Scenario } from '../tasks/driving/scenario/scenario.ts';
import { createWasmWorlds } from '../tasks/driving/world/wasm/wasm.ts';
import type { TraceDataset } from '../task/dataset.ts';
import { synthesiseDataset } from '../tasks/driving/synthesise-dataset.ts';
import { ResidualRollout, type Trajectories } from './residual-rollout.ts';
import type { GradientReply, GradientRequest, GradientService } from './sharded-sft.ts';

/** Three ranges of seeds that never meet: training below, validation (which parameters to keep) from here … */
export const VALIDATION_SEED = 900_000_000;
/** … and held-out seeds, which only the final evaluation drives, from here on. */
export const HELD_OUT_SEED = 1_000_000_000;

/** The k-th training seed of worker `index` of `workers` in run `seed`. */
export function trainingSeed(seed: number, k: number, index: number, workers: number): number {
  return mixSeed(seed, k * workers + index) % VALIDATION_SEED;
}

export interface RolloutSetup {
  readonly config: PolicyConfig;
  readonly parameters: Float32Array;
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  readonly index: number;
  readonly workers: number;
  readonly worlds: number;
}

export type EvaluatedPolicy = 'random' | 'expert' | 'sft' | 'sft+ppo';

export interface SynthesiseOptions {
  readonly examples: number;
  readonly noise: number;
  readonly noisyShare: number;
  readonly forcedShare: number;
  readonly shuffledShare: number;
  /** 0: the expert drives. From 1 on: the policy of `setParameters` drives, and the expert says what it would have done (DAgger). */
  readonly round: number;
}

/** What a training asks of one rollout worker. */
export interface RolloutService extends GradientService {
  configure(setup: RolloutSetup): Promise<void>;
  setParameters(flat: Float32Array): Promise<void>;
  synthesise(options: SynthesiseOptions): Promise<TraceDataset>;
  collect(decisions: number, logStd: Float32Array): Promise<Trajectories>;
  evaluate(
    policy: EvaluatedPolicy,
    scenarioIds: readonly string[],
    seeds: readonly number[],
  ): Promise<readonly EpisodeRow[]>;
  /** The same drives with every published score. */
  score(
    policy: EvaluatedPolicy,
    scenarioIds: readonly string[],
    seeds: readonly number[],
  ): Promise<readonly ScoredRow[]>;
  /** Errors of the policy's plans against the expert's, on what the expert sees driving these. */
  openLoop(policy: EvaluatedPolicy, scenarioIds: readonly string[], seeds: readonly number[]): Promise<OpenLoopErrors>;
}

export class LocalRollouts implements RolloutService {
  #setup: RolloutSetup | undefined;
  #engine: WasmEngine | undefined;
  #runner: ResidualRollout | undefined;

  async configure(setup: RolloutSetup): Promise<void> {
    this.#engine?.dispose();
    this.#setup = setup;
    this.#engine = createWasmEngine(setup.config, setup.parameters, { maxBatch: Math.max(64, setup.worlds) });
    this.#runner = undefined;
  }

  async setParameters(flat: Float32Array): Promise<void> {
    await this.#ready().engine.setParameters(flat);
  }

  async synthesise(options: SynthesiseOptions): Promise<TraceDataset> {
    const { setup, engine } = this.#ready();
    const { round } = options;
    const worlds = createWasmWorlds(round > 0 ? 64 : 32);
    const seed = mixSeed(setup.seed, round);
    const data = await synthesiseDataset({
      ...options,
      worlds,
      scenarios: setup.scenarios,
      seedOf: (k) => trainingSeed(seed, k, setup.index, setup.workers),
      random: createRandom(mixSeed(seed, 1000 + setup.index)),
      ...(round > 0 && { learner: engineDriver(engine, { residual: false }) }),
    });
    worlds.dispose();
    return data;
  }

  async gradient({ parameters, gradients, parts, whole, weights }: GradientRequest): Promise<GradientReply> {
    const { engine } = this.#ready();
    await engine.setParameters(parameters);
    const sums = parts.map((part, i): SftSums => {
      if (part.batch > 0) return engine.sftGradient(part, whole, weights, gradients[i]);
      gradients[i].fill(0);
      return [0, 0, 0];
    });
    return { parameters, gradients, sums };
  }

  async collect(decisions: number, logStd: Float32Array): Promise<Trajectories> {
    const { setup, engine } = this.#ready();
    this.#runner ??= new ResidualRollout(
      engine,
      createWasmWorlds(setup.worlds),
      setup.scenarios,
      (k) => trainingSeed(setup.seed + 1, k, setup.index, setup.workers),
      createRandom(mixSeed(setup.seed, 2000 + setup.index)),
    );
    return this.#runner.collect(decisions, logStd);
  }

  async evaluate(
    policy: EvaluatedPolicy,
    scenarioIds: readonly string[],
    seeds: readonly number[],
  ): Promise<readonly EpisodeRow[]> {
    return runSuite(this.#suite(this.#driver(policy), scenarioIds, seeds));
  }

  async score(
    policy: EvaluatedPolicy,
    scenarioIds: readonly string[],
    seeds: readonly number[],
  ): Promise<readonly ScoredRow[]> {
    return runSuite({ ...this.#suite(this.#driver(policy), scenarioIds, seeds), scored: true });
  }

  async openLoop(
    policy: EvaluatedPolicy,
    scenarioIds: readonly string[],
    seeds: readonly number[],
  ): Promise<OpenLoopErrors> {
    const meter = new OpenLoopMeter(expertDriver(), this.#driver(policy));
    await runSuite(this.#suite(meter, scenarioIds, seeds));
    return meter.errors;
  }

  #driver(policy: EvaluatedPolicy): DrivingPolicy {
    const { setup, engine } = this.#ready();
    if (policy === 'expert') return expertDriver();
    if (policy === 'random') return randomDriver(setup.seed);
    return engineDriver(engine, { residual: policy === 'sft+ppo' });
  }

  #suite(driver: DrivingPolicy, scenarioIds: readonly string[], seeds: readonly number[]) {
    const { setup } = this.#ready();
    const scenarios = scenarioIds.map((id) => {
      const scenario = setup.scenarios.find((s) => s.id === id);
      if (!scenario) throw new Error(`There is no scenario "${id}".`);
      return scenario;
    });
    return { driver, createWorlds: createWasmWorlds, instantiate, scenarios, seeds };
  }

  #ready(): { setup: RolloutSetup; engine: WasmEngine } {
    if (!this.#setup || !this.#engine) throw new Error('configure() comes first.');
    return { setup: this.#setup, engine: this.#engine };
  }
}
