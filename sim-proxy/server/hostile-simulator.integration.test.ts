/** Hostile and broken simulators: refused by name, nobody hangs, the service lives. */
import { connect as connectHttp2 } from 'node:http2';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { afterEach, describe, expect, test } from 'vitest';
import { EnvironmentService, Infraction, type StepInfoSchema } from '../generated/traceway/v1/environment_pb.ts';
import { SourceService } from '../generated/traceway/v1/source_pb.ts';
import { type Proxy, type ProxyOptions, startProxy } from './proxy.ts';
import { NativeClient } from './testing/native-client.ts';
import { type Answer, type Asked, floats, OFFER, serveToy, type Simulator, toy } from './testing/pushed-simulator.ts';

const { openEnvironment, reset, step, snapshot, restore, closeEnvironment } = EnvironmentService.method;
const { listSources } = SourceService.method;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

async function serve(options: Partial<ProxyOptions> = {}): Promise<{ proxy: Proxy; client: NativeClient }> {
  const environmentOptions = { answerMs: 20_000 };
  const proxy = await startProxy({
    port: 0,
    sources: [],
    version: 'test',
    log: () => {},
    environmentOptions,
    ...options,
  });
  cleanUp.push(() => proxy.close());
  return { proxy, client: connected(proxy) };
}
function connected({ port }: Proxy): NativeClient {
  const client = new NativeClient(port);
  cleanUp.push(() => client.close());
  return client;
}
/** Only where nobody answers: a busy machine may be slower. */
const IMPATIENT = { environmentOptions: { answerMs: 1500 } };
const sourceIds = async (client: NativeClient) =>
  (await client.unary(listSources, {})).sources.map(({ sourceId }) => sourceId);
const act = (client: NativeClient, environmentId: string) => client.unary(step, { environmentId, action: floats(0) });

/** A toy whose answer to `which` requests is `said`, with one environment open and, unless that is what is broken, reset. */
async function broken(
  which: Asked['request']['case'],
  said: (right: Answer, asked: Asked) => Answer | null,
  options: Partial<ProxyOptions> = {},
) {
  const { proxy, client } = await serve(options);
  const right = toy(100);
  let lies = false;
  const simulator = serveToy(connected(proxy), OFFER, (asked) => {
    const answer = right(asked);
    return lies && answer && asked.request.case === which ? said(answer, asked) : answer;
  });
  await expect.poll(() => sourceIds(client)).toEqual(['push-toy']);
  const { environmentId } = await client.unary(openEnvironment, {});
  await client.unary(reset, { environmentId, seed: 1 });
  return { proxy, client, simulator, environmentId, lie: (whether: boolean) => (lies = whether) };
}

