import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTown } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { driveOne, expertDriver, type EpisodeDriver } from '../../../core/tasks/driving/policy/driver.ts';
import { readRoutes, type RouteScenario } from '../../../core/io/importers/route-file.ts';
import { WAYPOINTS } from '../../../core/abi/layout.ts';
import { lanePoseAt } from '../../../core/tasks/driving/roads/map/lane-index.ts';
import { openRoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { projectToRoute } from '../../../core/tasks/driving/roads/routes/route-geometry.ts';
import { WEATHER_PRESETS } from '../../../core/tasks/driving/world/spec/weather.ts';
import { CarlaClient } from '../client/client.ts';
import type { ActorFrame } from '../client/frames.ts';
import { StandInCarla } from '../testing/stand-in.ts';
import { routeTask } from './tasks.ts';
import { CARLAOnlineRunner } from '../drive/online-runner.ts';

it('scenarios of a route file: name, type, trigger point in our frame, parameters', () => {
  const file =
    '<routes><route id="0" town="Town01"><waypoints><position x="0" y="0" z="0"/><position x="50" y="0" z="0"/></waypoints>' +
    '<scenarios><scenario name="ParkedObstacle_1" type="ParkedObstacle"><trigger_point x="10" y="5" z="0" yaw="90"/><distance value="70"/>' +
    '<frequency from="20" to="100"/></scenario></scenarios></route></routes>';
  const [{ scenarios }] = readRoutes('routes.xml', new TextEncoder().encode(file));
  expect(scenarios).toEqual([
    {
      name: 'ParkedObstacle_1',
      type: 'ParkedObstacle',
      trigger: { x: 10, y: -5, headingRad: expect.closeTo(-Math.PI / 2, 9) },
      parameters: { distance: '70' },
    },
  ]);
});

describe('scenarios of a leaderboard route, in a CARLA server that has a town', () => {
  const text = readTown();
  const town = openRoadMap('Town01', text);
  const [lane] = town.graph.lanes
    .filter(({ kind, junction }) => kind === 'driving' && junction === undefined)
    .toSorted((a, b) => b.length - a.length);
  let server: StandInCarla;
  let client: CarlaClient;
  beforeAll(async () => {
    server = await new StandInCarla({ openDrive: text, lights: [] }).start();
    client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
  });
  afterAll(async () => {
    await client.close();
    await server.kill();
  });

  /** A route of 190 m along the lane, from 80 m on; the scenario begins 30 m into it. */
  const taskWith = (type: string, parameters: Record<string, string>, told: string[] = [], triggerS = 30) => {
    const ends = [80, 270].map((s) => lanePoseAt(lane, s));
    const trigger = lanePoseAt(lane, 80 + triggerS);
    const scenario: RouteScenario = { name: `${type}_1`, type, trigger, parameters };
    return routeTask('route', town, ends, WEATHER_PRESETS.clear, [scenario], (line) => told.push(line));
  };
  const slowly = (mps: number): EpisodeDriver => ({
    plan: async () => ({
      waypoints: Float32Array.from({ length: 2 * WAYPOINTS }, (_, i) => (i % 2 === 0 ? (mps * (i / 2 + 1)) / 10 : 0)),
      tokens: [],
    }),
  });
  /** The drive, and whoever else was seen, frame by frame. */
  async function drive(task: ReturnType<typeof taskWith>, driver: EpisodeDriver = driveOne(expertDriver())) {
    const rows: { hero: number; others: ActorFrame[] }[] = [];
    const runner = new CARLAOnlineRunner({
      client,
      driver,
      hooks: {
        onStep: ({ sight, frame }) => {
          const others = frame.actors.filter(
            ({ info }) => /^(vehicle|walker)/.test(info.blueprint) && info.role !== 'hero',
          );
          rows.push({ hero: sight.s, others });
        },
      },
    });
    const [episode] = await runner.run([{ task, seed: 0 }]);
    expect(server.actorIds.length).toBe(1);
    return { episode, rows };
  }
  const onRoute = (task: ReturnType<typeof taskWith>, { x, y }: { x: number; y: number }, near: number) =>
    projectToRoute(task.route.road, x, y, Math.floor(near / task.route.road.ds));

  it('ParkedObstacle: a car stands to the right in the lane, so far past the trigger point', async () => {
    const task = taskWith('ParkedObstacle', { distance: '60' });
    expect(task.unstaged).toEqual([]);
    expect(task.scenarios).toEqual([{ id: 'ParkedObstacle_1', fromS: 30, toS: 140, timeoutS: 240 }]);
    const { rows, episode } = await drive({ ...task, limitS: 15 });
    const { s, lateral } = onRoute(task, rows[0].others[0], 90);
    expect(s).toBeCloseTo(90, 0);
    expect(lateral).toBeCloseTo((-0.7 * task.route.road.laneWidth) / 2, 1);
    expect(episode.report.infractions.filter(({ kind }) => kind.startsWith('collision'))).toEqual([]);
    expect(episode.report.unjudged.map(({ kind }) => kind)).not.toContain('scenario-timeout');
  });

  it('Accident: a police car with its lights on, which asks nobody for way, and two cars behind it', async () => {
    const { rows, episode } = await drive({ ...taskWith('Accident', { distance: '50' }), limitS: 12 });
    const places = rows[0].others.map(({ x, y }) => onRoute(taskWith('Accident', {}), { x, y }, 90).s);
    expect(places.map(Math.round)).toEqual([80, 90, 96]);
    expect(episode.report.infractions.map(({ kind }) => kind)).not.toContain('yield-emergency');
  });

  it('DynamicObjectCrossing: a pedestrian waits for the hero, then crosses the road at 2 m/s', async () => {
    const told: string[] = [];
    const task = taskWith('DynamicObjectCrossing', { distance: '40' }, told);
    const { rows } = await drive(task);
    expect(told).toEqual([expect.stringContaining('is left out: this server has no object like "vendingmachine"')]);
    const walker = rows.map(({ others }) => others[0]);
    const start = walker[0];
    expect(onRoute(task, start, 70).lateral).toBeLessThan(-task.route.road.laneWidth / 2);
    const first = walker.findIndex(({ x, y }) => Math.hypot(x - start.x, y - start.y) > 0.05);
    expect(rows[first].hero).toBeGreaterThan(40);
    expect(rows[first].hero).toBeLessThan(66);
    const [a, b] = [walker[first + 2], walker[first + 12]];
    expect(Math.hypot(b.x - a.x, b.y - a.y)).toBeCloseTo(2, 1);
  });

  it('YieldToEmergencyVehicle: comes from behind once the trigger point is reached; a hero who does not make way pays in 2.x', async () => {
    const task = taskWith('YieldToEmergencyVehicle', { distance: '70' }, [], 90);
    const { rows, episode } = await drive({ ...task, limitS: 60 }, slowly(5));
    const appears = rows.findIndex(({ others }) => others.length > 0);
    expect(rows[appears].hero).toBeGreaterThan(84);
    expect(rows[appears].hero).toBeLessThan(92);
    const gaps = rows.flatMap(({ hero, others }) =>
      others.map(({ x, y }) => hero - onRoute(task, { x, y }, Math.max(0, hero - 30)).s),
    );
    expect(gaps[0]).toBeGreaterThan(60);
    expect(Math.min(...gaps)).toBeGreaterThan(8);
    expect(rows.at(-1)?.others).toEqual([]);
    const yields = episode.report.infractions.filter(({ kind }) => kind === 'yield-emergency');
    expect(yields).toHaveLength(1);
    const { scores } = episode.report;
    expect([scores.carla_1_0, scores.carla_2_0, scores.carla_2_1].map((score) => Math.round(score ?? 0))).toEqual([
      100, 70, 71,
    ]);
  });

  it('types that are not staged, and trigger points off the route, are named with the reason', () => {
    expect(taskWith('OppositeVehicleTakingPriority', {}).unstaged).toEqual([
      {
        name: 'OppositeVehicleTakingPriority_1',
        type: 'OppositeVehicleTakingPriority',
        why: 'scenarios of this type are not staged',
      },
    ]);
    const off = { name: 'Accident_9', type: 'Accident', trigger: { x: 9999, y: 0 }, parameters: {} };
    const ends = [80, 270].map((s) => lanePoseAt(lane, s));
    const { unstaged, stage } = routeTask('route', town, ends, WEATHER_PRESETS.clear, [off]);
    expect([unstaged[0].why, stage]).toEqual(['its trigger point is not on the route', undefined]);
    const far = taskWith('YieldToEmergencyVehicle', { distance: '1000' }).unstaged;
    expect(far.map(({ why }) => why)).toEqual([]);
  });

  it('obstacles do not stand in junctions: the way to them ends before one', () => {
    const through = town.graph.lanes.find(
      ({ junction, successors, predecessors, length }) =>
        junction !== undefined && length > 8 && successors.length > 0 && predecessors.length > 0,
    );
    if (!through) throw new Error('no junction');
    const [before] = through.predecessors.map((index) => town.graph.lanes[index]).filter(({ length }) => length > 30);
    const [after] = through.successors.map((index) => town.graph.lanes[index]);
    const ends = [lanePoseAt(before, before.length - 30), lanePoseAt(after, Math.min(10, after.length - 1))];
    const trigger = lanePoseAt(before, before.length - 25);
    const scenario = { name: 'p', type: 'ParkedObstacle', trigger, parameters: { distance: '60' } };
    const { scenarios, route } = routeTask('route', town, ends, WEATHER_PRESETS.clear, [scenario]);
    const obstacleS = (scenarios?.[0].toS ?? 0) - 50;
    expect(obstacleS).toBeLessThan(route.road.junctions[0].from);
    expect(obstacleS).toBeGreaterThan(route.road.junctions[0].from - 2);
  });
});
