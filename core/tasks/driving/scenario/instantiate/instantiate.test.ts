import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shippedScenarios } from '../../../../../sim-proxy/node/scenarios.ts';
import { endsOf } from '../format/sample.ts';
import { instantiate } from './instantiate.ts';
import { poseAt, resampleRoad, joinPieces } from '../../roads/road.ts';
import { cos, sin } from '../../../../base/trigonometry.ts';
import { canonicalJson, checkScenario, type Scenario } from '../scenario.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';

/** Infinity or NaN say "none" here. */
const MAY_BE_ABSENT = ['oncomingFrom', 'stopLineS'];

function numbersOf(spec: WorldSpec): number[] {
  const found: number[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === 'number') found.push(value);
    else if (ArrayBuffer.isView(value)) for (const n of value as Float64Array) found.push(n);
    else if (value !== null && typeof value === 'object')
      for (const [key, member] of Object.entries(value)) if (!MAY_BE_ABSENT.includes(key)) visit(member);
  };
  visit(spec);
  return found;
}

describe('instantiate', () => {
  test('the same seed gives the same world, another seed another', () => {
    for (const scenario of shippedScenarios().values()) {
      const text = (seed: number) => {
        const { map, network, ...spec } = instantiate(scenario, seed);
        return canonicalJson(spec) + (map ? '' : network.lanes.map(({ length }) => length).join());
      };
      expect(text(7)).toBe(text(7));
      expect(text(7)).not.toBe(text(8));
    }
  });

  test('shipped worlds are finite, drivable and end beyond their start', () => {
    for (const scenario of shippedScenarios().values())
      for (let seed = 0; seed < 50; seed++) {
        const spec = instantiate(scenario, seed);
        expect(numbersOf(spec).every(Number.isFinite)).toBe(true);
        expect(spec.goalS).toBeGreaterThan(spec.ego.s + 40);
        expect((spec.road.x.length - 1) * spec.road.ds).toBeGreaterThan(spec.goalS + 44);
      }
  });

  test('any valid scenario gives finite specs with every draw inside its range', () => {
    const range = (low: number, high: number) =>
      fc.oneof(
        fc.double({ min: low, max: high, noNaN: true }),
        fc
          .tuple(fc.double({ min: low, max: high, noNaN: true }), fc.double({ min: low, max: high, noNaN: true }))
          .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
      );
    const scenarios = fc.record({
      format: fc.constant('traceway-scenario/1'),
      id: fc.constant('any'),
      title: fc.constant('Any'),
      description: fc.constant('Any'),
      road: fc.record({
        pieces: fc.array(
          fc.oneof(
            fc.record({ kind: fc.constant('straight'), length: range(60, 300) }),
            fc.record({
              kind: fc.constant('arc'),
              length: range(60, 300),
              radius: range(8, 5000),
              turn: fc.constantFrom('left', 'right'),
            }),
          ),
          { minLength: 1, maxLength: 5 },
        ),
        laneWidth: range(2.4, 6),
        speedLimitMps: range(2, 45),
      }),
      ego: fc.record({ s: range(0, 20), lateral: range(-4, 4), speedMps: range(0, 40) }),
      goal: fc.record({ from: fc.constant('ego'), s: range(21, 40) }),
      light: fc.record({ s: range(0, 59), green: range(1, 120), yellow: range(1, 10), red: range(1, 120) }),
      timeLimit: fc.constantFrom(1, 20, 59.9),
      actors: fc.tuple(
        fc.record({
          id: fc.constant('lead'),
          behaviour: fc.constant('idm'),
          probability: fc.double({ min: 0, max: 1, noNaN: true }),
          s: range(0, 59),
          speedMps: range(0, 40),
          desiredSpeedMps: range(0, 45),
        }),
        fc.record({
          id: fc.constant('walker'),
          behaviour: fc.constant('cross'),
          from: fc.constant('light'),
          s: fc.constant(0),
          fromLateral: range(-40, 40),
          toLateral: range(-40, 40),
          speedMps: range(0.2, 5),
          triggerDistance: range(0, 200),
        }),
      ),
    });
    fc.assert(
      fc.property(scenarios, fc.nat(), (value, seed) => {
        const scenario: Scenario = checkScenario(value);
        const spec = instantiate(scenario, seed);
        expect(numbersOf(spec).every(Number.isFinite)).toBe(true);
        const [low, high] = endsOf(scenario.ego.speedMps);
        expect(spec.ego.speedMps).toBeGreaterThanOrEqual(low);
        expect(spec.ego.speedMps).toBeLessThanOrEqual(high);
        expect(spec.actors.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 200 },
    );
  });

  test('fixing a range does not shift the draws after it', () => {
    const scenario = shippedScenarios().get('lead_brake') as Scenario;
    const fixed = checkScenario({ ...scenario, ego: { ...scenario.ego, speedMps: 8 } });
    const [a, b] = [instantiate(scenario, 3), instantiate(fixed, 3)];
    expect(a.ego.speedMps).not.toBe(8);
    expect(b.actors).toEqual(a.actors);
  });

  test('an imported drive is a scenario too: surveyed points and replayed tracks', () => {
    const points = Array.from({ length: 100 }, (_, i) => [50 * Math.sin(i / 50), 50 - 50 * Math.cos(i / 50), i / 50]);
    const scenario = checkScenario({
      format: 'traceway-scenario/1',
      id: 'log',
      title: 'Log',
      description: 'Recorded',
      road: { points, speedLimitMps: 20 },
      ego: { s: 0, speedMps: 8 },
      goal: { s: 90 },
      timeLimit: 60,
      actors: [
        {
          id: 'lead',
          behaviour: 'replay',
          rows: [
            [30, 1, 0, 8, 1],
            [0, 0, 0, 0, 0],
          ],
        },
      ],
    });
    const spec = instantiate(scenario, 0);
    expect(spec.actors[0]).toMatchObject({ behaviour: 'replay', present: Uint8Array.of(1, 0), length: 4.6 });
    expect(spec.road.curvature[40]).toBeCloseTo(1 / 50, 4);
    expect(Math.hypot(spec.road.x[40], spec.road.y[40] - 50)).toBeCloseTo(50, 2);
  });
});

describe('road', () => {
  test('own sine and cosine agree with the platform to 1e-15', () => {
    for (let x = -40; x < 40; x += 0.0371) {
      expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThan(1e-15);
      expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThan(1e-15);
    }
  });

  test('a full circle of arcs comes back to its start, and samples lie on it', () => {
    const radius = 20;
    const road = joinPieces([{ length: 2 * Math.PI * radius, curvature: 1 / radius }]);
    for (let i = 0; i < 125; i++) expect(Math.hypot(road.x[i], road.y[i] - radius)).toBeCloseTo(radius, 10);
    const end = poseAt(road, 2 * Math.PI * radius);
    expect(Math.hypot(end.x, end.y)).toBeLessThan(0.05);
  });

  test('resampling the samples of a road gives the road again', () => {
    const road = joinPieces([
      { length: 40, curvature: 0 },
      { length: 30, curvature: -0.04 },
      { length: 30, curvature: 0 },
    ]);
    const points = Array.from({ length: 101 }, (_, i) => [road.x[i], road.y[i], road.headingRad[i]] as const);
    const again = resampleRoad(points);
    for (let i = 0; i <= 100; i++)
      expect(Math.hypot(again.x[i] - road.x[i], again.y[i] - road.y[i])).toBeLessThan(0.02);
  });
});
