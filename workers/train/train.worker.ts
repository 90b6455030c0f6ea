/**
 * The training worker: one pipeline at a time, its rollouts on a pool of workers, its state in IndexedDB at every safe point,
 * so a killed tab goes on from there. Reports leave at most ten times a second and carry only what is new.
 */
import { toFailure } from '../../core/base/failure.ts';
import { throwing, transferring } from '../../core/base/service.ts';
import { createWasmEngine } from '../../core/models/engines/wasm/wasm.ts';
import { driveEpisode } from '../../core/episode/drive.ts';
import type { Episode } from '../../core/episode/episode.ts';
import { policyRecord } from '../../core/episode/policy-record.ts';
import { checkpointIdentity } from '../../core/models/identity.ts';
import { driveOne, engineDriver } from '../../core/tasks/driving/policy/driver.ts';
import { episodeKey } from '../../core/task/episode-key.ts';
import { StoppedError, TrainControl } from '../../core/learn/run/hold.ts';
import type { EvaluationResult } from '../../core/learn/evaluate.ts';
import { Pipeline } from '../../core/learn/run/runner.ts';
import type { RunState } from '../../core/learn/run/state.ts';
import { HELD_OUT_SEED } from '../../core/learn/seeds.ts';
import { ShardedLearner } from '../../core/learn/sharded-learner.ts';
import { pipelineOf, STAGES } from '../../core/learn/stages.ts';
import { WasmHeads } from '../../core/models/engines/wasm/heads.ts';
import type { MetricPoint, StageReport } from '../../core/learn/run/progress.ts';
import { parametersHash, writeCheckpoint } from '../../core/models/checkpoint.ts';
import { DRIVING } from '../../core/tasks/driving-task.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { mixSeed } from '../../core/base/random.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { DECISION_STEPS } from '../../core/abi/layout.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import type { RunInfo, TrainConfig, TrainReport, TrainService } from '../contracts/protocol.ts';
import { expose } from '../expose.ts';
import { engineForRun } from '../engines/measure.ts';
import { createRolloutPool } from '../rollout/rollouts.ts';
import { openRunStore, type RunStore, type StoredRun } from '../storage/run-store.ts';
import { bundledScenarios } from '../shipped/scenarios.ts';

/** Shortest time between two reports, ms. */
const REPORT_EVERY = 100;
/** What preview drives show: the same scenario and held-out seed all along, so that a curve's points compare. */
const PREVIEW = { scenario: 'hidden_pedestrian', seed: HELD_OUT_SEED };

let current: { readonly run: string; readonly control: TrainControl; readonly board: () => void } | undefined;

/** Collects what happens between two reports and sends it when it is time. */
class Reporter {
  readonly #run: string;
  readonly #send: (report: TrainReport) => void;
  readonly #paused: () => boolean;
  #stages: readonly StageReport[] = [];
  #points: readonly MetricPoint[] = [];
  #sentPoints: number;
  #episodes: { stage: string; x: number; episode: Episode }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  constructor(run: string, send: (report: TrainReport) => void, paused: () => boolean, sentPoints: number) {
    this.#run = run;
    this.#send = send;
    this.#paused = paused;
    this.#sentPoints = sentPoints;
  }

  update(stages: readonly StageReport[], points: readonly MetricPoint[]): void {
    this.#stages = stages;
    this.#points = points;
    this.soon();
  }

  add(stage: string, x: number, episode: Episode): void {
    this.#episodes.push({ stage, x, episode });
    this.soon();
  }

  soon(): void {
    const wait = this.#last + REPORT_EVERY - performance.now();
    if (wait <= 0) this.now();
    else this.#timer ??= setTimeout(() => this.now(), wait);
  }

  now(more: Pick<TrainReport, 'rows' | 'paired' | 'failure'> = {}): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = performance.now();
    const hold = (stage: StageReport): StageReport =>
      this.#paused() && stage.status === 'running' ? { ...stage, status: 'paused' } : stage;
    this.#send({
      run: this.#run,
      stages: this.#stages.map(hold),
      points: this.#points.slice(this.#sentPoints),
      episodes: this.#episodes,
      ...more,
    });
    this.#sentPoints = this.#points.length;
    this.#episodes = [];
  }
}

