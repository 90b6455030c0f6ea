/** Hostile callers over real sockets: refused by name, nothing stored, the service lives and answers afterwards. */
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ActorKind } from '../generated/traceway/v1/frame_pb.ts';
import { SourceService } from '../generated/traceway/v1/source_pb.ts';
import { Listener } from './listener.ts';
import { type Proxy, type ProxyOptions, startProxy } from './proxy.ts';
import { NativeClient } from './testing/native-client.ts';
import { SteadySource } from './testing/steady-source.ts';

const { listSources, pushFrames } = SourceService.method;
const LIST = '/traceway.v1.SourceService/ListSources';
const TOKEN = 'correct horse battery staple';
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

async function serve(options: Partial<ProxyOptions> = {}): Promise<{ proxy: Proxy; lines: string[] }> {
  const lines: string[] = [];
  const log: ProxyOptions['log'] = (level, event, facts) => lines.push(JSON.stringify({ level, event, ...facts }));
  const proxy = await startProxy({ port: 0, sources: [new SteadySource(1, 50)], version: 'test', log, ...options });
  cleanUp.push(() => proxy.close());
  return { proxy, lines };
}
/** Sends bytes as they are; everything that comes back until the other side closes or 400 ms pass. */
function raw(port: number, bytes: string | Uint8Array, waitMs = 400): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(end, waitMs);
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      end();
    });
  });
}
const post = (port: number, headers: Readonly<Record<string, string>>, path = LIST) =>
  raw(
    port,
    `POST ${path} HTTP/1.1\r\n${Object.entries({
      host: `localhost:${port}`,
      'content-type': 'application/json',
      'content-length': '2',
      ...headers,
    })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n{}`,
  );
const lives = async (port: number) => {
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(await health.json()).toMatchObject({ status: 'ok', api: 'traceway.v1' });
};

describe('callers from elsewhere', () => {
  test.each([
    ['another site', { origin: 'https://evil.example' }, 403, 'foreign-origin'],
    ['a sandboxed page', { origin: 'null' }, 403, 'foreign-origin'],
    ['another port of this machine', { origin: 'http://localhost:1' }, 403, 'foreign-origin'],
    ['a name that was made to point here', { host: 'evil.example' }, 421, 'foreign-host'],
    ['a name that begins like ours', { host: 'localhost.evil.example' }, 421, 'foreign-host'],
    ['a form of a page', { 'content-type': 'text/plain' }, 415, ''],
  ])('%s is refused', async (_, headers, status, name) => {
    const { proxy } = await serve();
    const answer = await post(proxy.port, headers);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (name) expect(answer).toContain(`traceway-refused: ${name}`);
    expect(answer).not.toContain('steady');
    await lives(proxy.port);
  });

  test('over HTTP/2 with a foreign authority too', async () => {
    const { proxy } = await serve();
    const session = connectHttp2(`http://127.0.0.1:${proxy.port}`);
    session.on('error', () => {});
    const status = await new Promise((resolve) => {
      const request = session.request({ ':method': 'POST', ':path': LIST, ':authority': 'evil.example' });
      request.on('response', (headers) => resolve([headers[':status'], headers['traceway-refused']]));
      request.end();
    });
    expect(status).toEqual([421, 'foreign-host']);
    session.destroy();
  });

  test('the page that the proxy serves, and a listed one, are let in; a listed one is told so before it asks', async () => {
    const { proxy } = await serve({ allowOrigins: ['https://lab.example.org'] });
    expect(await post(proxy.port, { origin: `http://localhost:${proxy.port}` })).toMatch(/^HTTP\/1.1 200 [^]*steady/);
    const listed = { origin: 'https://lab.example.org' };
    expect(await post(proxy.port, listed)).toMatch(/access-control-allow-origin: https:\/\/lab.example.org[^]*steady/i);
    const preflight = await raw(
      proxy.port,
      `OPTIONS ${LIST} HTTP/1.1\r\nhost: localhost\r\norigin: https://lab.example.org\r\n\r\n`,
    );
    expect(preflight).toMatch(/^HTTP\/1.1 204 [^]*access-control-allow-headers: [^\r]*authorization/i);
  });
});

describe('with a token', () => {
  test('whoever has none or a wrong one is refused, browsers and native clients alike, and the log never shows it', async () => {
    const { proxy, lines } = await serve({ token: TOKEN });
    expect(await post(proxy.port, {})).toMatch(/^HTTP\/1.1 401 [^]*traceway-refused: no-token/);
    expect(await post(proxy.port, { authorization: 'Bearer wrong' })).toMatch(/^HTTP\/1.1 401 [^]*wrong-token/);
    expect(await post(proxy.port, { authorization: `Bearer ${TOKEN}` })).toMatch(/^HTTP\/1.1 200 [^]*steady/);
    expect((await fetch(`http://127.0.0.1:${proxy.port}/metrics`)).status).toBe(401);
    await lives(proxy.port);
    const stranger = new NativeClient(proxy.port);
    await expect(stranger.unary(listSources, {})).rejects.toMatchObject({
      code: 16,
      details: expect.stringMatching(/no-token/),
    });
    const known = new NativeClient(proxy.port, TOKEN);
    expect((await known.unary(listSources, {})).sources).toHaveLength(1);
    stranger.close();
    known.close();
    expect(lines.join('\n')).not.toContain(TOKEN);
    expect(lines.join('\n')).not.toContain('Bearer');
  });

  test('listening beyond loopback without one is refused', async () => {
    await expect(startProxy({ port: 0, host: '0.0.0.0', sources: [], version: 'test' })).rejects.toThrow(
      /wants a token/,
    );
  });
});

