import { describe, expect, test } from 'vitest';
import { contacts } from './collisions.ts';
import { inverseDurationCost } from './commonroad/commonroad.ts';
import {
  RSS_EGO,
  RSS_OTHER,
  rssCosts,
  rssMargins,
  safeDistanceOppositeDirection,
  safeDistanceSameDirection,
  safeLateralDistance,
  statedBraking,
} from './rss.ts';
import { flags, testActor, testDrive } from './testing.ts';
import { acceleratedTtc, boxTtc, gapTtc, navsimTtcCost, nuplanTtc, timeHeadway } from './ttc.ts';

const KMH = 1 / 3.6;

describe('contacts', () => {
  const typeOf = (drive: Parameters<typeof testDrive>[0]) =>
    contacts(testDrive(drive)).map(({ type, atFault, step }) => [type, atFault, step]);

  test('a standing car hit from behind is the ego’s fault, at the first row of overlap', () => {
    expect(typeOf({ actors: [testActor({ x: 20 })] })).toEqual([['stopped-track', true, 16]]);
  });

  test('a moving car met by the front bumper is the ego’s fault', () => {
    expect(typeOf({ actors: [testActor({ x: 10, speed: 5 })] })).toEqual([['active-front', true, 12]]);
  });

  test('being hit from behind is not', () => {
    expect(typeOf({ actors: [testActor({ x: -20, speed: 20 })] })).toEqual([['active-rear', false, 16]]);
  });

  test('a standing ego is never at fault', () => {
    expect(typeOf({ speed: 0.05, actors: [testActor({ x: 20, heading: Math.PI, speed: 10 })] })).toEqual([
      ['stopped-ego', false, expect.any(Number)],
    ]);
  });

  test('a side hit is the ego’s fault only between lanes or off the road', () => {
    const actors = [testActor({ x: -1, y: 4, heading: -0.2, speed: 10 })];
    expect(typeOf({ actors })[0].slice(0, 2)).toEqual(['active-lateral', false]);
    expect(typeOf({ actors, area: { multipleLanes: flags(41, 0) } })[0].slice(0, 2)).toEqual(['active-lateral', true]);
  });

  test('an absent actor is not hit, and one met twice counts twice', () => {
    const actor = testActor({ x: 20 });
    expect(contacts(testDrive({ actors: [{ ...actor, present: new Uint8Array(41) }] }))).toEqual([]);
    const blinking = { ...actor, present: flags(41, 0).map((_, i) => +(i < 17 || i > 19)) };
    expect(contacts(testDrive({ actors: [blinking] })).map(({ step }) => step)).toEqual([16, 20]);
  });
});

describe('time to collision', () => {
  test('along a lane: gap by closing speed, with acceleration, and headway', () => {
    expect(gapTtc(20, 5)).toBe(4);
    expect(gapTtc(20, -1)).toBe(Number.POSITIVE_INFINITY);
    expect(acceleratedTtc(20, 0, 10)).toBeCloseTo(2, 12);
    expect(acceleratedTtc(20, 10, -2)).toBeCloseTo((10 - Math.sqrt(20)) / 2, 12);
    expect(acceleratedTtc(20, 5, -2)).toBe(Number.POSITIVE_INFINITY);
    expect(acceleratedTtc(20, -5, 1)).toBeCloseTo(5 + Math.sqrt(65), 12);
    expect(timeHeadway(30, 15)).toBe(2);
  });

  test('of boxes is the gap between bumpers over the closing speed', () => {
    expect(boxTtc(testDrive({ actors: [testActor({ x: 24.5, speed: 5 })] }), 0)).toBeCloseTo(4, 9);
  });

  test('nuPlan finds the same collision on its grid of 0.1 s, and only below 3 s', () => {
    const ttc = nuplanTtc(testDrive({ actors: [testActor({ x: 24.6, speed: 0 })] }));
    expect(ttc[0]).toBeCloseTo(2.1, 12);
    expect(nuplanTtc(testDrive({ actors: [testActor({ x: 60 })] }))[0]).toBe(Number.POSITIVE_INFINITY);
  });

  test('nuPlan looks beside only between lanes or in an intersection', () => {
    const crossing = [testActor({ x: 6, y: -14, heading: Math.PI / 2, speed: 14 })];
    const meeting = testDrive({ actors: crossing });
    expect(nuplanTtc(meeting)[0]).toBe(Number.POSITIVE_INFINITY);
    expect(nuplanTtc(testDrive({ actors: crossing, area: { intersection: flags(41, 0) } }))[0]).toBeLessThan(1);
    expect(boxTtc(meeting, 0)).toBeLessThan(1);
  });

  test('NAVSIM meets others where they really will be: a lead that brakes away is not a failure of its first step', () => {
    const lead = testActor({ x: 12.9, speed: 12, rows: 50 });
    expect(navsimTtcCost(testDrive({ rows: 50, actors: [lead] }), 41)).toBeUndefined();
    const standing = testActor({ x: 30, rows: 50 });
    expect(navsimTtcCost(testDrive({ rows: 50, actors: [standing] }), 41)).toEqual({
      part: 'ttc',
      step: 17,
      actor: 'a',
      value: expect.closeTo(0.9, 9),
    });
    expect(
      navsimTtcCost(testDrive({ rows: 50, speed: 0.004, actors: [testActor({ x: 4, rows: 50 })] }), 41),
    ).toBeUndefined();
  });
});

