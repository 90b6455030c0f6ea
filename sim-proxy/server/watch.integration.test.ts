/** Watching over real sockets with a native gRPC client: order, resume, loss told exactly, cancel, several watchers, stuck sources. */
import { afterEach, expect, test } from 'vitest';
import {
  Delivery,
  GapReason,
  SourceService,
  SourceState,
  type WatchResponse,
} from '../generated/traceway/v1/source_pb.ts';
import { startProxy, type ProxyOptions } from './proxy.ts';
import { NativeClient } from './testing/native-client.ts';
import { SteadySource } from './testing/steady-source.ts';

const { watch, listSources, acknowledgeFrames } = SourceService.method;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

async function serve(source: SteadySource, options: Partial<ProxyOptions> = {}) {
  const proxy = await startProxy({ port: 0, sources: [source], version: 'test', log: () => {}, ...options });
  cleanUp.push(() => proxy.close());
  const client = new NativeClient(proxy.port);
  cleanUp.push(() => client.close());
  return { proxy, client };
}
/** Messages of a watch until `enough` says so. */
async function messages(
  stream: ReturnType<NativeClient['stream']>,
  enough: (all: readonly WatchResponse['message'][]) => boolean,
): Promise<WatchResponse['message'][]> {
  const all: WatchResponse['message'][] = [];
  try {
    for await (const { message } of stream as AsyncIterable<WatchResponse>) {
      all.push(message);
      if (enough(all)) break;
    }
  } finally {
    stream.on('error', () => {});
    stream.cancel();
  }
  return all;
}
const batchesOf = (all: readonly WatchResponse['message'][]) =>
  all.flatMap((message) => (message.case === 'frames' ? [message.value] : []));
const gapsOf = (all: readonly WatchResponse['message'][]) =>
  all.flatMap((message) => (message.case === 'gap' ? [message.value] : []));
/** Sequences of all frames, as sent; also checks that columns agree with them. */
function sequences(all: readonly WatchResponse['message'][], actors: number): number[] {
  return batchesOf(all).flatMap(({ firstSequence, frameCount, actors: columns, step }) => {
    const x = new Float32Array(new Uint8Array(columns?.x ?? []).buffer);
    const steps = new Uint32Array(new Uint8Array(step).buffer);
    expect(x.length).toBe(frameCount * actors);
    return Array.from({ length: frameCount }, (_, i) => {
      expect(x[i * actors]).toBe(steps[i]);
      return Number(firstSequence) + i;
    });
  });
}
const frameCount = (n: number) => (all: readonly WatchResponse['message'][]) =>
  batchesOf(all).reduce((sum, batch) => sum + batch.frameCount, 0) >= n;
