/** Handle of the rollout workers: one a core, less the one that trains and the one that draws. */
import type { RolloutService } from '../../core/learn/worker.ts';
import { handleOf } from '../expose.ts';

export interface RolloutPool {
  readonly workers: readonly RolloutService[];
  dispose(): void;
}

/** The learner and its workers take turns, so all cores but one work; that one is left to the page, which must never wait. */
function rolloutCount(hardwareConcurrency: number): number {
  return Math.max(1, Math.min(16, hardwareConcurrency - 1));
}

export function createRolloutPool(count = rolloutCount(navigator.hardwareConcurrency ?? 2)): RolloutPool {
  const threads = Array.from(
    { length: count },
    (_, i) => new Worker(new URL('./rollout.worker.ts', import.meta.url), { type: 'module', name: `rollout ${i + 1}` }),
  );
  const workers = threads.map((thread) => handleOf<RolloutService>(thread));
  return {
    workers,
    dispose() {
      for (const thread of threads) thread.terminate();
    },
  };
}
