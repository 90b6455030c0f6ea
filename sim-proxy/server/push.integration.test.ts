/** Frames from elsewhere: the examples in Node and Python against a proxy, several watchers on what they push. */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { create } from '@bufbuild/protobuf';
import { SourceMode, SourceService, type WatchResponse } from '../generated/traceway/v1/source_pb.ts';
import { type Proxy, startProxy } from './proxy.ts';
import { NativeClient } from './testing/native-client.ts';
import { pythonWithGrpc } from './testing/python.ts';

const { watch, pushFrames, listSources } = SourceService.method;
const TOKEN = 'a token of some length';
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});
async function serve(): Promise<{ proxy: Proxy; client: NativeClient }> {
  const proxy = await startProxy({ port: 0, sources: [], token: TOKEN, version: 'test', log: () => {} });
  cleanUp.push(() => proxy.close());
  const client = new NativeClient(proxy.port, TOKEN);
  cleanUp.push(() => client.close());
  return { proxy, client };
}
function follow(client: NativeClient, sourceId: string) {
  const seen: WatchResponse['message'][] = [];
  const stream = client.stream(watch, { sourceId });
  stream.on('data', ({ message }: WatchResponse) => seen.push(message));
  stream.on('error', () => {});
  cleanUp.push(() => stream.cancel());
  const batches = () => seen.flatMap((message) => (message.case === 'frames' ? [message.value] : []));
  const steps = () => batches().flatMap(({ step }) => [...new Uint32Array(new Uint8Array(step).buffer)]);
  return { seen, batches, steps };
}
const python = pythonWithGrpc();

test.each([
  ['Node', process.execPath, ['--import', 'tsx', 'examples/push-frames.ts']],
  ...(python ? [['Python', python, ['examples/push_frames.py']] as const] : []),
] as const)('the %s example is seen by two watchers, and its source ends with it', async (_, program, args) => {
  const { proxy, client } = await serve();
  const child: ChildProcess = spawn(program, [...args, '--port', String(proxy.port), '--seconds', '2'], {
    env: { ...process.env, TRACEWAY_PROXY_TOKEN: TOKEN },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUp.push(() => child.kill());
  let said = '';
  child.stdout?.on('data', (data) => (said += data));
  const ids = async () => (await client.unary(listSources, {})).sources.map(({ sourceId }) => sourceId);
  await expect.poll(ids).toEqual(['push-circle']);
  const watchers = [follow(client, 'push-circle'), follow(client, 'push-circle')];
  await expect.poll(() => said).toMatch(/pushed \d+ frames/);
  for (const { seen, batches, steps } of watchers) {
    await expect.poll(() => seen.at(-1)?.case).toBe('ended');
    expect(steps().length).toBeGreaterThan(15);
    expect(steps()).toEqual(steps().map((_, i) => steps()[0] + i));
    const [batch] = batches();
    const x = new Float32Array(new Uint8Array(batch.actors?.x ?? []).buffer);
    const y = new Float32Array(new Uint8Array(batch.actors?.y ?? []).buffer);
    for (let row = 0; row < 12; row++) expect(Math.hypot(x[row], y[row])).toBeCloseTo(40, 3);
    const episode = seen.find((message) => message.case === 'episode');
    expect(episode?.case === 'episode' && episode.value).toMatchObject({ name: 'circle', egoId: 1 });
  }
  expect(await ids()).toEqual([]);
});

test('a name is taken once, and messages out of order are refused', async () => {
  const { client } = await serve();
  const open = (name: string) => {
    const { call, done } = client.push(pushFrames);
    call.on('error', () => {});
    done.catch(() => {});
    call.write(create(pushFrames.input, { message: { case: 'open', value: { name, mode: SourceMode.ASYNCHRONOUS } } }));
    return { call, done };
  };
  const first = open('a');
  await expect.poll(async () => (await client.unary(listSources, {})).sources).toHaveLength(1);
  await expect(open('a').done).rejects.toMatchObject({ code: 6 });
  expect((await client.unary(listSources, {})).sources).toHaveLength(1);
  await expect(open('../a b').done).rejects.toMatchObject({ code: 3, details: expect.stringMatching(/name/) });
  first.call.write(create(pushFrames.input, { message: { case: 'frames', value: { frameCount: 1 } } }));
  await expect(first.done).rejects.toMatchObject({ code: 3, details: expect.stringMatching(/out of order/) });
  const { call, done } = client.push(pushFrames);
  call.end();
  await expect(done).rejects.toMatchObject({ code: 3 });
});
