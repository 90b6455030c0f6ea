/** The evaluation worker: makes the Reports page's reports, its drives on a pool of rollout workers that lives as long as a run. */
import { throwing } from '../../core/base/service.ts';
import type { EvaluateService } from '../contracts/protocol.ts';
import { expose } from '../expose.ts';
import { Reports } from './reports.ts';
import { openRunStore, type StoredCheckpoint } from '../storage/run-store.ts';
import { createRolloutPool } from '../rollout/rollouts.ts';
import { bundledScenarios } from '../shipped/scenarios.ts';
import { readShippedCheckpoint } from '../shipped/shipped.ts';

function bytesOf(checkpoint: StoredCheckpoint | undefined, name: string): Uint8Array {
  if (!checkpoint) throw new Error(`The checkpoint ${name} was deleted meanwhile.`);
  return checkpoint.bytes;
}

const reports = new Reports({
  scenarios: [...bundledScenarios().values()],
  // The page only shows progress meanwhile, so every core drives.
  createPool: () => createRolloutPool(Math.max(1, Math.min(16, navigator.hardwareConcurrency))),
  readShipped: readShippedCheckpoint,
  runCheckpoints: async (run) => {
    const store = await openRunStore();
    const names = (await store.checkpointNames(run)).reverse();
    return names.map((name) => ({ id: name, read: async () => bytesOf(await store.checkpoint(run, name), name) }));
  },
  clock: () => performance.now() / 1000,
});

expose<EvaluateService>({
  run: (request, onProgress) => reports.run(request, onProgress),
  cancel: throwing(() => reports.cancel()),
  compare: (a, b, score) => reports.compare(a, b, score),
  correlate: (request, onProgress) => reports.correlate(request, onProgress),
  exportReport: (format) => reports.export(format),
});
