import { describe, expect, test } from 'vitest';
import {
  BENCH2DRIVE_ROUTES,
  bench2drive,
  type CarlaRoute,
  carlaDrivingScore,
  carlaGlobal,
  carlaPenalty,
  type Infraction,
  type InfractionKind,
  routeClock2,
  routeCompletionPercent,
  routeTimeout10,
  routeTimeout2,
} from './carla/carla.ts';
import { carlaInfractions, carlaRoute } from './carla/infractions.ts';
import { closedLoopMetrics, waypointsAlong } from './closed-loop.ts';
import {
  type EpdmParts,
  egoProgress,
  epdmScore,
  laneKeepingCost,
  type PdmParts,
  pdmScore,
  scoreNavsim,
  secondStageWeights,
  twoStageScore,
} from './navsim/navsim.ts';
import { collisionScore, nuplanScore, progressRatio, scoreNuplan, speedLimitScore } from './nuplan/nuplan.ts';
import { flags, testActor, testDrive } from './testing.ts';
import { cutTrack } from './track.ts';

const of = (...kinds: InfractionKind[]): Infraction[] => kinds.map((kind, step) => ({ kind, step }));
const route = (
  completionPercent: number,
  infractions: readonly Infraction[] = [],
  lengthMetres = 1000,
): CarlaRoute => ({
  completionPercent,
  infractions,
  lengthMetres,
});