/** Every so often a macrotask, ms: the loops await only promises, and Hold and Stop are messages. */
const BREATHE_EVERY = 100;

function breather(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < BREATHE_EVERY) return undefined;
    return new Promise((done) =>
      setTimeout(() => {
        last = performance.now();
        done();
      }),
    );
  };
}

/** Most checkpoints kept of a run; beyond that the oldest go. */
const MOST_CHECKPOINTS = 64;

/** The run's history, for the correlation of the Reports page; one that cannot be stored is no reason to stop training. */
async function keepCheckpoint(store: RunStore, run: string, state: RunState, hash: string): Promise<void> {
  const name = `${state.stage}-${String(state.done).padStart(6, '0')}`;
  const bytes = writeCheckpoint(POLICY_CONFIG, state.parameters, name);
  try {
    await store.putCheckpoint({ run, name, hash, createdAt: new Date().toISOString(), bytes });
    const kept = await store.checkpointNames(run);
    for (const old of kept.slice(MOST_CHECKPOINTS)) await store.deleteCheckpoint(run, old);
  } catch (error) {
    console.warn(`Checkpoint ${name} was not kept: ${(error as Error).message}`);
  }
}

async function train(run: StoredRun, resume: RunState | undefined, send: (report: TrainReport) => void): Promise<void> {
  const control = new TrainControl(breather());
  const reporter = new Reporter(run.id, send, () => control.paused, 0);
  current = { run: run.id, control, board: () => reporter.now() };
  const pool = createRolloutPool();
  const store = await openRunStore();
  let record = resume ? { ...run, state: resume } : run;
  const keep = async (change: Partial<RunInfo>, state = record.state) => {
    record = { ...record, info: { ...record.info, ...change }, state };
    await store.putRun(record);
  };
  const { seed, engine } = run.config;
  const stages = pipelineOf(run.config.algorithm);
  const pipeline: Pipeline = new Pipeline({
    stages,
    task: DRIVING,
    engine: (size) => engineForRun(POLICY_CONFIG, pipeline.state.parameters, size, engine),
    config: { seed, settings: settingsOf(run.config) },
    policy: POLICY_CONFIG,
    scenarios: [...bundledScenarios().values()],
    workers: pool.workers,
    learner: (flat) => new ShardedLearner(POLICY_CONFIG, flat, pool.workers),
    headLearner: (flat, maxRows) => new WasmHeads(POLICY_CONFIG, flat, { maxRows }),
    control,
    clock: () => performance.now() / 1000,
    report: (stages, points) => reporter.update(stages, points),
    save: async (state) => {
      const hash = parametersHash(state.parameters);
      await keep({ checkpoint: hash }, state);
      await keepCheckpoint(store, run.id, state, hash);
    },
    preview: (stage, x, parameters) =>
      void preview(run.info.name, parameters, stage.groups.includes('residual')).then((drive) =>
        reporter.add(stage.id, x, drive),
      ),
    resume,
  });
  try {
    await keep({ status: 'running' });
    const { evaluation } = await pipeline.run();
    const summary = summarise(evaluation as EvaluationResult);
    // The result is the last line of the report.
    const score = summary.rows.at(-1)?.mean ?? null;
    await keep({ status: 'done', score }, pipeline.state);
    reporter.now(summary);
  } catch (error) {
    const stopped = error instanceof StoppedError;
    await keep({ status: stopped ? 'stopped' : 'failed' }, pipeline.state).catch(() => undefined);
    reporter.now(stopped ? {} : { failure: toFailure(error) });
  } finally {
    pool.dispose();
    current = undefined;
  }
}

