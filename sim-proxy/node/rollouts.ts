/** Rollout workers on Node worker threads, one a core. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { transfer, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { WasmHeads } from '../../core/models/engines/wasm/heads.ts';
import type { HeadLearner, Learner } from '../../core/models/learner.ts';
import type { PolicyConfig } from '../../core/models/config.ts';
import { buffersOf, type GradientService, ShardedLearner } from '../../core/learn/sharded-learner.ts';
import type { RolloutService } from '../../core/learn/worker.ts';

export interface NodeRollouts {
  readonly workers: readonly RolloutService[];
  /** The same threads, given their gradient buffers without a copy. */
  readonly gradients: readonly GradientService[];
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
  const workers = threads.map((thread) => wrap(nodeEndpoint(thread)) as unknown as RolloutService);
  // Gradient buffers travel without a copy.
  const gradients: GradientService[] = workers.map((worker) => ({
    gradient: (request) => worker.gradient(transfer(request, buffersOf(request))),
    logProbs: (request) => worker.logProbs(request),
  }));
  return {
    workers,
    gradients,
    learners: (config) => ({
      learner: (flat) => new ShardedLearner(config, flat, gradients),
      headLearner: (flat, maxRows) => new WasmHeads(config, flat, { maxRows }),
    }),
    async dispose() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
