/**
 * Closed-loop suites on worker threads: policies × scenarios × held-out seeds, one row a drive. Rows do not depend on the
 * number of threads (see core/evaluate/suite.ts).
 */
import { BASELINE_SEED } from '../../core/tasks/driving/policy/driver.ts';
import type { CheckpointPoint } from '../../core/evaluate/correlation.ts';
import { measureCheckpoints } from '../../core/learn/measure-checkpoints.ts';
import { heldOutSeeds } from '../../core/learn/seeds.ts';
import type { ActorChoice } from '../../core/learn/run/stage.ts';
import type { ScoredRow } from '../../core/evaluate/suite.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import type { Scenario } from '../../core/tasks/driving/scenario/scenario.ts';
import { readPolicyFile } from '../node/checkpoints.ts';
import { createNodeRollouts } from '../node/rollouts.ts';

export interface SuiteRequest {
  /** By the names their rows are given back under. */
  readonly policies: ReadonlyMap<string, ActorChoice>;
  /** Parameters of the policies that have some. */
  readonly parameters: Float32Array;
  readonly scenarios: readonly Scenario[];
  /** Held-out seeds a scenario. */
  readonly seeds: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Rows by policy, in the order of scenarios, then seeds. */
export async function driveSuites(request: SuiteRequest): Promise<Map<string, ScoredRow[]>> {
  const { policies, parameters, scenarios, onProgress } = request;
  const seeds = heldOutSeeds(request.seeds);
  const suites = [...policies].flatMap(([policy, actor]) => scenarios.map(({ id }) => ({ policy, actor, id })));
  const results: (readonly ScoredRow[])[] = suites.map(() => []);
  const pool = createNodeRollouts();
  try {
    const setup = {
      task: 'driving',
      engine: 'wasm',
      config: POLICY_CONFIG,
      parameters,
      scenarios,
      seed: BASELINE_SEED,
      rows: 64,
    } as const;
    const workers = pool.workers.length;
    await Promise.all(pool.workers.map((worker, index) => worker.configure({ ...setup, index, workers })));
    let begun = 0;
    let done = 0;
    const work = async (worker: (typeof pool.workers)[number]) => {
      while (begun < suites.length) {
        const index = begun++;
        const { actor, id } = suites[index];
        results[index] = await worker.score(actor, [id], seeds);
        onProgress?.(++done, suites.length);
      }
    };
    await Promise.all(pool.workers.map(work));
  } finally {
    await pool.dispose();
  }
  return new Map(
    [...policies.keys()].map((policy) => [policy, results.filter((_, i) => suites[i].policy === policy).flat()]),
  );
}

export interface CheckpointFiles {
  readonly files: readonly { readonly id: string; readonly path: string }[];
  readonly scenarios: readonly Scenario[];
  readonly seeds: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Checkpoint files measured offline and in closed loop. Throws when one cannot drive here. */
export async function measureFiles(request: CheckpointFiles): Promise<readonly CheckpointPoint[]> {
  const { files, scenarios, seeds, onProgress } = request;
  const pool = createNodeRollouts();
  try {
    return await measureCheckpoints({
      workers: pool.workers,
      checkpoints: files.map(({ id, path }) => ({ id, parameters: async () => (await readPolicyFile(path)).flat })),
      setup: { task: 'driving', engine: 'wasm', config: POLICY_CONFIG, scenarios, seed: BASELINE_SEED },
      scenarios: scenarios.map(({ id }) => id),
      seeds,
      onPoint: (points) => onProgress?.(points.length, files.length),
    });
  } finally {
    await pool.dispose();
  }
}
