/** Environments through the network: the same numbers as in process, Gymnasium's rules, snapshots, frames to watch. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OBSERVATION_BOUND, REQUIRED_INFO } from '../../core/tasks/driving/env-adapters.ts';
import { checkEnvironment } from '../../core/task/conformance.ts';
import { DrivingEnv } from '../../core/tasks/driving/env.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { EnvironmentService } from '../generated/traceway/v1/environment_pb.ts';
import { ErrorDetailSchema, SourceService, type WatchResponse } from '../generated/traceway/v1/source_pb.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import { EmbeddedSource } from '../sources/embedded/embedded.ts';
import { type Proxy, startProxy } from './proxy.ts';
import { NativeClient } from './testing/native-client.ts';
import { remoteEnvironment, remoteVector } from './testing/remote-environment.ts';

const { openEnvironment, reset, step, snapshot, restore, closeEnvironment } = EnvironmentService.method;
const scenarios = shippedScenarios();
const SCENARIO = 'lead_brake';
let proxy: Proxy;
let client: NativeClient;

beforeAll(async () => {
  const source = new EmbeddedSource({ version: 'test', scenarios, checkpoints: new Map() });
  proxy = await startProxy({ port: 0, sources: [source], version: 'test', log: () => {} });
  client = new NativeClient(proxy.port);
});
afterAll(async () => {
  client.close();
  await proxy.close();
});

const open = async (count: number) => (await client.unary(openEnvironment, { count })).environmentId;
const act = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const floats = (bytes: Uint8Array) => [...new Float32Array(new Uint8Array(bytes).buffer)];
const doubles = (bytes: Uint8Array) => [...new Float64Array(new Uint8Array(bytes).buffer)];
const refused = async (run: Promise<unknown>) => {
  try {
    await run;
  } catch (error) {
    return error as { code: number; details: string };
  }
  throw new Error('it was accepted');
};

describe('an environment on the network', () => {
  test('gives the numbers of one in process, step by step, to the end', async () => {
    const environmentId = await open(0);
    const local = new DrivingEnv((seed: number) => instantiate(scenarios.get(SCENARIO) as never, seed));
    const far = await client.unary(reset, { environmentId, seed: 7, options: { scenarioId: SCENARIO } });
    const near = local.reset(7);
    expect(floats(far.observation)).toEqual([...near.observation]);
    let ended = false;
    for (let i = 0; !ended; i++) {
      const action = [Math.sin(i / 9), Math.cos(i / 5) / 20];
      const theirs = await client.unary(step, { environmentId, action: act(...action) });
      const ours = local.step(Float32Array.from(action));
      expect(floats(theirs.observation)).toEqual([...ours.observation]);
      expect(doubles(theirs.reward)).toEqual([ours.reward]);
      expect([theirs.terminated[0] === 1, theirs.truncated[0] === 1]).toEqual([ours.terminated, ours.truncated]);
      const [info] = theirs.infos;
      expect(info.step).toBe(ours.info.step);
      expect(info.routeCompletion).toBe(ours.info.routeCompletion);
      expect([info.seed, info.scenarioId, info.infractions.length]).toEqual([
        7,
        SCENARIO,
        ours.info.infractions.length,
      ]);
      ended = ours.terminated || ours.truncated;
    }
    expect(await refused(client.unary(step, { environmentId, action: act(0, 0) }))).toMatchObject({ code: 9 });
    local.dispose();
  });

  test('says its spaces, and refuses by kind: before a reset, of another size, NaN, of no environment', async () => {
    const opened = await client.unary(openEnvironment, { count: 2 });
    const { environmentId } = opened;
    expect(opened.actionSpace).toMatchObject({ shape: [2], low: [-8, -0.5], high: [3, 0.5] });
    expect(opened.observationSpace?.shape).toEqual([opened.observationSlices.reduce((n, { size }) => n + size, 0)]);
    expect((await refused(client.unary(step, { environmentId, action: act(0, 0, 0, 0) }))).code).toBe(9);
    await client.unary(reset, { environmentId, seed: 1 });
    expect((await refused(client.unary(step, { environmentId, action: act(0, 0) }))).code).toBe(3);
    expect((await refused(client.unary(step, { environmentId, action: act(0, Number.NaN, 0, 0) }))).code).toBe(3);
    expect((await refused(client.unary(reset, { environmentId, options: { scenarioId: 'nowhere' } }))).code).toBe(5);
    expect((await refused(client.unary(openEnvironment, { count: 257 }))).details).toMatch(/count must be 0 to 256/);
    await client.unary(closeEnvironment, { environmentId });
    expect((await refused(client.unary(reset, { environmentId }))).code).toBe(5);
  });

  test('a snapshot restored gives the same future, in another environment too; rubbish changes nothing', async () => {
    const [one, two] = [await open(3), await open(3)];
    await client.unary(reset, { environmentId: one, seed: 11 });
    const drive = async (environmentId: string, n: number) => {
      const all: number[][] = [];
      for (let i = 0; i < n; i++) {
        const action = act(...Array.from({ length: 6 }, (_, k) => Math.sin(i + k)));
        const answer = await client.unary(step, { environmentId, action });
        all.push([...floats(answer.observation), ...doubles(answer.reward)]);
      }
      return all;
    };
    await drive(one, 12);
    const saved = await client.unary(snapshot, { environmentId: one });
    const future = await drive(one, 10);
    await client.unary(restore, { environmentId: one, snapshot: saved.snapshot });
    expect((await client.unary(snapshot, { environmentId: one })).hashes).toEqual(saved.hashes);
    expect(await drive(one, 10)).toEqual(future);
    await client.unary(restore, { environmentId: two, snapshot: saved.snapshot });
    expect(await drive(two, 10)).toEqual(future);

    const before = (await client.unary(snapshot, { environmentId: two })).hashes;
    for (const bytes of [
      new Uint8Array(0),
      saved.snapshot.subarray(0, 200),
      saved.snapshot.subarray(0, -8),
      act(1, 2, 3),
    ]) {
      const error = await refused(client.unary(restore, { environmentId: two, snapshot: bytes }));
      expect(error).toMatchObject({ code: 3, details: expect.stringMatching(/no snapshot/) });
    }
    expect((await client.unary(snapshot, { environmentId: two })).hashes).toEqual(before);
  });

  test('keeps everything that an environment must keep, single and as a vector', async () => {
    const findings = await checkEnvironment(() => remoteEnvironment(client, 'crossing_pedestrian', OBSERVATION_BOUND), {
      requiredInfo: REQUIRED_INFO,
      standing: [-8, 0],
      reckless: [3, 0.5],
      mostSteps: 1200,
      makeVector: (count) => remoteVector(client, 'crossing_pedestrian', count),
    });
    expect(findings).toEqual([]);
  });

  test('can be watched while somebody else drives it', async () => {
    const environmentId = await open(0);
    await client.unary(reset, { environmentId, seed: 3, options: { scenarioId: SCENARIO } });
    const stream = client.stream(SourceService.method.watch, { sourceId: environmentId });
    stream.on('error', () => {});
    const steps: number[] = [];
    let episodes = 0;
    stream.on('data', ({ message }: WatchResponse) => {
      if (message.case === 'episode') episodes++;
      if (message.case === 'frames') steps.push(...new Uint32Array(new Uint8Array(message.value.step).buffer));
    });
    await expect.poll(() => steps).toEqual([0]);
    for (let i = 0; i < 20; i++) await client.unary(step, { environmentId, action: act(1, 0) });
    await expect.poll(() => steps).toEqual(Array.from({ length: 21 }, (_, i) => i));
    expect(episodes).toBe(1);
    stream.cancel();
  });
});

test('errors carry their kind for programs', async () => {
  const error = (await refused(client.unary(step, { environmentId: 'x', action: act(0, 0) }))) as unknown as {
    metadata: { get(name: string): Buffer[] };
  };
  const status = error.metadata.get('grpc-status-details-bin')[0];
  expect(status.includes(Buffer.from('no-environment'))).toBe(true);
  expect(status.includes(Buffer.from(ErrorDetailSchema.typeName))).toBe(true);
});
