/** traceway.v1.SourceService: what there is, its map, its frames, its controls, and frames from elsewhere. */
import { createHash } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { EpisodeSchema } from '../generated/traceway/v1/frame_pb.ts';
import {
  type GetMapResponseSchema,
  MapFormat,
  type PushFramesRequest,
  SourceMode,
  type SourceService,
} from '../generated/traceway/v1/source_pb.ts';
import { decodeBatch } from './batch.ts';
import type { EpisodeStart } from '../feed/columns.ts';
import { Cameras } from './cameras.ts';
import { ProxyError } from '../feed/errors.ts';
import { joinSource, type PushedPart } from './pushed-source.ts';
import type { ServiceContext } from './service-context.ts';
import { Watch } from './watch.ts';

const CHUNK_BYTES = 64 * 1024;
const MAX_WATCHES = 128;
const MAX_EPISODE_ACTORS = 100_000;
const FORMATS = { opendrive: MapFormat.OPENDRIVE, 'route-json': MapFormat.ROUTE_JSON } as const;

export function sourceService(context: ServiceContext): ServiceImpl<typeof SourceService> {
  const { registry, metrics, version } = context;
  const watches = new Map<string, Watch>();
  const cameras = new Cameras(registry);

  return {
    listSources: () => ({ sources: [...registry.hosts].map((host) => host.describe()), version }),

    async describeSource({ sourceId }, { signal }) {
      const host = registry.get(sourceId);
      const details = await host.source.describe(signal);
      return { source: host.describe(), ...mutable(details) };
    },

    async *getMap({ sourceId }, { signal }): AsyncGenerator<MessageInitShape<typeof GetMapResponseSchema>> {
      const map = await registry.get(sourceId).source.map(signal);
      if (!map) throw new ProxyError('not-found', 'no-map', `Source "${sourceId}" has no map.`, 'source_id');
      const bytes = new TextEncoder().encode(map.text);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const header = { name: map.name, format: FORMATS[map.format], bytes: BigInt(bytes.length), sha256 };
      for (let at = 0; at < bytes.length || at === 0; at += CHUNK_BYTES) {
        yield { ...(at === 0 && { header }), chunk: bytes.subarray(at, at + CHUNK_BYTES) };
        signal.throwIfAborted();
      }
    },

    async *watch(request, { signal }) {
      if (watches.size >= MAX_WATCHES) {
        throw new ProxyError('too-much', 'too-many-watches', `There are ${MAX_WATCHES} watches already.`);
      }
      const watch = new Watch(registry.get(request.sourceId), request);
      watches.set(watch.id, watch);
      const begun = performance.now();
      try {
        yield* watch.messages(signal);
      } finally {
        watches.delete(watch.id);
        const { frames, messages, skipped } = watch.counters;
        metrics.add('traceway_frames_sent_total', {}, frames);
        metrics.add('traceway_messages_sent_total', {}, messages);
        metrics.add('traceway_frames_skipped_total', {}, skipped);
        metrics.add('traceway_watch_seconds_total', {}, (performance.now() - begun) / 1000);
      }
    },

    acknowledgeFrames({ watchId, sequence }) {
      const watch = watches.get(watchId);
      if (!watch) throw new ProxyError('not-found', 'no-watch', 'There is no such watch.', 'watch_id');
      watch.acknowledge(Number(sequence));
      return {};
    },

    watchCamera: (request, { signal }) => cameras.watch(request, signal),

    pushFrames: (requests, handlerContext) => push(requests, handlerContext, context),

    async controlSource({ sourceId, command }, { signal }) {
      if (command.case === undefined) throw new ProxyError('invalid', 'bad-request', 'No command is given.', 'command');
      return { actorId: await registry.get(sourceId).source.control(command, signal) };
    },

    ping: ({ clientTime }) => ({ clientTime, serverTime: Date.now() }),
  };
}

/** Everything that one pusher sends, until it ends; its source ends with it, unless somebody serves environments of it. */
async function push(requests: AsyncIterable<PushFramesRequest>, { signal }: HandlerContext, context: ServiceContext) {
  let part: PushedPart | undefined;
  let synchronous = false;
  let frames = 0;
  try {
    for await (const { message } of requests) {
      if (message.case === 'open') {
        if (part) throw wrongOrder('open comes once');
        part = joinSource(context, message.value.name, 'frames', message.value);
        synchronous = message.value.mode === SourceMode.SYNCHRONOUS;
        continue;
      }
      if (!part) throw wrongOrder('open comes first');
      const { feed } = part.host;
      if (message.case === 'episode') feed.begin(episodeStart(message.value));
      else if (!feed.episode) throw wrongOrder('an episode comes before its frames and actors');
      else if (message.case === 'actors') feed.appear(message.value.actors);
      else if (message.case === 'frames') {
        for (const frame of decodeBatch(message.value)) feed.publish(frame);
        frames += message.value.frameCount;
        if (synchronous) await feed.room(signal);
      }
    }
    if (!part) throw wrongOrder('open comes first');
    return { frames: BigInt(frames), feedId: part.host.feed.id };
  } finally {
    await part?.leave();
  }
}

const wrongOrder = (what: string) => new ProxyError('invalid', 'wrong-order', `Messages are out of order: ${what}.`);

function episodeStart(message: MessageInitShape<typeof EpisodeSchema> & EpisodeStart): EpisodeStart {
  const { originX, originY, stepSeconds, actors, lights } = message;
  if (![originX, originY, stepSeconds].every(Number.isFinite)) {
    throw new ProxyError('invalid', 'bad-frames', 'episode has an origin or step that is not a number.', 'episode');
  }
  if (actors.length > MAX_EPISODE_ACTORS || lights.length > MAX_EPISODE_ACTORS) {
    throw new ProxyError('too-much', 'bad-frames', `episode has more than ${MAX_EPISODE_ACTORS} actors.`, 'episode');
  }
  const { name, seed, mapName, mapSha256, egoId, driver } = message;
  return { name, seed, mapName, mapSha256, originX, originY, egoId, stepSeconds, driver, actors, lights };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
/** Generated messages have mutable lists; ours are read-only. */
const mutable = <T extends object>(value: T) => value as Mutable<T>;
