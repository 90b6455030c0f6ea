/** The page's client against a real proxy over real sockets, through connections that are cut and servers that lie. */
import { createServer as createHttp, type Server } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { create } from '@bufbuild/protobuf';
import { afterEach, describe, expect, test } from 'vitest';
import { answering } from '../../core/base/service.ts';
import { SteadySource } from '../../sim-proxy/server/testing/steady-source.ts';
import { type ProxyOptions, startProxy } from '../../sim-proxy/server/proxy.ts';
import { shippedScenarios } from '../../sim-proxy/node/scenarios.ts';
import { EmbeddedSource } from '../../sim-proxy/sources/embedded/embedded.ts';
import { FrameBatchSchema } from '../generated/traceway/v1/frame_pb.ts';
import { createProxyService } from './answers.ts';
import { packFrames, unpackFrames } from './frames.ts';
import type { LiveEvent, LiveFrames, LiveRequest, ProxyService } from '../contracts/proxy-protocol.ts';
import type { Result } from '../contracts/protocol.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});
const proxyService = () => answering<ProxyService>(createProxyService(), { transfer: (value) => value });
const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
};
async function serve(source: SteadySource | EmbeddedSource, options: Partial<ProxyOptions> = {}) {
  const proxy = await startProxy({ port: 0, sources: [source], version: 'test', log: () => {}, ...options });
  cleanUp.push(() => proxy.close());
  return proxy;
}
async function connected(port: number, token?: string): Promise<ProxyService> {
  const service = proxyService();
  valueOf(await service.connect({ url: `http://127.0.0.1:${port}/`, ...(token && { token }) }));
  return service;
}
/** Events until `enough`; frames are checked to follow each other, gaps counted in. */
async function follow(
  service: ProxyService,
  request: LiveRequest,
  enough: (frames: number, events: readonly LiveEvent[]) => boolean | Promise<boolean>,
): Promise<{ events: LiveEvent[]; frames: LiveFrames[]; watch: number }> {
  const watch = valueOf(await service.watch(request));
  const events: LiveEvent[] = [];
  const frames: LiveFrames[] = [];
  let last = 0;
  let count = 0;
  for (;;) {
    const packed = valueOf(await service.next(watch));
    if (!packed) throw new Error('the watch ended');
    const event: LiveEvent =
      packed.kind === 'frames' ? { kind: 'frames', frames: unpackFrames(packed.packed) } : packed;
    events.push(event);
    if (event.kind === 'gap') last = event.last;
    if (event.kind === 'frames') {
      if (last > 0) expect(event.frames.firstSequence).toBe(last + 1);
      last = event.frames.firstSequence + event.frames.count - 1;
      count += event.frames.count;
      frames.push(event.frames);
    }
    if (await enough(count, events)) break;
  }
  return { events, frames, watch };
}
/** A port that leads to another, and can be cut. */
async function tunnel(port: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const cut = () => sockets.forEach((socket) => socket.destroy());
  cleanUp.push(() => (cut(), new Promise((done) => server.close(done))));
  return { port: (server.address() as AddressInfo).port, cut };
}

describe('watching', () => {
  test('frames arrive as typed arrays that say what the source said', async () => {
    const proxy = await serve(new SteadySource(64, 0));
    const service = await connected(proxy.port);
    const { frames, events, watch } = await follow(service, { sourceId: 'steady', lossless: true }, (n) => n >= 300);
    const episode = events.find((event) => event.kind === 'episode');
    expect(episode?.kind === 'episode' && episode.episode.actors[63]).toMatchObject({ id: 64, length: 4, width: 2 });
    for (const { count, actorStart, actors, step, timeS, firstSequence } of frames) {
      expect([...actorStart]).toEqual(Array.from({ length: count + 1 }, (_, i) => 64 * i));
      for (let i = 0; i < count; i++) {
        expect([step[i], actors.x[64 * i], actors.id[64 * i + 63]]).toEqual([firstSequence + i, firstSequence + i, 64]);
        expect(timeS[i]).toBeCloseTo(step[i] * 0.1, 9);
        expect(actors.velocityX[64 * i + 5]).toBe(5);
        expect(actors.z[64 * i]).toBe(0);
      }
    }
    expect(frames.at(-1)?.actors.x.buffer).toBe(frames.at(-1)?.step.buffer);
    const stats = await service.stats(watch);
    expect(stats?.frames).toBeGreaterThanOrEqual(300);
    expect(stats?.skipped).toBe(0);
    await service.stop(watch);
    expect(valueOf(await service.next(watch))).toBeNull();
  });

  test('a slow page is sent no more than its window ahead, and a lossless one loses nothing', async () => {
    const source = new SteadySource(8, 0);
    const proxy = await serve(source);
    const service = await connected(proxy.port);
    const { watch } = await follow(service, { sourceId: 'steady', lossless: true, window: 64 }, async (n) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return n >= 400;
    });
    expect(source.made).toBeLessThan(400 + 64 + 32 + 256);
    await service.stop(watch);
  });

  test('a cut connection is mended within the buffer: no frame is lost, none comes twice', async () => {
    const proxy = await serve(new SteadySource(2, 200));
    const { port, cut } = await tunnel(proxy.port);
    const service = await connected(port);
    let cuts = 0;
    const { events, watch } = await follow(service, { sourceId: 'steady', lossless: true }, (n) => {
      if (n > 50 * (cuts + 1) && cuts < 3) {
        cuts++;
        cut();
      }
      return n > 300;
    });
    expect(events.filter((event) => event.kind === 'gap')).toEqual([]);
    expect(
      events.filter((event) => event.kind === 'status' && event.status.connection === 'reconnecting'),
    ).not.toHaveLength(0);
    const reconnects = (await service.stats(watch))?.reconnects ?? 0;
    // A cut may come while the one before is not noticed yet.
    expect(reconnects).toBeGreaterThanOrEqual(1);
    expect(reconnects).toBeLessThanOrEqual(3);
    await service.stop(watch);
  });

  test('a proxy that was started anew is found again, and its other numbering is told', async () => {
    const first = await serve(new SteadySource(2, 200));
    const service = await connected(first.port);
    // A slow machine may skip frames of a live watch as well; those gaps are not meant here.
    const isRestart = (event: LiveEvent) => event.kind === 'gap' && event.reason === 'feed-changed';
    let restarted = false;
    const { events, watch } = await follow(service, { sourceId: 'steady' }, async (n, all) => {
      if (n > 20 && !restarted) {
        restarted = true;
        await first.close();
        await serve(new SteadySource(2, 200), { port: first.port });
      }
      return all.some(isRestart) && all.at(-1)?.kind === 'frames';
    });
    expect(events.filter(isRestart)).toMatchObject([{ first: 0, last: 0 }]);
    await service.stop(watch);
  });

  test('stopping a watch stops the source', async () => {
    const source = new SteadySource(2, 100);
    const proxy = await serve(source, { sourceOptions: { lingerMs: 20 } });
    const service = await connected(proxy.port);
    const { watch } = await follow(service, { sourceId: 'steady' }, (n) => n > 5);
    await service.stop(watch);
    await expect.poll(() => source.running).toBe(false);
  });
});

