import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTown } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { createSkips } from '../../../core/io/logs/log.ts';
import { openStory } from '../../../core/io/openscenario/openscenario.ts';
import { driveOne, expertDriver } from '../../../core/tasks/driving/policy/driver.ts';
import { openRoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { CarlaClient } from '../client/client.ts';
import type { CarlaFrame } from '../client/frames.ts';
import { StandInCarla } from '../testing/stand-in.ts';
import { storyTask } from './tasks.ts';
import { CARLAOnlineRunner } from '../drive/online-runner.ts';

const MAP = '../shared/data/opendrive/Town01.xodr';
const STORY = '../shared/data/openscenario/FollowLeadingVehicle.xosc';
const present = existsSync(MAP) && existsSync(STORY);
if (!present) {
  if (process.env.CI) throw new Error(`${MAP} or ${STORY} is missing`);
  console.warn(`SKIPPED: ${MAP} or ${STORY} is missing; the lead that is followed there is not played.`);
}

/** On road 4 of either town: a pedestrian beside the lane who crosses at 1.5 m/s when the hero is within 25 m. */
const CROSSING = `<OpenSCENARIO><FileHeader revMajor="1" revMinor="1"/><RoadNetwork><LogicFile filepath="Town01"/></RoadNetwork>
<Entities><ScenarioObject name="Ego"><Vehicle name="v" vehicleCategory="car"/></ScenarioObject>
<ScenarioObject name="Anna"><Pedestrian name="p" pedestrianCategory="pedestrian"/></ScenarioObject></Entities><Storyboard><Init><Actions>
<Private entityRef="Ego"><PrivateAction><TeleportAction><Position><LanePosition roadId="4" laneId="-1" s="40"/></Position></TeleportAction></PrivateAction></Private>
<Private entityRef="Anna"><PrivateAction><TeleportAction><Position><RoadPosition roadId="4" s="90" t="-5"/></Position></TeleportAction></PrivateAction></Private>
</Actions></Init><Story name="s"><Act name="a"><ManeuverGroup name="g" maximumExecutionCount="1"><Actors><EntityRef entityRef="Anna"/></Actors>
<Maneuver name="m"><Event name="walk" priority="parallel"><Action name="speed"><PrivateAction><LongitudinalAction><SpeedAction>
<SpeedActionDynamics dynamicsShape="step" value="0" dynamicsDimension="time"/><SpeedActionTarget><AbsoluteTargetSpeed value="1.5"/></SpeedActionTarget>
</SpeedAction></LongitudinalAction></PrivateAction></Action><Action name="way"><PrivateAction><RoutingAction><FollowTrajectoryAction><Trajectory name="t"><Shape><Polyline>
<Vertex><Position><RoadPosition roadId="4" s="90" t="-5"/></Position></Vertex><Vertex><Position><RoadPosition roadId="4" s="90" t="5"/></Position></Vertex>
</Polyline></Shape></Trajectory></FollowTrajectoryAction></RoutingAction></PrivateAction></Action><StartTrigger><ConditionGroup><Condition name="c" delay="0" conditionEdge="rising">
<ByEntityCondition><TriggeringEntities triggeringEntitiesRule="any"><EntityRef entityRef="Ego"/></TriggeringEntities><EntityCondition>
<RelativeDistanceCondition entityRef="Anna" relativeDistanceType="longitudinal" freespace="false" value="25" rule="lessThan"/>
</EntityCondition></ByEntityCondition></Condition></ConditionGroup></StartTrigger></Event></Maneuver></ManeuverGroup></Act></Story><StopTrigger/></Storyboard></OpenSCENARIO>`;

const TOWNS = [
  { name: 'our town', text: readTown() },
  ...(present ? [{ name: 'Town01', text: readFileSync(MAP, 'utf8') }] : []),
];
describe.each(TOWNS)('a storyboard live in a CARLA server that has $name', ({ name, text }) => {
  const town = openRoadMap('Carla/Maps/Town01', text);
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

  /** The expert's drive; every frame's hero and other. */
  async function drive(id: string, bytes: Uint8Array) {
    const opened = openStory(bytes, town, createSkips(), []);
    const task = storyTask(id, town, opened);
    const rows: { hero: CarlaFrame['actors'][number]; other: CarlaFrame['actors'][number] }[] = [];
    const runner = new CARLAOnlineRunner({
      client,
      driver: driveOne(expertDriver()),
      hooks: {
        onStep: ({ frame }) => {
          const of = (wanted: (role: string) => boolean) =>
            frame.actors.find(({ info }) => /vehicle|walker/.test(info.blueprint) && wanted(info.role ?? ''));
          const [hero, other] = [of((role) => role === 'hero'), of((role) => role !== 'hero')];
          if (hero && other) rows.push({ hero, other });
        },
      },
    });
    const [episode] = await runner.run([{ task, seed: 0 }]);
    return { task, rows, episode };
  }

  // The file names roads of Town01.
  if (name === 'Town01')
    it('FollowLeadingVehicle: the lead starts when 40 m are between them, drives 20 m at 2 m/s and stops, and is not hit', async () => {
      const { rows, episode, task } = await drive('follow', new Uint8Array(readFileSync(STORY)));
      expect(task.weather.sunAltitudeDeg).toBeCloseTo((1.31 * 180) / Math.PI, 6);
      const speed = (i: number) => Math.hypot(rows[i].other.velocity.x, rows[i].other.velocity.y);
      const first = rows.findIndex((_, i) => speed(i) > 0.5);
      const gap = rows[first].other.x - rows[first].hero.x - 4.5;
      expect(gap).toBeLessThan(40.1);
      expect(gap).toBeGreaterThan(38.5);
      const moving = rows.filter((_, i) => speed(i) > 0.5);
      for (const { other } of moving) expect(Math.hypot(other.velocity.x, other.velocity.y)).toBeCloseTo(2, 3);
      const last = rows[rows.length - 1].other.x;
      expect(last - rows[0].other.x).toBeGreaterThan(Math.min(19.9, 0.2 * moving.length - 0.3));
      expect(last - rows[0].other.x).toBeLessThan(20.3);
      expect(rows[0].other.x - rows[0].hero.x).toBeCloseTo(50, 1);
      expect(episode.report.infractions).toEqual([]);
      expect(episode.end).toBe('goal');
      for (const key of ['carla_1_0', 'carla_2_0', 'carla_2_1'] as const) expect(episode.report.scores[key]).toBe(100);
      expect(server.actorIds.length).toBe(1);
    });

  it('a pedestrian waits for this hero, not for a nominal one, then walks across at its speed', async () => {
    const { rows, episode } = await drive('crossing', new TextEncoder().encode(CROSSING));
    const start = rows[0].other;
    const first = rows.findIndex(({ other }) => Math.hypot(other.x - start.x, other.y - start.y) > 0.01);
    const ahead = start.x - rows[first].hero.x;
    // The reference point of the hero lies 1.35 m behind its middle.
    expect(ahead).toBeLessThan(25 - 1.35 + 0.2);
    expect(ahead).toBeGreaterThan(21.5);
    const [a, b] = [rows[first + 5].other, rows[first + 25].other];
    expect(Math.hypot(b.x - a.x, b.y - a.y)).toBeCloseTo(3, 2);
    expect(Math.hypot(a.velocity.x, a.velocity.y)).toBeCloseTo(1.5, 3);
    expect(episode.report.infractions.filter(({ kind }) => kind.startsWith('collision'))).toEqual([]);
  });

  it('a town without the file’s road is named', () => {
    const bytes = new TextEncoder().encode(CROSSING.replaceAll('roadId="4"', 'roadId="4711"'));
    expect(() => storyTask('x', town, openStory(bytes, town, createSkips(), []))).toThrow('has no road "4711"');
  });
});
