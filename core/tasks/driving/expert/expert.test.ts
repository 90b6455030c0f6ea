import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shippedScenarios } from '../../../../sim-proxy/node/scenarios.ts';
import { createRandom } from '../../../base/random.ts';
import { type Decision, LATERALS, LONGITUDINALS } from './maneuver.ts';
import { decide } from './expert.ts';
import { type ExpertDrive, driveSeeds } from './testing.ts';
import { DT, OBS_ACTOR, OBS_ACTOR_STRIDE, OBS_DIM, SCALE_SPEED, WAYPOINTS } from '../../../abi/layout.ts';
import { randomPlan } from '../policy/random-policy.ts';
import type { Scenario } from '../scenario/scenario.ts';

const SEEDS = Array.from({ length: 60 }, (_, i) => i);
const FEW = SEEDS.slice(0, 10);
const expert = (observations: Float32Array, offset: number) => decide(observations, offset);
const scenario = (id: string) => shippedScenarios().get(id) as Scenario;
const walker = (drive: ExpertDrive) =>
  drive.spec.actors.find((actor) => actor.behaviour === 'cross' && actor.triggerDistance > 0);
const solvable = [...shippedScenarios().values()].filter((one) => one.solvable !== false).map((one) => one.id);

/** Every solvable scenario with ten seeds; `npm run lab -- evaluate --policy expert --seeds 100` drives the full bar. */
const drives = new Map(solvable.map((id) => [id, driveSeeds(scenario(id), FEW, expert)]));
const all = [...drives.values()].flat();

describe('the expert', () => {
  test.each(solvable)('drives %s without infraction, in time, without haste', (id) => {
    const ten = drives.get(id) as ExpertDrive[];
    const bad = ten.filter(({ end, totals }) => end.collision || end.offRoad || totals.redLights > 0);
    expect(bad.map((drive) => drive.seed)).toEqual([]);
    expect(ten.filter((drive) => drive.end.success).length).toBeGreaterThanOrEqual(9);
    const mean = (of: (drive: ExpertDrive) => number) => ten.reduce((sum, drive) => sum + of(drive), 0) / ten.length;
    expect(mean((drive) => drive.totals.uncomfortableSteps / drive.spec.maxSteps)).toBeLessThan(0.03);
    expect(mean((drive) => drive.totals.speedingSteps / drive.spec.maxSteps)).toBeLessThan(0.02);
    expect(mean((drive) => drive.totals.ttcSteps / drive.spec.maxSteps)).toBeLessThan(0.03);
  });

  test('says one thing at a time: fewer than one decision in six differs from the one before', () => {
    let changes = 0;
    let decisions = 0;
    for (const drive of all)
      drive.decisions.forEach(({ longitudinal, lateral }, i, said) => {
        decisions++;
        if (i > 0 && (longitudinal !== said[i - 1].longitudinal || lateral !== said[i - 1].lateral)) changes++;
      });
    expect(changes / decisions).toBeLessThan(1 / 6);
  });

  test('uses every decision it has', () => {
    const decisions = all.flatMap((drive) => drive.decisions);
    for (const word of LONGITUDINALS) expect(decisions.some((d) => d.longitudinal === word)).toBe(true);
    for (const word of LATERALS.filter((name) => name !== 'pass_right'))
      expect(decisions.some((d) => d.lateral === word)).toBe(true);
  });

  test('a driver that ignores the hidden pedestrian hits it on most seeds where it crosses', () => {
    const drives = driveSeeds(scenario('hidden_pedestrian'), SEEDS, (o, at) => decide(o, at, 'proceed'));
    const crossing = drives.filter(walker);
    expect(crossing.length).toBeGreaterThan(30);
    expect(crossing.filter((drive) => drive.end.collision).length / crossing.length).toBeGreaterThan(0.75);
    expect(drives.filter((drive) => !walker(drive) && drive.end.collision)).toEqual([]);
  });

  test('a driver that never dares is too late', () => {
    const drives = driveSeeds(scenario('straight_road'), SEEDS.slice(0, 40), (o, at) => decide(o, at, 'slow'));
    expect(drives.filter((drive) => drive.end.success)).toEqual([]);
  });
});

