import { describe, expect, test } from 'vitest';
import { carlaDrivingScore, type InfractionKind, type LeaderboardVersion } from './carla.ts';
import { carlaInfractions, type CarlaKnowledge, carlaRoute, unjudged } from './infractions.ts';
import { signAtLine, stopSignInfractions } from './stop-signs.ts';
import { minimumSpeedInfractions, scenarioTimeouts, speedParts, yieldInfractions } from './traffic.ts';
import { driveScores } from '../drive-scores.ts';
import { testActor, testDrive, type TestDrive, withPath } from '../testing.ts';
import type { DriveTrack, RouteTrack } from '../track.ts';

const drive = (options: TestDrive, route: Partial<RouteTrack> = {}): DriveTrack => {
  const track = withPath(testDrive(options));
  return { ...track, route: { ...track.route, ...route } };
};
/** Line at 50 m of the route along x. */
const sign = signAtLine('s1', { x: 50, y: 0, headingRad: 0 }, 3.5);
const VERSIONS: readonly LeaderboardVersion[] = ['1.0', '2.0', '2.1', 'bench2drive'];
const penalties = (track: DriveTrack, knowledge: CarlaKnowledge = {}) =>
  VERSIONS.map((version) => carlaDrivingScore(carlaRoute(track, knowledge, version), version).penalty);
const kinds = (track: DriveTrack, knowledge?: CarlaKnowledge): InfractionKind[] =>
  carlaInfractions(track, knowledge).map(({ kind }) => kind);

describe('stop signs', () => {
  /** 10 m/s but for `still` rows at `at` metres. */
  const stopsAt = (at: number, still: number, rows = 101 + still) => {
    const row = Math.round(at);
    return drive({ rows, speedAt: (i) => (i >= row && i < row + still ? 0 : 10) }, { stopSigns: [sign] });
  };

  test('one who does not stop is told from where the sign held to where it was left, and pays in every version', () => {
    const track = stopsAt(48, 0);
    const [run, ...rest] = stopSignInfractions(track);
    expect(rest).toEqual([]);
    expect(run).toMatchObject({ kind: 'stop-sign', actor: 's1' });
    // From 4 m before the box's middle (48 m) to beyond its end, a row a metre.
    expect(run.from).toBe(44);
    expect(run.step).toBe(51);
    expect(penalties(track)).toEqual([0.8, 0.8, 1 / 1.25, 0.8]);
  });

  test('one who stands once within its reach has obeyed it', () => {
    expect(stopSignInfractions(stopsAt(48, 3))).toEqual([]);
    expect(penalties(stopsAt(48, 3))).toEqual([1, 1, 1, 1]);
  });

  test('a stand long before or after the sign does not count', () => {
    expect(stopSignInfractions(stopsAt(35, 3))).toHaveLength(1);
    expect(stopSignInfractions(stopsAt(60, 3))).toHaveLength(1);
  });

  test('slow is not stopped: 0.2 m/s runs the sign', () => {
    const slow = drive(
      { rows: 700, speedAt: (i) => (i >= 48 && i < 98 ? 0.2 : i < 48 ? 10 : 5) },
      { stopSigns: [sign] },
    );
    expect(stopSignInfractions(slow)).toHaveLength(1);
  });

  test('a sign of the next lane or of the other direction holds for nobody here', () => {
    const beside = drive({ rows: 101 }, { stopSigns: [{ ...sign, y: 4 }] });
    expect(stopSignInfractions(beside)).toEqual([]);
    const backwards = drive({ rows: 101 }, { stopSigns: [sign] });
    backwards.headingRad.fill(Math.PI);
    expect(stopSignInfractions(backwards)).toEqual([]);
  });

  test('two signs are two infractions', () => {
    const second = signAtLine('s2', { x: 70, y: 0, headingRad: 0 }, 3.5);
    expect(stopSignInfractions(drive({ rows: 101 }, { stopSigns: [sign, second] })).map(({ actor }) => actor)).toEqual([
      's1',
      's2',
    ]);
  });
});

