/** Handle of the proxy worker. */
import { type Remote, wrap } from 'comlink';
import { unpackFrames } from './frames.ts';
import type {
  LiveCamera,
  LiveEvent,
  LivePicture,
  LiveRequest,
  LiveStats,
  PackedEvent,
  ProxyService,
} from '../contracts/proxy-protocol.ts';
import type { Result } from '../contracts/protocol.ts';

/** Events one after the other: the next is fetched when it is asked for, and asking says that the last one is dealt with. */
export interface LiveEvents {
  /** null at the end. */
  next(): Promise<Result<LiveEvent | null>>;
  stats(): Promise<LiveStats | null>;
  stop(): Promise<void>;
}
/** Pictures of a camera, one after the other. */
export interface LivePictures {
  /** null at the end. */
  next(): Promise<Result<LivePicture | null>>;
  stop(): Promise<void>;
}
export interface ProxyHandle extends Pick<ProxyService, 'connect' | 'sources' | 'describe' | 'map' | 'control'> {
  watch(request: LiveRequest): Promise<Result<LiveEvents>>;
  camera(request: LiveCamera): Promise<Result<LivePictures>>;
  dispose(): void;
}

export function createProxy(): ProxyHandle {
  const thread = new Worker(new URL('./proxy.worker.ts', import.meta.url), { type: 'module', name: 'proxy' });
  const remote = wrap<ProxyService>(thread) as Remote<ProxyService>;
  return {
    connect: (address) => remote.connect(address),
    sources: () => remote.sources(),
    describe: (sourceId) => remote.describe(sourceId),
    map: (sourceId) => remote.map(sourceId),
    control: (sourceId, command) => remote.control(sourceId, command),
    async camera(request) {
      const begun = await remote.camera(request);
      if (!begun.ok) return begun;
      const number = begun.value;
      const pictures = { next: () => remote.picture(number), stop: () => remote.stopCamera(number) };
      return { ok: true, value: pictures };
    },
    async watch(request) {
      const begun = await remote.watch(request);
      if (!begun.ok) return begun;
      const number = begun.value;
      const events: LiveEvents = {
        next: async () => unpacked(await remote.next(number)),
        stats: () => remote.stats(number),
        stop: () => remote.stop(number),
      };
      return { ok: true, value: events };
    },
    dispose: () => thread.terminate(),
  };
}

function unpacked(result: Result<PackedEvent | null>): Result<LiveEvent | null> {
  if (!result.ok || result.value?.kind !== 'frames') return result as Result<LiveEvent | null>;
  return { ok: true, value: { kind: 'frames', frames: unpackFrames(result.value.packed) } };
}