describe('one decision', () => {
  /** Observations in which the expert gives way, with what it decided. */
  const yields: { observation: Float32Array; decision: Decision }[] = [];
  driveSeeds(scenario('crossing_pedestrian'), SEEDS.slice(0, 60), (observations, at) => {
    const decision = decide(observations, at);
    const observation = observations.slice(at, at + OBS_DIM);
    if (decision.longitudinal === 'yield' && observation[0] * SCALE_SPEED > 6) yields.push({ observation, decision });
    return decision;
  });
  const reach = (decision: Decision) => decision.waypoints[2 * WAYPOINTS - 2];

  test('is a function of the observation alone', () => {
    const { observation, decision } = yields[0];
    const batch = new Float32Array(3 * OBS_DIM);
    batch.set(observation, 2 * OBS_DIM);
    expect(decide(batch, 2 * OBS_DIM)).toEqual(decision);
  });

  test('names the pedestrian, where it will stop, and brakes', () => {
    expect(yields.length).toBeGreaterThan(10);
    for (const { decision } of yields) {
      expect(decision.cause).toEqual({ kind: 'actor', slot: 0 });
      expect(decision.predictions[0]).toMatchObject({ slot: 0, motion: 'crosses', inPath: true });
      expect(decision.accelMps2).toBeLessThan(0);
      expect(decision.stopDistance).toBeGreaterThanOrEqual(0);
    }
  });

  test('the plan starts at the ego with its speed', () => {
    for (const { observation, decision } of yields) {
      expect(Math.abs(decision.waypoints[0] - observation[0] * SCALE_SPEED * DT)).toBeLessThan(0.03);
      expect(Math.abs(decision.waypoints[1])).toBeLessThan(0.02);
    }
  });

  test('without the pedestrian it would have driven on', () => {
    for (const { observation } of yields) {
      const empty = observation.slice();
      empty.fill(0, OBS_ACTOR, OBS_ACTOR + OBS_ACTOR_STRIDE);
      expect(decide(empty).longitudinal).toBe('proceed');
    }
  });

  test('forced decisions plan clearly different drives', () => {
    for (const { observation, decision } of yields) {
      const speed = observation[0] * SCALE_SPEED;
      const forced = Object.fromEntries(LONGITUDINALS.map((name) => [name, decide(observation, 0, name)]));
      for (const name of LONGITUDINALS) {
        expect(forced[name].longitudinal).toBe(name);
        expect(forced[name].predictions).toEqual(decision.predictions);
      }
      expect(forced.yield).toEqual(decision);
      expect(forced.proceed.cause).toEqual({ kind: 'clear' });
      expect(forced.proceed.targetSpeedMps).toBeGreaterThan(speed - 0.5);
      expect(forced.slow.targetSpeedMps).toBeLessThan(0.75 * speed);
      expect(forced.stop.targetSpeedMps).toBeLessThan(forced.slow.targetSpeedMps);
      expect(forced.stop.stopDistance).toBeGreaterThan(0);
      expect(reach(forced.proceed)).toBeGreaterThan(reach(forced.slow) + 2);
      expect(reach(forced.proceed)).toBeGreaterThan(reach(forced.yield) + 1);
    }
  });

  test('any observation, however odd, gives a finite plan', () => {
    const number = fc.oneof(fc.float({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, 1));
    const forced = fc.option(fc.constantFrom(...LONGITUDINALS), { nil: undefined });
    fc.assert(
      fc.property(fc.array(number, { minLength: OBS_DIM, maxLength: OBS_DIM }), forced, (values, name) => {
        const decision = decide(Float32Array.from(values), 0, name);
        expect(decision.waypoints.every(Number.isFinite)).toBe(true);
        expect(Number.isFinite(decision.targetSpeedMps) && Number.isFinite(decision.accelMps2)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test('the random policy plans smooth drives that its seed alone decides', () => {
  const plan = randomPlan(createRandom(5));
  expect(plan).toEqual(randomPlan(createRandom(5)));
  expect(plan).not.toEqual(randomPlan(createRandom(6)));
  const x = Array.from({ length: WAYPOINTS }, (_, k) => plan[2 * k]);
  expect(x.every((value, k) => k === 0 || value >= x[k - 1])).toBe(true);
});
