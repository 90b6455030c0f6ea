/** Handle of the lab worker. */
import type { LabService } from '../contracts/protocol.ts';
import { handleOf } from '../expose.ts';

export const createLab = (): LabService =>
  handleOf(new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module', name: 'lab' }));
