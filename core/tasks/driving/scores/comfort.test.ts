import { describe, expect, test } from 'vitest';
import { type PlanPose, rollOut, startState } from '../peers/plan-lqr.ts';
import { describeWith, peerNumbers, worstDifference } from '../peers/testing.ts';
import {
  COMFORT_SIGNALS,
  type ComfortSeries,
  comfort,
  comfortSeries,
  extendedComfort,
  judgeComfort,
  type MotionProfile,
  unwrap,
} from './comfort.ts';
import { savgol } from './savgol.ts';
import { alpamayoComfortReward, bench2driveComfort } from './segment-comfort.ts';

interface Navsim {
  readonly lqr_bicycle: { init_v: number[]; init_y: number[]; ref: PlanPose[][]; kinds: string[] };
  readonly comfort: Readonly<Record<string, readonly number[][]>> & { readonly ok: readonly boolean[][] };
  readonly extended_comfort_self: readonly boolean[];
  readonly savgol: Readonly<Record<'y' | 'w8p2' | 'w15p2d1' | 'w5p2d1' | 'w5p3d2', readonly number[]>>;
}

/** Steady motion at `speed` m/s and `yawRate` rad/s. */
function steady(speed: number, yawRate: number, rows = 41): MotionProfile {
  return {
    dtSeconds: 0.1,
    headingRad: Float64Array.from({ length: rows }, (_, i) => yawRate * i * 0.1),
    speedMps: new Float64Array(rows).fill(speed),
    accelMps2: new Float64Array(rows),
    yawRateRadps: new Float64Array(rows).fill(yawRate),
  };
}

describeWith('NAVSIM', peerNumbers<Navsim>('../shared/data/driving/navsim_pdm.json'), (peer) => {
  const motions = peer.lqr_bicycle.ref.map((poses, i): MotionProfile => {
    const { states } = rollOut(
      startState(0, peer.lqr_bicycle.init_y[i], 0, peer.lqr_bicycle.init_v[i]),
      poses,
      'navsim-exact',
    );
    return {
      dtSeconds: 0.1,
      headingRad: states.map((state) => state.headingRad),
      speedMps: states.map((state) => state.speedMps),
      accelMps2: states.map((state) => state.accelMps2),
      yawRateRadps: states.map((state) => state.yawRateRadps),
    };
  });

  test('Savitzky–Golay equals scipy within 1e-9, the even window included', () => {
    const { y, w8p2, w15p2d1, w5p2d1, w5p3d2 } = peer.savgol;
    const check = (expected: readonly number[], window: number, order: number, derivative: number) =>
      expect(worstDifference(savgol(y, { window, order, derivative, spacing: 0.1 }), expected)).toBeLessThanOrEqual(
        1e-9,
      );
    check(w8p2, 8, 2, 0);
    check(w15p2d1, 15, 2, 1);
    check(w5p2d1, 5, 2, 1);
    check(w5p3d2, 5, 3, 2);
  });

  test.each(peer.lqr_bicycle.kinds.map((kind, i) => [kind, i] as const))(
    '%s: every comfort series within 1e-7',
    (_, i) => {
      const series = comfortSeries(motions[i], 'navsim-exact');
      const names: Readonly<Record<string, keyof ComfortSeries>> = {
        lon_acc: 'lonAccel',
        lat_acc: 'latAccel',
        mag_acc: 'accel',
        jerk_mag: 'jerk',
        jerk_lon: 'lonJerk',
        yaw_rate: 'yawRate',
        yaw_accel: 'yawAccel',
      };
      for (const [theirs, ours] of Object.entries(names))
        expect(worstDifference(series[ours], peer.comfort[theirs][i]), theirs).toBeLessThanOrEqual(1e-7);
      const { ok } = comfort(motions[i], 'navsim-exact');
      expect(COMFORT_SIGNALS.map((signal) => ok[signal])).toEqual(peer.comfort.ok[i]);
    },
  );

  test('a plan is extended-comfortable with itself', () => {
    expect(extendedComfort(motions[1], motions[1], 0, 'navsim-exact').ok).toBe(peer.extended_comfort_self[0]);
  });
});

