/** Handle of the proxy worker, and what a page that watches holds of it: events and pictures, one after the other. */
import type { Result } from '../contracts/protocol.ts';
import type {
  LiveCamera,
  LiveEvent,
  LivePicture,
  LiveRequest,
  LiveStats,
  PackedEvent,
  ProxyService,
} from '../contracts/proxy-protocol.ts';
import { handleOf } from '../expose.ts';
import { unpackFrames } from './frames.ts';

/** Events one after the other: the next is fetched when it is asked for, and asking says that the last one is dealt with. */
export interface LiveEvents {
  /** null at the end. */
  next(): Promise<Result<LiveEvent | null>>;
  stats(): Promise<LiveStats | null>;
  stop(): Promise<void>;
}
/** Pictures of a camera, one after the other. */
interface LivePictures {
  /** null at the end. */
  next(): Promise<Result<LivePicture | null>>;
  stop(): Promise<void>;
}

export interface ProxyHandle extends Pick<ProxyService, 'connect' | 'sources' | 'describe' | 'map' | 'control'> {
  watch(request: LiveRequest): Promise<Result<LiveEvents>>;
  camera(request: LiveCamera): Promise<Result<LivePictures>>;
}

export function createProxy(): ProxyHandle {
  const service = handleOf<ProxyService>(
    new Worker(new URL('./proxy.worker.ts', import.meta.url), { type: 'module', name: 'proxy' }),
  );
  const { connect, sources, describe, map, control } = service;
  return {
    connect,
    sources,
    describe,
    map,
    control,
    async watch(request) {
      const begun = await service.watch(request);
      if (!begun.ok) return begun;
      const watch = begun.value;
      const events: LiveEvents = {
        next: async () => unpacked(await service.next(watch)),
        stats: () => service.stats(watch),
        stop: () => service.stop(watch),
      };
      return { ok: true, value: events };
    },
    async camera(request) {
      const begun = await service.camera(request);
      if (!begun.ok) return begun;
      const camera = begun.value;
      return { ok: true, value: { next: () => service.picture(camera), stop: () => service.stopCamera(camera) } };
    },
  };
}

function unpacked(result: Result<PackedEvent | null>): Result<LiveEvent | null> {
  if (!result.ok || result.value?.kind !== 'frames') return result as Result<LiveEvent | null>;
  return { ok: true, value: { kind: 'frames', frames: unpackFrames(result.value.packed) } };
}
