import { describe, expect, test } from 'vitest';
import { fitProfile, lqrCommand, type PlanPose, type PlanProfile, rollOut, startState } from './plan-lqr.ts';
import type { RearAxleState } from './rear-axle-bicycle.ts';
import { NotPositiveDefiniteError, solvePositive } from '../../../base/solve.ts';
import { describeWith, peerNumbers, worstDifference } from './testing.ts';

interface Navsim {
  readonly lqr_bicycle: {
    readonly kinds: readonly string[];
    readonly init_v: readonly number[];
    readonly init_y: readonly number[];
    readonly velocity_profile: readonly number[][];
    readonly curvature_profile: readonly number[][];
    readonly cmd_accel: readonly number[][];
    readonly cmd_steer_rate: readonly number[][];
    readonly ref: readonly PlanPose[][];
    readonly sim: Readonly<Record<string, readonly number[][]>>;
  };
}

describeWith('NAVSIM', peerNumbers<Navsim>('../shared/data/driving/navsim_pdm.json'), ({ lqr_bicycle: peer }) => {
  const drives = peer.ref.map((poses, i) =>
    rollOut(startState(0, peer.init_y[i], 0, peer.init_v[i]), poses, 'navsim-exact'),
  );

  test.each(peer.kinds.map((kind, i) => [kind, i] as const))('%s: profile within 1e-9', (_, i) => {
    const profile = fitProfile(peer.ref[i], 'navsim-exact');
    expect(worstDifference(profile.speedMps, peer.velocity_profile[i])).toBeLessThanOrEqual(1e-9);
    expect(worstDifference(profile.curvature, peer.curvature_profile[i])).toBeLessThanOrEqual(1e-9);
  });

  test.each(peer.kinds.map((kind, i) => [kind, i] as const))('%s: LQR commands within 1e-9', (_, i) => {
    const { commands } = drives[i];
    const accel = commands.map((command) => command.accelMps2);
    const steerRate = commands.map((command) => command.steerRateRadps);
    expect(worstDifference(accel, peer.cmd_accel[i])).toBeLessThanOrEqual(1e-9);
    expect(worstDifference(steerRate, peer.cmd_steer_rate[i])).toBeLessThanOrEqual(1e-9);
  });

  test.each(peer.kinds.map((kind, i) => [kind, i] as const))('%s: 4 s roll-out within 1e-9', (_, i) => {
    const columns: Readonly<Record<string, (state: RearAxleState) => number>> = {
      x: (state) => state.x,
      y: (state) => state.y,
      h: (state) => state.headingRad,
      v: (state) => state.speedMps,
      a: (state) => state.accelMps2,
      steer: (state) => state.steerRad,
      yaw_rate: (state) => state.yawRateRadps,
    };
    for (const [name, read] of Object.entries(columns))
      expect(worstDifference(drives[i].states.map(read), peer.sim[name][i]), name).toBeLessThanOrEqual(1e-9);
  });

  test('the −I difference matrix moves the speed reference by 0.15 m/s and the fitted acceleration by 0.95 m/s²', () => {
    const accelOf = ({ speedMps }: PlanProfile) => Array.from(speedMps.subarray(1), (v, k) => (v - speedMps[k]) / 0.1);
    let [speed, accel] = [0, 0];
    for (const poses of peer.ref) {
      const exact = fitProfile(poses, 'navsim-exact');
      const corrected = fitProfile(poses, 'corrected');
      speed = Math.max(speed, worstDifference(exact.speedMps, corrected.speedMps));
      accel = Math.max(accel, worstDifference(accelOf(exact), accelOf(corrected)));
    }
    expect(speed).toBeCloseTo(0.15, 2);
    expect(accel).toBeCloseTo(0.95, 2);
  });

  test('the same plans end 0.03, 0.94, 0.35 and 1.85 m from where they were planned to', () => {
    const misses = drives.map(({ states }, i) => {
      const last = states[states.length - 1];
      const [x, y] = peer.ref[i][peer.ref[i].length - 1];
      return Math.hypot(last.x - x, last.y - y);
    });
    expect(misses.map((miss) => Number(miss.toFixed(2)))).toEqual([0.03, 0.94, 0.35, 1.85]);
  });
});

describe('the plan’s profile', () => {
  /** A plan that brakes at a constant 3 m/s². */
  const braking = Array.from({ length: 41 }, (_, k): PlanPose => [14 * k * 0.1 - 1.5 * (k * 0.1) ** 2, 0, 0]);

  test('the true difference matrix recovers a constant acceleration, −I does not', () => {
    const truth = Array.from({ length: 40 }, (_, k) => 14 - 3 * (k + 0.5) * 0.1);
    expect(worstDifference(fitProfile(braking, 'corrected').speedMps, truth)).toBeLessThan(1e-9);
    expect(worstDifference(fitProfile(braking, 'navsim-exact').speedMps, truth)).toBeGreaterThan(0.05);
  });

  test('at and below 0.2 m/s the stopping controller takes over', () => {
    const still = Array.from({ length: 11 }, (): PlanPose => [0, 0, 0]);
    const command = lqrCommand(startState(0, 0.5, 0, 0.2), still, fitProfile(still), 0);
    expect(command.steerRateRadps).toBe(0);
    expect(command.accelMps2).toBeCloseTo(-0.1, 9);
  });

  test('a plan too short to fit is refused', () => {
    expect(() => fitProfile(braking.slice(0, 3))).toThrow(RangeError);
  });
});

describe('Cholesky', () => {
  test('solves a known system and refuses an indefinite one', () => {
    expect(worstDifference(solvePositive(Float64Array.of(4, 2, 2, 3), [2, 3]), [0, 1])).toBeLessThan(1e-15);
    expect(() => solvePositive(Float64Array.of(1, 2, 2, 1), [1, 1])).toThrow(NotPositiveDefiniteError);
  });
});
