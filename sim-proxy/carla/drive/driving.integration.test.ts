import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOWN } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { fromCarlaPose, toCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import { parseCarlaLog } from '../../../core/io/recordings/carla-log.ts';
import { rowAt } from '../../../core/io/recordings/carla-log-recording.ts';
import { readRoutes } from '../../../core/io/importers/route-file.ts';
import { driveOne, expertDriver } from '../../../core/tasks/driving/policy/driver.ts';
import { lanePoseAt } from '../../../core/tasks/driving/roads/map/lane-index.ts';
import { weatherOf, WEATHER_PRESETS } from '../../../core/tasks/driving/world/spec/weather.ts';
import { CarlaClient } from '../client/client.ts';
import type { CarlaFrame } from '../client/frames.ts';
import { StandInCarla } from '../testing/stand-in.ts';
import type { Transform } from '../client/types.ts';
import { CARLA_SCENARIOS, namedTask, routeTask } from '../stage/tasks.ts';
import { type CarlaEpisode, CARLAOnlineRunner } from './online-runner.ts';
import { RecorderLog } from '../../../core/io/recordings/carla-log-writer.ts';
import { openRoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { RouteError, routeThrough } from '../hero/town-route.ts';

const MAP = '../shared/data/opendrive/Town01.xodr';
const ROUTES = '../shared/data/openscenario/leaderboard-1.0_routes_devtest.xml';
const present = existsSync(MAP) && existsSync(ROUTES);
if (!present) {
  if (process.env.CI) throw new Error(`${MAP} or ${ROUTES} is missing`);
  console.warn(`SKIPPED: ${MAP} or ${ROUTES} is missing; nothing is driven in Town01.`);
}
const TOWNS = [
  { name: 'town', map: TOWN, routes: 'e2e/fixtures/town/routes.xml' },
  ...(present ? [{ name: 'Town01', map: MAP, routes: ROUTES }] : []),
];

describe.each(TOWNS)('driving in a CARLA server that has $name', ({ name, map, routes }) => {
  const text = readFileSync(map, 'utf8');
  const town = openRoadMap('Carla/Maps/Town01', text);
  const places: Transform[] = town.graph.lanes.flatMap((lane) =>
    lane.kind === 'driving' && lane.junction === undefined && lane.length > 30
      ? [lane.length - 20, 5].map((s) => toCarlaPose({ ...lanePoseAt(lane, s), z: 0, pitchRad: 0, rollRad: 0 }))
      : [],
  );
  const spawnPoints = places.map(({ location, rotation }) => fromCarlaPose(location, rotation));
  let server: StandInCarla;
  let client: CarlaClient;
  beforeAll(async () => {
    server = await new StandInCarla({ openDrive: text, spawnPoints: places, lights: [] }).start();
    client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
  });
  afterAll(async () => {
    await client.close();
    await server.kill();
  });
  const expert = () => driveOne(expertDriver());

  it('the expert reaches the goal of all five named scenarios without an infraction', async () => {
    const weathers = new Map<string, number>();
    const runner = new CARLAOnlineRunner({
      client,
      driver: expert(),
      hooks: { onEpisode: ({ task }) => void weathers.set(task.id, server.weather.sunAltitudeAngle) },
    });
    const tasks = CARLA_SCENARIOS.flatMap((id) =>
      (id === 'turn_clear' ? [0, 1] : [0]).map((seed) => ({ seed, task: namedTask(id, seed, town, spawnPoints) })),
    );
    const episodes = await runner.run(tasks);
    for (const { task, seed, end, report } of episodes)
      expect({ task: task.id, seed, end, infractions: report.infractions, score: report.scores.carla_2_1 }).toEqual({
        task: task.id,
        seed,
        end: 'goal',
        infractions: [],
        score: 100,
      });
    expect(Object.fromEntries(weathers)).toEqual({
      straight_clear: 70,
      straight_cloudy: 30,
      straight_night: -90,
      straight_rain: 45,
      turn_clear: 70,
    });
    expect(server.actorIds.length).toBe(1);
  });

  it('turn_clear turns left and right by seed, with the target as near as the town allows', () => {
    const turned = [0, 1].map((seed) => {
      const { road, goalS } = namedTask('turn_clear', seed, town, spawnPoints).route;
      return road.headingRad[Math.round(goalS)] - road.headingRad[0];
    });
    expect(turned[0]).toBeCloseTo(Math.PI / 2, 0);
    expect(turned[1]).toBeCloseTo(-Math.PI / 2, 0);
  });

  it('hooks see every step, in order, and checkpoints come at their times', async () => {
    const steps: number[] = [];
    const checkpoints: number[] = [];
    const finished: CarlaEpisode[] = [];
    const runner = new CARLAOnlineRunner({
      client,
      driver: expert(),
      checkpointEvery: 2,
      hooks: {
        onStep: ({ step, plan }) => {
          expect(plan !== undefined).toBe(step % 5 === 0);
          steps.push(step);
        },
        onEpisode: (episode) => void finished.push(episode),
        onCheckpoint: (episodes) => void checkpoints.push(episodes),
      },
    });
    const task = namedTask('straight_clear', 0, town, spawnPoints);
    await runner.run([0, 1, 2].map((seed) => ({ seed, task })));
    expect(checkpoints).toEqual([2]);
    const each = finished[0].steps;
    expect(steps).toEqual([0, 1, 2].flatMap(() => Array.from({ length: each }, (_, i) => i)));
  });

  it('a leaderboard route is driven along the town’s lanes to its end', async () => {
    const [first] = readRoutes('routes.xml', new Uint8Array(readFileSync(routes))).filter(
      (route) => route.town === name,
    );
    const task = routeTask('route', town, first.waypoints.slice(0, 4), WEATHER_PRESETS.clear);
    const [{ end, report }] = await new CARLAOnlineRunner({ client, driver: expert() }).run([{ task, seed: 0 }]);
    expect(end).toBe('goal');
    expect(report.metrics.route_completion).toBe(1);
    for (const { x, y } of first.waypoints.slice(0, 4)) {
      const { road } = task.route;
      let nearest = Number.POSITIVE_INFINITY;
      road.x.forEach((rx, i) => (nearest = Math.min(nearest, Math.hypot(rx - x, road.y[i] - y))));
      expect(nearest).toBeLessThan(2.5);
    }
  });

  it('the light of the route is obeyed by its OpenDRIVE signal', async () => {
    const [first] = readRoutes('routes.xml', new Uint8Array(readFileSync(routes))).filter(
      (route) => route.town === name,
    );
    const whole = routeTask('lit', town, first.waypoints.slice(0, 3), WEATHER_PRESETS.clear);
    const [light] = whole.route.lights;
    const drive = async (state: number) => {
      const at = { location: { x: 0, y: 0, z: 0 }, rotation: { pitch: 0, yaw: 0, roll: 0 } };
      const lights = [{ place: at, signal: light.signalId, state }];
      const lit = await new StandInCarla({ openDrive: text, spawnPoints: places, lights }).start();
      const own = await CarlaClient.connect({ host: '127.0.0.1', port: lit.port });
      const task = { ...whole, limitS: 40 };
      const [episode] = await new CARLAOnlineRunner({ client: own, driver: expert() }).run([{ task, seed: 0 }]);
      await own.close();
      await lit.kill();
      return episode;
    };
    const [red, green] = [await drive(0), await drive(2)];
    const front = red.track.route.s[red.track.rows - 1] + red.track.length / 2;
    expect(front).toBeLessThan(light.stopLineS);
    expect(front).toBeGreaterThan(light.stopLineS - 6);
    expect(red.report.infractions.map(({ kind }) => kind)).toEqual(['route-timeout']);
    expect(green.track.route.s[green.track.rows - 1]).toBeGreaterThan(light.stopLineS);
  });

  it('places off the map and legs without a way are named', () => {
    const weather = weatherOf(WEATHER_PRESETS.clear);
    const at = spawnPoints[0];
    expect(() => routeThrough(town, [at, { x: 5000, y: 0 }], weather)).toThrow(RouteError);
    expect(() => routeThrough(town, [at, { x: 5000, y: 0 }], weather)).toThrow('place 2 (5000.0, 0.0)');
    expect(() => routeThrough(town, [at], weather)).toThrow('expected a start and a goal');
  });

  it('a recording written here reads back frame by frame, to the last byte', async () => {
    await client.setSynchronous(0.05);
    const car = await client.spawn({
      blueprint: 'vehicle.tesla.model3',
      attributes: { role_name: 'hero' },
      pose: spawnPoints[3],
    });
    const log = new RecorderLog();
    const frames: CarlaFrame[] = [];
    const parts = [log.header('Carla/Maps/Town01', 1_700_000_000)];
    for (let i = 0; i < 20; i++) {
      client.control(car.id, { throttle: 0.5, steer: 0.1, brake: 0 });
      if (i === 15) await client.destroy(car.id);
      frames.push(await client.tick());
      parts.push(log.frame(frames[i]));
    }
    const recording = parseCarlaLog(new Uint8Array(Buffer.concat(parts)));
    expect(recording).toMatchObject({ map: 'Town01', recordedAtUnixS: 1_700_000_000, bytesUnaccounted: 0 });
    expect(recording.frameIds.length).toBe(20);
    const hero = recording.actors.find(({ attributes }) => attributes.role_name === 'hero');
    expect(hero).toMatchObject({ kind: 'vehicle', blueprint: 'vehicle.tesla.model3', firstFrame: 0, removedFrame: 15 });
    for (let i = 0; i < 15; i++) {
      const row = rowAt(hero!.poses, i) * 6;
      const live = frames[i].actors.find(({ id }) => id === car.id)!;
      expect(hero!.poses.values[row]).toBeCloseTo(live.x, 3);
      expect(hero!.poses.values[row + 1]).toBeCloseTo(live.y, 3);
      expect(hero!.poses.values[row + 3]).toBeCloseTo(live.headingRad, 4);
    }
    const velocity = hero!.velocities.values.subarray(-6);
    const last = frames[14].actors.find(({ id }) => id === car.id)!;
    expect(Math.hypot(velocity[0], velocity[1])).toBeCloseTo(Math.hypot(last.velocity.x, last.velocity.y), 4);
    expect(hero!.controls.values[0]).toBeCloseTo(0.1, 5);
  });
});
