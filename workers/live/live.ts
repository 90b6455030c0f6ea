/** Handle of the live worker. */
import { wrap } from 'comlink';
import type { LiveService } from '../contracts/live-protocol.ts';

export function createLive(): LiveService {
  const thread = new Worker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name: 'live' });
  return wrap<LiveService>(thread) as unknown as LiveService;
}
