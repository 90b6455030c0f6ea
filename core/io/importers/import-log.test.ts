import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { instantiate } from '../../tasks/driving/scenario/instantiate/instantiate.ts';
import { MAX_ACTORS } from '../../abi/layout.ts';
import { canonicalJson, MAX_INLINE_CHARS, parseScenario } from '../../tasks/driving/scenario/scenario.ts';
import { driveEpisode } from '../../episode/drive.ts';
import { MAX_INLINE_BYTES } from '../../episode/limits.ts';
import { replayEpisode } from '../../episode/replay.ts';
import { reportLog } from '../../evaluate/log-report.ts';
import { expert, NOW, worlds } from '../../episode/testing-lab.ts';
import { describeLog, importLog, recognise } from './import-log.ts';
import { evaluateExpression } from '../openscenario/parameters.ts';
import { projectOnto } from '../../tasks/driving/roads/routes/path.ts';
import { bytesOf, commonRoad, OPEN_SCENARIO, ROUTES, waymoScene } from '../logs/testing-logs.ts';

const policy = { kind: 'expert', name: 'Expert' } as const;
const drive = (scenario: Parameters<typeof instantiate>[0]) => {
  const spec = instantiate(scenario, 0);
  return driveEpisode({ worlds, spec, driver: expert, policy, now: NOW, inline: canonicalJson(scenario) });
};
const reasons = (log: ReturnType<typeof importLog>, what: string) =>
  log.skipped.filter((each) => each.what.includes(what)).map(({ count, why }) => `${count}: ${why}`);

describe('a scene of GPUDrive or Nocturne', () => {
  test.each([
    ['gpudrive', 'radians', true],
    ['nocturne', 'degrees', false],
    ['gpudrive (headings in degrees)', 'degrees', true],
    ['nocturne (headings in radians)', 'radians', false],
  ] as const)('%s: the unit of headings is told by the content', (format, unit, metadata) => {
    for (const direction of [2, -3, 0.4]) {
      const log = importLog('scene.json', bytesOf(waymoScene({ unit, metadata, direction })));
      expect(log.format).toBe(format);
      expect(log.notes[0]).toBe(`headings are in ${unit}`);
      expect(log.human?.[50][2]).toBeCloseTo(direction, 6);
    }
  });

  test('where everything heads along +x nothing tells them apart, and the converter’s own unit holds', () => {
    for (const [unit, metadata] of [
      ['degrees', false],
      ['radians', true],
    ] as const)
      expect(importLog('a', bytesOf(waymoScene({ unit, metadata, direction: 0 }))).notes[0]).toContain(unit);
  });

  test('has 91 steps of 0.1 s, the recording car as ego, and says what is not used', () => {
    const log = importLog('scene.json', bytesOf(waymoScene({ unit: 'radians', metadata: true })));
    expect(describeLog(log)).toMatchObject({
      format: 'gpudrive',
      steps: 91,
      dtSeconds: 0.1,
      actors: [
        { id: '100', kind: 'vehicle', firstStep: 0, lastStep: 90 },
        { id: '102', kind: 'vehicle', firstStep: 10, lastStep: 50 },
        { id: '103', kind: 'pedestrian', firstStep: 0, lastStep: 90 },
      ],
      ego: { id: '101', kind: 'vehicle', firstStep: 0, lastStep: 90, source: 'recorded' },
      lanes: 1,
      roadLengthMetres: 50,
    });
    expect(Object.keys(describeLog(log)).sort()).toEqual([
      'actors',
      'dtSeconds',
      'ego',
      'format',
      'lanes',
      'roadLengthMetres',
      'skipped',
      'steps',
    ]);
    for (const what of ['road_edge', 'stop_sign', 'traffic light states', 'tracks_to_predict', 'lanes', 'goalPosition'])
      expect(reasons(log, what)).toHaveLength(1);
  });

  test('is driven: the road follows the ego, the others stand where they were, absent where they were not seen', async () => {
    const log = importLog('scene.json', bytesOf(waymoScene({ unit: 'degrees', metadata: true })));
    const { scenario, human } = log;
    if (!scenario || !human) throw new Error('not drivable');
    expect(parseScenario(canonicalJson(scenario), 'inline', MAX_INLINE_CHARS)).toEqual(scenario);
    const spec = instantiate(scenario, 0);
    let s = spec.ego.s;
    for (const [x, y, headingRad] of human) {
      const at = projectOnto(spec.road, { x, y, headingRad }, s);
      s = at.s;
      expect(Math.abs(at.lateral) + Math.abs(at.headingError)).toBeLessThan(0.02);
    }
    const first = spec.actors.find(({ id }) => id === 'actor_100');
    if (first?.behaviour !== 'replay') throw new Error('not replayed');
    const [x, y, headingRad] = [first.x[30], first.y[30], first.headingRad[30]];
    const at = projectOnto(spec.road, { x, y, headingRad }, 60);
    expect(at.lateral).toBeCloseTo(4, 1);
    expect(at.s - spec.ego.s).toBeCloseTo(40, 0);
    const seen = spec.actors.find(({ id }) => id === 'actor_102');
    expect(seen?.behaviour === 'replay' && [...seen.present].flatMap((p, i) => (p ? i : [])).length).toBe(41);
    const episode = await drive(scenario);
    const { frames } = replayEpisode(episode, spec, worlds, scenario.human);
    expect(frames.verified).toBe(true);
    const report = await reportLog(episode, frames, spec, human, expert, worlds);
    expect(report.human.distanceMetres).toBeCloseTo(90, 1);
    expect(report.openLoop.decisions).toBe(15);
  });

  test('with more road users than a world has keeps the nearest to the ego’s path and lists the rest', () => {
    const log = importLog('scene.json', bytesOf(waymoScene({ unit: 'radians', metadata: true, others: 200 })));
    expect(log.actors).toHaveLength(200);
    if (!log.scenario?.actors) throw new Error('not drivable');
    const kept = log.scenario.actors.map(({ id }) => id);
    expect(kept.slice(0, 4)).toEqual(['actor_100', 'actor_102', 'actor_103', 'actor_104']);
    expect(kept.length).toBeGreaterThan(40);
    expect(kept.length).toBeLessThanOrEqual(MAX_ACTORS);
    expect(canonicalJson(log.scenario).length).toBeLessThanOrEqual(MAX_INLINE_BYTES);
    expect(
      log.skipped.filter(({ what }) => what.startsWith('replay of')).reduce((sum, { count }) => sum + count, 0),
    ).toBe(200 - kept.length);
  });

  test('without a named ego takes the vehicle that moves farthest, and says so; a parked ego is no drive', () => {
    const scene = waymoScene({ unit: 'degrees', metadata: false });
    expect(importLog('a', bytesOf(scene))).toMatchObject({ ego: { source: 'chosen', id: '0' } });
    const parked = waymoScene({ unit: 'radians', metadata: true });
    parked.objects[1].position = parked.objects[1].position.map(() => ({ x: 1000, y: 2000 }));
    parked.objects[1].velocity = parked.objects[1].velocity.map(() => ({ x: 0, y: 0 }));
    const log = importLog('a', bytesOf(parked));
    expect(log.scenario).toBeUndefined();
    expect(reasons(log, 'drive')).toEqual(['1: the ego moves 0.0 m in all, 20 m are needed']);
  });
});

