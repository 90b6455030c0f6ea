/** Handle of the evaluation worker. */
import type { EvaluateService } from '../contracts/protocol.ts';
import { handleOf } from '../expose.ts';

export const createEvaluate = (): EvaluateService =>
  handleOf(new Worker(new URL('./evaluate.worker.ts', import.meta.url), { type: 'module', name: 'evaluation' }));
