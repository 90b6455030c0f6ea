import { describe, expect, test } from 'vitest';
import {
  averageDisplacement,
  displacements,
  finalDisplacement,
  nuplanOpenLoop,
  openLoopMean,
  openLoopScore,
  type TrajectoryPrediction,
  waymoMissed,
  waymoMissScale,
} from './open-loop.ts';
import { testActor, testDrive } from './testing.ts';
import {
  infeasible,
  logDivergence,
  offRoad,
  offRoute,
  overlapping,
  progression,
  type RoadEdges,
  signedEdgeDistance,
  type WaymaxPath,
  waymaxSummary,
  wrongWay,
} from './waymax/waymax.ts';

describe('open loop', () => {
  const truth = [1, 0, 2, 0, 3, 0];
  const modes: TrajectoryPrediction[] = [
    { path: [1, 3, 2, 3, 3, 0], probability: 0.6 },
    { path: [1, 0, 2, 0, 3, 1], probability: 0.3 },
  ];

  test('ADE is the mean, FDE the last distance', () => {
    expect(averageDisplacement(modes[0].path, truth)).toBe(2);
    expect(finalDisplacement(modes[1].path, truth)).toBe(1);
    expect([...displacements([0, 0, 3, 4], [0, 0, 0, 0])]).toEqual([0, 5]);
    expect(() => displacements([0, 0], [0, 0, 1, 1])).toThrow(RangeError);
  });

  test('which mode is picked decides: each its best, one by endpoint, one by ADE', () => {
    expect(openLoopScore(modes, truth)).toMatchObject({ minAde: expect.closeTo(1 / 3, 12), minFde: 0, mode: 0 });
    expect(openLoopScore(modes, truth, 'endpoint')).toMatchObject({ minAde: 2, minFde: 0 });
    expect(openLoopScore(modes, truth, 'ade')).toMatchObject({ minAde: expect.closeTo(1 / 3, 12), minFde: 1, mode: 1 });
  });

  test('brier adds (1 − p)² of the picked mode', () => {
    const score = openLoopScore(modes, truth);
    expect(score.brierMinFde).toBeCloseTo(0.16, 12);
    expect(score.brierMinAde).toBeCloseTo(1 / 3 + 0.49, 12);
    expect(openLoopScore([{ path: truth }], truth).brierMinFde).toBeNaN();
  });

  test('a miss is more than 2 m, and rates are over agents', () => {
    const at = (d: number) => openLoopScore([{ path: [1, 0, 2, 0, 3, d], probability: 1 }], truth);
    expect([at(2).missed, at(2.01).missed]).toEqual([false, true]);
    expect(openLoopMean([at(0), at(2), at(4), at(6)])).toMatchObject({ missRate: 0.5, minFde: 3, minAde: 1 });
  });

  test('Waymo’s box is longer than wide and shrinks to half for slow starts', () => {
    expect([0, 1.4, 6.2, 11, 30].map(waymoMissScale)).toEqual([0.5, 0.5, expect.closeTo(0.75, 12), 1, 1]);
    const ahead = { x: 0, y: 0, headingRad: Math.PI / 2, initialSpeedMps: 20 };
    expect(waymoMissed({ x: 0, y: 1.9 }, ahead, 3)).toBe(false);
    expect(waymoMissed({ x: 1.1, y: 0 }, ahead, 3)).toBe(true);
    expect(waymoMissed({ x: 0, y: 1.9 }, { ...ahead, initialSpeedMps: 0 }, 3)).toBe(true);
  });

  test('nuPlan averages horizons of 3, 5 and 8 s and misses by the largest distance', () => {
    const straight = Array.from({ length: 16 }, (_, i) => (i % 2 ? 0 : 10 * (i / 2 + 1)));
    const off = straight.map((value, i) => (i % 2 ? i / 2 + 0.5 : value));
    expect(nuplanOpenLoop(off, straight)).toEqual({
      ade: expect.closeTo((2 + 3 + 4.5) / 3, 12),
      fde: expect.closeTo((3 + 5 + 8) / 3, 12),
      ok: true,
      missed: [false, false, false],
    });
    const jumped = straight.map((value, i) => (i === 1 ? 7 : value));
    expect(nuplanOpenLoop(jumped, straight).missed).toEqual([true, false, false]);
  });
});