describe('a CommonRoad scenario', () => {
  test.each(['2018b', '2020a'])('%s: lanes, road, obstacles and the problem’s goal, at 25 Hz', (version) => {
    const log = importLog('test.xml', bytesOf(commonRoad({ version })));
    expect(log).toMatchObject({
      format: `commonroad-${version}`,
      steps: 301,
      dtSeconds: 0.04,
      lanes: 4,
      roadLengthMetres: 200,
      actors: [
        { id: '20', kind: 'parkedVehicle', firstStep: 0, lastStep: 300 },
        { id: '21', kind: 'car', firstStep: 0, lastStep: 99 },
      ],
      ego: { id: '7', kind: 'planningProblem', source: 'task' },
    });
    const { scenario } = log;
    if (!scenario) throw new Error('not drivable');
    expect(scenario.human).toBeUndefined();
    expect(scenario.road).toMatchObject({
      laneWidth: 4,
      lanesLeft: 1,
      lanesRight: 0,
      speedLimitMps: version === '2018b' ? 14 : 10,
    });
    const spec = instantiate(scenario, 0);
    expect(spec.goalS - spec.ego.s).toBeCloseTo(92, 0);
    const [parked, car] = ['actor_20', 'actor_21'].map((id) => spec.actors.find((actor) => actor.id === id));
    if (parked?.behaviour !== 'replay' || car?.behaviour !== 'replay') throw new Error('not replayed');
    expect([...parked.present].every(Boolean)).toBe(true);
    expect([...car.present].lastIndexOf(1)).toBe(39);
    const at = (step: number) => projectOnto(spec.road, { x: car.x[step], y: car.y[step], headingRad: 0 }, 50).s;
    expect(at(20) - at(0)).toBeCloseTo(20, 1);
    expect(at(0) - spec.ego.s).toBeCloseTo(30, 1);
  });

  test('can be driven by the expert', async () => {
    const { scenario } = importLog('test.xml', bytesOf(commonRoad()));
    if (!scenario) throw new Error('not drivable');
    expect((await drive(scenario)).score.noCollision).toBe(1);
  });

  test('is read the same in pieces of any size', () => {
    const text = commonRoad({ steps: 3000, dt: 0.05 }).replace(
      '<commonRoad',
      `<!-- ${'é'.repeat(300_000)} --><commonRoad`,
    );
    expect(() => importLog('a', bytesOf(text))).toThrow('steps');
    const shorter = text.replaceAll(/<state>.*<\/state>/g, '');
    expect(importLog('a', bytesOf(shorter)).lanes).toBe(4);
  });
});