describe('comfort', () => {
  test('a steady circle at 15 m/s and 20 m radius (11.25 m/s²) passes all six NAVSIM checks and fails the corrected one', () => {
    const circle = steady(15, 15 / 20);
    expect(comfort(circle, 'navsim-exact').comfortable).toBe(true);
    const { ok, costs } = comfort(circle, 'corrected');
    expect(ok).toEqual({ lonAccel: true, latAccel: false, jerk: true, lonJerk: true, yawAccel: true, yawRate: true });
    expect(costs).toHaveLength(1);
    expect(costs[0]).toMatchObject({ part: 'comfort.latAccel', step: 0 });
    expect(costs[0].value).toBeCloseTo(11.25, 9);
  });

  test('NAVSIM’s centre gains d·ω² and d·α in the longitudinal channel; the corrected form keeps them out', () => {
    const circle = steady(10, 0.4);
    const exact = comfortSeries(circle, 'navsim-exact').lonAccel;
    expect(exact[20]).toBeCloseTo(1.461 * 0.16, 8);
    expect(comfortSeries(circle).lonAccel[20]).toBeCloseTo(0, 12);
    const spinning: MotionProfile = {
      ...steady(10, 0),
      yawRateRadps: Float64Array.from({ length: 41 }, (_, i) => 0.1 * i * 0.1),
    };
    expect(comfortSeries(spinning, 'navsim-exact').lonAccel[20] - 1.461 * 0.205 ** 2).toBeCloseTo(0.1461, 4);
  });

  test('an even window is half a sample late, an odd one is not', () => {
    const ramp = Float64Array.from({ length: 30 }, (_, i) => i);
    expect(savgol(ramp, { window: 8, order: 2 })[15]).toBeCloseTo(15.5, 9);
    expect(savgol(ramp, { window: 7, order: 2 })[15]).toBeCloseTo(15, 9);
  });

  test('a heading that jitters once passes the declared window of 15 and fails the one of 5 that NAVSIM runs', () => {
    const jitter = { ...steady(5, 0), headingRad: Float64Array.from({ length: 41 }, (_, i) => (i === 20 ? 0.09 : 0)) };
    expect(comfort(jitter, 'corrected').ok.yawAccel).toBe(true);
    expect(comfort(jitter, 'navsim-exact').ok.yawAccel).toBe(false);
  });

  test('bounds are open: a value on the bound fails', () => {
    const zeros = Object.fromEntries(COMFORT_SIGNALS.map((signal) => [signal, [0, 0]])) as Record<
      (typeof COMFORT_SIGNALS)[number],
      number[]
    >;
    expect(judgeComfort(zeros).comfortable).toBe(true);
    expect(judgeComfort({ ...zeros, lonAccel: [0, 2.4] }).costs).toEqual([
      { part: 'comfort.lonAccel', step: 1, value: 2.4 },
    ]);
    expect(judgeComfort({ ...zeros, yawRate: [0, 0.9499] }).comfortable).toBe(true);
    expect(judgeComfort({ ...zeros, jerk: [Number.NaN, 0] }).comfortable).toBe(false);
  });

  test('headings that jump by 2π are unwrapped', () => {
    expect(unwrap([3, -3.2, -3.1]).map((h) => Number(h.toFixed(4)))).toEqual(
      Float64Array.of(3, Number((-3.2 + 2 * Math.PI).toFixed(4)), Number((-3.1 + 2 * Math.PI).toFixed(4))),
    );
  });

  test('two plans that differ by 0.8 m/s² are not extended-comfortable, by 0.6 they are', () => {
    const plan = steady(10, 0);
    const braking = (by: number): MotionProfile => ({ ...plan, accelMps2: new Float64Array(41).fill(by) });
    expect(extendedComfort(plan, braking(0.8), 5)).toMatchObject({ ok: false, rms: { accel: expect.closeTo(0.8, 9) } });
    expect(extendedComfort(plan, braking(0.6), 5).ok).toBe(true);
  });
});

describe('Bench2Drive and Alpamayo', () => {
  /** Yaw rate swinging between ±0.7 rad/s: yaw acceleration up to 4 rad/s² at walking pace. */
  const swerve: MotionProfile = {
    ...steady(1, 0, 60),
    yawRateRadps: Float64Array.from({ length: 60 }, (_, i) => 0.7 * Math.sin(0.6 * i)),
  };

  test('Bench2Drive’s yaw acceleration is the yaw rate again, so a swerve passes that fails when it is derived', () => {
    expect(bench2driveComfort(swerve, 'bench2drive-exact')).toBe(1);
    expect(bench2driveComfort(swerve, 'corrected')).toBe(0);
  });

  test('Bench2Drive counts whole 20-sample segments', () => {
    const motion = steady(10, 0, 60);
    (motion.accelMps2 as Float64Array).fill(-6, 25, 35);
    expect(bench2driveComfort(motion)).toBeCloseTo(2 / 3, 12);
  });

  test('Alpamayo’s reward is 0 when all six hold and −1/6 for each that does not', () => {
    expect(alpamayoComfortReward(steady(10, 0))).toBe(0);
    expect(alpamayoComfortReward(steady(15, 0.75))).toBeCloseTo(-1 / 6, 12);
  });
});
