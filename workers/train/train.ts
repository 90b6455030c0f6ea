/** Handle of the training worker. */
import type { TrainService } from '../contracts/protocol.ts';
import { handleOf } from '../expose.ts';

export const createTrain = (): TrainService =>
  handleOf(new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module', name: 'training' }));
