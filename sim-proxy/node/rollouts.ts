/** Rollout workers on Node worker threads, one a core. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { WasmHeads } from '../../core/models/engines/wasm/heads.ts';
import type { HeadLearner, Learner } from '../../core/models/learner.ts';
import type { PolicyConfig } from '../../core/models/config.ts';
import { ShardedLearner } from '../../core/learn/sharded-learner.ts';
import type { RolloutService } from '../../core/learn/worker.ts';
import { threadHandle } from './expose.ts';

export interface NodeRollouts {
  readonly workers: readonly RolloutService[];
  /** Makers of what learns a policy of this shape, its gradients computed on these threads. */
  learners(config: PolicyConfig): {
    readonly learner: (flat: Float32Array) => Learner;
    readonly headLearner: (flat: Float32Array, maxRows: number) => HeadLearner;
  };
  dispose(): Promise<void>;
}

/** `count` threads, each a `LocalRollouts`; a thread that dies ends the process with its error. */
export function createNodeRollouts(count = availableParallelism()): NodeRollouts {
  const module = new URL('./rollout-thread.ts', import.meta.url).href;
  const threads = Array.from(
    { length: count },
    () => new Worker(new URL('./thread.mjs', import.meta.url), { workerData: { module } }),
  );
  for (const thread of threads) {
    thread.on('error', (error) => {
      console.error(`A rollout worker failed: ${error.message}`);
      process.exit(1);
    });
  }
  const workers = threads.map((thread) => threadHandle<RolloutService>(thread));
  return {
    workers,
    learners: (config) => ({
      learner: (flat) => new ShardedLearner(config, flat, workers),
      headLearner: (flat, maxRows) => new WasmHeads(config, flat, { maxRows }),
    }),
    async dispose() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