describe('offers', () => {
  const wide = (n: number) => ({ shape: Array.from({ length: n }, () => 2) });
  const bad: readonly (readonly [object, RegExp])[] = [
    [{ name: '../a b' }, /offer\.name/],
    [{ version: 'x'.repeat(1000) }, /offer\.version/],
    [{ observationSpace: undefined }, /observation_space/],
    [{ observationSpace: { shape: [4294967295, 4294967295] } }, /observation_space\.shape/],
    [{ observationSpace: { shape: [0] } }, /observation_space\.shape/],
    [{ observationSpace: wide(9) }, /dimensions/],
    [{ actionSpace: { shape: [2], low: [0], high: [1] } }, /action_space\.low/],
    [{ actionSpace: { shape: [1], low: [2], high: [1] } }, /action_space\.low/],
    [{ actionSpace: { shape: [1], high: [Number.NaN] } }, /action_space\.high/],
    [{ stepSeconds: Number.NaN }, /step_seconds/],
    [{ maxCount: 257 }, /max_count/],
    [{ maxCount: 256, observationSpace: { shape: [1 << 16] } }, /max_count/],
    [{ observationSlices: [{ name: 'all', start: 1, size: 2 }] }, /observation_slices/],
    [{ scenarioIds: Array.from({ length: 2000 }, String) }, /scenario_ids/],
  ];
  test('that make no sense are refused by field, and leave no source', async () => {
    const { proxy, client } = await serve();
    for (const [part, field] of bad) {
      const { ended } = serveToy(client, { ...OFFER, ...part });
      expect(await ended, String(field)).toMatchObject({ code: 3, details: expect.stringMatching(field) });
    }
    expect(await sourceIds(client)).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${proxy.port}/healthz`)).ok).toBe(true);
  });

  test('twice, of a name that is taken, or after an answer are refused; none in time, too', async () => {
    const { client } = await serve();
    const first = serveToy(client);
    await expect.poll(() => first.asked.length).toBe(1);
    expect(await serveToy(client).ended).toMatchObject({ code: 6, details: expect.stringMatching(/push-toy/) });
    expect(await sourceIds(client)).toEqual(['push-toy']);
    first.send({ case: 'offer', value: OFFER });
    expect(await first.ended).toMatchObject({ code: 3, details: expect.stringMatching(/once/) });
    const hasty = serveToy(client, null);
    hasty.send({ case: 'answer', value: { requestId: 1n } });
    expect(await hasty.ended).toMatchObject({ code: 3, details: expect.stringMatching(/first/) });
    expect(await sourceIds(client)).toEqual([]);
    const { client: hurried } = await serve(IMPATIENT);
    const silent = serveToy(hurried, null);
    expect(await silent.ended).toMatchObject({ code: 3, details: expect.stringMatching(/no offer/) });
  });

  test('by the thousand: as many sources as there may be, the rest refused by name, and all gone when they leave', async () => {
    let running = 0;
    const log = (_: string, event: string) =>
      void (running += Number(event === 'source-started') - Number(event === 'source-stopped'));
    const { proxy, client } = await serve({ log });
    const crowd = Array.from({ length: 12 }, () => connected(proxy));
    const offers = Array.from({ length: 1000 }, (_, i) => serveToy(crowd[i % 12], { ...OFFER, name: `toy${i}` }));
    const refused = new Set<Simulator>();
    for (const offer of offers) void offer.ended.then((error) => error?.code === 8 && refused.add(offer));
    await expect.poll(() => refused.size, { timeout: 60_000 }).toBe(1000 - 64);
    expect(await sourceIds(client)).toHaveLength(64);
    await expect.poll(() => running).toBe(64);
    for (const offer of offers) offer.cancel();
    await expect.poll(() => sourceIds(client), { timeout: 60_000 }).toEqual([]);
  }, 120_000);
});

describe('answers', () => {
  interface Step extends Partial<Record<'observation' | 'reward' | 'terminated' | 'truncated', Uint8Array>> {
    readonly infos?: MessageInitShape<typeof StepInfoSchema>[];
  }
  const wrong: readonly (readonly [string, (right: Step) => Step, RegExp])[] = [
    ['too few observations', (right) => ({ ...right, observation: floats(1) }), /observation of 4 bytes/],
    ['too many observations', (right) => ({ ...right, observation: new Uint8Array(1 << 20) }), /observation of/],
    ['an observation that is NaN', (right) => ({ ...right, observation: floats(1, Number.NaN) }), /not finite/],
    ['an infinite reward', (right) => ({ ...right, reward: new Uint8Array(Float64Array.of(1 / 0).buffer) }), /reward/],
    ['no reward', (right) => ({ ...right, reward: new Uint8Array(0) }), /reward of 0 bytes/],
    ['an end that is neither yes nor no', (right) => ({ ...right, terminated: Uint8Array.of(7) }), /terminated/],
    ['infos of other worlds', (right) => ({ ...right, infos: [{}, {}] }), /2 infos for 1/],
    ['an info of NaN', (right) => ({ ...right, infos: [{ progress: Number.NaN }] }), /info/],
    [
      'endless infractions',
      (right) => ({ ...right, infos: [{ infractions: Array(5000).fill(Infraction.COLLISION) }] }),
      /infractions/,
    ],
  ];
  test('of other sizes and no numbers are told as such, and the environment wants a reset', async () => {
    let spoil = (right: Step) => right;
    const { client, environmentId, lie } = await broken('advance', (right) => ({
      case: 'advanced',
      value: spoil(right.value as Step),
    }));
    for (const [name, change, said] of wrong) {
      spoil = change;
      lie(true);
      const error = { code: 15, details: expect.stringMatching(said) };
      await expect(act(client, environmentId), name).rejects.toMatchObject(error);
      lie(false);
      await expect(act(client, environmentId), name).rejects.toMatchObject({ code: 9 });
      await client.unary(reset, { environmentId, seed: 1 });
    }
  });

  test('to something else than was asked, and refusals without a kind, are bad answers', async () => {
    let said: Answer = { case: 'done', value: {} };
    const { client, environmentId, lie } = await broken('snapshot', () => said);
    lie(true);
    const take = () => client.unary(snapshot, { environmentId });
    await expect(take()).rejects.toMatchObject({ code: 15, details: expect.stringMatching(/done where snapshot/) });
    await client.unary(reset, { environmentId });
    said = { case: 'snapshot', value: { worlds: [] } };
    await expect(take()).rejects.toMatchObject({ code: 15, details: expect.stringMatching(/0 worlds/) });
    said = { case: 'snapshot', value: { worlds: [{ state: new Uint8Array(9 << 20) }] } };
    await expect(take()).rejects.toMatchObject({ code: 15 });
    said = { case: 'refusal', value: { kind: 'Not A Kind\n', sentence: 'x' } };
    await expect(take()).rejects.toMatchObject({ code: 15 });
  });

  test('of another sort to a step leave the environment where nobody knows: it wants a reset', async () => {
    const { client, environmentId, lie } = await broken('advance', () => ({ case: 'done', value: {} }));
    lie(true);
    await expect(act(client, environmentId)).rejects.toMatchObject({ code: 15 });
    lie(false);
    await expect(act(client, environmentId)).rejects.toMatchObject({ code: 9 });
  });

  test('that refuse are told to the client by kind, in one short line', async () => {
    let kind = 'bad-weather';
    const { client, environmentId, lie } = await broken('advance', () => ({
      case: 'refusal',
      value: { kind, sentence: `It\u0000rains\n${'x'.repeat(10_000)}` },
    }));
    lie(true);
    for (const [name, code] of [
      ['bad-weather', 3],
      ['no-road', 5],
      ['too-slippery', 8],
      ['finished', 9],
    ] as const) {
      kind = name;
      const error = (await act(client, environmentId).catch((refused: unknown) => refused)) as {
        code: number;
        details: string;
        metadata: { get(name: string): Buffer[] };
      };
      expect(error.code).toBe(code);
      expect(error.details).toMatch(/^It rains x{100,291}$/);
      expect(error.metadata.get('grpc-status-details-bin')[0].includes(Buffer.from(name))).toBe(true);
    }
  });

  test('to what was never asked end the call by name; late ones change nothing', async () => {
    const { client, simulator, environmentId } = await broken('advance', () => null);
    const { requestId } = simulator.asked[1];
    simulator.send({ case: 'answer', value: { requestId, answer: { case: 'done', value: {} } } });
    await act(client, environmentId);
    simulator.send({ case: 'answer', value: { requestId: 999n, answer: { case: 'done', value: {} } } });
    expect(await simulator.ended).toMatchObject({ code: 15, details: expect.stringMatching(/request 999/) });
    expect(await sourceIds(client)).toEqual([]);
  });
});

describe('a simulator that', () => {
  test('does not answer is told UNAVAILABLE once its time is over; the environment has ended, others go on', async () => {
    const silent = (right: Answer, { environment }: Asked) => (environment === 1 ? null : right);
    const { client, simulator, environmentId, lie } = await broken('advance', silent, IMPATIENT);
    lie(true);
    const late = { code: 14, details: expect.stringMatching(/within 1.5 s/) };
    await expect(act(client, environmentId)).rejects.toMatchObject(late);
    await expect(client.unary(reset, { environmentId })).rejects.toMatchObject(late);
    await expect.poll(() => simulator.asked.at(-1)?.request.case).toBe('close');
    await client.unary(closeEnvironment, { environmentId });
    const { environmentId: other } = await client.unary(openEnvironment, {});
    await client.unary(reset, { environmentId: other });
    await act(client, other);
  });

  test('leaves in the middle of a step fails it by name, whether it ends its call or is cut off', async () => {
    for (const how of ['leave', 'cancel'] as const) {
      const { client, simulator, environmentId, lie } = await broken('advance', () => {
        simulator[how]();
        return null;
      });
      lie(true);
      const left = { code: 14, details: expect.stringMatching(/has left/) };
      await expect(act(client, environmentId)).rejects.toMatchObject(left);
      await expect(client.unary(snapshot, { environmentId })).rejects.toMatchObject(left);
      await expect(client.unary(restore, { environmentId })).rejects.toThrow();
      await expect.poll(() => sourceIds(client)).toEqual([]);
    }
  });

  test('is silent while the proxy shuts down holds nobody up', async () => {
    const { proxy, client, simulator, environmentId, lie } = await broken('advance', () => null);
    lie(true);
    const stepping = act(client, environmentId).catch((error: unknown) => error);
    await expect.poll(() => simulator.asked.at(-1)?.request.case).toBe('advance');
    await proxy.close();
    expect(await stepping).toMatchObject({ code: 14 });
    expect(await simulator.ended).toMatchObject({ code: 14 });
  });

  test('sends what is no message is cut off', async () => {
    const { proxy, client } = await serve();
    const session = connectHttp2(`http://127.0.0.1:${proxy.port}`);
    cleanUp.push(() => session.destroy());
    session.on('error', () => {});
    const status = (bytes: Buffer) =>
      new Promise((resolve) => {
        const headers = { ':method': 'POST', 'content-type': 'application/grpc+proto', te: 'trailers' };
        const path = '/traceway.v1.EnvironmentService/ServeEnvironments';
        const request = session.request({ ...headers, ':path': path, ':authority': `localhost:${proxy.port}` });
        request.on('response', (head) => head['grpc-status'] !== undefined && resolve(Number(head['grpc-status'])));
        request.on('trailers', (trailers) => resolve(Number(trailers['grpc-status'])));
        request.on('error', () => {});
        request.resume();
        request.write(bytes);
      });
    expect(await status(Buffer.from('0000000003ffffff', 'hex'))).toBeGreaterThan(0);
    expect(await status(Buffer.from('00ffffffff', 'hex'))).toBe(8);
    expect(await sourceIds(client)).toEqual([]);
  });

  test('fills the proxy with environments that end makes room for others', async () => {
    const { proxy, client } = await serve();
    const first = serveToy(connected(proxy));
    await expect.poll(() => sourceIds(client)).toEqual(['push-toy']);
    for (let i = 0; i < 32; i++) await client.unary(openEnvironment, {});
    await expect(client.unary(openEnvironment, {})).rejects.toMatchObject({ code: 8 });
    first.leave();
    await first.ended;
    serveToy(connected(proxy));
    await expect.poll(() => sourceIds(client)).toEqual(['push-toy']);
    await client.unary(openEnvironment, {});
  });
});
