/** What e2e/proxy.timing.test.ts asks of the page: watch a source through the proxy worker, or through the official client's own text mode. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { GrpcWebClientBase, MethodDescriptor } from 'grpc-web';
import { SourceService, type WatchResponse } from '../workers/generated/traceway/v1/source_pb.ts';
import { createProxy } from '../workers/proxy/proxy.ts';
import { packFrames } from '../workers/proxy/frames.ts';
import type { LiveStats } from '../workers/contracts/proxy-protocol.ts';
import type { Result } from '../workers/contracts/protocol.ts';

export interface Watched {
  readonly frames: number;
  readonly seconds: number;
  readonly framesPerSecond: number;
  /** Frames that did not follow the one before, gaps that were told counted in. */
  readonly disordered: number;
  readonly gaps: number;
  /** Frames a message, at most. */
  readonly largest: number;
  readonly actors: number;
  readonly stats: LiveStats | null;
  /** Age of frames when the page got them, ms: of the last, the worst after the first second, the median of the newest in each message. */
  readonly lastAgeMs: number;
  readonly medianAgeMs: number;
  readonly worstAgeMs: number;
}
export interface WatchOrder {
  readonly url: string;
  readonly source: string;
  readonly lossless: boolean;
  readonly seconds: number;
  /** What the page spends on each frame. */
  readonly msPerFrame: number;
}

const handle = createProxy();
const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
};
/** Not counted: starting. */
const WARM_UP_MS = 500;

async function watchSource({ url, source, lossless, seconds, msPerFrame }: WatchOrder): Promise<Watched> {
  valueOf(await handle.connect({ url }));
  const events = valueOf(await handle.watch({ sourceId: source, lossless }));
  const tally = { frames: 0, disordered: 0, gaps: 0, largest: 0, actors: 0, lastAgeMs: 0, worstAgeMs: 0 };
  const ages: number[] = [];
  const begun = performance.now();
  let from = 0;
  let last = 0;
  for (;;) {
    const event = valueOf(await events.next());
    if (!event || event.kind === 'ended') break;
    const now = performance.now();
    if (event.kind === 'gap') {
      tally.gaps++;
      if (event.first !== last + 1 && last > 0) tally.disordered++;
      last = event.last;
    }
    if (event.kind === 'frames') {
      const { count, firstSequence, actorStart, serverTimeMs } = event.frames;
      if (last > 0 && firstSequence !== last + 1) tally.disordered++;
      last = firstSequence + count - 1;
      tally.largest = Math.max(tally.largest, count);
      tally.actors = actorStart[1];
      tally.lastAgeMs = Date.now() - serverTimeMs[0];
      ages.push(Date.now() - serverTimeMs[count - 1]);
      if (now - begun > 1000) tally.worstAgeMs = Math.max(tally.worstAgeMs, tally.lastAgeMs);
      if (now - begun > WARM_UP_MS) {
        from ||= now;
        tally.frames += count;
      }
      if (msPerFrame > 0) await new Promise((resolve) => setTimeout(resolve, msPerFrame * count));
    }
    if (now - begun > 1000 * seconds) break;
  }
  const took = (performance.now() - from) / 1000;
  const stats = await events.stats();
  await events.stop();
  const medianAgeMs = ages.sort((a, b) => a - b)[ages.length >> 1] ?? 0;
  return { ...tally, medianAgeMs, seconds: took, framesPerSecond: tally.frames / took, stats };
}

/** The official client as it comes, text mode, every message decoded to the same typed arrays. */
async function watchInText(url: string, source: string, seconds: number): Promise<number> {
  const { watch } = SourceService.method;
  const client = new GrpcWebClientBase({ format: 'text', maxReceiveMessageSize: 0 });
  const descriptor = new MethodDescriptor<unknown, unknown>(
    '/traceway.v1.SourceService/Watch',
    'server_streaming',
    Object,
    Object,
    (message: never) => toBinary(watch.input, message),
    (bytes: Uint8Array) => fromBinary(watch.output, bytes),
  );
  const request = create(watch.input, { sourceId: source, delivery: 2 });
  const stream = client.serverStreaming(`${url}traceway.v1.SourceService/Watch`, request, {}, descriptor);
  let frames = 0;
  let from = 0;
  const begun = performance.now();
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('data', (response) => {
      const { message } = response as WatchResponse;
      if (message.case !== 'frames') return;
      const { count } = packFrames(message.value);
      const now = performance.now();
      if (now - begun > WARM_UP_MS) {
        from ||= now;
        frames += count;
      }
      if (now - begun > 1000 * seconds) resolve();
    });
  });
  const took = (performance.now() - from) / 1000;
  stream.cancel();
  return frames / took;
}

/** What a page of this origin is answered. */
async function ask(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  try {
    const response = await fetch(`${url}traceway.v1.SourceService/ListSources`, {
      method: 'POST',
      headers,
      body: '{}',
    });
    return `${response.status} ${await response.text()}`;
  } catch (error) {
    return String(error);
  }
}

const page = { watchSource, watchInText, ask };
export type ProxyPage = typeof page;
Object.assign(window, { proxyPage: page });
