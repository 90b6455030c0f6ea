/**
 * A run's pipeline: synthesise traces → reasoning SFT → PPO on the residual → paired closed-loop evaluation on held-out seeds.
 *
 * One learner (this thread) and several workers, which drive and compute SFT's gradients. Deterministic for a given config and
 * number of workers. State is handed to `save` at every safe point worth keeping, and `resume` continues from such a state,
 * after a killed tab too.
 * The imitation model is frozen once SFT is done; its hash before and after PPO stands in the result as proof.
 */
import { makeReport, type Report } from '../evaluate/report.ts';
import type { EpisodeRow } from '../evaluate/suite.ts';
import { WasmHeads } from '../models/engines/wasm/heads.ts';
import { imitationHash } from '../models/checkpoint.ts';
import { parameterLayout, type PolicyConfig } from '../models/config.ts';
import { initParameters } from '../models/initialise.ts';
import { createRandom, mixSeed } from '../base/random.ts';
import type { Scenario } from '../tasks/driving/scenario/scenario.ts';
import type { TrainControl } from './run/hold.ts';
import { concatDatasets, type TraceDataset } from '../task/dataset.ts';
import { SYNTHESISE } from '../tasks/driving/synthesise-dataset.ts';
import { type Hyperparameters, resolveHyperparameters, type Values } from './run/hyperparameters.ts';
import { HELD_OUT_SEED, VALIDATION_SEED, type EvaluatedPolicy, type RolloutService } from './rollout-worker.ts';
import { PPO, ppoUpdate } from './ppo.ts';
import { type MetricPoint, ProgressBoard, type StageName, type StageReport } from './run/progress.ts';
import { type GradientService, ShardedSft } from './sharded-sft.ts';
import { SFT, type SftProgress, trainSft } from './sft.ts';

export const EVALUATE = {
  seeds: { value: 50, min: 1, max: 10000, step: 10, doc: 'Held-out seeds a scenario, the same for every policy.' },
} as const;

export const HYPERPARAMETERS = {
  synthesise: SYNTHESISE,
  sft: SFT,
  ppo: PPO,
  evaluate: EVALUATE,
} as const satisfies Record<StageName, Hyperparameters>;

export interface PipelineConfig {
  readonly seed: number;
  readonly synthesise?: Readonly<Record<string, number>>;
  readonly sft?: Readonly<Record<string, number>>;
  readonly ppo?: Readonly<Record<string, number>>;
  readonly evaluate?: Readonly<Record<string, number>>;
}

/** Everything needed to go on: plain data with typed arrays, as it lies in IndexedDB or a run's folder. */
export interface RunState {
  readonly version: 1;
  readonly stage: StageName;
  /** SFT steps or PPO iterations done. */
  readonly done: number;
  readonly parameters: Float32Array;
  /** Adam's moments and step count of the stage's learner. */
  readonly optimiser: Float32Array;
  /** Hash of the imitation model when SFT ended. */
  readonly imitation: string | null;
  /** Best parameters of PPO so far by mean validation score; those of SFT alone count too. */
  readonly best?: { readonly score: number; readonly parameters: Float32Array };
  readonly stages: readonly StageReport[];
  readonly points: readonly MetricPoint[];
}

export interface EvaluationResult {
  readonly rows: Readonly<Record<EvaluatedPolicy, readonly EpisodeRow[]>>;
  /** Random, expert, SFT, SFT + PPO; SFT + PPO paired with SFT by scenario and seed. */
  readonly report: Report;
}

export interface PipelineResult {
  readonly parameters: Float32Array;
  readonly imitationBefore: string;
  readonly imitationAfter: string;
  readonly evaluation: EvaluationResult;
}