describe('minimum speed', () => {
  const among = (own: number, others: number, rows: number) =>
    drive({ rows, speed: own, goalS: 100 }, { trafficMps: new Float64Array(rows).fill(others) });

  test('four parts of the route, each with the own mean over the traffic’s', () => {
    const parts = speedParts(among(5, 10, 210));
    expect(parts.map(({ percent }) => percent)).toEqual([50, 50, 50, 50]);
    expect(parts.at(-1)?.to).toBe(209);
    const infractions = minimumSpeedInfractions(among(5, 10, 210));
    expect(infractions).toHaveLength(4);
    expect(infractions[0]).toMatchObject({ kind: 'min-speed', from: 0, percent: 50 });
  });

  test('costs in 2.0 and 2.1, not in 1.0 and Bench2Drive', () => {
    const [one, two, third, bench] = penalties(among(5, 10, 210));
    expect([one, bench]).toEqual([1, 1]);
    expect(two).toBeCloseTo((1 - 0.3 * 0.5) ** 4, 12);
    expect(third).toBeCloseTo(1 / (1 + 4 * 0.4 * 0.5), 12);
  });

  test('faster than the traffic, no traffic, traffic that stands: no infraction', () => {
    for (const others of [8, Number.NaN, 0]) expect(minimumSpeedInfractions(among(10, others, 101))).toEqual([]);
  });

  test('a part that was not driven to its end does not count', () => {
    // 40 m of 100: one quarter and a bit.
    expect(speedParts(among(5, 10, 81))).toHaveLength(1);
  });
});

describe('emergency vehicles', () => {
  const engine = (options: Parameters<typeof testActor>[0]) => ({ ...testActor(options), emergency: true });

  test('one that is still behind 10 s after it came up was not let by', () => {
    const rows = 151;
    const track = drive({ rows, speed: 10, goalS: 400, actors: [engine({ id: 'e', x: -30, speed: 10, rows })] });
    expect(yieldInfractions(track)).toEqual([{ kind: 'yield-emergency', from: 0, step: 100, actor: 'e' }]);
    const [one, two, third, bench] = penalties(track);
    expect([one, two, bench]).toEqual([1, 0.7, 0.7]);
    expect(third).toBeCloseTo(1 / 1.4, 12);
  });

  test('one that got by is no infraction, nor is one without its lights', () => {
    const rows = 151;
    const past = engine({ id: 'e', x: -30, y: 3, speed: 14, rows });
    expect(yieldInfractions(drive({ rows, speed: 10, actors: [past] }))).toEqual([]);
    const off = testActor({ x: -30, speed: 10, rows });
    expect(yieldInfractions(drive({ rows, speed: 10, actors: [off] }))).toEqual([]);
  });

  test('one farther than 50 m, or that comes the other way, asks for nothing', () => {
    const rows = 151;
    const far = engine({ x: -80, speed: 10, rows });
    const oncoming = engine({ x: 200, y: 4, heading: Math.PI, speed: 10, rows });
    expect(yieldInfractions(drive({ rows, speed: 10, actors: [far, oncoming] }))).toEqual([]);
  });

  test('one that stands with its lights on and was passed asks for nothing', () => {
    const stands = engine({ x: 5, y: 4, rows: 151 });
    expect(yieldInfractions(drive({ rows: 151, speed: 3, actors: [stands] }))).toEqual([]);
  });

  test('one that leaves the world was not kept waiting', () => {
    const rows = 151;
    const gone = engine({ x: -30, speed: 10, rows });
    gone.present.fill(0, 60);
    expect(yieldInfractions(drive({ rows, speed: 10, actors: [gone] }))).toEqual([]);
  });
});

