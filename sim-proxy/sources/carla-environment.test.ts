/** Environments in CARLA through the network, on the stand-in server with Town01. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { toCarlaPose } from '../../core/episode/importers/carla-frame.ts';
import { OBSERVATION_BOUND, REQUIRED_INFO } from '../../core/world/env-adapters.ts';
import { checkEnvironment } from '../../core/world/env-conformance.ts';
import { lanePoseAt } from '../../core/world/roads/lane-index.ts';
import { openTown } from '../driving/town.ts';
import { EnvironmentService } from '../generated/traceway/v1/environment_pb.ts';
import { startProxy } from '../server/proxy.ts';
import { NativeClient } from '../server/testing/native-client.ts';
import { remoteEnvironment } from '../server/testing/remote-environment.ts';
import { StandInCarla } from './carla/testing/stand-in.ts';
import { CarlaSource } from './carla-source.ts';

const MAP = '../shared/data/opendrive/Town01.xodr';
const present = existsSync(MAP);
if (!present) {
  if (process.env.CI) throw new Error(`${MAP} is missing`);
  console.warn(`SKIPPED: ${MAP} is missing; no environment is opened in a town.`);
}
const text = present ? readFileSync(MAP, 'utf8') : '';
const spawnPoints = present
  ? openTown('Town01', text).graph.lanes.flatMap((lane) =>
      lane.kind === 'driving' && lane.junction === undefined && lane.length > 30
        ? [toCarlaPose({ ...lanePoseAt(lane, lane.length - 20), z: 0, pitchRad: 0, rollRad: 0 })]
        : [],
    )
  : [];

const { openEnvironment, reset, step, closeEnvironment } = EnvironmentService.method;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

async function serve() {
  const carla = await new StandInCarla({ openDrive: text, spawnPoints }).start();
  cleanUp.push(() => carla.kill());
  const source = new CarlaSource({ host: '127.0.0.1', port: carla.port });
  const proxy = await startProxy({ port: 0, sources: [source], version: 'test', log: () => {} });
  cleanUp.push(() => proxy.close());
  const client = new NativeClient(proxy.port);
  cleanUp.push(() => client.close());
  return { carla, proxy, client };
}

const act = (acceleration: number, steering: number) =>
  new Uint8Array(Float32Array.of(acceleration, steering).buffer);
const floats = (bytes: Uint8Array) => [...new Float32Array(new Uint8Array(bytes).buffer)];
const reward = (bytes: Uint8Array) => new Float64Array(new Uint8Array(bytes).buffer)[0];

/** Opens an environment and resets it. */
async function drive({ client }: Served, scenarioId: string, seed = 0) {
  const { environmentId, watchSourceId } = await client.unary(openEnvironment, { sourceId: 'carla' });
  const start = await client.unary(reset, { environmentId, seed, options: { scenarioId } });
  const go = (acceleration: number, steering: number) =>
    client.unary(step, { environmentId, action: act(acceleration, steering) });
  return { environmentId, watchSourceId, start, go };
}

describe.skipIf(!present)('an environment in CARLA', () => {
  test.each(['turn_clear', ''])('keeps everything that an environment must keep: %s', async (scenario) => {
    const { carla, client } = await serve();
    const findings = await checkEnvironment(() => remoteEnvironment(client, scenario, OBSERVATION_BOUND), {
      requiredInfo: REQUIRED_INFO,
      standing: [-8, 0],
      reckless: [3, 0.5],
      mostSteps: 3000,
    });
    expect(findings).toEqual([]);
    expect(carla.settings.synchronousMode).toBe(false);
  });

  test('sees what a drive in CARLA sees, step by step, and earns its score when it drives as the expert does', async () => {
    const served = await serve();
    const { carla } = served;
    // What the expert does, and sees when it plans, driven as `lab carla evaluate` drives.
    const actions: (readonly [number, number])[] = [];
    const seen: number[][] = [];
    const press = vi.spyOn(Ride.prototype, 'press').mockImplementation(function (this: Ride, ...action) {
      actions.push(action);
      return real.apply(this, action);
    });
    const expert = driveOne(expertDriver());
    const direct = await CarlaClient.connect({ host: '127.0.0.1', port: carla.port });
    const runner = new CARLAOnlineRunner({
      client: direct,
      driver: {
        plan(observation) {
          seen.push([...observation]);
          return expert.plan(observation);
        },
      },
    });
    const { spawnPoints: points } = await direct.mapInfo();
    const starts = points.map(({ location, rotation }) => fromCarlaPose(location, rotation));
    const task = namedTask('turn_clear', 1, openTown('Town01', text), starts);
    const [episode] = await runner.run([{ task, seed: 1 }]);
    await direct.close();
    press.mockRestore();
    expect(episode.end).toBe('goal');

    const { start, go } = await drive(served, 'turn_clear', 1);
    let { observation } = start;
    let total = 0;
    let last: Awaited<ReturnType<typeof go>> | undefined;
    for (const [i, action] of actions.entries()) {
      if (i % 5 === 0) expect(floats(observation)).toEqual(seen[i / 5]);
      last = await go(...action);
      ({ observation } = last);
      total += reward(last.reward);
    }
    expect([last?.terminated[0], last?.truncated[0]]).toEqual([1, 0]);
    expect(last?.infos[0]).toMatchObject({ success: true, collision: false, infractions: [], scenarioId: 'turn_clear' });
    expect(total).toBeGreaterThan(0.9);
    expect(total).toBeLessThanOrEqual(1);
  });

  test('hits what stands in its way: terminated, and a collision in what it tells', async () => {
    const served = await serve();
    const first = await drive(served, 'straight_clear');
    const hero = served.carla.actorIds.at(-2) as number;
    const other = await CarlaClient.connect({ host: '127.0.0.1', port: served.carla.port });
    cleanUp.push(() => other.close());
    const place = (await other.nextFrameOf(hero));
  });
});
