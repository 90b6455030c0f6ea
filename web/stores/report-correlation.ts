/** The correlation of a run's checkpoints, offline error against closed-loop scores: what is asked for, how far it is, its points. */
import { createStore } from 'zustand/vanilla';
import { correlate, type OfflineCorrelation } from '../../core/evaluate/correlation.ts';
import type { CheckpointPoint, Failure, ReportedId } from '../../workers/contracts/protocol.ts';
import { evaluation, reportsStore } from './reports.ts';
import { ask } from './services.ts';

export interface CorrelationState {
  /** Id of the run asked for; null = the newest there is. */
  readonly run: string | null;
  readonly seeds: number;
  readonly running: boolean;
  readonly done: number;
  readonly total: number;
  readonly points: readonly CheckpointPoint[];
  readonly failure: Failure | null;
}
export const MAX_CORRELATION_SEEDS = 50;

export const correlationStore = createStore<CorrelationState>(() => ({
  run: null,
  seeds: 3,
  running: false,
  done: 0,
  total: 0,
  points: [],
  failure: null,
}));

/** Measures every checkpoint of the run on the scenarios chosen in the toolbar. */
export async function measureRun(run: string): Promise<void> {
  const { scenarios, chosen, running } = reportsStore.getState();
  const { seeds } = correlationStore.getState();
  if (running || correlationStore.getState().running) return;
  correlationStore.setState({ run, running: true, failure: null, points: [], done: 0, total: 0 });
  const ids = scenarios.map(({ id }) => id).filter((id) => chosen.has(id));
  const result = await ask(async () =>
    (await evaluation()).correlate({ run, scenarios: ids, seeds }, (progress) => correlationStore.setState(progress)),
  );
  if (result.ok) correlationStore.setState({ running: false, points: result.value });
  else correlationStore.setState({ running: false, failure: result.failure });
}

export async function cancelMeasuring(): Promise<void> {
  await (await evaluation()).cancel();
}

export const correlationOf = (points: readonly CheckpointPoint[], score: ReportedId): OfflineCorrelation | null =>
  correlate(points, score);