/** Runs stored before settings had a place of their own keep them by stage, beside the seed. */
function settingsOf(config: TrainConfig): TrainConfig['settings'] {
  const older = config as unknown as TrainConfig['settings'];
  return config.settings ?? Object.fromEntries(STAGES.flatMap(({ id }) => (older[id] ? [[id, older[id]]] : [])));
}

function summarise({ report }: EvaluationResult): {
  rows: NonNullable<TrainReport['rows']>;
  paired: NonNullable<TrainReport['paired']>;
} {
  const rows = report.lines.map(({ policy, score, collisionsPer100, formatValid }) => ({
    policy,
    mean: score.mean,
    low: score.low,
    high: score.high,
    collisionsPer100,
    formatValid,
  }));
  const { mean, low, high, pairs } = report.paired[0].difference;
  return { rows, paired: { mean, low, high, pairs } };
}

/** One drive with the parameters of now, to watch what a point of a curve looks like. */
async function preview(name: string, parameters: Float32Array, residual: boolean): Promise<Episode> {
  const scenario = bundledScenarios().get(PREVIEW.scenario);
  if (!scenario) throw new Error(`There is no scenario "${PREVIEW.scenario}".`);
  const key = episodeKey(scenario.id, PREVIEW.seed);
  const worlds = createWasmWorlds(1);
  const engine = createWasmEngine(POLICY_CONFIG, parameters, { maxBatch: 1 });
  try {
    return await driveEpisode({
      worlds,
      spec: instantiate(scenario, PREVIEW.seed),
      driver: driveOne(engineDriver(engine, { residual }), (k) => mixSeed(key, k * DECISION_STEPS)),
      policy: policyRecord({ ...checkpointIdentity(parametersHash(parameters), name), residual }, 'wasm'),
      now: new Date().toISOString(),
    });
  } finally {
    engine.dispose();
    worlds.dispose();
  }
}

/** Starts in the background; what goes wrong later arrives as a report. */
function begin(run: StoredRun, resume: RunState | undefined, send: (report: TrainReport) => void): { run: string } {
  if (current) throw new Error('A training is running already; stop it first.');
  void train(run, resume, send).catch((error: unknown) => {
    current = undefined;
    send({ run: run.id, stages: [], points: [], episodes: [], failure: toFailure(error) });
  });
  return { run: run.id };
}

expose<TrainService>({
  start(config: TrainConfig, onReport) {
    const createdAt = new Date().toISOString();
    const id = `run-${createdAt.replace(/\D/g, '').slice(0, 17)}`;
    const info: RunInfo = {
      id,
      name: config.name,
      createdAt,
      status: 'waits',
      seed: config.seed,
      ...(config.algorithm && { algorithm: config.algorithm }),
      score: null,
      checkpoint: null,
    };
    return begin({ id, info, config }, undefined, onReport);
  },

  async resumeRun(id, onReport) {
    const run = await (await openRunStore()).run(id);
    if (!run) throw new Error(`There is no run ${id}.`);
    return begin(run, run.state, onReport);
  },

  pause: throwing(() => {
    current?.control.pause();
    current?.board();
  }),
  resume: throwing(() => {
    current?.control.resume();
    current?.board();
  }),
  stop: throwing(() => current?.control.stop()),

  runs: throwing(async () => {
    const runs = await (await openRunStore()).runs();
    const ended = (info: RunInfo): RunInfo =>
      info.status === 'running' && info.id !== current?.run ? { ...info, status: 'stopped' } : info;
    return runs.map(({ info }) => ended(info));
  }),

  async checkpoint(id) {
    const run = await (await openRunStore()).run(id);
    if (!run?.state) throw new Error(`The run ${id} has no checkpoint yet.`);
    return transferring(writeCheckpoint(POLICY_CONFIG, run.state.parameters, run.info.name));
  },

  deleteRun: throwing(async (id) => {
    if (current?.run === id) current.control.stop();
    await (await openRunStore()).deleteRun(id);
  }),
});
