import { afterEach, describe, expect, it } from 'vitest';
import { readTown } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { driveOne, expertDriver, type EpisodeDriver } from '../../../core/tasks/driving/policy/driver.ts';
import { fromCarlaPose, toCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import { routePose } from '../../../core/tasks/driving/roads/routes/route-geometry.ts';
import { WAYPOINT_OUTPUTS } from '../../../core/models/config.ts';
import { WAYPOINTS } from '../../../core/abi/layout.ts';
import { lanePoseAt } from '../../../core/tasks/driving/roads/map/lane-index.ts';
import { openRoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { CarlaClient } from '../client/client.ts';
import { StandInCarla, type StandInOptions } from '../testing/stand-in.ts';
import { EMERGENCY_LIGHTS, type Transform } from '../client/types.ts';
import { type CarlaTask, namedTask } from '../stage/tasks.ts';
import { type CarlaEpisode, CARLAOnlineRunner } from './online-runner.ts';
import { routeThrough } from '../hero/town-route.ts';

describe('infractions in a CARLA server that has a town', () => {
  const text = readTown();
  const town = openRoadMap('Carla/Maps/Town01', text);
  const starts = town.graph.lanes.flatMap((lane) =>
    lane.kind === 'driving' && lane.junction === undefined && lane.length > 120
      ? [{ ...lanePoseAt(lane, 40), z: 0, pitchRad: 0, rollRad: 0 }]
      : [],
  );
  const task = namedTask('straight_clear', 0, town, starts);
  /** Pose on the route, CARLA's frame. */
  const at = (s: number, lateral = 0): Transform =>
    toCarlaPose({ ...routePose(task.route.road, s, lateral), z: 0.3, pitchRad: 0, rollRad: 0 });
  const expert = () => driveOne(expertDriver());
  const standing: EpisodeDriver = {
    plan: async () => ({ waypoints: new Float32Array(WAYPOINTS * WAYPOINT_OUTPUTS), tokens: [] }),
  };

  let undo: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const each of undo.reverse()) await each();
    undo = [];
  });
  async function connect(options: StandInOptions = {}): Promise<CarlaClient> {
    const server = await new StandInCarla({ openDrive: text, lights: [], ...options }).start();
    undo.push(() => server.kill());
    const client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
    undo.push(async () => void (await client.close()));
    return client;
  }
  async function drive(client: CarlaClient, driver = expert(), own: Partial<CarlaTask> = {}): Promise<CarlaEpisode> {
    const [episode] = await new CARLAOnlineRunner({ client, driver }).run([{ task: { ...task, ...own }, seed: 0 }]);
    return episode;
  }
  const scoresOf = ({ report: { scores } }: CarlaEpisode) =>
    [scores.carla_1_0, scores.carla_2_0, scores.carla_2_1].map((score) => Math.round(100 * (score ?? 0)) / 100);

  it('a stop sign of the server that the expert, who sees no signs, runs: 1.0 and 2.0 × 0.8, 2.1 ÷ 1.25', async () => {
    const client = await connect({ stops: [{ place: at(30), halfSize: { x: 2, y: 1.75 } }] });
    const episode = await drive(client);
    expect(episode.end).toBe('goal');
    const [run, ...rest] = episode.report.infractions;
    expect(rest).toEqual([]);
    expect(run.kind).toBe('stop-sign');
    const { s } = episode.track.route;
    expect(s[run.from ?? -1]).toBeGreaterThan(25.9);
    expect(s[run.from ?? -1]).toBeLessThan(28);
    expect(s[run.step]).toBeGreaterThan(32);
    expect(s[run.step]).toBeLessThan(34.5);
    expect(scoresOf(episode)).toEqual([80, 80, 80]);
  });

  it('a stop sign of the map for which the server has no actor', async () => {
    const { road } = task.route;
    const signed = { ...task.route, road: { ...road, stopSigns: [{ id: '4711', s: 40 }] } };
    const episode = await drive(await connect(), expert(), { route: signed });
    expect(episode.report.infractions.map(({ kind, actor }) => [kind, actor])).toEqual([['stop-sign', '4711']]);
  });

  it('stop signs in OpenDRIVE text (type 206) are on the route that passes them', () => {
    const lane = town.graph.lanes[town.index.nearest(task.start.x, task.start.y, 5)?.lane ?? -1];
    const middle = lane.roadS[Math.floor(lane.roadS.length / 2)];
    const sign = `<signal name="Stop" id="stop1" s="${middle}" t="0" zOffset="0" orientation="none" dynamic="no" country="OpenDRIVE" type="206" subtype="-1" value="-1"/>`;
    const start = text.search(new RegExp(`<road [^>]*\\bid="${lane.road}"`));
    const end = text.indexOf('</road>', start);
    const road = text.slice(start, end);
    const withSign = road.includes('<signals>')
      ? road.replace('<signals>', `<signals>${sign}`)
      : `${road.replace('<signals/>', '')}<signals>${sign}</signals>`;
    const changed = openRoadMap('Town01', text.slice(0, start) + withSign + text.slice(end));
    const ends = [5, lane.length - 5].map((s) => lanePoseAt(lane, s));
    const route = routeThrough(changed, ends, task.route.weather);
    expect(route.road.stopSigns?.map(({ id }) => id)).toEqual(['stop1']);
  });

  it('slower than the background traffic: a share of 2.0’s and 2.1’s penalty, nothing in 1.0', async () => {
    const client = await connect();
    const far = town.graph.lanes.filter(({ kind, length }) => kind === 'driving' && length > 200)[3];
    const pose = { ...lanePoseAt(far, 5), z: 0.3, pitchRad: 0, rollRad: 0 };
    const car = await client.spawn({
      blueprint: 'vehicle.tesla.model3',
      attributes: { role_name: 'background' },
      pose,
    });
    await client.setVelocity(car.id, { x: 20 * Math.cos(pose.headingRad), y: 20 * Math.sin(pose.headingRad), z: 0 });
    const { report, ...rest } = await drive(client);
    const slow = report.infractions.filter(({ kind }) => kind === 'min-speed');
    expect(slow).toHaveLength(4);
    for (const { value = 0, from = 0, step } of slow) {
      const speeds = [...rest.track.speedMps.subarray(from, step)];
      expect(value).toBeCloseTo((100 * speeds.reduce((a, b) => a + b, 0)) / speeds.length / 20, 0);
    }
    const sum = slow.reduce((total, { value = 0 }) => total + 0.4 * (1 - value / 100), 0);
    expect(report.scores.carla_2_1).toBeCloseTo(100 / (1 + sum), 6);
    expect(report.scores.carla_2_0).toBeCloseTo(
      slow.reduce((score, { value = 0 }) => score * (1 - 0.3 * (1 - value / 100)), 100),
      6,
    );
    expect(report.scores.carla_1_0).toBe(100);
    expect(report.unjudged.map(({ kind }) => kind)).toEqual(['scenario-timeout']);
  });

  it('a fire engine behind with its lights on that is not let by; with its lights off it is a car', async () => {
    const client = await connect();
    const pose = fromCarlaPose(at(-45).location, at(-45).rotation);
    const engine = await client.spawn({ blueprint: 'vehicle.carlamotors.firetruck', pose });
    const comes = async () => {
      await client.move(engine.id, pose);
      const speed = { x: 1.5 * Math.cos(pose.headingRad), y: 1.5 * Math.sin(pose.headingRad), z: 0 };
      await client.setVelocity(engine.id, speed);
    };
    const stand = { ...task, limitS: 13 };
    await comes();
    expect((await drive(client, standing, stand)).report.infractions.map(({ kind }) => kind)).toEqual([
      'route-timeout',
    ]);
    await comes();
    await client.call((m) => m.setVehicleLightState, engine.id, { flags: EMERGENCY_LIGHTS });
    const blocked = await drive(client, standing, stand);
    expect(blocked.report.infractions).toEqual([
      { kind: 'yield-emergency', from: 0, step: 100, actor: String(engine.id) },
      { kind: 'route-timeout', step: 130 },
    ]);
  });

  it('a wall, which is no actor, is felt by the collision sensor, once', async () => {
    const client = await connect({ walls: [at(30)] });
    const episode = await drive(client);
    expect(episode.report.infractions.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['collision-layout', 'static.building'],
    ]);
    const [{ step }] = episode.report.infractions;
    expect(Math.abs(episode.track.route.s[step] - 30)).toBeLessThan(3.5);
    expect(scoresOf(episode)).toEqual([65, 65, 62.5]);
  });

  it('a car left standing on the route, which the random plan of going straight on hits', async () => {
    const client = await connect();
    const pose = fromCarlaPose(at(25).location, at(25).rotation);
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', pose });
    const straight: EpisodeDriver = {
      plan: async () => ({
        waypoints: Float32Array.from({ length: WAYPOINTS * WAYPOINT_OUTPUTS }, (_, i) =>
          i % 2 === 0 ? 0.8 * (i / 2 + 1) : 0,
        ),
        tokens: [],
      }),
    };
    const { report } = await drive(client, straight);
    expect(report.infractions[0]).toMatchObject({ kind: 'collision-vehicle', actor: String(car.id) });
    expect(report.scores.carla_2_1).toBeCloseTo(100 / 1.7, 6);
  });

  it('who stands is blocked after 180 s, and has timed out the scenario that it entered', async () => {
    const client = await connect();
    const scenarios = [{ id: 'ParkedObstacle_1', fromS: -1, toS: 30, timeoutS: 60 }];
    const { end, report } = await drive(client, standing, { limitS: 400, scenarios });
    expect(end).toBe('blocked');
    expect(report.infractions.map(({ kind, step, actor }) => [kind, step, actor])).toEqual([
      ['scenario-timeout', 600, 'ParkedObstacle_1'],
      ['vehicle-blocked', expect.closeTo(1800, -1), undefined],
    ]);
  });

  it('what a server does not offer is said by name, with its reason, and the drive goes on', async () => {
    const lacks = ['spawn_actor_with_parent', 'get_vehicle_light_states'];
    const client = await connect({ lacks });
    const pose = fromCarlaPose(at(-40).location, at(-40).rotation);
    await client.spawn({ blueprint: 'vehicle.carlamotors.firetruck', pose });
    const { end, report } = await drive(client);
    expect(end).toBe('goal');
    const why = Object.fromEntries(report.unjudged.map((each) => [each.kind, each.why]));
    expect(why['collision-layout']).toContain('spawn_actor_with_parent');
    expect(why['yield-emergency']).toContain('get_vehicle_light_states');
    expect(why['min-speed']).toContain('no background traffic');
    expect(why['scenario-timeout']).toContain('no scenario');
  });
});
