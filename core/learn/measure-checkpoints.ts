/**
 * Measures the checkpoints of a run both ways, offline and in closed loop, on a pool of rollout workers: the points of the correlation
 * (correlation.ts). Page and command line both call this.
 */
import type { WorkerSetup } from './run/runner.ts';
import type { ActorChoice } from './run/stage.ts';
import { heldOutSeeds } from './seeds.ts';
import type { RolloutService } from './worker.ts';
import { type CheckpointPoint, checkpointPoint, type OpenLoopErrors, poolErrors } from '../evaluate/correlation.ts';
import type { ScoredRow } from '../evaluate/suite.ts';

export interface CheckpointsOptions {
  readonly workers: readonly Pick<RolloutService, 'configure' | 'score' | 'openLoop'>[];
  /** In their order; parameters are read when their turn comes, so that a long run is never in memory at once. */
  readonly checkpoints: readonly { readonly id: string; readonly parameters: () => Promise<Float32Array> }[];
  readonly setup: Omit<WorkerSetup, 'parameters' | 'index' | 'workers' | 'rows'>;
  readonly scenarios: readonly string[];
  /** Held-out seeds a scenario. */
  readonly seeds: number;
  readonly onPoint: (points: readonly CheckpointPoint[]) => void;
  /** Asked before each scenario: true ends it with the points there are. */
  readonly stopped?: () => boolean;
}

/** A checkpoint is measured as it drives: with what RL learned beside its traces. */
const WHOLE: ActorChoice = { kind: 'checkpoint', residual: true };
/** Worlds a suite drives at once. */
const ROWS = 64;

export async function measureCheckpoints(options: CheckpointsOptions): Promise<readonly CheckpointPoint[]> {
  const { workers, checkpoints, setup, scenarios, onPoint, stopped = () => false } = options;
  const seeds = heldOutSeeds(options.seeds);
  const points: CheckpointPoint[] = [];
  for (const { id, parameters } of checkpoints) {
    const flat = await parameters();
    const errors: OpenLoopErrors[] = [];
    const rows: (readonly ScoredRow[])[] = [];
    let next = 0;
    const work = async (worker: (typeof workers)[number], index: number) => {
      await worker.configure({ ...setup, parameters: flat, rows: ROWS, workers: workers.length, index });
      while (next < scenarios.length && !stopped()) {
        const at = next++;
        errors[at] = await worker.openLoop(WHOLE, [scenarios[at]], seeds);
        rows[at] = await worker.score(WHOLE, [scenarios[at]], seeds);
      }
    };
    await Promise.all(workers.map(work));
    if (stopped()) break;
    points.push(checkpointPoint(id, poolErrors(errors), rows.flat()));
    onPoint([...points]);
  }
  return points;
}