describe('the rest of the service', () => {
  test('describes, maps and controls the embedded world', async () => {
    const scenarios = shippedScenarios();
    const proxy = await serve(new EmbeddedSource({ version: 'v', scenarios, checkpoints: new Map(), hertz: 0 }));
    const service = await connected(proxy.port);
    const [source] = valueOf(await service.sources());
    expect(source).toMatchObject({ id: 'embedded', kind: 'embedded', state: 'idle', synchronous: true });
    const details = valueOf(await service.describe('embedded'));
    expect(details.scenarios.map(({ id }) => id)).toEqual([...scenarios.keys()]);
    expect(details.drivers).toEqual(['expert', 'random']);
    const drive = {
      kind: 'start-drive',
      scenario: 'signalled_crossing',
      seed: 5,
      driver: 'expert',
      repeat: false,
    } as const;
    expect(valueOf(await service.control('embedded', drive))).toBe(0);
    const { events, watch } = await follow(service, { sourceId: 'embedded', lossless: true }, (_, all) =>
      all.some((event) => event.kind === 'frames' && event.frames.events.some(({ kind }) => kind === 'episode-ended')),
    );
    const begun = events.find(({ kind }) => kind === 'episode');
    const episode = begun?.kind === 'episode' ? begun.episode : undefined;
    expect(episode).toMatchObject({ name: 'signalled_crossing', seed: 5, driver: 'expert', egoId: 1 });
    expect(episode?.lights).toHaveLength(1);
    const map = valueOf(await service.map('embedded'));
    expect(map?.sha256).toBe(episode?.mapSha256);
    expect(JSON.parse(map?.text ?? '')).toMatchObject({ format: 'traceway-route/1', scenario: 'signalled_crossing' });
    await service.stop(watch);
  });

  test('what is refused is a failure with a sentence', async () => {
    const proxy = await serve(new SteadySource(1, 10), { token: 'a token of some length' });
    const stranger = await proxyService().connect({ url: `http://127.0.0.1:${proxy.port}/` });
    expect(!stranger.ok && stranger.failure.message).toMatch(/token/);
    const service = await connected(proxy.port, 'a token of some length');
    const watch = valueOf(await service.watch({ sourceId: 'nobody' }));
    const next = await service.next(watch);
    expect(!next.ok && next.failure.message).toMatch(/no source "nobody"/);
    const away = await proxyService().connect({ url: 'http://127.0.0.1:9/' });
    expect(!away.ok && away.failure.message).toMatch(/cannot be reached/);
    expect(valueOf(await service.map('steady'))).toBeNull();
  });
});

describe('a server that lies', () => {
  const lying = async (body: Uint8Array): Promise<number> => {
    const server: Server = createHttp((_, response) => {
      response.writeHead(200, { 'content-type': 'application/grpc-web+proto' });
      response.end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    cleanUp.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  test.each([
    ['announces 4 GB', Uint8Array.of(0, 255, 255, 255, 255, 1, 2), /4294967295 bytes/],
    ['breaks off', Uint8Array.of(0, 0, 0, 0, 9, 1), /middle of a call/],
    ['compresses', Uint8Array.of(1, 0, 0, 0, 1, 1), /compressed/],
    ['sends no message', Uint8Array.of(0, 0, 0, 0, 2, 255, 255), /./],
    ['says nothing', new Uint8Array(0), /middle of a call/],
  ])('%s', async (_, body, said) => {
    const result = await proxyService().connect({ url: `http://127.0.0.1:${await lying(body)}/` });
    expect(!result.ok && result.failure.message).toMatch(said);
  });

  test('frames whose columns do not fit are an error, not a picture', () => {
    const batch = (fields: object) => create(FrameBatchSchema, { frameCount: 1, ...fields });
    expect(() => packFrames(batch({ frameCount: 1_000_000_000 }))).toThrow(/1000000000 frames/);
    expect(() => packFrames(batch({ actorRows: Uint8Array.of(2, 0), actors: { x: new Uint8Array(4) } }))).toThrow(
      /x has 4/,
    );
    expect(() => packFrames(batch({ actorRows: Uint8Array.of(2) }))).toThrow(/actor_rows/);
    expect(() => packFrames(batch({ step: new Uint8Array(8) }))).toThrow(/step/);
  });
});
