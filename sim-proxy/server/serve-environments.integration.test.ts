/** Environments that a simulator serves: the conformance suite over the network twice, the contract that the proxy keeps, many clients. */
import { spawn } from 'node:child_process';
import { create } from '@bufbuild/protobuf';
import { afterEach, describe, expect, test } from 'vitest';
import { OBSERVATION_BOUND, REQUIRED_INFO } from '../../core/tasks/driving/env-adapters.ts';
import { checkEnvironment } from '../../core/task/conformance.ts';
import { EnvironmentService } from '../generated/traceway/v1/environment_pb.ts';
import { Capability, SourceMode, SourceService } from '../generated/traceway/v1/source_pb.ts';
import { type Proxy, type ProxyOptions, startProxy } from './proxy.ts';
import { NativeClient } from './testing/native-client.ts';
import { pythonWithGrpc } from './testing/python.ts';
import { floats, OFFER, serveToy, toy } from './testing/pushed-simulator.ts';
import { remoteEnvironment, remoteVector } from './testing/remote-environment.ts';

const { openEnvironment, reset, step, snapshot, restore, closeEnvironment } = EnvironmentService.method;
const { listSources, describeSource, pushFrames, watch } = SourceService.method;
const TOKEN = 'a token of some length';
/** Processes take their time to start on a busy machine. */
const PATIENT = { timeout: 60_000 };
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

async function serve(options: Partial<ProxyOptions> = {}): Promise<{ proxy: Proxy; client: NativeClient }> {
  const proxy = await startProxy({ port: 0, sources: [], token: TOKEN, version: 'test', log: () => {}, ...options });
  cleanUp.push(() => proxy.close());
  const client = new NativeClient(proxy.port, TOKEN);
  cleanUp.push(() => client.close());
  return { proxy, client };
}
/** A simulator with a connection of its own. */
function simulator(proxy: Proxy, ...rest: Parameters<typeof serveToy> extends [unknown, ...infer R] ? R : never) {
  const client = new NativeClient(proxy.port, TOKEN);
  cleanUp.push(() => client.close());
  return serveToy(client, ...rest);
}
const sourceIds = async (client: NativeClient) =>
  (await client.unary(listSources, {})).sources.map(({ sourceId }) => sourceId);
async function served(client: NativeClient, count = 0) {
  await expect.poll(() => sourceIds(client)).toEqual(['push-toy']);
  return (await client.unary(openEnvironment, { sourceId: 'push-toy', count })).environmentId;
}
const numbers = (bytes: Uint8Array) => [...new Float32Array(new Uint8Array(bytes).buffer)];
const rewards = (bytes: Uint8Array) => [...new Float64Array(new Uint8Array(bytes).buffer)];