const until = async (fact: () => boolean) => {
  const deadline = Date.now() + 30_000;
  while (!fact()) {
    if (Date.now() > deadline) throw new Error('it never came about');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

test('a lossless watch gets every frame of 64 actors in order, up to 32 a message', async () => {
  const { client } = await serve(new SteadySource(64, 0));
  const all = await messages(
    client.stream(watch, { sourceId: 'steady', delivery: Delivery.LOSSLESS }),
    frameCount(5000),
  );
  expect(all[0].case).toBe('opened');
  const got = sequences(all, 64);
  expect(got).toEqual(got.map((_, i) => got[0] + i));
  expect(Math.max(...batchesOf(all).map((batch) => batch.frameCount))).toBe(32);
  const episode = all.find((message) => message.case === 'episode');
  expect(episode?.case === 'episode' && episode.value.actors.length).toBe(64);
  expect(gapsOf(all)).toEqual([]);
});

test('several watchers see the same frames, and the source runs once', async () => {
  const source = new SteadySource(2, 500);
  const { client } = await serve(source);
  const all = await Promise.all(
    Array.from({ length: 5 }, () =>
      messages(client.stream(watch, { sourceId: 'steady', delivery: Delivery.LOSSLESS }), frameCount(200)),
    ),
  );
  for (const each of all) {
    const got = sequences(each, 2);
    expect(got).toEqual(got.map((_, i) => got[0] + i));
  }
  expect(source.runs).toBe(1);
});

test('cancelling the last watch stops the source', async () => {
  const source = new SteadySource(2, 0);
  const { client } = await serve(source, { sourceOptions: { lingerMs: 20 } });
  await messages(client.stream(watch, { sourceId: 'steady' }), frameCount(10));
  await until(() => !source.running);
  const { made } = source;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(source.made).toBe(made);
});

test('a watch that resumes goes on with the very next frame', async () => {
  const { client } = await serve(new SteadySource(2, 200));
  const first = await messages(client.stream(watch, { sourceId: 'steady' }), frameCount(20));
  const feedId = first[0].case === 'opened' ? first[0].value.feedId : '';
  const last = sequences(first, 2).at(-1) ?? 0;
  await new Promise((resolve) => setTimeout(resolve, 100));
  const resume = { feedId, afterSequence: BigInt(last) };
  const second = await messages(client.stream(watch, { sourceId: 'steady', resume }), frameCount(20));
  expect(gapsOf(second)).toEqual([]);
  expect(sequences(second, 2)[0]).toBe(last + 1);
});

test('what has left the buffer is told exactly; another numbering is told as such', async () => {
  const limits = { frames: 50, bytes: 1e9 };
  const { proxy, client } = await serve(new SteadySource(2, 0), { sourceOptions: { limits } });
  const first = await messages(client.stream(watch, { sourceId: 'steady' }), frameCount(10));
  const feedId = first[0].case === 'opened' ? first[0].value.feedId : '';
  const { feed } = proxy.registry.get('steady');
  await until(() => feed.oldest > 1000);
  const resume = { feedId, afterSequence: 10n };
  const second = await messages(client.stream(watch, { sourceId: 'steady', resume }), frameCount(1));
  const [gap] = gapsOf(second);
  expect(gap).toMatchObject({ firstSequence: 11n, reason: GapReason.EXPIRED });
  expect(sequences(second, 2)[0]).toBe(Number(gap.lastSequence) + 1);

  const other = { feedId: 'a server that was restarted', afterSequence: 10n };
  const third = await messages(client.stream(watch, { sourceId: 'steady', resume: other }), frameCount(1));
  expect(gapsOf(third)[0]).toMatchObject({ firstSequence: 0n, lastSequence: 0n, reason: GapReason.FEED_CHANGED });
});

test('a window holds frames back until they are acknowledged, and a lossless one holds the source', async () => {
  const source = new SteadySource(2, 0);
  const { proxy, client } = await serve(source);
  const stream = client.stream(watch, { sourceId: 'steady', delivery: Delivery.LOSSLESS, windowFrames: 40 });
  const all: WatchResponse['message'][] = [];
  stream.on('data', ({ message }: WatchResponse) => all.push(message));
  stream.on('error', () => {});
  const { feed } = proxy.registry.get('steady');
  await until(() => !feed.hasRoom && sequences(all, 2).length >= 40);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sequences(all, 2)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  const { made } = source;
  const watchId = all[0].case === 'opened' ? all[0].value.watchId : '';
  await client.unary(acknowledgeFrames, { watchId, sequence: 40n });
  await until(() => sequences(all, 2).length === 80);
  expect(source.made).toBeGreaterThan(made);
  stream.cancel();
});

test('a live watch that is slow skips to what is now, tells how much and all that happened, and never goes back', async () => {
  const source = new SteadySource(2, 200);
  source.eventEvery = 7;
  const { client } = await serve(source);
  const happened: number[] = [];
  const stream = client.stream(watch, { sourceId: 'steady', windowFrames: 8 });
  const got: number[] = [];
  let skipped = 0;
  let watchId = '';
  for await (const { message } of stream as unknown as AsyncIterable<WatchResponse>) {
    if (message.case === 'opened') watchId = message.value.watchId;
    if (message.case === 'gap' || message.case === 'frames')
      for (const { sequence, text } of message.value.events) {
        expect(text).toBe(String(sequence));
        happened.push(Number(sequence));
      }
    if (message.case === 'gap') {
      expect(message.value.reason).toBe(GapReason.SKIPPED);
      expect(Number(message.value.firstSequence)).toBe((got.at(-1) ?? 0) + 1);
      skipped += Number(message.value.lastSequence - message.value.firstSequence) + 1;
      got.push(Number(message.value.lastSequence));
    }
    if (message.case !== 'frames') continue;
    for (let i = 0; i < message.value.frameCount; i++) {
      const sequence = Number(message.value.firstSequence) + i;
      expect(sequence).toBe((got.at(-1) ?? sequence - 1) + 1);
      got.push(sequence);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await client.unary(acknowledgeFrames, { watchId, sequence: BigInt(got.at(-1) ?? 0) });
    if (skipped > 100) break;
  }
  stream.on('error', () => {});
  stream.cancel();
  expect(skipped).toBeGreaterThan(100);
  const last = got.at(-1) ?? 0;
  expect(happened).toEqual(Array.from({ length: Math.floor(last / 7) }, (_, i) => 7 * (i + 1)).slice(-happened.length));
  expect(happened.length).toBeGreaterThan(skipped / 7);
});

test('a stuck source is called stuck, begun anew, and the watch goes on', async () => {
  const source = new SteadySource(2, 100);
  const { client } = await serve(source, { sourceOptions: { stuckMs: 300, retryMs: 10 } });
  const stream = client.stream(watch, { sourceId: 'steady' });
  const states: SourceState[] = [];
  let frames = 0;
  stream.on('error', () => {});
  stream.on('data', ({ message }: WatchResponse) => {
    if (message.case === 'frames') frames += message.value.frameCount;
  });
  await until(() => frames > 10);
  source.hang = true;
  await until(() => source.runs > 1);
  const [listed] = (await client.unary(listSources, {})).sources;
  states.push(listed.state);
  expect(listed.state).toBe(SourceState.STUCK);
  expect(listed.problem).toMatch(/No frame came/);
  source.hang = false;
  const before = frames;
  await until(() => frames > before + 10);
  stream.cancel();
});

test('a deadline ends a watch as DEADLINE_EXCEEDED, a wrong request is refused by field', async () => {
  const { client } = await serve(new SteadySource(2, 50));
  const code = (stream: ReturnType<NativeClient['stream']>) =>
    new Promise<{ code: number; details: string }>((resolve) => {
      stream.on('data', () => {});
      stream.on('error', (error) => resolve(error as never));
    });
  expect((await code(client.stream(watch, { sourceId: 'steady' }, 200))).code).toBe(4);
  expect(await code(client.stream(watch, { sourceId: 'nobody' }))).toMatchObject({
    code: 5,
    details: expect.stringMatching(/nobody/),
  });
  const refused = await code(client.stream(watch, { sourceId: 'steady', framesPerMessage: 33 }));
  expect(refused).toMatchObject({ code: 3, details: expect.stringMatching(/frames_per_message/) });
});