describe('RSS', () => {
  test('longitudinal: 50 km/h both need 41.379 m with ρ = 1 s and 77.265 m with ρ = 2 s', () => {
    expect(safeDistanceSameDirection(50 * KMH, 50 * KMH)).toBeCloseTo(41.379, 3);
    expect(safeDistanceSameDirection(50 * KMH, 50 * KMH, RSS_OTHER)).toBeCloseTo(77.265, 3);
    expect(safeDistanceSameDirection(0, 50 * KMH)).toBe(0);
  });

  test.each([
    [0, 0, 1.1],
    [1, 1, 1.19],
    [-1, -1, 1.19],
    [5, 5, 2.9],
    [-5, -5, 2.9],
    [1, 0, 1.84],
    [-1, 0, 0.45],
    [5, 0, 5.77],
    [-5, 0, 0],
  ])('lateral, ad-rss-lib’s test: left %d km/h, right %d km/h need %d m', (left, right, expected) => {
    const found = safeLateralDistance(left * KMH, right * KMH, RSS_OTHER, RSS_OTHER);
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(0.01);
  });

  test('the paper adds the margin after clipping, the library before: they differ when cars drift apart', () => {
    expect(safeLateralDistance(-5 * KMH, 0, RSS_OTHER, RSS_OTHER)).toBe(0);
    expect(safeLateralDistance(-5 * KMH, 0, RSS_OTHER, RSS_OTHER, true)).toBe(0.1);
    expect(safeLateralDistance(1, 0, RSS_EGO, RSS_OTHER, true)).toBe(safeLateralDistance(1, 0));
  });

  test('acceleration during the response time stops at the speed limit', () => {
    const limited = { ...RSS_EGO, maxSpeed: 10 };
    expect(statedBraking(10, limited, 4)).toBeCloseTo(10 + 100 / 8, 12);
    expect(statedBraking(6.5, limited, 4)).toBeCloseTo(statedBraking(6.5, RSS_EGO, 4), 12);
    expect(statedBraking(12, limited, 4)).toBeCloseTo(12 + 144 / 8, 12);
  });

  test('towards each other both stop, the one in its lane more gently', () => {
    expect(safeDistanceOppositeDirection(10, 10)).toBeCloseTo(11.75 + 13.5 ** 2 / 6 + 27 + 17 ** 2 / 8, 9);
  });

  test('margins: dangerous only when too near both ways', () => {
    const [ahead] = rssMargins(testDrive({ actors: [testActor({ x: 20, speed: 10 })] }), 0);
    expect(ahead.longitudinal).toBeCloseTo(20 - 4.5 - safeDistanceSameDirection(10, 10), 9);
    expect(ahead.dangerous).toBe(true);
    const [beside] = rssMargins(testDrive({ actors: [testActor({ x: 20, y: 6, speed: 10 })] }), 0);
    expect(beside.lateral).toBeGreaterThan(0);
    expect(beside.dangerous).toBe(false);
    expect(rssCosts(testDrive({ actors: [testActor({ x: 60 })] }))).toHaveLength(1);
    expect(rssCosts(testDrive({ actors: [testActor({ x: -8, speed: 15 })] }))).toEqual([]);
  });
});

test('CommonRoad’s inverse duration cost never falls below 10 as published; corrected it falls with time and is bounded', () => {
  expect([0, 0.05, 0.5, 4].map((t) => inverseDurationCost(t))).toEqual([10, 10, 2, 0.25]);
  expect([0.05, 0.5, 4].map((t) => inverseDurationCost(t, 'commonroad-exact'))).toEqual([20, 10, 10]);
});