describe('messages that lie', () => {
  /** A gRPC or gRPC-web message header that announces 4 GB, and then a few bytes. */
  const giant = Buffer.concat([Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), Buffer.alloc(1000)]);

  test('4 GB announced by HTTP is refused before the body is read', async () => {
    const { proxy } = await serve();
    const answer = await post(proxy.port, { 'content-length': String(2 ** 32) });
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*traceway-refused: too-large/);
    await lives(proxy.port);
  });

  test('4 GB announced by a gRPC message is refused as RESOURCE_EXHAUSTED, whatever follows', async () => {
    const { proxy } = await serve();
    const before = process.memoryUsage.rss();
    const session = connectHttp2(`http://127.0.0.1:${proxy.port}`);
    session.on('error', () => {});
    const status = await new Promise((resolve) => {
      const headers = { ':method': 'POST', ':path': LIST, 'content-type': 'application/grpc+proto', te: 'trailers' };
      const request = session.request({ ...headers, ':authority': `localhost:${proxy.port}` });
      request.on('response', (head) => head['grpc-status'] !== undefined && resolve(head['grpc-status']));
      request.on('trailers', (trailers) => resolve(trailers['grpc-status']));
      request.on('error', () => {});
      request.write(giant);
    });
    expect(Number(status)).toBe(8);
    session.destroy();
    const body = giant.toString('latin1');
    const web = await raw(
      proxy.port,
      Buffer.from(
        `POST ${LIST} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/grpc-web+proto\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        'latin1',
      ),
    );
    expect(web).toMatch(/grpc-status: ?8/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
    await lives(proxy.port);
  });

  test('pushed frames whose columns do not fit are refused by field, and their source is gone', async () => {
    const { proxy } = await serve();
    const client = new NativeClient(proxy.port);
    const four = new Uint8Array(4);
    const whole = { frameCount: 1, actorRows: Uint8Array.of(1, 0), actors: { actorId: four, x: four } };
    const bad: readonly (readonly [object, RegExp])[] = [
      [{ ...whole, frameCount: 1_000_000 }, /frame_count/],
      [{ ...whole, actorRows: Uint8Array.of(255, 255) }, /actors\.actorId/],
      [{ ...whole, actors: { actorId: four, x: new Uint8Array(Float32Array.of(Number.NaN).buffer) } }, /actors\.x/],
      [{ ...whole, step: new Uint8Array(3) }, /step/],
      [{ ...whole, events: [{ sequence: 99n, text: '' }] }, /events/],
    ];
    for (const [frames, field] of bad) {
      const { call, done } = client.push(pushFrames);
      call.on('error', () => {});
      const message = (each: object) => call.write(each as never);
      const { create } = await import('@bufbuild/protobuf');
      const of = (value: object) => create(pushFrames.input, { message: value as never });
      message(of({ case: 'open', value: { name: 'liar' } }));
      message(of({ case: 'episode', value: { name: 'x', actors: [{ actorId: 1, kind: ActorKind.VEHICLE }] } }));
      message(of({ case: 'frames', value: frames }));
      await expect(done).rejects.toMatchObject({ code: 3, details: expect.stringMatching(field) });
      expect((await client.unary(listSources, {})).sources.map(({ sourceId }) => sourceId)).toEqual(['steady']);
    }
    client.close();
    await lives(proxy.port);
  });
});

describe('bytes that are no protocol', () => {
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) & 255));
  test.each([
    ['noise', noise],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
    ['CARLA msgpack', Buffer.from('9400a776657273696f6e90', 'hex')],
    ['an HTTP/2 greeting and then noise', Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), noise])],
    ['endless headers', Buffer.from(`GET / HTTP/1.1\r\n${'x-a: b\r\n'.repeat(20_000)}`)],
    ['paths that lead outside', Buffer.from('GET /../../etc/passwd HTTP/1.1\r\nhost: localhost\r\n\r\n')],
  ])('%s', async (_, bytes) => {
    const { proxy } = await serve();
    const answer = await raw(proxy.port, bytes);
    expect(answer).not.toMatch(/^HTTP\/1.1 2/);
    expect(answer).not.toContain('root:');
    await lives(proxy.port);
  });

  test('whoever says nothing, half a greeting or half a request is hung up on', async () => {
    const listener = new Listener({ request: (_, response) => void response.end(), garbage: () => {} }, 300);
    const port = await listener.listen(0, '127.0.0.1');
    const begun = performance.now();
    const answers = await Promise.all(['', 'PR', 'GET / HTTP/1.1\r\nhost: loc'].map((text) => raw(port, text, 10_000)));
    expect(performance.now() - begun).toBeLessThan(8000);
    expect(answers.every((answer) => !answer.startsWith('HTTP/1.1 2'))).toBe(true);
    await listener.close(0);
  });
});
