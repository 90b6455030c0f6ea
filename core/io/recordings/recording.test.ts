import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { instantiate } from '../../tasks/driving/scenario/instantiate/instantiate.ts';
import { STATE_SPEED, STATE_STRIDE, STATE_TTC, STATE_X } from '../../episode/frames.ts';
import { importCarlaLog } from '../importers/carla-import.ts';
import { parseCarlaLog } from './carla-log.ts';
import { describeLog, importLog, recognise } from '../importers/import-log.ts';
import { type DrawnActor, drawnLog } from './testing-carla-log.ts';
import { openRecording, publishedScores, viewRecording } from './recording.ts';
import { openRoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import { sceneRow } from '../../episode/scene-frames.ts';

const LOG = '../shared/data/carla/DistanceToLaneCenter.log';
const MAP = '../shared/data/opendrive/Town01.xodr';
const OTHER_MAP = '../shared/data/opendrive/e6mini.xodr';
const present = existsSync(LOG) && existsSync(MAP) && existsSync(OTHER_MAP);
if (!present) {
  if (process.env.CI) throw new Error(`${LOG} or ${MAP} is missing`);
  console.warn(`SKIPPED: ${LOG} or ${MAP} is missing; no real recording is opened.`);
}

/** 25 Hz, 4 s: a hero at 10 m/s runs into a car that stands 30 m ahead; a walker comes and goes; a light turns green. */
const DT = 0.04;
const FRAMES = 101;
const HERO: DrawnActor = {
  id: 7,
  type: 1,
  blueprint: 'vehicle.tesla.model3',
  role: 'hero',
  half: [2.3, 1],
  at: (frame) => [10 * DT * Math.min(frame, 64), 0, 0],
};
const PARKED: DrawnActor = { id: 8, type: 1, blueprint: 'vehicle.audi.tt', half: [2.3, 1], at: () => [30, 0, 0] };
const WALKER: DrawnActor = {
  id: 9,
  type: 2,
  blueprint: 'walker.pedestrian.0007',
  from: 20,
  to: 60,
  at: (frame) => [15, 6 - 0.04 * frame, -90],
};
const LIGHT: DrawnActor = {
  id: 3,
  type: 3,
  blueprint: 'traffic.traffic_light',
  at: () => [40, -4, 0],
  light: (frame) => (frame < 50 ? 0 : 2),
};
const bytes = drawnLog([HERO, PARKED, WALKER, LIGHT], FRAMES, DT, (frame) =>
  frame >= 64 && frame < 70 ? [[7, 8]] : [],
);
const open = openRecording(parseCarlaLog(bytes));
const hero = open.actor('7');
const view = hero && viewRecording(open, hero, null);
if (!view) throw new Error('no hero');

describe('a recording opened', () => {
  test('has 10 Hz steps between its frames, everyone in the scene, boxes by kind', () => {
    const { scene, clock } = open;
    expect([clock.steps, scene.steps, scene.dt]).toEqual([40, 40, 0.1]);
    expect(scene.actors.map(({ id, kind, length }) => [id, kind, length])).toEqual([
      ['7', 'car', expect.closeTo(4.6, 5)],
      ['9', 'pedestrian', 0.5],
      ['8', 'car', expect.closeTo(4.6, 5)],
    ]);
    expect(scene.ego).toBe(0);
    const row = sceneRow(scene.actors[0], 13);
    expect(scene.actors[0].rows[row]).toBeCloseTo(13, 3);
    expect(sceneRow(scene.actors[1], 7)).toBe(-1);
    expect(sceneRow(scene.actors[1], 8)).toBeGreaterThanOrEqual(0);
    expect(sceneRow(scene.actors[1], 24)).toBe(-1);
    expect([scene.lights.length, scene.lightStates[19], scene.lightStates[20]]).toEqual([1, 3, 1]);
    expect(scene.lights[0].headingRad).toBeCloseTo(Math.PI / 2, 6);
    expect(open.notes.join()).toContain('1 road users have no box');
  });

  test('tells contacts frame after frame once, who comes and goes, and lights near by', () => {
    expect(view.events.map(({ step, kind, text }) => [step, kind, text])).toEqual([
      [8, 'appears', 'walker 0007 9 is spawned'],
      [20, 'light', 'A light near by turns green'],
      [24, 'hard-brake', 'Hard braking, 10.0 m/s²'],
      [24, 'leaves', 'walker 0007 9 is removed'],
      [25, 'collision', 'tesla.model3 7 collides with audi.tt 8'],
    ]);
  });

  test('has speeds from positions where the file has none, exact gaps and times to collision', () => {
    const { ego } = view.frames;
    expect(ego[10 * STATE_STRIDE + STATE_SPEED]).toBeCloseTo(10, 6);
    expect(ego[10 * STATE_STRIDE + STATE_X]).toBeCloseTo(10, 4);
    expect(ego[STATE_TTC]).toBeCloseTo(2.54, 3);
    const series = Object.fromEntries(view.series.map(({ key, x, y, missing }) => [key, { x, y, missing }]));
    expect(series.gap.y[0]).toBeCloseTo(25.4, 3);
    expect(series.lane.missing).toBe('Drop the map Town01.xodr to plot it.');
    expect(series.accel.y).toHaveLength(41);
  });

  test('a score and its costs add up to 1, and the collision takes what the rest left', () => {
    const { score, costs } = view.score;
    expect(score).toMatchObject({ score: 0, noCollision: 0, onRoad: 1, success: false });
    expect(costs[0]).toMatchObject({ part: 'noCollision', from: 25 });
    expect(costs.reduce((sum, { points }) => sum + points, score.score)).toBeCloseTo(1, 9);
    expect(publishedScores(view)?.infractions.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['collision-vehicle', '8'],
    ]);
  });

  test('is seen through another’s eyes: it stands, and the hero comes at it', () => {
    const other = open.actor('8');
    if (!other) throw new Error('no other');
    const beside = viewRecording(open, other, null);
    expect(beside.frames.ego[5 * STATE_STRIDE + STATE_SPEED]).toBe(0);
    expect(beside.frames.ego[STATE_TTC]).toBeCloseTo(2.54, 3);
  });

  test('an id given again is another actor', () => {
    const again: DrawnActor = { ...PARKED, from: 50, at: () => [0, 20, 0] };
    const twice = openRecording(parseCarlaLog(drawnLog([HERO, { ...PARKED, to: 40 }, again], FRAMES, DT)));
    expect(twice.actors.map(({ id, firstStep, lastStep }) => [id, firstStep, lastStep])).toEqual([
      ['7', 0, 40],
      ['8', 0, 15],
      ['8-2', 20, 40],
    ]);
  });

  test('without a hero follows the vehicle that moves farthest and says so; without road users says that', () => {
    const nobody = importCarlaLog('a.log', parseCarlaLog(drawnLog([LIGHT], 10, DT)));
    expect([nobody.ego, nobody.scenario]).toEqual([null, undefined]);
    const log = importCarlaLog('a.log', parseCarlaLog(drawnLog([{ ...HERO, role: 'autopilot' }, PARKED], FRAMES, DT)));
    expect(log.ego).toMatchObject({ id: '7', source: 'chosen' });
    expect(log.notes.join()).toContain('moves farthest');
  });
});

