/**
 * Training as the page sees it: the run that is going, its stages, curves and drives worth watching, and the runs kept.
 * Reports carry what is new; curves are merged by x, so a point told twice is one point.
 */
import { createStore } from 'zustand/vanilla';
import type {
  EvaluationRow,
  Failure,
  PolicyChoice,
  RunInfo,
  StageReport,
  TrainConfig,
  TrainReport,
} from '../../workers/contracts/protocol.ts';
import { ALGORITHMS, pipelineOf } from '../../core/learn/stages.ts';
import { driveStore } from './drive.ts';
import { engineStore } from './engine.ts';
import { complain, failureOf, say } from './notices.ts';
import { showEpisode } from './open.ts';
import { ask, lab, train } from './services.ts';
import { viewStore } from './view.ts';

type Overrides = Readonly<Record<string, Readonly<Record<string, number>>>>;
export interface TrainingCurve {
  readonly stage: string;
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}
interface PolicyOption {
  readonly name: string;
  readonly choice: PolicyChoice;
}

export interface TrainingState {
  /** A run is going (held counts as going). */
  readonly active: boolean;
  readonly paused: boolean;
  readonly run: string | null;
  readonly stages: readonly StageReport[];
  readonly curves: readonly TrainingCurve[];
  readonly episodes: TrainReport['episodes'];
  readonly rows: readonly EvaluationRow[];
  readonly paired: TrainReport['paired'] | null;
  readonly failure: Failure | null;
  /** The policy of the run that has just ended, to be seen beside the drive on the screen. */
  readonly trained: PolicyChoice | null;
  readonly runs: readonly RunInfo[];
  /** Changes to the hyperparameters' defaults, by stage, for the next run. */
  readonly overrides: Overrides;
  /** Of the next run. */
  readonly algorithm: string;
  readonly seed: number;
  /** Policies that can drive: the built-ins and every checkpoint made drivable. */
  readonly policies: readonly PolicyOption[];
}

/** Preview drives kept, newest. */
const KEPT_DRIVES = 40;

const waiting = (algorithm: string): StageReport[] =>
  pipelineOf(algorithm).map(({ id }) => ({
    stage: id,
    status: 'waits',
    progress: 0,
    elapsedSeconds: 0,
    secondsLeft: null,
    summary: '',
  }));

export const trainingStore = createStore<TrainingState>(() => ({
  active: false,
  paused: false,
  run: null,
  stages: waiting(ALGORITHMS[0]),
  curves: [],
  episodes: [],
  rows: [],
  paired: null,
  failure: null,
  trained: null,
  runs: [],
  overrides: {},
  algorithm: ALGORITHMS[0],
  seed: 1,
  policies: [
    { name: 'SFT + PPO (shipped)', choice: { kind: 'checkpoint', hash: 'shipped', residual: true } },
    { name: 'SFT (shipped, no residual)', choice: { kind: 'checkpoint', hash: 'shipped', residual: false } },
    { name: 'Expert', choice: { kind: 'expert' } },
    { name: 'Random', choice: { kind: 'random' } },
  ],
}));

/** Adds to every curve the points beyond its end. */
export function mergeCurves(curves: readonly TrainingCurve[], points: TrainReport['points']): readonly TrainingCurve[] {
  const merged = new Map(curves.map((curve) => [`${curve.stage} ${curve.name}`, curve]));
  const grown = new Map<string, { x: number[]; y: number[] }>();
  for (const { stage, name, x, y } of points) {
    const key = `${stage} ${name}`;
    const curve = merged.get(key);
    const grow = grown.get(key) ?? { x: [...(curve?.x ?? [])], y: [...(curve?.y ?? [])] };
    if (grow.x.length > 0 && x <= grow.x[grow.x.length - 1]) continue;
    grow.x.push(x);
    grow.y.push(y);
    grown.set(key, grow);
    if (!curve) merged.set(key, { stage, name, x: [], y: [] });
  }
  if (grown.size === 0) return curves;
  return [...merged].map(([key, curve]) => ({ ...curve, ...grown.get(key) }));
}

/** Takes a report: stages as they are now, and what is new of curves and drives. */
function take(report: TrainReport): void {
  const ended = report.rows !== undefined || report.failure !== undefined;
  const stopped = report.stages.some(({ status }) => status === 'stopped');
  trainingStore.setState((state) => ({
    run: report.run,
    stages: report.stages.length > 0 ? report.stages : state.stages,
    curves: mergeCurves(state.curves, report.points),
    episodes: [...state.episodes, ...report.episodes].slice(-KEPT_DRIVES),
    rows: report.rows ?? state.rows,
    paired: report.paired ?? state.paired,
    failure: report.failure ?? null,
  }));
  if (!(ended || stopped) || !trainingStore.getState().active) return;
  trainingStore.setState({ active: false, paused: false });
  if (report.failure) complain(report.failure, 'The last checkpoint is kept; the run can be continued.');
  else if (stopped) say('Training stopped. Its last checkpoint is kept.');
  void refreshRuns();
  if (report.failure) return;
  void makeDrivable(report.run).then((trained) => {
    if (!stopped) trainingStore.setState({ trained });
  });
}

