/**
 * Measures the checkpoints of a run both ways, offline and in closed loop, on a pool of rollout workers: the points of the correlation
 * (correlation.ts). Page and command line both call this.
 */
import { HELD_OUT_SEED, type RolloutService, type RolloutSetup } from './rollout-worker.ts';
import { type CheckpointPoint, checkpointPoint, type OpenLoopErrors, poolErrors } from '../evaluate/correlation.ts';
import type { ScoredRow } from '../evaluate/suite.ts';

export interface CheckpointsOptions {
  readonly workers: readonly Pick<RolloutService, 'configure' | 'score' | 'openLoop'>[];
  /** In their order; parameters are read when their turn comes, so that a long run is never in memory at once. */
  readonly checkpoints: readonly { readonly id: string; readonly parameters: () => Promise<Float32Array> }[];
  readonly setup: Omit<RolloutSetup, 'parameters' | 'index' | 'workers' | 'worlds'>;
  readonly scenarios: readonly string[];
  /** Held-out seeds a scenario. */
  readonly seeds: number;
  readonly onPoint: (points: readonly CheckpointPoint[]) => void;
  /** Asked before each scenario: true ends it with the points there are. */
  readonly stopped?: () => boolean;
}

/** The first `count` held-out seeds after `from` of them. */
export const heldOutSeeds = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, i) => HELD_OUT_SEED + from + i);

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
      await worker.configure({ ...setup, parameters: flat, worlds: 1, workers: workers.length, index });
      while (next < scenarios.length && !stopped()) {
        const at = next++;
        errors[at] = await worker.openLoop('sft+ppo', [scenarios[at]], seeds);
        rows[at] = await worker.score('sft+ppo', [scenarios[at]], seeds);
      }
    };
    await Promise.all(workers.map(work));
    if (stopped()) break;
    points.push(checkpointPoint(id, poolErrors(errors), rows.flat()));
    onPoint([...points]);
  }
  return points;
}