describe('a recording as a log', () => {
  const slow: DrawnActor = {
    ...PARKED,
    id: 10,
    at: (frame) => [20 + 6 * DT * frame, 0, 0],
  };
  const oncoming: DrawnActor = { ...PARKED, id: 11, at: (frame) => [90 - 8 * DT * frame, 3.5, 180] };
  const drive = drawnLog([HERO, slow, oncoming], FRAMES, DT);

  test('is told by its content, and is driven in by the policy among the others as recorded', () => {
    const file = recognise(drive);
    if (!file.log) throw new Error('not recognised');
    const log = file.import('some.name');
    expect(log).toMatchObject({ format: 'carla-log', steps: 101, ego: { id: '7', source: 'recorded' }, lanes: null });
    expect(log.dtSeconds).toBeCloseTo(DT, 9);
    expect(log.scenario?.actors?.map(({ behaviour }) => behaviour)).toEqual(['replay', 'replay']);
    expect(log.human).toHaveLength(41);
    expect(describeLog(log)).toMatchObject({ packets: { 0: 101, 2: 101, 6: 101 }, bytesUnaccounted: 0 });
  });

  test('with reactive actors: the car ahead becomes traffic from its first state, the oncoming one stays as recorded', () => {
    const log = importLog('a.log', drive, { actors: 'reactive' });
    expect(log.scenario?.actors?.map(({ id, behaviour }) => [id, behaviour])).toEqual([
      ['actor_10', 'idm'],
      ['actor_11', 'replay'],
    ]);
    const traffic = log.scenario?.actors?.find(({ behaviour }) => behaviour === 'idm');
    expect(traffic).toMatchObject({ s: 40, lateral: 0, speedMps: 6, desiredSpeedMps: 6 });
    expect(log.skipped.find(({ what }) => what === 'reaction of vehicle')).toMatchObject({ count: 1 });
    if (log.scenario) expect(instantiate(log.scenario, 0).actors).toHaveLength(2);
  });
});

