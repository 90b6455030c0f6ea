/** Handle of the training worker. */
import { proxy, type Remote, wrap } from 'comlink';
import type { TrainReport, TrainService } from '../contracts/protocol.ts';

export interface TrainHandle extends TrainService {
  dispose(): void;
}

export function createTrain(): TrainHandle {
  const thread = new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module', name: 'training' });
  const remote = wrap<TrainService>(thread) as Remote<TrainService>;
  const listener = (onReport: (report: TrainReport) => void) => proxy(onReport) as unknown as typeof onReport;
  return {
    start: (config, onReport) => remote.start(config, listener(onReport)),
    resumeRun: (run, onReport) => remote.resumeRun(run, listener(onReport)),
    pause: () => remote.pause(),
    resume: () => remote.resume(),
    stop: () => remote.stop(),
    runs: () => remote.runs(),
    checkpoint: (run) => remote.checkpoint(run),
    deleteRun: (run) => remote.deleteRun(run),
    dispose: () => thread.terminate(),
  };
}
