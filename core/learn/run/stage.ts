/**
 * A stage: one step of a run's pipeline, as a record. `stages.ts` is the list, and everything that shows, runs or configures a stage
 * (the page's form and charts, the command line's flags, workers, docs) reads it there: a new algorithm is one file and one line.
 *
 * A stage runs on the training's thread and asks the workers for what is costly. Its own worker-side code is `parts`: named functions
 * that the worker finds through the same list.
 */
import type { GroupName, PolicyConfig } from '../../models/config.ts';
import type { Engine } from '../../models/engine.ts';
import type { PolicyIdentity } from '../../models/identity.ts';
import type { HeadLearner, Learner } from '../../models/learner.ts';
import type { TraceDataset } from '../../task/dataset.ts';
import type { Policy } from '../../task/policy.ts';
import type { Task, TaskScenario, TaskWords } from '../../task/task.ts';
import type { TrainControl } from './hold.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import type { RunState } from './state.ts';

/** What a worker drives: a built-in, or the parameters it was given last, with or without what RL learned beside the trace. */
export type ActorChoice =
  | { readonly kind: 'random' | 'oracle' }
  | { readonly kind: 'checkpoint'; readonly residual: boolean };

/** How a worker drives a policy. Throws for a human, whom no worker can ask. */
export function actorOf({ kind, residual, name }: PolicyIdentity): ActorChoice {
  if (kind === 'human') throw new Error(`${name} is a human's drive: there is no policy to ask again.`);
  if (kind === 'checkpoint') return { kind, residual };
  return { kind: kind === 'expert' ? 'oracle' : kind };
}

/** A worker as a stage's parts see it. */
export interface WorkerContext {
  readonly task: Task;
  readonly engine: Engine;
  readonly scenarios: readonly TaskScenario[];
  readonly seed: number;
  /** This worker's number among them all. */
  readonly index: number;
  readonly workers: number;
  /** Whatever a part keeps between two questions of one run, by a name of its own. */
  readonly kept: Map<string, unknown>;
  actor(choice: ActorChoice): Policy;
  /** The scenarios of these ids, in their order; throws for one that there is not. */
  scenariosOf(ids: readonly string[]): readonly TaskScenario[];
}
type WorkerPart = (worker: WorkerContext, request: never) => Promise<unknown>;

/** A worker as a stage asks it: one of its parts, after `setParameters` with those parameters. */
export interface StageWorker {
  setParameters(flat: Float32Array): Promise<void>;
  work<Reply>(stage: string, part: string, request: unknown): Promise<Reply>;
}

export interface StageContext {
  readonly seed: number;
  readonly policy: PolicyConfig;
  readonly words: TaskWords;
  readonly scenarios: readonly TaskScenario[];
  readonly workers: readonly StageWorker[];
  readonly control: TrainControl;
  /** Settings of this stage, and of another one where they belong together; checked, defaults put in. */
  settings(stage?: string): Readonly<Record<string, number>>;
  /** Newest state of the run; `state.done` is where this stage goes on from. */
  readonly state: RunState;
  /** Id of the stage that follows; its own id at the end. */
  readonly next: string;
  /** What the stages before made that lives in memory only. */
  readonly made: { data?: TraceDataset; evaluation?: unknown };
  /** How the result is called in reports: "SFT", "SFT + PPO". */
  readonly resultName: string;
  learner(flat: Float32Array): Learner;
  headLearner(flat: Float32Array, maxRows: number): HeadLearner;
  /** Changes the state and saves it: a safe point. */
  keep(change: Partial<RunState>): Promise<void>;
  /** Progress 0..1, one short line, and points of curves at `x`. */
  advance(progress: number, summary: string, metrics?: Readonly<Record<string, number>>, x?: number): void;
  /** Parameters worth driving. */
  preview(x: number, parameters: Float32Array): void;
}

export interface Stage<H extends Hyperparameters = Hyperparameters> {
  readonly hyperparameters: H;
  /** Most rows that its rollouts think about at once; engines are made for it. */
  rows?(settings: Readonly<Record<string, number>>): number;
  /** Settings that drive about this many training episodes; absent where none are driven. */
  forEpisodes?(episodes: number, workers: number): Readonly<Record<string, number>>;
  readonly parts?: Readonly<Record<string, WorkerPart>>;
  run(context: StageContext): Promise<void>;
}

/** A line of the list: what anyone may know of a stage without loading it. */
export interface StageEntry {
  readonly id: string;
  readonly title: string;
  /** What its curves count. */
  readonly counts: 'step' | 'iteration';
  /** The curve that tells best how it goes. */
  readonly curve?: string;
  /** What it learns; none for stages that only make or measure. */
  readonly groups: readonly GroupName[];
  /** `--algo` of the runs it belongs to, and what it adds to the name of a result; absent: part of every run. */
  readonly algorithm?: { readonly id: string; readonly name: string };
  /** What it makes lives in memory only: a run that goes on in the next stage makes it again. */
  readonly transient?: boolean;
  load(): Promise<Stage>;
}