describe('CARLA', () => {
  const crash = of('collision-vehicle', 'red-light');

  test('1.0 and 2.0 multiply, 2.1 adds in the denominator', () => {
    expect(carlaPenalty(crash, '1.0')).toBeCloseTo(0.6 * 0.7, 12);
    expect(carlaPenalty(crash, '2.0')).toBeCloseTo(0.6 * 0.7, 12);
    expect(carlaPenalty(crash, '2.1')).toBeCloseTo(1 / (1 + 0.7 + 0.4), 12);
    const all = of('collision-pedestrian', 'collision-layout', 'stop-sign');
    expect(carlaPenalty(all, '2.0')).toBeCloseTo(0.5 * 0.65 * 0.8, 12);
    expect(carlaPenalty(all, '2.1')).toBeCloseTo(1 / 2.85, 12);
  });

  test('1.0 knows no scenario timeout, emergency vehicle or minimum speed', () => {
    const later = [...of('scenario-timeout', 'yield-emergency'), { kind: 'min-speed', step: 3, percent: 0 } as const];
    expect(carlaPenalty(later, '1.0')).toBe(1);
    expect(carlaPenalty(later, '2.0')).toBeCloseTo(0.7 ** 3, 12);
    expect(carlaPenalty(later, '2.1')).toBeCloseTo(1 / 2.2, 12);
    expect(carlaPenalty(later, 'bench2drive')).toBeCloseTo(0.49, 12);
  });

  test('minimum speed and lanes cost by their percentage', () => {
    const slow = [{ kind: 'min-speed', step: 0, percent: 75 } as const];
    expect(carlaPenalty(slow, '2.0')).toBeCloseTo(1 - 0.3 * 0.25, 12);
    expect(carlaPenalty(slow, '2.1')).toBeCloseTo(1 / 1.1, 12);
    const outside = [{ kind: 'outside-lanes', step: 0, percent: 20 } as const];
    for (const version of ['1.0', '2.0', '2.1'] as const) expect(carlaPenalty(outside, version)).toBeCloseTo(0.8, 12);
    expect(carlaPenalty([...outside, ...crash], '2.1')).toBeCloseTo(0.8 / 2.1, 12);
  });

  test('every infraction tells the points it cost', () => {
    const score = carlaDrivingScore(route(80, crash), '2.0');
    expect(score.composed).toBeCloseTo(80 * 0.42, 12);
    expect(score.costs[0].points).toBeCloseTo(80 * (0.7 - 0.42), 12);
    expect(score.costs[1].points).toBeCloseTo(80 * (0.6 - 0.42), 12);
    expect(score.status).toBe('Failed');
    expect(carlaDrivingScore(route(100, crash), '2.0').status).toBe('Completed');
    expect(carlaDrivingScore(route(100), '2.1')).toMatchObject({ status: 'Perfect', composed: 100 });
  });

  test('the global score is the mean of the routes’ products, not the product of the means', () => {
    const global = carlaGlobal([route(100, crash), route(0)], '2.0');
    expect(global.composed).toBeCloseTo(21, 12);
    expect(global.route * global.penalty).toBeCloseTo(50 * 0.71, 12);
  });

  test('infractions per kilometre pool counts and way', () => {
    const routes = [route(50, of('red-light'), 3000), route(100, of('red-light', 'red-light'), 500)];
    expect(carlaGlobal(routes, '2.1').perKilometre['red-light']).toBeCloseTo(3 / 2, 12);
    const outside = [{ kind: 'outside-lanes', step: 0, percent: 10 } as const];
    expect(carlaGlobal([route(100, outside, 2000)], '2.1').perKilometre['outside-lanes']).toBeCloseTo(0.1, 12);
    expect(carlaGlobal([route(0, of('red-light'))], '2.1').perKilometre['red-light']).toBe(1000);
    expect(() => carlaGlobal([], '2.1')).toThrow(RangeError);
  });

  test('99 % and 10 m from the end is complete', () => {
    expect(routeCompletionPercent(99.5, 100, 0.5)).toBe(100);
    expect(routeCompletionPercent(995, 1000, 12)).toBe(99.5);
    expect(routeCompletionPercent(-3, 100, 103)).toBe(0);
  });

  test('time limits', () => {
    expect(routeTimeout10(1001)).toBe(805);
    expect(
      routeTimeout2([
        { metres: 100, limitMps: 10 },
        { metres: 50, limitMps: 5 },
      ]),
    ).toBe(500);
    const clock = routeClock2({ ds: 0.5, speedLimitMps: new Float64Array(201).fill(10) }, 20);
    expect([clock(20), clock(70), clock(1000)]).toEqual([300, 350, expect.closeTo(380.5, 6)]);
  });

  test('Bench2Drive divides by 220 and forgives minimum speed', () => {
    const slow = [
      { kind: 'min-speed', step: 0, percent: 40 } as const,
      { kind: 'min-speed', step: 9, percent: 1500 } as const,
    ];
    const score = bench2drive([route(100, slow), route(100, crash), route(90)]);
    expect(score.drivingScore).toBeCloseTo((100 + 42 + 90) / BENCH2DRIVE_ROUTES, 12);
    expect(score.successRate).toBeCloseTo(1 / 220, 12);
    expect(score.efficiency).toBe(40);
  });

  test('criteria read a track: one collision an actor, the red light’s step, the share outside', () => {
    const actor = testActor({ x: 20 });
    const blinking = { ...actor, present: flags(41, 0).map((_, i) => +(i < 17 || i > 19)) };
    const track = testDrive({
      actors: [blinking],
      area: { redLight: flags(41, 5, 8), nonDrivable: flags(41, 30, 35) },
    });
    expect(carlaInfractions(track)).toEqual([
      { kind: 'red-light', step: 5 },
      { kind: 'collision-vehicle', step: 16, actor: 'a' },
      { kind: 'outside-lanes', from: 30, step: 34, percent: expect.closeTo(5, 9) },
    ]);
    expect(carlaRoute(track).completionPercent).toBeCloseTo(40, 9);
  });

  test('a car that stands for 180 s is blocked', () => {
    expect(carlaInfractions(testDrive({ rows: 1810, speed: 0 }))).toEqual([
      { kind: 'vehicle-blocked', from: 0, step: 1801 },
    ]);
    expect(carlaInfractions(testDrive({ rows: 1795, speed: 0 }))).toEqual([]);
  });
});

describe('nuPlan', () => {
  const perfect = {
    noCollision: 1,
    drivableArea: 1,
    makingProgress: 1,
    drivingDirection: 1,
    progress: 1,
    ttc: 1,
    speed: 1,
    comfort: 1,
  };

  test('weights 5, 5, 4, 2 of 16 under four multipliers', () => {
    expect(nuplanScore(perfect)).toBe(1);
    expect(nuplanScore({ ...perfect, comfort: 0 })).toBe(14 / 16);
    expect(nuplanScore({ ...perfect, ttc: 0, speed: 0.5 })).toBe(9 / 16);
    expect(nuplanScore({ ...perfect, drivingDirection: 0.5, progress: 0.4 })).toBeCloseTo((0.5 * 13) / 16, 12);
    expect(nuplanScore({ ...perfect, makingProgress: 0 })).toBe(0);
  });

  test('one road user is too many, one object costs half', () => {
    expect(collisionScore({ vru: 0, vehicle: 0, object: 1 })).toBe(0.5);
    expect(collisionScore({ vru: 0, vehicle: 0, object: 2 })).toBe(0);
    expect(collisionScore({ vru: 1, vehicle: 0, object: 0 })).toBe(0);
  });

  test('progress is relative to the expert, and going back is none', () => {
    expect(progressRatio(20, 40)).toBe(0.5);
    expect(progressRatio(0, 0)).toBe(1);
    expect(progressRatio(-0.2, 40)).toBe(0);
  });

  test('speeding costs its mean excess over 2.23 m/s', () => {
    expect(speedLimitScore(testDrive({ rows: 41, speed: 16.115, speedLimit: 15 }))).toBeCloseTo(
      1 - (1.115 * 41) / (2.23 * 40),
      9,
    );
  });

  test('a clean drive scores 1; each fault shows its step', () => {
    expect(scoreNuplan(testDrive(), 40)).toMatchObject({ score: 1, costs: [] });
    const wrongWay = scoreNuplan(testDrive({ area: { oncoming: flags(41, 10, 14) } }), 40);
    expect(wrongWay.drivingDirection).toBe(0.5);
    const crash = scoreNuplan(testDrive({ actors: [testActor({ x: 20 })] }), 40);
    expect(crash.score).toBe(0);
    expect(crash.costs).toContainEqual({ part: 'noCollision', step: 16, actor: 'a' });
    expect(crash.costs.find(({ part }) => part === 'ttc')?.step).toBe(7);
  });
});

