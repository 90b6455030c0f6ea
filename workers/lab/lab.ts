/** Handle of the lab worker. */
import { wrap } from 'comlink';
import type { LabService } from '../contracts/protocol.ts';

export interface LabHandle {
  readonly lab: LabService;
  dispose(): void;
}

export function createLab(): LabHandle {
  const thread = new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module', name: 'lab' });
  return { lab: wrap<LabService>(thread) as unknown as LabService, dispose: () => thread.terminate() };
}