describe('what is only a description', () => {
  test('OpenSCENARIO: parameters in their scope, start speeds, triggers; entities without a place are said', () => {
    const log = importLog('a.xosc', bytesOf(OPEN_SCENARIO));
    expect(describeLog(log)).toMatchObject({
      format: 'openscenario-1.1',
      dtSeconds: 0.1,
      actors: [{ id: 'Other', kind: 'truck' }],
      ego: { id: 'Ego', kind: 'vehicle' },
      lanes: null,
    });
    expect(log.details).toEqual([
      'road: road.xodr',
      'entity Other (truck): no start given',
      'entity Ego (vehicle): no start given',
      '0.0 s: act a starts',
      '3.1 s: event e starts',
      '3.2 s: event e ends',
      '3.2 s: act a ends',
    ]);
    expect(log.notes.join()).toContain('its 30.0 m/s');
    expect(reasons(log, 'entity')).toHaveLength(2);
    expect(reasons(log, 'drive')[0]).toContain('the ego has no start');
    expect(() => importLog('a', bytesOf(OPEN_SCENARIO.replace('name="Speed"', 'name="Sped"')))).toThrow(
      '$Speed is not declared',
    );
  });

  test('expressions are arithmetic, and nothing else', () => {
    const value = (text: string) => evaluateExpression(text, () => 108);
    expect([value('$v / 3.6'), value('-(1+2)*3 % 4'), value('max(1, pow(2, 3))'), value('2--3')]).toEqual([
      30, -1, 8, 5,
    ]);
    for (const text of ['a + _ + $v', '1 +', '1/0', 'constructor(1)', '(', '', '1 2', '('.repeat(1000)])
      expect(value(text)).toBeUndefined();
  });

  test('leaderboard routes: either version, turned into a right-handed frame', () => {
    const first = importLog('routes.xml', bytesOf(ROUTES));
    expect(first).toMatchObject({ format: 'leaderboard-routes', actors: [], ego: { id: 'route 7' } });
    expect(first.details).toContain('scenario Accident_1: Accident');
    expect(reasons(first, 'scenario Accident')).toHaveLength(1);
    expect(reasons(first, 'routes')).toEqual(['1: route 7 is driven']);
    const second = recognise(bytesOf(ROUTES));
    const log = second.log && second.import('routes.xml', { route: '8' });
    const points = (log && log.scenario?.road.points) || [];
    const [x, y, heading] = points[points.length - 2];
    expect(Math.hypot(x - 50, y + 20)).toBeLessThan(0.1);
    expect(heading).toBeCloseTo(-Math.PI / 2, 1);
    expect(() => second.log && second.import('a', { route: '9' })).toThrow('there are 7, 8');
  });
});

const DATA = '../shared/data';
const present = existsSync(`${DATA}/logs`);
if (!present) {
  if (process.env.CI) throw new Error(`${DATA}/logs is missing`);
  console.warn(`\n!!! ${DATA}/logs is missing: real files are NOT imported\n`);
}
describe.skipIf(!present)('real files', () => {
  const open = (file: string) => importLog(file, new Uint8Array(readFileSync(`${DATA}/${file}`)));

  test('CommonRoad’s tutorial scenario is driven among its three obstacles', async () => {
    const log = open('logs/ZAM_Tutorial-1_2_T-1.xml');
    expect(describeLog(log)).toMatchObject({
      format: 'commonroad-2020a',
      steps: 41,
      dtSeconds: 0.1,
      lanes: 3,
      roadLengthMetres: 199,
      ego: { id: '100' },
    });
    expect(log.actors.map(({ id, kind, firstStep, lastStep }) => [id, kind, firstStep, lastStep])).toEqual([
      ['43', 'parkedVehicle', 0, 40],
      ['42', 'car', 0, 40],
      ['44', 'car', 0, 40],
    ]);
    const { scenario } = log;
    if (!scenario) throw new Error('not drivable');
    expect(scenario.road).toMatchObject({ lanesLeft: 2, lanesRight: 0, laneWidth: 3.5 });
    const spec = instantiate(scenario, 0);
    const car = spec.actors.find(({ id }) => id === 'actor_44');
    if (car?.behaviour !== 'replay') throw new Error('not replayed');
    const end = projectOnto(spec.road, { x: car.x[40], y: car.y[40], headingRad: 0 }, 150);
    expect(end.s - spec.ego.s).toBeCloseTo(138 - 15, 1);
    expect((await drive(scenario)).score.noCollision).toBe(1);
  });

  test('comma2k19-lite is seen as before', () => {
    const log = open('logs/comma2k19_rav4_60s.json');
    expect(log).toMatchObject({ format: 'comma2k19-lite', steps: 600, dtSeconds: 0.1, lanes: null });
    expect(log.actors).toHaveLength(2);
    expect(log.human).toHaveLength(600);
  });

  test('the leaderboard’s four routes are listed, the first is driven', async () => {
    const { details, roadLengthMetres, scenario } = open('openscenario/leaderboard-1.0_routes_devtest.xml');
    expect(details?.map((line) => line.split(',')[0])).toEqual([
      'route 0: Town01',
      'route 1: Town03',
      'route 2: Town04',
      'route 3: Town06',
    ]);
    expect(roadLengthMetres).toBeGreaterThan(737);
    if (!scenario) throw new Error('not drivable');
    const { score } = await drive(scenario);
    console.info('the expert on route 0', score);
    expect(score.noCollision).toBe(1);
  });
});
