/**
 * A run: the stages of its pipeline one after another, on one learner's thread (this one) and several workers. What a stage does is its
 * own affair (stage.ts); here are order, state, progress and the proof of what was left alone.
 *
 * Deterministic for a given config and number of workers. State is handed to `save` at every safe point worth keeping, and `resume`
 * continues from such a state, after a killed tab too.
 */
import { createRandom, mixSeed } from '../../base/random.ts';
import { imitationHash } from '../../models/checkpoint.ts';
import { parameterLayout, type PolicyConfig } from '../../models/config.ts';
import type { MeasureSize } from '../../models/choose.ts';
import type { EngineName } from '../../models/engine.ts';
import { initParameters } from '../../models/initialise.ts';
import type { HeadLearner, Learner } from '../../models/learner.ts';
import type { Task, TaskScenario } from '../../task/task.ts';
import type { TrainControl } from './hold.ts';
import { resolveHyperparameters } from './hyperparameters.ts';
import { type MetricPoint, ProgressBoard, type StageReport } from './progress.ts';
import type { Stage, StageContext, StageEntry, StageWorker } from './stage.ts';
import type { RunState } from './state.ts';

/** Seed of everything, and overrides of hyperparameters by stage. */
export interface PipelineConfig {
  readonly seed: number;
  readonly settings?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface WorkerSetup {
  readonly task: string;
  readonly engine: EngineName;
  readonly config: PolicyConfig;
  readonly parameters: Float32Array;
  readonly scenarios: readonly TaskScenario[];
  readonly seed: number;
  readonly index: number;
  readonly workers: number;
  /** Most rows thought about at once. */
  readonly rows: number;
}

export interface PipelineResult {
  /** How the result is called: "SFT + PPO". */
  readonly name: string;
  readonly parameters: Float32Array;
  readonly imitationBefore: string;
  readonly imitationAfter: string;
  /** What the evaluation stage made; absent where the pipeline has none. */
  readonly evaluation: unknown;
}

export interface PipelineOptions {
  /** The run's stages, in order. */
  readonly stages: readonly StageEntry[];
  readonly config: PipelineConfig;
  readonly task: Task;
  /** What the workers think on, chosen for the size that they will run: so many rows at once, so many tokens each. */
  readonly engine: (size: MeasureSize) => EngineName | Promise<EngineName>;
  readonly policy: PolicyConfig;
  readonly scenarios: readonly TaskScenario[];
  readonly workers: readonly (StageWorker & { configure(setup: WorkerSetup): Promise<void> })[];
  /** Makers of what learns, beginning with parameters in layout order. */
  readonly learner: (flat: Float32Array) => Learner;
  readonly headLearner: (flat: Float32Array, maxRows: number) => HeadLearner;
  readonly control: TrainControl;
  /** Seconds; only for progress. */
  readonly clock: () => number;
  readonly report: (stages: readonly StageReport[], points: readonly MetricPoint[]) => void;
  readonly save: (state: RunState) => Promise<void>;
  readonly resume?: RunState | undefined;
  /** Called now and then with parameters worth driving. */
  readonly preview?: (stage: StageEntry, x: number, parameters: Float32Array) => void;
}

/** Fewest rows an engine is made for: suites drive this many worlds at once. */
const LEAST_ROWS = 64;

export class Pipeline {
  readonly #o: PipelineOptions;
  readonly #board: ProgressBoard;
  readonly #made: StageContext['made'] = {};
  #state: RunState;

  constructor(options: PipelineOptions) {
    this.#o = options;
    const ids = options.stages.map(({ id }) => id);
    this.#board = new ProgressBoard(ids, options.clock, options.report);
    if (options.resume) this.#board.restore(options.resume.stages, options.resume.points);
    this.#state = options.resume ?? {
      version: 1,
      stage: ids[0],
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

  /**
   * Runs to the end. Throws StoppedError when stopped; the state stays resumable. Throws HyperparameterError before anything is done,
   * and RangeError when the state to go on from is in a stage that this run does not have.
   */
  async run(): Promise<PipelineResult> {
    const { stages, workers, config, policy, task, scenarios } = this.#o;
    const loaded = new Map<string, Stage>();
    for (const { id, load } of stages) loaded.set(id, await load());
    const settings = (id: string) => {
      const stage = loaded.get(id);
      return stage ? resolveHyperparameters(stage.hyperparameters, config.settings?.[id]) : {};
    };
    const rows = Math.max(LEAST_ROWS, ...stages.map(({ id }) => loaded.get(id)?.rows?.(settings(id)) ?? 0));
    const engine = await this.#o.engine({ batch: rows, tokens: task.words.maxTokens });
    await Promise.all(
      workers.map((worker, index) =>
        worker.configure({
          task: task.id,
          engine,
          config: policy,
          parameters: this.#state.parameters,
          scenarios,
          seed: config.seed,
          index,
          workers: workers.length,
          rows,
        }),
      ),
    );
    let at = stages.findIndex(({ id }) => id === this.#state.stage);
    if (at < 0) throw new RangeError(`This run has no stage "${this.#state.stage}" to go on from.`);
    while (at > 0 && stages[at - 1].transient) at--;
    for (; at < stages.length; at++) {
      const entry = stages[at];
      const stage = loaded.get(entry.id) as Stage;
      await this.#run(entry, stage, this.#contextOf(at, settings));
    }
    return {
      name: this.#name,
      parameters: this.#state.parameters,
      imitationBefore: this.#state.imitation ?? '',
      imitationAfter: imitationHash(this.#state.parameters, parameterLayout(policy)),
      evaluation: this.#made.evaluation,
    };
  }

  get #name(): string {
    return ['SFT', ...this.#o.stages.flatMap(({ algorithm }) => (algorithm ? [algorithm.name] : []))].join(' + ');
  }

  #contextOf(at: number, settings: (stage: string) => Readonly<Record<string, number>>): StageContext {
    const { stages, config, task, policy, scenarios, workers, control, learner, headLearner } = this.#o;
    const entry = stages[at];
    const state = () => this.#state;
    return {
      seed: config.seed,
      policy,
      words: task.words,
      scenarios,
      workers,
      control,
      settings: (stage = entry.id) => settings(stage),
      get state() {
        return state();
      },
      next: stages[Math.min(at + 1, stages.length - 1)].id,
      made: this.#made,
      resultName: this.#name,
      learner,
      headLearner,
      keep: async (change) => {
        this.#state = { ...this.#state, ...change };
        await this.#o.save(this.state);
      },
      advance: (...progress) => this.#board.advance(entry.id, ...progress),
      preview: (x, parameters) => this.#o.preview?.(entry, x, parameters),
    };
  }

  async #run(entry: StageEntry, stage: Stage, context: StageContext): Promise<void> {
    this.#board.begin(entry.id);
    try {
      await stage.run(context);
      this.#board.end(entry.id, 'done');
    } catch (error) {
      this.#board.end(entry.id, this.#o.control.stopped ? 'stopped' : 'failed');
      await this.#o.save(this.state);
      throw error;
    }
  }
}
