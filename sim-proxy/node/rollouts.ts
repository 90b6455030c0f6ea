/** Rollout workers on Node worker threads, one a core. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Remote, transfer, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { RolloutService } from '../../core/learn/rollout-worker.ts';
import { buffersOf, type GradientService } from '../../core/learn/sharded-sft.ts';

export interface NodeRollouts {
  readonly workers: readonly Remote<RolloutService>[];
  /** The same threads, given their gradient buffers without a copy. */
  readonly learners: readonly GradientService[];
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
  const workers = threads.map((thread) => wrap<RolloutService>(nodeEndpoint(thread)));
  return {
    workers,
    learners: workers.map((worker) => ({
      gradient: (request) => worker.gradient(transfer(request, buffersOf(request))),
    })),
    async dispose() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