describe('time', () => {
  const scenario = { id: 'Accident_1', fromS: 20, toS: 60, timeoutS: 5 };

  test('a scenario not left within its time is told, once, from where it was entered', () => {
    const track = drive({ rows: 200, speed: 5, goalS: 100 });
    expect(scenarioTimeouts(track, [scenario])).toEqual([
      { kind: 'scenario-timeout', from: 40, step: 90, actor: 'Accident_1' },
    ]);
    expect(penalties(track, { scenarios: [scenario] }).map((p) => +p.toFixed(6))).toEqual([1, 0.7, 0.714286, 0.7]);
  });

  test('one left in time, never entered, or whose time is not up: none', () => {
    expect(scenarioTimeouts(drive({ rows: 100, speed: 10 }), [scenario])).toEqual([]);
    expect(scenarioTimeouts(drive({ rows: 100, speed: 0.1 }), [scenario])).toEqual([]);
    expect(scenarioTimeouts(drive({ rows: 80, speed: 5 }), [scenario])).toEqual([]);
  });

  test('1.0 ends a route by its own clock: what came later neither counts nor costs', () => {
    // 100 m: 85 s. At 1 m/s the goal is reached after 100 s, with a stop sign at 95 m.
    const late = signAtLine('late', { x: 95, y: 0, headingRad: 0 }, 3.5);
    const track = drive({ rows: 1002, speed: 1, goalS: 100 }, { stopSigns: [late] });
    const first = carlaRoute(track, {}, '1.0');
    expect(first.infractions).toEqual([{ kind: 'route-timeout', step: 850 }]);
    expect(first.completionPercent).toBeCloseTo(85, 6);
    const later = carlaRoute(track, {}, '2.1');
    expect(later.infractions.map(({ kind }) => kind)).toEqual(['stop-sign']);
    expect(later.completionPercent).toBe(100);
    const { scores } = driveScores(track);
    expect([scores.carla_1_0, scores.carla_2_1]).toEqual([85, 80].map((score) => expect.closeTo(score, 6)));
  });
});

describe('the way', () => {
  test('blocked: 180 s below 0.1 m/s, from when it stood', () => {
    const track = drive({ rows: 2000, speedAt: (i) => (i < 50 ? 10 : 0.05) });
    expect(carlaInfractions(track)).toEqual([{ kind: 'vehicle-blocked', from: 50, step: 1851 }]);
    expect(penalties(track)).toEqual([1, 1, 1, 1]);
  });

  test('off the route: beyond 30 m, or for 30 % of it beyond 15 m', () => {
    expect(kinds(drive({ rows: 20, lateral: 31 }))).toEqual(['route-deviation']);
    const astray = carlaInfractions(drive({ rows: 60, lateral: 16 }));
    expect(astray).toEqual([{ kind: 'route-deviation', from: 0, step: 31 }]);
    expect(kinds(drive({ rows: 25, lateral: 16 }))).toEqual([]);
  });

  test('outside lanes: the metres’ share of the route, from the first row to the last', () => {
    const nonDrivable = new Uint8Array(41);
    nonDrivable.fill(1, 10, 15);
    const track = drive({ area: { nonDrivable } });
    expect(carlaInfractions(track)).toEqual([{ kind: 'outside-lanes', from: 10, step: 14, percent: 5 }]);
    for (const penalty of penalties(track)) expect(penalty).toBeCloseTo(0.95, 12);
  });
});

test('what nothing tells of is named with the reason, and what is told is not', () => {
  const bare = unjudged(drive({}), {});
  expect(bare.map(({ kind }) => kind)).toEqual(['red-light', 'stop-sign', 'min-speed', 'scenario-timeout']);
  for (const { why } of bare) expect(why).not.toBe('');
  const known = drive(
    {},
    { redStopS: new Float64Array(41).fill(Number.NaN), stopSigns: [], trafficMps: new Float64Array(41).fill(3) },
  );
  expect(unjudged(known, { scenarios: [{ id: 'a', fromS: 0, toS: 1, timeoutS: 1 }] })).toEqual([]);
  const told = { unjudged: [{ kind: 'collision-layout', why: 'no sensor' } as const] };
  expect(unjudged(known, told)[0]).toEqual({ kind: 'collision-layout', why: 'no sensor' });
});

test('a version that does not know an infraction calls the route perfect', () => {
  const track = drive({ rows: 220, speed: 5, goalS: 100 }, { trafficMps: new Float64Array(220).fill(10) });
  const status = (version: LeaderboardVersion) => carlaDrivingScore(carlaRoute(track, {}, version), version).status;
  expect([status('1.0'), status('2.0'), status('2.1')]).toEqual(['Perfect', 'Completed', 'Completed']);
});

test('hits of a sensor in frame after frame are one collision; after 5 s the same wall counts again', () => {
  const touch = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({ id: 'static.building', step: from + i }));
  const track = drive({ rows: 200, speed: 5, goalS: 100 });
  const hits = [...touch(10, 40), ...touch(100, 104)];
  expect(carlaInfractions(track, { hits })).toEqual([
    { kind: 'collision-layout', step: 10, actor: 'static.building' },
    { kind: 'collision-layout', step: 100, actor: 'static.building' },
  ]);
  expect(kinds(drive({ rows: 200, speed: 0 }), { hits })).toEqual([]);
});