describe('NAVSIM', () => {
  const parts: PdmParts & EpdmParts = {
    noCollision: 1,
    drivableArea: 1,
    drivingDirection: 1,
    trafficLight: 1,
    progress: 1,
    ttc: 1,
    comfort: 1,
    laneKeeping: 1,
    historyComfort: 1,
    extendedComfort: 1,
  };

  test('PDMS weighs 5, 5, 2 of 12 and EPDMS 5, 5, 2, 2, 2 of 16', () => {
    expect(pdmScore({ ...parts, comfort: 0 })).toBeCloseTo(10 / 12, 12);
    expect(pdmScore({ ...parts, noCollision: 0.5, progress: 0.6 })).toBeCloseTo((0.5 * 10) / 12, 12);
    expect(epdmScore({ ...parts, laneKeeping: 0 })).toBeCloseTo(14 / 16, 12);
    expect(epdmScore({ ...parts, drivingDirection: 0.5 })).toBe(0.5);
  });

  test('what the human failed is not held against the plan', () => {
    const bad = { ...parts, trafficLight: 0, laneKeeping: 0 };
    expect(epdmScore(bad)).toBe(0);
    expect(epdmScore(bad, { ...parts, trafficLight: 0 })).toBeCloseTo(14 / 16, 12);
  });

  test('scenes are scored whole before the mean: the product of mean sub-scores is another number', () => {
    const scenes: PdmParts[] = [
      { ...parts, noCollision: 0 },
      { ...parts, ttc: 0, progress: 0.5 },
    ];
    const right = (pdmScore(scenes[0]) + pdmScore(scenes[1])) / 2;
    const mean = (name: keyof PdmParts) => (scenes[0][name] + scenes[1][name]) / 2;
    const wrong = pdmScore({
      noCollision: mean('noCollision'),
      drivableArea: 1,
      progress: mean('progress'),
      ttc: mean('ttc'),
      comfort: 1,
    });
    expect(right).toBeCloseTo(4.5 / 24, 12);
    expect(wrong).toBeCloseTo((0.5 * 8.25) / 12, 12);
  });

  test('progress: relative to the better plan, 1 when neither goes 5 m; the exact form pays half a fault twice', () => {
    const pdm = { metres: 40, multiplier: 1 };
    expect(egoProgress({ metres: 20, multiplier: 1 }, pdm)).toBe(0.5);
    expect(egoProgress({ metres: 50, multiplier: 1 }, pdm)).toBe(1);
    expect(egoProgress({ metres: 3, multiplier: 1 }, { metres: 5, multiplier: 1 })).toBe(1);
    expect(egoProgress({ metres: 40, multiplier: 0.5 }, pdm)).toBe(1);
    expect(egoProgress({ metres: 40, multiplier: 0.5 }, pdm, 'navsim-exact')).toBe(0.5);
  });

  test('lane keeping fails after more than 2 s off the centre, intersections excepted', () => {
    expect(laneKeepingCost(testDrive({ lateral: 0.6 }))).toBe(0);
    expect(laneKeepingCost(testDrive({ lateral: 0.5 }))).toBe(-1);
    expect(laneKeepingCost(testDrive({ lateral: 0.6, area: { intersection: flags(41, 18, 22) } }))).toBe(-1);
  });

  test('a driven plan: parts, both scores and the step that cost points', () => {
    const scene = { pdmClosed: { metres: 40, multiplier: 1 } };
    expect(scoreNavsim(testDrive({ rows: 50 }), scene)).toMatchObject({ pdms: 1, epdms: 1, costs: [] });
    const cone = testActor({ id: 'cone', kind: 'static', x: 30, rows: 50 });
    const hit = scoreNavsim(testDrive({ rows: 50, actors: [cone] }), scene);
    expect(hit.parts).toMatchObject({ noCollision: 0.5, ttc: 0, progress: 1 });
    expect(hit.costs).toContainEqual({ part: 'noCollision', step: 26, actor: 'cone' });
    expect(hit.pdms).toBeCloseTo((0.5 * 7) / 12, 12);
    expect(scoreNavsim(testDrive({ rows: 50, actors: [cone] }), scene, 'navsim-exact').pdms).toBeCloseTo(
      (0.5 * 4.5) / 12,
      12,
    );
  });

  test('a fast bend keeps its comfort points only in the exact form', () => {
    const rows = 50;
    const bend = { ...testDrive({ rows, speed: 15 }), yawRateRadps: new Float64Array(rows).fill(0.75) };
    const turning = { ...bend, headingRad: Float64Array.from({ length: rows }, (_, i) => 0.075 * i) };
    const scene = { pdmClosed: { metres: 60, multiplier: 1 } };
    expect(scoreNavsim(turning, scene, 'navsim-exact').pdms).toBe(1);
    const corrected = scoreNavsim(turning, scene);
    expect(corrected.pdms).toBeCloseTo(10 / 12, 12);
    expect(corrected.costs[0]).toMatchObject({ part: 'comfort.latAccel' });
  });

  test('the second stage is weighed by how near it starts, uniformly when nothing is near', () => {
    const [near, far] = secondStageWeights({ x: 0, y: 0 }, [
      { x: 0, y: 0 },
      { x: 0.6, y: 0 },
    ]);
    expect(near / far).toBeCloseTo(Math.exp(0.36 / 0.2), 9);
    expect([
      ...secondStageWeights({ x: 0, y: 0 }, [
        { x: 90, y: 0 },
        { x: 0, y: 99 },
      ]),
    ]).toEqual([0.5, 0.5]);
    const second = [
      { start: { x: 0, y: 50 }, score: 0.4 },
      { start: { x: 50, y: 0 }, score: 0.8 },
    ];
    expect(twoStageScore(0.5, { x: 0, y: 0 }, second)).toBeCloseTo(0.3, 12);
  });

  test('a cut track is the same drive, shorter', () => {
    const cut = cutTrack(testDrive({ rows: 50, actors: [testActor({ x: 30, rows: 50 })] }), 41);
    expect([cut.rows, cut.x.length, cut.actors[0].x.length, cut.route.s.length, cut.area.oncoming.length]).toEqual(
      Array(5).fill(41),
    );
  });
});