export interface PipelineOptions {
  readonly config: PipelineConfig;
  readonly policy: PolicyConfig;
  readonly scenarios: readonly Scenario[];
  readonly workers: readonly RolloutService[];
  /** The same threads as SFT asks them for gradients; how many there are changes no number. */
  readonly learners: readonly GradientService[];
  readonly control: TrainControl;
  /** Seconds; only for progress. */
  readonly clock: () => number;
  readonly report: (stages: readonly StageReport[], points: readonly MetricPoint[]) => void;
  readonly save: (state: RunState) => Promise<void>;
  readonly resume?: RunState;
  /** Called after SFT and after each tenth of PPO with parameters worth driving. */
  readonly preview?: (stage: StageName, x: number, parameters: Float32Array) => void;
}

/** The evaluated policies as reports call them. */
export const POLICY_NAMES: Readonly<Record<EvaluatedPolicy, string>> = {
  random: 'random',
  expert: 'expert',
  sft: 'SFT',
  'sft+ppo': 'SFT + PPO',
};

/** How many SFT steps or PPO iterations lie between two saved states. */
const SAVE_EVERY = { sft: 100, ppo: 5 } as const;

export class Pipeline {
  readonly #o: PipelineOptions;
  readonly #board: ProgressBoard;
  #state: RunState;