const fresh = () => ({
  stages: waiting(trainingStore.getState().algorithm),
  curves: [],
  episodes: [],
  rows: [],
  paired: null,
  failure: null,
  trained: null,
});

function failed(failure: Failure): void {
  trainingStore.setState({ active: false, paused: false, failure });
}

/** Starts a run with the form's values. One run at a time. */
export async function startTraining(): Promise<void> {
  const { active, seed, overrides, algorithm } = trainingStore.getState();
  const engine = engineStore.getState().override;
  if (active) return;
  trainingStore.setState({ ...fresh(), active: true, paused: false, run: null });
  viewStore.setState({ preset: 'train' });
  const config: TrainConfig = { seed, name: `seed ${seed}`, algorithm, settings: overrides, ...(engine && { engine }) };
  const started = await ask(async () => (await train()).start(config, take));
  if (started.ok) trainingStore.setState({ run: started.value.run });
  else failed(started.failure);
}

/** Continues a run from its last checkpoint, after a reload too. */
export async function continueRun(run: string): Promise<void> {
  if (trainingStore.getState().active) return;
  trainingStore.setState({ ...fresh(), active: true, paused: false, run });
  const resumed = await ask(async () => (await train()).resumeRun(run, take));
  if (!resumed.ok) failed(resumed.failure);
}

/** Holds the run where it is, or lets it go on. */
export async function holdTraining(): Promise<void> {
  const { paused, active } = trainingStore.getState();
  if (!active) return;
  const service = await train();
  await (paused ? service.resume() : service.pause());
  trainingStore.setState({ paused: !paused });
}

/** Stops the run at its next safe point; what it has is kept. */
export async function stopTraining(): Promise<void> {
  if (!trainingStore.getState().active) return;
  try {
    await (await train()).stop();
    trainingStore.setState({ active: false, paused: false });
    await refreshRuns();
  } catch (error) {
    failed(failureOf(error));
  }
}

/** Reads the kept runs again; a browser without storage has none. */
export async function refreshRuns(): Promise<void> {
  try {
    trainingStore.setState({ runs: await (await train()).runs() });
  } catch (error) {
    complain(failureOf(error), 'Runs already on the screen stay.');
  }
}

export async function deleteRun(run: string): Promise<void> {
  try {
    await (await train()).deleteRun(run);
  } catch (error) {
    complain(failureOf(error), 'The run is kept.');
  }
  await refreshRuns();
}

/** Hands a run's newest checkpoint to the lab worker, so that it can drive. Returns the choice, or null with a notice. */
export async function makeDrivable(run: string): Promise<PolicyChoice | null> {
  const bytes = await ask(async () => (await train()).checkpoint(run));
  if (!bytes.ok) {
    complain(bytes.failure);
    return null;
  }
  const loaded = await ask(() => lab().loadCheckpoint(bytes.value));
  if (!loaded.ok) {
    complain(loaded.failure);
    return null;
  }
  const { hash } = loaded.value;
  const choice: PolicyChoice = { kind: 'checkpoint', hash, residual: true };
  const name = trainingStore.getState().runs.find(({ id }) => id === run)?.name ?? loaded.value.name;
  trainingStore.setState(({ policies }) => ({
    policies: [
      { name: `${name} · ${hash.slice(0, 6)}`, choice },
      ...policies.filter((policy) => policy.choice.kind !== 'checkpoint' || policy.choice.hash !== hash),
    ],
  }));
  return choice;
}

/** A run's checkpoint as bytes, for export. */
export async function checkpointBytes(run: string): Promise<Uint8Array | null> {
  const bytes = await ask(async () => (await train()).checkpoint(run));
  if (bytes.ok) return bytes.value;
  complain(bytes.failure);
  return null;
}

/** Opens the drive nearest to `x` on a stage's curve, if the run has shown one. */
export async function openNearest(stage: string, x: number): Promise<void> {
  const near = trainingStore
    .getState()
    .episodes.filter((shown) => shown.stage === stage)
    .toSorted((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0];
  if (!near) return say('This run has not shown a drive for that point yet.');
  if (near.episode.id !== driveStore.getState().episode?.id) await showEpisode(near.episode, 'training', true);
}

/** Sets or, with null, resets one hyperparameter for the next run. */
export function override(stage: string, name: string, value: number | null): void {
  trainingStore.setState(({ overrides }) => {
    const { [name]: _, ...rest } = overrides[stage] ?? {};
    return { overrides: { ...overrides, [stage]: value === null ? rest : { ...rest, [name]: value } } };
  });
}

/** The next run's algorithm; its stages are shown at once unless a run is on the screen. */
export function chooseAlgorithm(algorithm: string): void {
  const { run } = trainingStore.getState();
  trainingStore.setState({ algorithm, ...(run === null && { stages: waiting(algorithm) }) });
}
