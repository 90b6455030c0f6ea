/** What an environment in CARLA is to whoever drives it: through the network, on the stand-in server with a town. */
import { existsSync, readFileSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readTown } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { fromCarlaPose, type Pose3, toCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import { driveOne, expertDriver } from '../../../core/tasks/driving/policy/driver.ts';
import { OBSERVATION_BOUND, REQUIRED_INFO } from '../../../core/tasks/driving/env-adapters.ts';
import { checkEnvironment } from '../../../core/task/conformance.ts';
import { DECISION_STEPS } from '../../../core/abi/layout.ts';
import { CARLA_SCENARIOS, namedTask } from '../../carla/stage/tasks.ts';
import { CARLAOnlineRunner } from '../../carla/drive/online-runner.ts';
import { HeroControl } from '../../carla/hero/hero-control.ts';
import { readStoryFile } from '../../carla/stage/story-file.ts';
import { EnvironmentService, Infraction } from '../../generated/traceway/v1/environment_pb.ts';
import { SourceService } from '../../generated/traceway/v1/source_pb.ts';
import { remoteEnvironment } from '../../server/testing/remote-environment.ts';
import { CarlaClient } from '../../carla/client/client.ts';
import type { StandInCarla } from '../../carla/testing/stand-in.ts';
import { act, drive, TownBench } from '../testing/town-environment.ts';

const MAP = '../shared/data/opendrive/Town01.xodr';
const STORY = '../shared/data/openscenario/FollowLeadingVehicle.xosc';
const present = existsSync(MAP) && existsSync(STORY);
if (!present) {
  if (process.env.CI) throw new Error(`${MAP} or ${STORY} is missing`);
  console.warn(`SKIPPED: ${MAP} or ${STORY} is missing; no storyboard is opened in one.`);
}
const bench = new TownBench(readTown());
afterEach(() => bench.cleanUp());

const { openEnvironment, reset, step, snapshot, restore } = EnvironmentService.method;
const { controlSource } = SourceService.method;
const floats = (bytes: Uint8Array) => [...new Float32Array(new Uint8Array(bytes).buffer)];
const reward = (bytes: Uint8Array) => new Float64Array(new Uint8Array(bytes).buffer)[0];

/** Another client of the server, and a way to put a car in front of the hero. */
async function stranger(carla: StandInCarla) {
  const other = await CarlaClient.connect({ host: '127.0.0.1', port: carla.port });
  bench.later(() => other.close());
  const heroes = () => other.latestFrame?.actors.filter(({ info }) => info.role === 'hero') ?? [];
  const block = async (metres: number) => {
    const [{ x, y, z, headingRad }] = heroes();
    const pose = { x: x + metres * Math.cos(headingRad), y: y + metres * Math.sin(headingRad), z, headingRad };
    const attributes = { role_name: 'parked' };
    return other.spawn({ blueprint: 'vehicle.tesla.model3', attributes, pose: { ...pose, pitchRad: 0, rollRad: 0 } });
  };
  return { other, heroes, block };
}

describe('an environment in CARLA', () => {
  test('keeps everything that an environment must keep', async () => {
    const { client } = await bench.serve();
    const findings = await checkEnvironment(() => remoteEnvironment(client, 'turn_clear', OBSERVATION_BOUND), {
      requiredInfo: REQUIRED_INFO,
      standing: [-8, 0],
      reckless: [3, 0.5],
      mostSteps: 500,
    });
    expect(findings).toEqual([]);
    // Dozens of drives through the network, each stepped by a server.
  }, 180_000);

  test('sees what a drive in CARLA sees, and earns its score when it drives as the expert does', async () => {
    const served = await bench.serve();
    // What the expert asks for, and sees when it plans, driven as `lab carla evaluate` drives.
    const actions: [number, number][] = [];
    const seen: number[][] = [];
    const real = HeroControl.prototype.press;
    vi.spyOn(HeroControl.prototype, 'press').mockImplementation(function (this: HeroControl, ...action) {
      actions.push(action);
      return real.apply(this, action);
    });
    const expert = driveOne(expertDriver());
    const plan = (observation: Float32Array) => {
      seen.push([...observation]);
      return expert.plan(observation);
    };
    const direct = await CarlaClient.connect({ host: '127.0.0.1', port: served.carla.port });
    const points = (await direct.mapInfo()).spawnPoints;
    const starts = points.map(({ location, rotation }) => fromCarlaPose(location, rotation));
    const task = namedTask('turn_clear', 1, bench.town, starts);
    const [{ end }] = await new CARLAOnlineRunner({ client: direct, driver: { plan } }).run([{ task, seed: 1 }]);
    await direct.close();
    vi.restoreAllMocks();
    expect(end).toBe('goal');

    const { start, go } = await drive(served, 'turn_clear', 1);
    let { observation } = start;
    let total = 0;
    let last: Awaited<ReturnType<typeof go>> | undefined;
    for (const [i, action] of actions.entries()) {
      if (i % DECISION_STEPS === 0) expect(floats(observation)).toEqual(seen[i / DECISION_STEPS]);
      last = await go(...action);
      ({ observation } = last);
      total += reward(last.reward);
    }
    expect([last?.terminated[0], last?.truncated[0]]).toEqual([1, 0]);
    expect(last?.infos[0]).toMatchObject({
      success: true,
      collision: false,
      infractions: [],
      scenarioId: 'turn_clear',
    });
    // The whole route, less what single steps too brisk for comfort cost.
    expect(total).toBeGreaterThan(0.97);
    expect(total).toBeLessThanOrEqual(1);
  });

  test('ends with what it hits: a car by its box, a wall by CARLA’s collision sensor', async () => {
    const served = await bench.serve();
    const { other, block } = await stranger(served.carla);
    const { go, environmentId } = await drive(served, 'straight_clear');
    const { id } = await block(15);
    const crash = async () => {
      for (let i = 0; i < 60; i++) {
        const { terminated, truncated, infos, reward: bytes } = await go(3, 0);
        if (terminated[0] || truncated[0]) return { infos, last: reward(bytes) };
      }
      throw new Error('it never ended');
    };
    const hit = await crash();
    expect(hit.infos[0]).toMatchObject({ collision: true, success: false, infractions: [Infraction.COLLISION] });
    expect(hit.last).toBeLessThan(-0.9);
    await expect(go(0, 0)).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });

    // The same place, now a wall that no frame shows.
    const parked = other.latestFrame?.actors.find((actor) => actor.id === id);
    await other.destroy(id);
    served.walls.push(toCarlaPose(parked as Pose3));
    await served.client.unary(reset, { environmentId, seed: 0, options: { scenarioId: 'straight_clear' } });
    expect((await crash()).infos[0]).toMatchObject({ collision: true, infractions: [Infraction.COLLISION] });
  });

  test('draws its scenario by the seed, and says by name what it does not do while it is open, and does it again when it is closed', async () => {
    const [place] = bench.spawnPoints.map(({ location, rotation }) => fromCarlaPose(location, rotation));
    const goal = { x: place.x + 15 * Math.cos(place.headingRad), y: place.y + 15 * Math.sin(place.headingRad) };
    const routeOf = (id: string, in_: string) => ({
      id,
      town: in_,
      waypoints: [place, goal],
      weather: undefined,
      scenarios: [],
    });
    const served = await bench.serve({ given: { routes: [routeOf('here', 'Town01'), routeOf('there', 'Town02')] } });
    const { client } = served;
    await expect(client.unary(openEnvironment, { sourceId: 'carla', count: 2 })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(/^A CARLA server is one world/),
    });
    const { shut, environmentId, scenarioIds } = await drive(served, 'straight_clear');
    const load = { sourceId: 'carla', command: { case: 'loadMap', value: { mapName: 'Town02' } } } as const;
    await expect(client.unary(controlSource, load)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringMatching(/^An environment drives CARLA/),
    });
    expect(scenarioIds).toEqual([...CARLA_SCENARIOS, 'free_route', 'route_here']);
    const drawn = async (seed: number) => (await client.unary(reset, { environmentId, seed })).infos[0].scenarioId;
    const ids = [await drawn(1), await drawn(2), await drawn(3), await drawn(4)];
    expect(ids.every((id) => scenarioIds.includes(id))).toBe(true);
    expect(new Set(ids).size).toBeGreaterThan(1);
    expect(await drawn(1)).toBe(ids[0]);
    const nowhere = client.unary(reset, { environmentId, options: { scenarioId: 'nowhere' } });
    await expect(nowhere).rejects.toMatchObject({ code: status.NOT_FOUND });
    await shut();
    await client.unary(controlSource, load);
  });

  test.skipIf(!present)(
    'among others that a storyboard moves: they are where they were when it is driven again, and go with the hero',
    async () => {
      const theirs = new TownBench(readFileSync(MAP, 'utf8'));
      bench.later(() => theirs.cleanUp());
      const served = await theirs.serve({ given: { stories: [await readStoryFile(STORY, readFileSync(STORY))] } });
      const { client, carla } = served;
      const actors = [...carla.actorIds];
      const { environmentId, go, shut } = await drive(served, 'story_FollowLeadingVehicle');
      expect(carla.actorIds.length).toBeGreaterThan(actors.length + 2);
      const drives = async () => {
        const seen: number[][] = [];
        for (let i = 0; i < 8; i++) seen.push(floats((await go(3, 0)).observation));
        return seen;
      };
      for (let i = 0; i < 40; i++) await go(3, 0);
      const { snapshot: bytes } = await client.unary(snapshot, { environmentId });
      const future = await drives();
      await client.unary(restore, { environmentId, snapshot: bytes });
      expect(await drives()).toEqual(future);
      let last = await go(3, 0);
      while (!last.terminated[0] && !last.truncated[0]) last = await go(3, 0);
      expect(last.infos[0]).toMatchObject({ collision: true, infractions: [Infraction.COLLISION] });
      await shut();
      expect(carla.actorIds).toEqual(actors);
    },
  );

  test('one world that resets itself: the step after the last begins the next drive and earns nothing', async () => {
    const { client } = await bench.serve();
    const { environmentId } = await client.unary(openEnvironment, { count: 1 });
    const options = { scenarioId: 'straight_clear' };
    await client.unary(reset, { environmentId, seed: 5, options });
    const go = () => client.unary(step, { environmentId, action: act(3, 0.5) });
    let answer = await go();
    while (!answer.terminated[0]) answer = await go();
    const next = await go();
    expect(next).toMatchObject({ infos: [{ step: 0, scenarioId: 'straight_clear' }] });
    expect([reward(next.reward), next.terminated[0], next.truncated[0]]).toEqual([0, 0, 0]);
    expect(next.infos[0].seed).not.toBe(5);
  });

  test('a snapshot is the drive so far: rubbish is refused, and a drive that does not come back is told apart', async () => {
    const served = await bench.serve();
    const { client } = served;
    const { heroes, block } = await stranger(served.carla);
    const { environmentId, go } = await drive(served, 'straight_clear');
    const stand = () => heroes().map(({ x, y }) => [x, y])[0];
    await go(0, 0);
    const from = stand();
    for (let i = 0; i < 30; i++) await go(2, 0.01);
    const { snapshot: bytes, hashes } = await client.unary(snapshot, { environmentId });
    const there = stand();
    for (let i = 0; i < 10; i++) await go(-8, 0);
    await client.unary(restore, { environmentId, snapshot: bytes });
    expect(stand()).toEqual(there);
    expect((await client.unary(snapshot, { environmentId })).hashes).toEqual(hashes);
    for (const wrong of [new Uint8Array(0), bytes.subarray(0, 100), bytes.subarray(0, -4), act(1, 2)]) {
      const refused = client.unary(restore, { environmentId, snapshot: wrong });
      await expect(refused).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    }
    expect(stand()).toEqual(there);
    // Where somebody has parked a car meanwhile, the same actions lead elsewhere.
    await client.unary(reset, { environmentId, seed: 0, options: { scenarioId: 'straight_clear' } });
    await go(0, 0);
    expect(stand()).toEqual(from);
    await block(8);
    await expect(client.unary(restore, { environmentId, snapshot: bytes })).rejects.toMatchObject({
      code: status.DATA_LOSS,
      details: expect.stringMatching(/the drive stands .* from where it stood/),
    });
  });
});