describe('ClosedLoopMetrics', () => {
  test('has exactly the nine names', () => {
    expect(Object.keys(closedLoopMetrics(testDrive())).sort()).toEqual(
      [
        'route_completion',
        'collision_count',
        'offroad_count',
        'route_deviation_avg',
        'route_deviation_max',
        'episode_time',
        'success',
        'num_waypoints_reached',
        'total_waypoints',
      ].sort(),
    );
  });

  test('a whole clean route', () => {
    expect(closedLoopMetrics(testDrive({ rows: 102, lateral: -0.5 }))).toEqual({
      route_completion: 1,
      collision_count: 0,
      offroad_count: 0,
      route_deviation_avg: 0.5,
      route_deviation_max: 0.5,
      episode_time: expect.closeTo(10.1, 9),
      success: true,
      num_waypoints_reached: 10,
      total_waypoints: 10,
    });
  });

  test('counts real collisions and departures, and waypoints only within their radius', () => {
    const track = testDrive({
      rows: 102,
      lateral: 4.5,
      actors: [testActor({ x: 50, y: 4.5, rows: 102 })],
      area: { nonDrivable: flags(102, 3, 5) },
    });
    expect(closedLoopMetrics(track)).toMatchObject({
      collision_count: 1,
      offroad_count: 1,
      success: false,
      num_waypoints_reached: 0,
    });
    expect(closedLoopMetrics(track, true).success).toBe(true);
    expect(closedLoopMetrics(testDrive()).num_waypoints_reached).toBe(4);
  });

  test('waypoints stand every 10 m and at the goal', () => {
    expect(waypointsAlong(5, 32, 10)).toEqual([15, 25, 32]);
    expect(waypointsAlong(0, 20, 10)).toEqual([10, 20]);
  });
});