  constructor(options: PipelineOptions) {
    this.#o = options;
    this.#board = new ProgressBoard(options.clock, options.report);
    if (options.resume) this.#board.restore(options.resume.stages, options.resume.points);
    this.#state = options.resume ?? {
      version: 1,
      stage: 'synthesise',
      done: 0,
      parameters: initParameters(options.policy, createRandom(mixSeed(options.config.seed, 0))),
      optimiser: new Float32Array(0),
      imitation: null,
      stages: this.#board.stages,
      points: [],
    };
  }

  /** Newest state; what a stopped run keeps. */
  get state(): RunState {
    return { ...this.#state, stages: this.#board.stages, points: [...this.#board.points] };
  }

  /** Runs to the end. Throws StoppedError when stopped; the state stays resumable. */
  async run(): Promise<PipelineResult> {
    const { workers, config, policy, scenarios } = this.#o;
    const worlds = resolveHyperparameters(PPO, config.ppo).worlds;
    await Promise.all(
      workers.map((worker, index) =>
        worker.configure({
          config: policy,
          parameters: this.#state.parameters,
          scenarios,
          seed: config.seed,
          index,
          workers: workers.length,
          worlds,
        }),
      ),
    );
    if (this.#state.stage === 'synthesise' || this.#state.stage === 'sft') {
      const data = await this.#stage('synthesise', () => this.#synthesise());
      await this.#stage('sft', () => this.#sft(data));
    }
    if (this.#state.stage === 'ppo') await this.#stage('ppo', () => this.#ppo());
    const evaluation = await this.#stage('evaluate', () => this.#evaluate());
    return {
      parameters: this.#state.parameters,
      imitationBefore: this.#state.imitation ?? '',
      imitationAfter: imitationHash(this.#state.parameters, parameterLayout(policy)),
      evaluation,
    };
  }

  async #stage<T>(stage: StageName, work: () => Promise<T>): Promise<T> {
    this.#board.begin(stage);
    try {
      const result = await work();
      this.#board.end(stage, 'done');
      return result;
    } catch (error) {
      this.#board.end(stage, this.#o.control.stopped ? 'stopped' : 'failed');
      await this.#o.save(this.state);
      throw error;
    }
  }

  async #keep(change: Partial<RunState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#o.save(this.state);
  }

  /** Decisions of the expert: where it drives itself (round 0), or where the policy of `parameters` takes it. */
  async #label(round: number, examples?: number, parameters?: Float32Array): Promise<TraceDataset> {
    const h = resolveHyperparameters(SYNTHESISE, this.#o.config.synthesise);
    const { workers } = this.#o;
    const share = Math.ceil((examples ?? h.examples) / workers.length);
    return concatDatasets(
      await Promise.all(
        workers.map(async (worker) => {
          if (parameters) await worker.setParameters(parameters);
          return worker.synthesise({ ...h, examples: share, round });
        }),
      ),
    );
  }

  async #synthesise(): Promise<TraceDataset> {
    await this.#o.control.checkpoint();
    const data = await this.#label(0);
    const tokens = data.lengths.reduce((sum, n) => sum + n, 0);
    this.#board.advance('synthesise', 1, `${data.size} decisions · ${(tokens / data.size).toFixed(1)} tokens each`);
    return data;
  }

  async #sft(synthesised: TraceDataset): Promise<void> {
    let data = synthesised;
    const h: Values<typeof SFT> = resolveHyperparameters(SFT, this.#o.config.sft);
    const { control, policy, config } = this.#o;
    const from = this.#state.stage === 'sft' ? this.#state.done : 0;
    const learner = new ShardedSft(policy, this.#state.parameters, this.#o.learners);
    if (from > 0) learner.setOptimiser(this.#state.optimiser);
    const random = createRandom(mixSeed(config.seed, 10 + from));
    const learn = (begin: number, end: number) => trainSft(learner, data, h, random, control, onProgress, begin, end);
    const onProgress = async ({ step, steps, result }: SftProgress) => {
      const summary = `token loss ${result.tokenLoss.toFixed(3)} · waypoint loss ${result.waypointLoss.toFixed(4)}`;
      const metrics =
        step % 10 === 0 || step === 1
          ? {
              'token loss': result.tokenLoss,
              'waypoint loss': result.waypointLoss,
              'gradient norm': result.gradNorm,
            }
          : undefined;
      if (step % 5 === 0 || step === steps) this.#board.advance('sft', step / steps, summary, metrics, step);
      if (step % SAVE_EVERY.sft === 0 || step === steps) {
        await this.#keep({
          stage: 'sft',
          done: step,
          parameters: learner.parameters(),
          optimiser: learner.optimiser(),
        });
      }
    };
    // A resumed run makes up for the rounds that it no longer has with what its policy meets now.
    for (let round = 0; round <= h.rounds; round++) {
      const end = Math.round((h.steps * (round + 1)) / (h.rounds + 1));
      if (round > 0) {
        await control.checkpoint();
        const met = await this.#label(round, h.roundExamples, learner.parameters());
        data = concatDatasets([data, met]);
      }
      if (end > from) await learn(Math.max(from, Math.round((h.steps * round) / (h.rounds + 1))), end);
    }
    const parameters = learner.parameters();
    const imitation = imitationHash(parameters, parameterLayout(policy));
    await this.#keep({ stage: 'ppo', done: 0, parameters, optimiser: new Float32Array(0), imitation });
    this.#o.preview?.('sft', h.steps, parameters);
  }

  async #ppo(): Promise<void> {
    const h = resolveHyperparameters(PPO, this.#o.config.ppo);
    const { control, policy, config, workers } = this.#o;
    const from = this.#state.done;
    const heads = new WasmHeads(policy, this.#state.parameters, { maxRows: h.minibatch });
    const whole = () => heads.writeParameters(this.#state.parameters.slice());
    if (from > 0) heads.setOptimiser(this.#state.optimiser);
    else heads.setLogStd(h.logStd);
    let best = this.#state.best ?? {
      score: await this.#validate('sft', this.#state.parameters, h.validationSeeds),
      parameters: whole(),
    };
    let recent: { return: number; collision: boolean }[] = [];
    for (let iteration = from; iteration < h.iterations; iteration++) {
      await control.checkpoint();
      const parameters = whole();
      await Promise.all(workers.map((worker) => worker.setParameters(parameters)));
      const logStd = heads.logStd();
      const rollouts = await Promise.all(workers.map((worker) => worker.collect(h.decisions, logStd)));
      const result = ppoUpdate(
        heads,
        rollouts,
        h,
        iteration / h.iterations,
        createRandom(mixSeed(config.seed, 100000 + iteration)),
      );
      recent = [...recent, ...rollouts.flatMap((r) => r.finished)].slice(-400);
      const mean = recent.reduce((sum, drive) => sum + drive.return, 0) / Math.max(1, recent.length);
      const collisions = (100 * recent.filter((drive) => drive.collision).length) / Math.max(1, recent.length);
      const done = iteration + 1;
      const validated = done % h.validateEvery === 0 || done === h.iterations;
      const score = validated ? await this.#validate('sft+ppo', whole(), h.validationSeeds) : Number.NaN;
      if (score > best.score) best = { score, parameters: whole() };
      this.#board.advance(
        'ppo',
        done / h.iterations,
        `return ${mean.toFixed(3).replace('-', '−')} · validation ${best.score.toFixed(3)} · KL ${result.approxKl.toFixed(4)} · collisions ${collisions.toFixed(1)} / 100`,
        {
          return: mean,
          'validation score': score,
          'collisions / 100': collisions,
          KL: result.approxKl,
          entropy: result.entropy,
          'value loss': result.valueLoss,
          'clip fraction': result.clipFraction,
          'explained variance': result.explainedVariance,
        },
        done,
      );
      if (done % SAVE_EVERY.ppo === 0 || done === h.iterations) {
        const last = done === h.iterations;
        const parametersNow = last ? best.parameters : whole();
        await this.#keep({
          stage: last ? 'evaluate' : 'ppo',
          done,
          parameters: parametersNow,
          optimiser: heads.optimiser(),
          best,
        });
        this.#o.preview?.('ppo', done, parametersNow);
      }
    }
  }

  /** Mean score of `parameters` over every scenario's validation seeds, shared out among the workers. */
  async #validate(policy: EvaluatedPolicy, parameters: Float32Array, count: number): Promise<number> {
    const { workers, scenarios } = this.#o;
    const seeds = Array.from({ length: count }, (_, i) => VALIDATION_SEED + i);
    const jobs = scenarios.map(({ id }) => id);
    let sum = 0;
    await Promise.all(
      workers.map(async (worker) => {
        await worker.setParameters(parameters);
        for (let id = jobs.shift(); id; id = jobs.shift()) {
          for (const row of await worker.evaluate(policy, [id], seeds)) sum += row.score.score;
        }
      }),
    );
    return sum / (scenarios.length * count);
  }

  async #evaluate(): Promise<EvaluationResult> {
    const h = resolveHyperparameters(EVALUATE, this.#o.config.evaluate);
    const { workers, scenarios, control } = this.#o;
    await Promise.all(workers.map((worker) => worker.setParameters(this.#state.parameters)));
    const seeds = Array.from({ length: h.seeds }, (_, i) => HELD_OUT_SEED + i);
    const policies: EvaluatedPolicy[] = ['random', 'expert', 'sft', 'sft+ppo'];
    const rows: Record<EvaluatedPolicy, EpisodeRow[]> = { random: [], expert: [], sft: [], 'sft+ppo': [] };
    const jobs = policies.flatMap((policy) => scenarios.map(({ id }) => ({ policy, id })));
    const total = jobs.length;
    let done = 0;
    await Promise.all(
      workers.map(async (worker) => {
        for (let job = jobs.shift(); job; job = jobs.shift()) {
          await control.checkpoint();
          rows[job.policy].push(...(await worker.evaluate(job.policy, [job.id], seeds)));
          this.#board.advance('evaluate', ++done / total, `${done} of ${total} suites driven`);
        }
      }),
    );
    const results = new Map(policies.map((policy) => [POLICY_NAMES[policy], rows[policy]] as const));
    const report = makeReport(results, [[POLICY_NAMES['sft+ppo'], POLICY_NAMES.sft]]);
    const { mean, low, high } = report.paired[0].difference;
    this.#board.advance('evaluate', 1, `SFT + PPO − SFT: ${signed(mean)} [${signed(low)}, ${signed(high)}]`);
    return { rows, report };
  }
}

const signed = (x: number) => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(4)}`;