describe('Waymax', () => {
  const line = (y: number, onRoute: boolean): WaymaxPath => ({
    x: Float64Array.from({ length: 101 }, (_, i) => i),
    y: new Float64Array(101).fill(y),
    arcLength: Float64Array.from({ length: 101 }, (_, i) => i),
    onRoute,
  });

  test('log divergence is the distance at the same step', () => {
    const track = testDrive({ lateral: 3 });
    expect(
      [
        ...logDivergence(
          track,
          track.x.map((x) => x + 4),
          new Float64Array(41),
        ),
      ].every((d) => Math.abs(d - 5) < 1e-12),
    ).toBe(true);
  });

  test('overlap is strict: bumpers that touch do not overlap', () => {
    const touching = overlapping(testDrive({ speed: 0, actors: [testActor({ x: 4.5 })] }));
    const inside = overlapping(testDrive({ speed: 0, actors: [testActor({ x: 4.4999 })] }));
    expect([touching[0], inside[0]]).toEqual([0, 1]);
  });

  /** Right edge of a road along +x at y = −3, the drivable side to its left. */
  const edges: RoadEdges = {
    x: Float64Array.from({ length: 50 }, (_, i) => i),
    y: new Float64Array(50).fill(-3),
    z: new Float64Array(50),
    directionX: new Float64Array(50).fill(1),
    directionY: new Float64Array(50),
    id: new Int32Array(50),
  };

  test('off-road is a corner on the right of its nearest road edge', () => {
    expect(signedEdgeDistance(edges, 10, -1)).toBeCloseTo(-2, 12);
    expect(signedEdgeDistance(edges, 10, -5)).toBeCloseTo(2, 12);
    expect(offRoad(testDrive({ rows: 5, lateral: -1.9 }), edges)[0]).toBe(0);
    expect(offRoad(testDrive({ rows: 5, lateral: -2.1 }), edges)[0]).toBe(1);
  });

  test('a bridge’s edge does not speak for the road below it', () => {
    const bridge = (value: number) => Float64Array.of(...edges.x.map(() => 0), value);
    const both: RoadEdges = {
      x: Float64Array.of(...edges.x, 10),
      y: Float64Array.of(...edges.y, -0.5),
      z: bridge(6),
      directionX: Float64Array.of(...edges.directionX, -1),
      directionY: Float64Array.of(...edges.directionY, 0),
      id: Int32Array.of(...edges.id, 1),
    };
    expect(signedEdgeDistance(both, 10, 0)).toBeCloseTo(-3, 12);
    expect(signedEdgeDistance(both, 10, 0, 6)).toBeCloseTo(0.5, 12);
  });

  test('wrong way starts at 3.5 m from every path', () => {
    expect(wrongWay(testDrive({ rows: 2, lateral: 3.4 }), [line(0, true)])[0]).toBe(0);
    expect(wrongWay(testDrive({ rows: 2, lateral: 3.6 }), [line(0, true)])[0]).toBeCloseTo(3.6, 12);
    expect(wrongWay(testDrive({ rows: 2 }), [])[0]).toBe(0);
  });

  test('off route is 5 m, or 2 m nearer to another path', () => {
    expect(offRoute(testDrive({ rows: 2, lateral: 4.9 }), [line(0, true)])[0]).toBe(0);
    expect(offRoute(testDrive({ rows: 2, lateral: 5.1 }), [line(0, true)])[0]).toBeCloseTo(5.1, 12);
    const paths = [line(0, true), line(4, false)];
    expect(offRoute(testDrive({ rows: 2, lateral: 2.9 }), paths)[0]).toBe(0);
    expect(offRoute(testDrive({ rows: 2, lateral: 3.1 }), paths)[0]).toBeCloseTo(3.1, 12);
  });

  test('progression is relative to the log’s way, and may exceed 1', () => {
    const track = testDrive();
    expect(progression(track, [line(0, true)], { x: 0, y: 0 }, { x: 80, y: 0 })[40]).toBe(0.5);
    expect(progression(track, [line(0, true)], { x: 0, y: 0 }, { x: 20, y: 0 })[40]).toBe(2);
    expect(progression(track, [line(0, true)], { x: 5, y: 0 }, { x: 5, y: 0 })[40]).toBe(1);
    expect(progression(track, [line(0, false)], { x: 0, y: 0 }, { x: 20, y: 0 })[40]).toBe(0);
  });

  test('10.4 m/s² and 0.3 1/m can be driven, more cannot', () => {
    const jump = (by: number) => infeasible(testDrive({ speedAt: (row) => (row < 5 ? 10 : 10 + by) }))[5];
    expect([jump(1.04), jump(1.05)]).toEqual([0, 1]);
    const turning = (curvature: number) => {
      const track = testDrive();
      return infeasible({ ...track, headingRad: track.headingRad.map((_, i) => curvature * i) })[3];
    };
    expect([turning(0.3), turning(0.302)]).toEqual([0, 1]);
  });

  test('the summary is means over steps', () => {
    const track = testDrive({ actors: [testActor({ x: 20 })] });
    const summary = waymaxSummary(track, { paths: [line(0, true)], edges, logX: track.x, logY: track.y });
    expect(summary).toMatchObject({
      log_divergence: 0,
      offroad_rate: 0,
      wrong_way_rate: 0,
      off_route_rate: 0,
      progression: 1,
      kinematic_infeasibility_rate: 0,
    });
    expect(summary.overlap_rate).toBeCloseTo(9 / 41, 12);
  });
});
