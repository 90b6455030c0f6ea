/** Handle of the live worker. */
import type { LiveService } from '../contracts/live-protocol.ts';
import { handleOf } from '../expose.ts';

export const createLive = (): LiveService =>
  handleOf(new Worker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name: 'live' }));