describe.skipIf(!present)('DistanceToLaneCenter.log on Town01', () => {
  const read = (path: string) => openRoadMap(path, readFileSync(path, 'utf8'));
  const log = () => parseCarlaLog(new Uint8Array(readFileSync(LOG)));

  test('has the distance to the lane’s centre in every frame that the hero is there', () => {
    const real = openRecording(log());
    if (!real.hero) throw new Error('no hero');
    const seen = viewRecording(real, real.hero, read(MAP));
    expect(seen.mapFits).toBe(true);
    const lane = seen.series.find(({ key }) => key === 'lane');
    expect(lane?.y).toHaveLength(431);
    expect(lane?.y[0]).toBeCloseTo(0.1898, 3);
    expect(Math.max(...(lane?.y ?? []))).toBeLessThan(2);
    expect(lane?.y.some(Number.isNaN)).toBe(false);
    // Over the centre line, up to the curb of the other side, and back.
    expect(seen.events.map(({ step, kind, text }) => [step, kind, text])).toEqual([
      [74, 'lane-invasion', 'Crosses a broken yellow line, road 8 lane 0'],
      [88, 'lane-invasion', 'Crosses a curb, road 8 lane 2, not permitted'],
      [89, 'off-road', 'A corner leaves the road'],
      [94, 'hard-brake', 'Hard braking, 4.8 m/s²'],
      [114, 'lane-invasion', 'Crosses a broken yellow line, road 8 lane 0'],
      [125, 'leaves', 'lincoln.mkz_2017 234 is removed'],
    ]);
    expect([real.scene.lights.length, real.scene.steps]).toEqual([36, 125]);
  });

  test('is imported with the lanes and length of its map; another town’s map is not used, and that is said', () => {
    const fits = importCarlaLog('a.log', log(), { map: read(MAP) });
    expect(fits).toMatchObject({
      steps: 432,
      ego: { id: '234', source: 'recorded', lastStep: 430 },
      bytesUnaccounted: 0,
    });
    expect(fits.actors).toHaveLength(182);
    expect(fits.actors.filter(({ kind }) => kind === 'traffic-light')).toHaveLength(36);
    expect(fits.lanes).toBeGreaterThan(100);
    expect(fits.roadLengthMetres).toBeCloseTo(4216.06, 1);
    expect(fits.scenario?.road).toMatchObject({ laneWidth: 4 });
    const other = importCarlaLog('a.log', log(), { map: read(OTHER_MAP) });
    expect([other.lanes, other.roadLengthMetres]).toEqual([null, null]);
    expect(other.notes.join()).toContain('is not the map of this recording (Town01): 0 %');
  });
});
