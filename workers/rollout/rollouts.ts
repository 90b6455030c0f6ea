/** Handle of the rollout workers: one a core, less the one that trains and the one that draws. */
import { transfer, wrap } from 'comlink';
import { buffersOf, type GradientService } from '../../core/learn/sharded-learner.ts';
import type { RolloutService } from '../../core/learn/worker.ts';

export interface RolloutPool {
  readonly workers: readonly RolloutService[];
  /** The same threads, given their gradient buffers without a copy. */
  readonly learners: readonly GradientService[];
  dispose(): void;
}

/** The learner and its workers take turns, so all cores but one work; that one is left to the page, which must never wait. */
export function rolloutCount(hardwareConcurrency: number): number {
  return Math.max(1, Math.min(16, hardwareConcurrency - 1));
}

export function createRolloutPool(count = rolloutCount(navigator.hardwareConcurrency ?? 2)): RolloutPool {
  const threads = Array.from(
    { length: count },
    (_, i) => new Worker(new URL('./rollout.worker.ts', import.meta.url), { type: 'module', name: `rollout ${i + 1}` }),
  );
  const workers = threads.map((thread) => wrap(thread) as unknown as RolloutService);
  return {
    workers,
    learners: workers.map((worker) => ({
      gradient: (request) => worker.gradient(transfer(request, buffersOf(request))),
      logProbs: (request) => worker.logProbs(request),
    })),
    dispose() {
      for (const thread of threads) thread.terminate();
    },
  };
}
