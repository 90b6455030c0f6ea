import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SIZES } from '../../tasks/driving/kinds/kinds.ts';
import { instantiate } from '../../tasks/driving/scenario/instantiate/instantiate.ts';
import { canonicalJson } from '../../tasks/driving/scenario/scenario.ts';
import { driveEpisode } from '../../episode/drive.ts';
import { openRoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import { expert, NOW, worlds } from '../../episode/testing-lab.ts';
import { importLog } from '../importers/import-log.ts';
import { createSkips } from '../logs/log.ts';
import { importOpenScenario, openStory } from './openscenario.ts';
import { StoryRun } from './run.ts';

const DATA = '../shared/data';
const present = existsSync(`${DATA}/openscenario/cut-in.xosc`);
if (!present) {
  if (process.env.CI) throw new Error(`${DATA}/openscenario is missing`);
  console.warn(`SKIPPED: ${DATA}/openscenario is missing; no real OpenSCENARIO file is played.`);
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const LANE = (lane: number, s: number, more = '') =>
  `<Position><LanePosition roadId="1" laneId="${lane}" s="${s}" offset="0">${more}</LanePosition></Position>`;
const at = (entity: string, lane: number, s: number, speed: number) =>
  `<Private entityRef="${entity}"><PrivateAction><TeleportAction>${LANE(lane, s)}</TeleportAction></PrivateAction>` +
  `<PrivateAction>${speedTo(speed, 'step', 0)}</PrivateAction></Private>`;
const speedTo = (speed: number, shape: string, value: number, by = 'time') =>
  `<LongitudinalAction><SpeedAction><SpeedActionDynamics dynamicsShape="${shape}" value="${value}" dynamicsDimension="${by}"/>` +
  `<SpeedActionTarget><AbsoluteTargetSpeed value="${speed}"/></SpeedActionTarget></SpeedAction></LongitudinalAction>`;
const when = (test: string, more = 'delay="0" conditionEdge="none"') =>
  `<ConditionGroup><Condition name="c" ${more}>${test}</Condition></ConditionGroup>`;
const TIME = (value: number) =>
  `<ByValueCondition><SimulationTimeCondition value="${value}" rule="greaterThan"/></ByValueCondition>`;
const element = (type: string, ref: string, state: string) =>
  `<ByValueCondition><StoryboardElementStateCondition storyboardElementType="${type}" storyboardElementRef="${ref}" state="${state}"/></ByValueCondition>`;
const event = (name: string, action: string, start: string, more = 'priority="parallel"') =>
  `<Event name="${name}" ${more}><Action name="${name}Action"><PrivateAction>${action}</PrivateAction></Action>` +
  `<StartTrigger>${start}</StartTrigger></Event>`;

/** Ego on lane −1 of road 1 at s 50 with 10 m/s, another on lane −2 at s 80 with 8 m/s, and events of the other. */
function file(events: string, { init = '', stop = when(TIME(20)), entities = '', ref = 'Other' } = {}): Uint8Array {
  const car = (name: string) =>
    `<ScenarioObject name="${name}"><Vehicle name="v" vehicleCategory="car"/></ScenarioObject>`;
  return bytesOf(
    `<OpenSCENARIO><FileHeader revMajor="1" revMinor="1" description="test"/><RoadNetwork/>` +
      `<Entities>${car('Ego')}${car('Other')}${entities}</Entities><Storyboard><Init><Actions>` +
      `${at('Ego', -1, 50, 10)}${at('Other', -2, 80, 8)}${init}</Actions></Init><Story name="s"><Act name="a">` +
      `<ManeuverGroup name="g" maximumExecutionCount="1"><Actors><EntityRef entityRef="${ref}"/></Actors>` +
      `<Maneuver name="m">${events}</Maneuver></ManeuverGroup></Act></Story><StopTrigger>${stop}</StopTrigger></Storyboard></OpenSCENARIO>`,
  );
}

/** The storyboard played; what `id` did at each step: s along x, y, speed. */
function played(bytes: Uint8Array, seconds: number, id = 'Other', dt = 0.1) {
  const { story, map, missing } = openStory(bytes, undefined, createSkips(), []);
  const run = new StoryRun(story, map, { dt, ego: 'nominal' });
  run.start(missing);
  const rows: { time: number; x: number; y: number; speed: number }[] = [];
  for (let i = 0; i <= Math.round(seconds / dt); i++) {
    const mover = run.movers.get(id)!;
    rows.push({ time: run.time, x: mover.pose.x, y: mover.pose.y, speed: mover.speed });
    run.step();
  }
  const began = (name: string) => run.moments.find((m) => m.name === name && m.state === 'start')?.time;
  const ended = (name: string) => run.moments.find((m) => m.name === name && m.state !== 'start')?.time;
  return { rows, run, began, ended };
}

describe('a storyboard is played', () => {
  it('a linear change of speed by time, by rate and by distance ends where kinematics says', () => {
    const change = (value: number, by: string) =>
      played(file(event('e', speedTo(2, 'linear', value, by), when(TIME(0.95)))), 8);
    const byTime = change(3, 'time');
    expect(byTime.began('e')).toBeCloseTo(1, 9);
    expect(byTime.ended('e')).toBeCloseTo(4, 9);
    expect(byTime.rows[25].speed).toBeCloseTo(8 - (6 * 1.5) / 3, 6);
    expect(byTime.rows[40].x - byTime.rows[10].x).toBeCloseTo(15, 6);
    const byRate = change(4, 'rate');
    expect(byRate.ended('e')).toBeCloseTo(2.5, 9);
    const byDistance = change(10, 'distance');
    const [from, to] = [10, Math.round(10 * byDistance.ended('e')!)];
    expect(byDistance.rows[to].x - byDistance.rows[from].x).toBeGreaterThan(9.5);
    expect(byDistance.rows[to].x - byDistance.rows[from].x).toBeLessThan(10.5);
  });

  it('a sinusoidal lane change is half done at half time and ends in the middle of the ego’s lane', () => {
    const change =
      '<LateralAction><LaneChangeAction><LaneChangeActionDynamics dynamicsShape="sinusoidal" value="4" dynamicsDimension="time"/>' +
      '<LaneChangeTarget><RelativeTargetLane entityRef="Ego" value="0"/></LaneChangeTarget></LaneChangeAction></LateralAction>';
    const { rows, began, ended } = played(file(event('e', change, when(TIME(1.95)))), 8);
    const [start, end] = [rows[0].y, rows[70].y];
    expect([began('e'), ended('e')].map((t) => Math.round(10 * t!))).toEqual([20, 60]);
    expect(end - start).toBeCloseTo(3.5, 9);
    expect(rows[40].y - start).toBeCloseTo(1.75, 6);
    expect(rows[30].y - start).toBeCloseTo((3.5 * (1 - Math.cos(Math.PI / 4))) / 2, 6);
  });

  it('a rising edge fires once with its delay, and a group waits for all that have risen', () => {
    const traveled =
      '<ByEntityCondition><TriggeringEntities triggeringEntitiesRule="any"><EntityRef entityRef="Ego"/></TriggeringEntities>' +
      '<EntityCondition><TraveledDistanceCondition value="14.9"/></EntityCondition></ByEntityCondition>';
    const both =
      `<ConditionGroup><Condition name="a" delay="0" conditionEdge="rising"><ByValueCondition><SimulationTimeCondition value="0" rule="equalTo"/></ByValueCondition></Condition>` +
      `<Condition name="b" delay="0.5" conditionEdge="rising">${traveled}</Condition></ConditionGroup>`;
    const { run, began } = played(file(event('e', speedTo(3, 'step', 0), both)), 10);
    expect(began('e')).toBeCloseTo(1.5 + 0.5, 9);
    expect(run.moments.filter(({ name, state }) => name === 'e' && state === 'start')).toHaveLength(1);
  });

  it('relative distance, headway and time to collision fire at the step in which they first hold', () => {
    const entity = (test: string) =>
      `<ByEntityCondition><TriggeringEntities triggeringEntitiesRule="any"><EntityRef entityRef="Ego"/></TriggeringEntities>` +
      `<EntityCondition>${test}</EntityCondition></ByEntityCondition>`;
    const longitudinal = 'entityRef="Other" relativeDistanceType="longitudinal" coordinateSystem="road"';
    // The gap is 30 − 2 t.
    const began = (test: string) => played(file(event('e', speedTo(3, 'step', 0), when(entity(test)))), 15).began('e');
    expect(
      began(`<RelativeDistanceCondition ${longitudinal} freespace="false" value="20.1" rule="lessThan"/>`),
    ).toBeCloseTo(5, 9);
    expect(
      began(
        `<RelativeDistanceCondition ${longitudinal} freespace="true" value="${20.1 - SIZES.car.length}" rule="lessThan"/>`,
      ),
    ).toBeCloseTo(5, 9);
    expect(began(`<TimeHeadwayCondition ${longitudinal} freespace="false" value="2.41" rule="lessThan"/>`)).toBeCloseTo(
      3,
      9,
    );
    const collision = (value: number) =>
      `<TimeToCollisionCondition value="${value}" freespace="false" coordinateSystem="road" relativeDistanceType="longitudinal" rule="lessThan">` +
      '<TimeToCollisionConditionTarget><EntityRef entityRef="Other"/></TimeToCollisionConditionTarget></TimeToCollisionCondition>';
    expect(began(collision(11.05))).toBeCloseTo(4, 9);
    const reach = `<ReachPositionCondition tolerance="1.05">${LANE(-1, 70)}</ReachPositionCondition>`;
    expect(began(reach)).toBeCloseTo(1.9, 9);
  });

  it('events follow one another by the state of the storyboard, and those that wait for each other wait for ever', () => {
    const first = event('first', speedTo(4, 'linear', 2), when(TIME(0.95)));
    const then = event('then', speedTo(9, 'step', 0), when(element('event', 'first', 'completeState')));
    const chain = played(file(first + then), 6);
    expect(chain.began('then')).toBeCloseTo(3, 9);
    expect(chain.rows[40].speed).toBe(9);
    const loop =
      event('one', speedTo(1, 'step', 0), when(element('event', 'two', 'completeState'))) +
      event('two', speedTo(1, 'step', 0), when(element('event', 'one', 'completeState')));
    const waiting = played(file(loop), 6);
    expect([waiting.began('one'), waiting.began('two')]).toEqual([undefined, undefined]);
    expect(importOpenScenario('loop.xosc', file(loop)).details).toContain('event one never starts');
  });

  it('a step with a distance keeps the speed so far, as ScenarioRunner does', () => {
    const { rows, began, ended } = played(file(event('e', speedTo(2, 'step', 20, 'distance'), when(TIME(0.95)))), 15);
    expect(began('e')).toBeCloseTo(1, 9);
    expect(ended('e')).toBeCloseTo(11, 9);
    expect(rows[110].x - rows[10].x).toBeCloseTo(20, 9);
  });

  it('an ego seen from outside triggers what the nominal one would', () => {
    const traveled =
      '<ByEntityCondition><TriggeringEntities triggeringEntitiesRule="any"><EntityRef entityRef="Ego"/></TriggeringEntities>' +
      '<EntityCondition><TraveledDistanceCondition value="29.9"/></EntityCondition></ByEntityCondition>';
    const { story, map, missing } = openStory(
      file(event('e', speedTo(0, 'step', 0), when(traveled))),
      undefined,
      createSkips(),
      [],
    );
    const run = new StoryRun(story, map, { dt: 0.1, ego: 'observed' });
    run.start(missing);
    const { middle } = run.movers.get('Ego')!;
    for (let step = 0; step <= 40; step++) {
      run.observe({ ...middle, x: middle.x + 0.1 * 15 * step, speedMps: 15 });
      run.step();
    }
    expect(run.moments.find(({ name }) => name === 'e')?.time).toBeCloseTo(2, 9);
    expect(run.movers.get('Other')!.speed).toBe(0);
  });
});

describe('bad files', () => {
  const error = (bytes: Uint8Array) => {
    try {
      importOpenScenario('bad.xosc', bytes);
    } catch (thrown) {
      return (thrown as Error).message;
    }
    return 'none';
  };
  const text = new TextDecoder().decode(file(event('e', speedTo(1, 'step', 0), when(TIME(1)))));
  it.each([
    ['cut off', text.slice(0, -200), 'the file ends'],
    [
      'of an unknown entity',
      text.replace('<Actors><EntityRef entityRef="Other"', '<Actors><EntityRef entityRef="Nobody"'),
      'there is no entity "Nobody"',
    ],
    ['with NaN', text.replace('s="80"', 's="NaN"'), 'got "NaN", expected a number'],
    ['with a speed that is none', text.replace('value="10"', 'value="fast"'), 'got "fast"'],
    ['with an unknown rule', text.replace('rule="greaterThan"', 'rule="above"'), 'got "above", expected lessThan'],
    [
      'of 100,000 entities',
      text.replace(
        '</Entities>',
        `${Array.from({ length: 100_000 }, (_, i) => `<ScenarioObject name="n${i}"><Vehicle name="v"/></ScenarioObject>`).join('')}</Entities>`,
      ),
      'elements',
    ],
    [
      'of 3,000 entities',
      text.replace(
        '</Entities>',
        `${Array.from({ length: 3000 }, (_, i) => `<ScenarioObject name="n${i}"><Vehicle name="v"/></ScenarioObject>`).join('')}</Entities>`,
      ),
      'entities, at most',
    ],
    ['of two with one name', text.replace('name="Other"', 'name="Ego"'), 'is there twice'],
    ['of revision 2', text.replace('revMajor="1"', 'revMajor="2"'), 'expected 1.x'],
  ])('one %s says so', (_, bad, said) => {
    expect(error(bytesOf(bad))).toContain(said);
  });

  it('a road that the given map does not have is named', () => {
    const xml = `<OpenDRIVE><header revMajor="1" revMinor="6"/><road id="9" length="100" junction="-1"><planView><geometry s="0" x="0" y="0" hdg="0" length="100"><line/></geometry></planView><lanes><laneSection s="0"><center><lane id="0" type="none"/></center><right><lane id="-1" type="driving"><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right></laneSection></lanes></road></OpenDRIVE>`;
    const map = openRoadMap('other.xodr', xml);
    expect(() => importOpenScenario('a.xosc', file(''), { map })).toThrow('the map other.xodr has no road "1"');
  });
});

describe.skipIf(!present)('real files', () => {
  const open = (name: string, map?: string) =>
    importLog(`${name}.xosc`, new Uint8Array(readFileSync(`${DATA}/openscenario/${name}.xosc`)), {
      ...(map && {
        map: openRoadMap(map, readFileSync(`${DATA}/opendrive/${map}.xodr`, 'utf8')),
      }),
    });
  const started = ({ details = [] }: ReturnType<typeof open>, name: string) =>
    Number(details.find((line) => line.endsWith(`event ${name} starts`))?.split(' ')[0]);
  const ended = ({ details = [] }: ReturnType<typeof open>, name: string) =>
    Number(details.find((line) => line.endsWith(`event ${name} ends`))?.split(' ')[0]);
  const rowsOf = ({ scenario }: ReturnType<typeof open>) => {
    const actor = scenario?.actors?.[0];
    if (actor?.behaviour !== 'replay') throw new Error('no replayed actor');
    return actor.rows;
  };

  const MAPS = [undefined, 'map'] as const;
  it.each(MAPS)('FollowLeadingVehicle (%s): the lead waits 50 m ahead, drives 20 m at 2 m/s, and stops', (map) => {
    const log = open('FollowLeadingVehicle', map && 'Town01');
    const [go, stop] = [started(log, 'LeadingVehicleKeepsVelocity'), ended(log, 'LeadingVehicleKeepsVelocity')];
    // 40 m between boxes of 4.5 m: the hero, at 1.5 m/s² from rest, has come 5.5 m: √(2·5.5/1.5) = 2.71 s.
    expect(go).toBeCloseTo(2.8, 9);
    expect(stop - go).toBeCloseTo(10, 9);
    expect(started(log, 'LeadingVehicleWaits')).toBeCloseTo(stop, 9);
    const rows = rowsOf(log);
    const [before, after] = [rows[Math.round(10 * go)], rows[Math.round(10 * stop) + 5]];
    expect(Math.hypot(after[0] - before[0], after[1] - before[1])).toBeCloseTo(20, 1);
    expect(rows[Math.round(10 * stop) + 1][3]).toBe(0);
    expect(log.scenario?.goal.s).toBeLessThan(20 + 70 - 4.5);
  });

  it.each(MAPS)('alks_cut-in (%s): the target cuts in when 8.55 m are left at 3 m/s, within 4 s', (map) => {
    const log = open('alks_cut-in', map && 'straight_500m');
    const first = (20 - SIZES.car.length - 3 * 2.85) / 3;
    expect(started(log, 'CutInEvent')).toBeCloseTo(Math.ceil(10 * first) / 10, 9);
    expect(ended(log, 'CutInEvent') - started(log, 'CutInEvent')).toBeCloseTo(4, 9);
    expect(log.steps).toBe(103);
    const rows = rowsOf(log);
    const width = map ? 3.07 : 3.5;
    expect(rows[0][1] - rows[70][1]).toBeCloseTo(width, 1);
    expect(rows[100][0] - rows[0][0]).toBeCloseTo(170, 0);
  });

  it.each(MAPS)('cut-in (%s): the lane change comes at 0.4 s of headway, the braking at 0.7 s', (map) => {
    const log = open('cut-in', map && 'e6mini');
    // From 25 m + 3 m behind, 6 m/s faster from 0.1 s on: 12 m ahead at 6.77 s, 21 m at 8.27 s.
    expect(started(log, 'CutInEvent')).toBeCloseTo(6.8, 9);
    expect(started(log, 'OvertakerBrakeEvent')).toBeCloseTo(8.3, 9);
    expect(ended(log, 'OvertakerBrakeEvent')).toBeCloseTo(8.3 + 36 / 4, 9);
    expect(rowsOf(log)[100][3]).toBeCloseTo(36 - 4 * 1.7, 1);
  });

  it.each(MAPS)('pedestrian (%s): the walk begins when the ego has come 5 m, at 2 m/s² up to 1.5 m/s', (map) => {
    const log = open('pedestrian', map && 'fabriksgatan_traffic_lights');
    expect(started(log, 'ped_event')).toBeCloseTo(0.5, 9);
    const rows = rowsOf(log);
    expect(rows[5][3]).toBe(0);
    expect(rows[10][3]).toBeCloseTo(1, 9);
    expect(rows[13][3]).toBeCloseTo(1.5, 9);
    expect(log.scenario?.actors?.[0]).toMatchObject({ kind: 'pedestrian', length: 0.6, width: 0.5 });
  });

  it.each(MAPS)('slow-lead-vehicle (%s): the ego brakes at 2.7 s to collision, 6 m/s², to a stop', (map) => {
    const log = open('slow-lead-vehicle', map && 'straight_500m');
    // 150 − 29 t < 2.7 · 29
    expect(started(log, 'brake_Event')).toBeCloseTo(2.5, 9);
    expect(ended(log, 'brake_Event')).toBeCloseTo(7.5, 9);
    expect(log.steps).toBeGreaterThan(110);
    expect(rowsOf(log)[100][0] - rowsOf(log)[0][0]).toBeCloseTo(10, 1);
  });

  it.each(MAPS)('ltap-od (%s): who starts on a route of a catalogue is listed, and the ego drives', (map) => {
    const log = open('ltap-od', map && 'fabriksgatan_traffic_lights');
    expect(log.skipped.find(({ what }) => what === 'entity NPC')?.why).toContain('TargetLeftTurnRoute');
    expect(log.actors).toMatchObject([{ id: 'NPC', firstStep: 0, lastStep: 0 }]);
    expect(log.scenario?.actors).toEqual([]);
  });

  it.each(['FollowLeadingVehicle', 'alks_cut-in', 'cut-in', 'ltap-od', 'pedestrian', 'slow-lead-vehicle'])(
    'the expert drives %s without a collision',
    async (name) => {
      const { scenario } = open(name);
      if (!scenario) throw new Error('not drivable');
      const { score } = await driveEpisode({
        worlds,
        spec: instantiate(scenario, 0),
        driver: expert,
        policy: { kind: 'expert', name: 'Expert' },
        now: NOW,
        inline: canonicalJson(scenario),
      });
      console.info(name, score);
      expect(score.noCollision).toBe(1);
    },
  );
});
