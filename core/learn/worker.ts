/**
 * A rollout worker: drives and computes gradients on one core. The same class runs in a Web Worker, a Node worker thread or, for tests,
 * in place; a training holds several and treats them alike. It knows no algorithm: stages bring their own parts (run/stage.ts).
 */
import { transferring } from '../base/service.ts';
import { OpenLoopMeter, type OpenLoopErrors } from '../evaluate/correlation.ts';
import { runSuite, type ScoredRow } from '../evaluate/suite.ts';
import type { Engine, EngineName } from '../models/engine.ts';
import type { PolicyConfig } from '../models/config.ts';
import { createWasmEngine, type WasmEngine } from '../models/engines/wasm/wasm.ts';
import type { SftSums } from '../models/sft-losses.ts';
import type { Task } from '../task/task.ts';
import type { DrivingPolicy } from '../tasks/driving/policy/driver.ts';
import { expertDriver } from '../tasks/driving/policy/driver.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import type { Scenario } from '../tasks/driving/scenario/scenario.ts';
import { createWasmWorlds } from '../tasks/driving/world/wasm/wasm.ts';
import { taskOf } from '../tasks/tasks.ts';
import type { WorkerSetup } from './run/runner.ts';
import type { ActorChoice, StageWorker, WorkerContext } from './run/stage.ts';
import {
  buffersOf,
  type GradientReply,
  type GradientRequest,
  type GradientService,
  type LogProbsRequest,
} from './sharded-learner.ts';
import { stageEntry } from './stages.ts';

/** What a training or a report asks of one worker. */
export interface RolloutService extends GradientService, StageWorker {
  configure(setup: WorkerSetup): Promise<void>;
  /** Drives with every published score. */
  score(actor: ActorChoice, scenarioIds: readonly string[], seeds: readonly number[]): Promise<readonly ScoredRow[]>;
  /** Errors of the policy's plans against the expert's, on what the expert sees driving these. */
  openLoop(actor: ActorChoice, scenarioIds: readonly string[], seeds: readonly number[]): Promise<OpenLoopErrors>;
}

/** Makes the engine that a worker thinks on; rejects where it is not available. */
export type EngineFactory = (
  name: EngineName,
  config: PolicyConfig,
  flat: Float32Array,
  rows: number,
) => Engine | Promise<Engine>;

/** The kernels' engine, whatever is asked for: for threads that have no other. */
const onlyWasm: EngineFactory = (name, config, flat, rows) => {
  if (name !== 'wasm') throw new Error(`This thread has no engine "${name}", only wasm.`);
  return createWasmEngine(config, flat, { maxBatch: rows });
};

export class LocalRollouts implements RolloutService {
  readonly #createEngine: EngineFactory;
  #setup: WorkerSetup | undefined;
  #task: Task | undefined;
  #engine: Engine | undefined;
  /** Gradients are the kernels' own, whatever thinks. */
  #gradients: WasmEngine | undefined;
  #kept = new Map<string, unknown>();

  constructor(createEngine: EngineFactory = onlyWasm) {
    this.#createEngine = createEngine;
  }

  async configure(setup: WorkerSetup): Promise<void> {
    this.#engine?.dispose();
    if (this.#gradients !== this.#engine) this.#gradients?.dispose();
    this.#gradients = undefined;
    this.#kept = new Map();
    this.#task = taskOf(setup.task);
    this.#setup = setup;
    this.#engine = await this.#createEngine(setup.engine, setup.config, setup.parameters, setup.rows);
  }

  async setParameters(flat: Float32Array): Promise<void> {
    await this.#ready().engine.setParameters(flat);
  }

  async work<Reply>(stageId: string, partName: string, request: unknown): Promise<Reply> {
    const stage = await stageEntry(stageId).load();
    const part = stage.parts?.[partName];
    if (!part) throw new RangeError(`The stage "${stageId}" has no part "${partName}".`);
    return transferring((await part(this.#context(), request as never)) as object) as Reply;
  }

  async gradient({ parameters, gradients, parts, whole, weights }: GradientRequest): Promise<GradientReply> {
    const engine = this.#gradientEngine(parameters);
    await engine.setParameters(parameters);
    const sums = parts.map((part, i): SftSums => {
      if (part.batch > 0) return engine.sftGradient(part, whole, weights, gradients[i]);
      gradients[i].fill(0);
      return [0, 0, 0];
    });
    const reply = { parameters, gradients, sums };
    return transferring(reply, buffersOf(reply));
  }

  async logProbs({ parameters, parts, endToken }: LogProbsRequest): Promise<readonly Float32Array[]> {
    const engine = this.#gradientEngine(parameters);
    await engine.setParameters(parameters);
    const found: Float32Array[] = [];
    for (const { batch, maxTokens, observations, tokens, lengths } of parts) {
      const forced = tokens.map((token) => Math.max(0, token));
      const request = { observations, batch, maxTokens, temperature: 0, forced, forcedLengths: lengths };
      found.push(batch === 0 ? new Float32Array(0) : (await engine.generate({ ...request, endToken })).logProbs);
    }
    return found;
  }

  async score(actor: ActorChoice, scenarioIds: readonly string[], seeds: readonly number[]): Promise<ScoredRow[]> {
    const driver = this.#context().actor(actor) as DrivingPolicy;
    return runSuite({ ...this.#suite(driver, scenarioIds, seeds), scored: true });
  }

  async openLoop(
    actor: ActorChoice,
    scenarioIds: readonly string[],
    seeds: readonly number[],
  ): Promise<OpenLoopErrors> {
    const meter = new OpenLoopMeter(expertDriver(), this.#context().actor(actor) as DrivingPolicy);
    await runSuite(this.#suite(meter, scenarioIds, seeds));
    return meter.errors;
  }

  #suite(driver: DrivingPolicy, scenarioIds: readonly string[], seeds: readonly number[]) {
    const scenarios = this.#context().scenariosOf(scenarioIds) as readonly Scenario[];
    return { driver, createWorlds: createWasmWorlds, instantiate, scenarios, seeds };
  }

  #context(): WorkerContext {
    const { setup, engine, task } = this.#ready();
    const { scenarios, seed, index, workers } = setup;
    return {
      task,
      engine,
      scenarios,
      seed,
      index,
      workers,
      kept: this.#kept,
      actor: (choice) => {
        if (choice.kind === 'checkpoint') return task.policy(engine, { residual: choice.residual });
        return choice.kind === 'oracle' ? task.oracle() : task.random(seed);
      },
      scenariosOf: (ids) =>
        ids.map((id) => {
          const scenario = scenarios.find((one) => one.id === id);
          if (!scenario) throw new Error(`There is no scenario "${id}".`);
          return scenario;
        }),
    };
  }

  #gradientEngine(flat: Float32Array): WasmEngine {
    const { setup, engine } = this.#ready();
    this.#gradients ??=
      engine.name === 'wasm' ? (engine as WasmEngine) : createWasmEngine(setup.config, flat, { maxBatch: setup.rows });
    return this.#gradients;
  }

  #ready(): { setup: WorkerSetup; engine: Engine; task: Task } {
    if (!this.#setup || !this.#engine || !this.#task) throw new Error('configure() comes first.');
    return { setup: this.#setup, engine: this.#engine, task: this.#task };
  }
}