const python = pythonWithGrpc();
/** An example as a process of its own; what it prints, once it has ended. */
function example({ port }: Proxy, program: string, ...args: string[]) {
  const env = { ...process.env, TRACEWAY_PROXY_TOKEN: TOKEN };
  const child = spawn(program, [...args, '--port', String(port)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  cleanUp.push(() => child.kill());
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  return { child, ended: new Promise<string>((resolve) => child.once('close', () => resolve(said))) };
}

describe('the examples serve what keeps everything an environment must keep, through two networks', () => {
  test.each([
    ['Node', 'push-lab', process.execPath, ['--import', 'tsx', 'examples/serve-environment.ts'], 'crossing_pedestrian'],
    ...(python ? [['Python', 'push-ring', python, ['examples/serve_environment.py', '--show'], ''] as const] : []),
  ] as const)(
    'from %s, single and as a vector',
    async (_, source, program, args, scenario) => {
      const { proxy, client } = await serve();
      const { child } = example(proxy, program, ...args);
      await expect.poll(() => sourceIds(client), PATIENT).toEqual([source]);
      const findings = await checkEnvironment(() => remoteEnvironment(client, scenario, OBSERVATION_BOUND), {
        requiredInfo: REQUIRED_INFO,
        standing: [-8, 0],
        reckless: [3, 0.5],
        mostSteps: 1200,
        makeVector: (count) => remoteVector(client, scenario, count),
      });
      expect(findings).toEqual([]);
      if (python) {
        const { ended } = example(proxy, python, 'examples/drive_environment.py', '--source', source, '--action=-8,0');
        expect(await ended).toMatch(/^seed 0: return -?\d+\.\d+ in \d+ steps, truncated/);
      }
      const [{ latestSequence }] = (await client.unary(listSources, {})).sources;
      expect(latestSequence > 0n, 'it shows what is driven').toBe(args.some((each) => each === '--show'));
      child.kill();
      await expect.poll(() => sourceIds(client)).toEqual([]);
    },
    120_000,
  );
});

describe('a served source', () => {
  test('says what it offers, is opened when none is named, and is gone when the simulator leaves', async () => {
    const { proxy, client } = await serve();
    const toyWorld = simulator(proxy, { ...OFFER, version: '7', scenarioIds: ['calm', 'busy'], decisionSteps: 0 });
    await expect.poll(() => toyWorld.asked[0]?.request).toMatchObject({ value: { sourceId: 'push-toy' } });
    const { source, scenarios } = await client.unary(describeSource, { sourceId: 'push-toy' });
    expect(source).toMatchObject({ name: 'toy', version: '7', capabilities: [Capability.ENVIRONMENT] });
    expect(scenarios.map(({ scenarioId }) => scenarioId)).toEqual(['calm', 'busy']);
    const opened = await client.unary(openEnvironment, {});
    expect(opened).toMatchObject({ count: 1, stepSeconds: 0.1, decisionSteps: 1, watchSourceId: 'push-toy' });
    expect(opened.actionSpace).toMatchObject({ shape: [1], low: [-1], high: [1] });
    const { environmentId } = opened;
    await expect(client.unary(reset, { environmentId, options: { scenarioId: 'wild' } })).rejects.toMatchObject({
      code: 5,
    });
    const { infos } = await client.unary(reset, { environmentId, seed: 3, options: { scenarioId: 'busy' } });
    expect(infos[0]).toMatchObject({ seed: 3, scenarioId: 'busy', timeToCollision: Number.POSITIVE_INFINITY });
    const metrics = await fetch(`http://127.0.0.1:${proxy.port}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(await metrics.text()).toMatch(/traceway_environments 1\n/);
    toyWorld.leave();
    expect(await toyWorld.ended).toBeNull();
    expect(await sourceIds(client)).toEqual([]);
    await expect(client.unary(step, { environmentId, action: floats(0) })).rejects.toMatchObject({
      code: 14,
      details: expect.stringMatching(/"toy" has left/),
    });
  });

  test('shares its name with frames that are pushed, and lives as long as either', async () => {
    const { proxy, client } = await serve();
    const push = client.push(pushFrames);
    push.call.on('error', () => {});
    push.done.catch(() => {});
    const open = { name: 'toy', mode: SourceMode.ASYNCHRONOUS };
    push.call.write(create(pushFrames.input, { message: { case: 'open', value: open } }));
    await expect.poll(() => sourceIds(client)).toEqual(['push-toy']);
    const toyWorld = simulator(proxy);
    await expect.poll(() => toyWorld.asked.length).toBe(1);
    expect(await sourceIds(client)).toEqual(['push-toy']);
    const stream = client.stream(watch, { sourceId: 'push-toy' });
    const ended = new Promise((resolve) => stream.on('end', () => resolve('ended')));
    stream.on('data', () => {});
    stream.on('error', () => {});
    await expect.poll(async () => (await client.unary(listSources, {})).sources[0].watchers).toBe(1);
    push.call.cancel();
    expect(await ended).toBe('ended');
    const [source] = (await client.unary(listSources, {})).sources;
    expect(source.capabilities).toEqual([Capability.ENVIRONMENT]);
    toyWorld.leave();
    await expect.poll(() => sourceIds(client)).toEqual([]);
  });
});

describe('the proxy keeps the contract for simulators that do not', () => {
  test('no step before a reset or after the end, none with what is no number; actions are clipped', async () => {
    const { proxy, client } = await serve();
    simulator(proxy, OFFER, toy(3));
    const environmentId = await served(client);
    const act = (...action: number[]) => client.unary(step, { environmentId, action: floats(...action) });
    await expect(act(0)).rejects.toMatchObject({ code: 9 });
    await client.unary(reset, { environmentId, seed: 9 });
    await expect(act(Number.NaN)).rejects.toMatchObject({ code: 3 });
    await expect(act(0, 0)).rejects.toMatchObject({ code: 3 });
    expect(rewards((await act(7)).reward)).toEqual([1]);
    const second = await act(Number.NEGATIVE_INFINITY);
    expect(rewards(second.reward)).toEqual([-1]);
    expect(numbers(second.observation)).toEqual([9, 2]);
    expect(second.infos[0]).toMatchObject({ step: 2, seed: 9 });
    expect([...(await act(0)).truncated]).toEqual([1]);
    await expect(act(0)).rejects.toMatchObject({ code: 9, details: expect.stringMatching(/over/) });
  });

  test('a vector gives world i the seed + i and begins what has ended with another seed, the same after a restore', async () => {
    const { proxy, client } = await serve();
    simulator(proxy, OFFER, toy(3));
    const environmentId = await served(client, 2);
    const act = async () => {
      const answer = await client.unary(step, { environmentId, action: floats(0.5, 0.25) });
      return { ...answer, seen: numbers(answer.observation), earned: rewards(answer.reward) };
    };
    const start = await client.unary(reset, { environmentId, seed: 4 });
    expect(numbers(start.observation)).toEqual([4, 0, 5, 0]);
    const saved = await client.unary(snapshot, { environmentId });
    expect(saved.hashes).toHaveLength(2);
    await act();
    await act();
    expect((await act()).seen).toEqual([4, 3, 5, 3]);
    const next = await act();
    expect(next.earned).toEqual([0, 0]);
    expect(next.infos.map((info) => info.step)).toEqual([0, 0]);
    expect([...next.terminated, ...next.truncated]).toEqual([0, 0, 0, 0]);
    const seeds = next.infos.map(({ seed }) => seed);
    expect(seeds).not.toEqual([4, 5]);
    await client.unary(restore, { environmentId, snapshot: saved.snapshot });
    for (let i = 0; i < 3; i++) await act();
    expect((await act()).infos.map(({ seed }) => seed)).toEqual(seeds);
  });

  test('a snapshot that is none is refused by the proxy, or by the simulator, and nothing changes', async () => {
    const { proxy, client } = await serve();
    simulator(proxy);
    const environmentId = await served(client);
    await client.unary(reset, { environmentId, seed: 8 });
    const { snapshot: good } = await client.unary(snapshot, { environmentId });
    const text = new TextDecoder('latin1').decode(good);
    const bytes = (latin1: string) => Uint8Array.from(latin1, (letter) => letter.charCodeAt(0));
    for (const bad of [
      '',
      text.slice(0, -1),
      `${text}x`,
      text.replace('"toy"', '"boy"'),
      text.replace('"seed":8', '"seed":-8'),
    ])
      await expect(client.unary(restore, { environmentId, snapshot: bytes(bad) })).rejects.toMatchObject({
        code: 3,
        details: expect.stringMatching(/no snapshot/),
      });
    const short = bytes(text.replace('"bytes":2', '"bytes":1').slice(0, -1));
    await expect(client.unary(restore, { environmentId, snapshot: short })).rejects.toMatchObject({
      code: 3,
      details: 'This is no toy.',
    });
    const { observation } = await client.unary(step, { environmentId, action: floats(0) });
    expect(numbers(observation)).toEqual([8, 1]);
  });
});

test('several clients drive environments of their own at once; closing tells the simulator', async () => {
  const { proxy, client } = await serve();
  const toyWorld = simulator(proxy, OFFER, toy(1000));
  await expect.poll(() => sourceIds(client)).toEqual(['push-toy']);
  const drive = async (seed: number) => {
    const mine = new NativeClient(proxy.port, TOKEN);
    cleanUp.push(() => mine.close());
    const { environmentId } = await mine.unary(openEnvironment, { sourceId: 'push-toy' });
    await mine.unary(reset, { environmentId, seed });
    for (let i = 1; i <= 50; i++) {
      const { observation } = await mine.unary(step, { environmentId, action: floats(0) });
      expect(numbers(observation)).toEqual([seed, i]);
    }
    await mine.unary(closeEnvironment, { environmentId });
    await expect(mine.unary(step, { environmentId, action: floats(0) })).rejects.toMatchObject({ code: 5 });
  };
  await Promise.all([1, 2, 3, 4, 5].map(drive));
  const closed = toyWorld.asked.filter(({ request }) => request.case === 'close').map(({ environment }) => environment);
  expect(closed.sort()).toEqual([1, 2, 3, 4, 5]);
});

test('an environment that nobody uses is closed', async () => {
  const { proxy, client } = await serve({ environmentOptions: { idleMs: 100 } });
  const toyWorld = simulator(proxy);
  const environmentId = await served(client);
  await expect.poll(() => toyWorld.asked.at(-1)?.request.case).toBe('close');
  await expect(client.unary(reset, { environmentId })).rejects.toMatchObject({ code: 5 });
});
