/**
 * Comfort: six signals of the ego's motion against fixed bounds, all samples strictly inside.
 *
 * Bounds of nuPlan, which NAVSIM, Bench2Drive and Alpamayo's reward share: longitudinal acceleration (−4.05, 2.40) m/s²,
 * |lateral acceleration| < 4.89, |jerk| < 8.37 m/s³, |longitudinal jerk| < 4.13, |yaw rate| < 0.95 rad/s, |yaw acceleration| < 1.93 rad/s².
 * "Jerk" is the rate of change of the acceleration's magnitude, in every peer.
 *
 * Two forms (`Form`). *corrected*: lateral acceleration is v·ω, windows are odd and the ones declared (7, 15, 15).
 * *navsim-exact* (`pdm_comfort_metrics.py`): lateral acceleration at the rear axle is 0, so it can never fail; moving to the centre
 * adds d·ω² (wrong sign) and d·α (wrong channel) to the longitudinal one, d = 1.461 m; windows are 8 (even: half a sample late), 15
 * and 5, because the declared 15 is never passed on; results are rounded to 8 decimals.
 */
import { PACIFICA } from '../peers/rear-axle-bicycle.ts';
import { savgol } from './savgol.ts';
import type { Cost, DriveTrack, Form } from './track.ts';

/** Rear axle for the exact form (that is what NAVSIM simulates); any fixed point of the car for the corrected one. */
export interface MotionProfile {
  readonly dtSeconds: number;
  /** [rows] */
  readonly headingRad: ArrayLike<number>;
  readonly speedMps: ArrayLike<number>;
  readonly accelMps2: ArrayLike<number>;
  readonly yawRateRadps: ArrayLike<number>;
}

export const COMFORT_SIGNALS = ['lonAccel', 'latAccel', 'jerk', 'lonJerk', 'yawAccel', 'yawRate'] as const;
export type ComfortSignal = (typeof COMFORT_SIGNALS)[number];

/** Open intervals, SI. */
export const COMFORT_BOUNDS: Readonly<Record<ComfortSignal, readonly [number, number]>> = {
  lonAccel: [-4.05, 2.4],
  latAccel: [-4.89, 4.89],
  jerk: [-8.37, 8.37],
  lonJerk: [-4.13, 4.13],
  yawAccel: [-1.93, 1.93],
  yawRate: [-0.95, 0.95],
};

/** Windows in samples: acceleration, jerk, yaw. */
const COMFORT_WINDOWS: Readonly<Record<Form, readonly [number, number, number]>> = {
  corrected: [7, 15, 15],
  'navsim-exact': [8, 15, 5],
};

export type ComfortSeries = Readonly<Record<ComfortSignal | 'accel', Float64Array>>;

const round8 = (values: Float64Array) => values.map((value) => Math.round(value * 1e8) / 1e8);

/** Headings without jumps of 2π. */
export function unwrap(headings: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(headings);
  let turns = 0;
  for (let i = 1; i < out.length; i++) {
    turns += Math.round((headings[i] - headings[i - 1]) / (2 * Math.PI));
    out[i] -= 2 * Math.PI * turns;
  }
  return out;
}

/** Lateral acceleration in the plane: v·ω, m/s². */
export function lateralAcceleration(motion: MotionProfile): Float64Array {
  return Float64Array.from({ length: motion.speedMps.length }, (_, i) => motion.speedMps[i] * motion.yawRateRadps[i]);
}

/** The six filtered signals, and `accel`, the filtered magnitude. Needs at least 5 rows. Throws RangeError below that. */
export function comfortSeries(motion: MotionProfile, form: Form = 'corrected'): ComfortSeries {
  const { dtSeconds, accelMps2, yawRateRadps } = motion;
  const rows = accelMps2.length;
  const exact = form === 'navsim-exact';
  const [accelWindow, jerkWindow, yawWindow] = COMFORT_WINDOWS[form].map((w) => {
    const fits = Math.min(w, rows);
    return exact || fits % 2 === 1 ? fits : fits - 1;
  });
  const lateral = exact ? new Float64Array(rows) : lateralAcceleration(motion);
  const d = PACIFICA.rearAxleToCentre;
  const turn = (i: number) => (i === 0 ? 0 : (yawRateRadps[i] - yawRateRadps[i - 1]) / dtSeconds);
  const shift = (i: number) => (exact ? d * yawRateRadps[i] ** 2 + d * turn(i) : 0);
  const along = Float64Array.from({ length: rows }, (_, i) => accelMps2[i] + shift(i));
  const magnitude = lateral.map((a, i) => Math.hypot(accelMps2[i], a));
  const finish = exact ? round8 : (values: Float64Array) => values;

  const smooth = (values: Float64Array) => finish(savgol(values, { window: accelWindow, order: 2 }));
  const rate = (values: Float64Array) =>
    finish(savgol(values, { window: jerkWindow, order: 2, derivative: 1, spacing: dtSeconds }));
  const yaw = unwrap(motion.headingRad);
  const yawDerivative = (derivative: number, order: number) =>
    finish(savgol(yaw, { window: yawWindow, order, derivative, spacing: dtSeconds }));
  const [lonAccel, accel] = [smooth(along), smooth(magnitude)];
  return {
    lonAccel,
    latAccel: smooth(lateral),
    accel,
    jerk: rate(accel),
    lonJerk: rate(lonAccel),
    yawAccel: yawDerivative(2, 3),
    yawRate: yawDerivative(1, 2),
  };
}

export interface ComfortReport {
  readonly comfortable: boolean;
  readonly ok: Readonly<Record<ComfortSignal, boolean>>;
  /** First sample outside, for each signal that has one. */
  readonly costs: readonly Cost[];
}

/** Which signals stay within bounds, and where the others first leave them. */
export function judgeComfort(series: Readonly<Record<ComfortSignal, ArrayLike<number>>>): ComfortReport {
  const costs: Cost[] = [];
  const ok = Object.fromEntries(
    COMFORT_SIGNALS.map((signal) => {
      const [low, high] = COMFORT_BOUNDS[signal];
      const values = series[signal];
      let step = 0;
      while (step < values.length && values[step] > low && values[step] < high) step++;
      if (step < values.length) costs.push({ part: `comfort.${signal}`, step, value: values[step] });
      return [signal, step === values.length];
    }),
  ) as Record<ComfortSignal, boolean>;
  return { comfortable: costs.length === 0, ok, costs };
}

/** `judgeComfort` of a motion. */
export const comfort = (motion: MotionProfile, form: Form = 'corrected'): ComfortReport =>
  judgeComfort(comfortSeries(motion, form));

const LEAST_ROWS = 5;
const UNJUDGED: ComfortReport = {
  comfortable: true,
  ok: Object.fromEntries(COMFORT_SIGNALS.map((signal) => [signal, true])) as Record<ComfortSignal, boolean>,
  costs: [],
};

/** nuPlan's check over a drive is the same over all its rows; a drive shorter than the least window is not judged: comfortable. */
export const trackComfort = (track: DriveTrack, form: Form = 'corrected'): ComfortReport =>
  track.rows < LEAST_ROWS ? UNJUDGED : comfort(track, form);

/** Bounds on the root mean square of the difference of two consecutive plans (NAVSIM v2, extended comfort), inclusive. */
export const EXTENDED_COMFORT_BOUNDS = { accel: 0.7, jerk: 0.5, yawRate: 0.1, yawAccel: 0.1 } as const;

/**
 * Whether two consecutive plans agree where they overlap. `later` started `offset` samples after `earlier`; both are cut to the
 * common stretch before filtering, as NAVSIM does. Its yaw acceleration here is of order 2 (3 elsewhere), kept in the exact form.
 */
export function extendedComfort(
  earlier: MotionProfile,
  later: MotionProfile,
  offset: number,
  form: Form = 'corrected',
): { readonly ok: boolean; readonly rms: Readonly<Record<keyof typeof EXTENDED_COMFORT_BOUNDS, number>> } {
  const count = Math.min(earlier.speedMps.length - offset, later.speedMps.length);
  const cut = (motion: MotionProfile, from: number): MotionProfile => {
    const part = (values: ArrayLike<number>) => Float64Array.from({ length: count }, (_, i) => values[from + i]);
    const { dtSeconds, headingRad, speedMps, accelMps2, yawRateRadps } = motion;
    return {
      dtSeconds,
      headingRad: part(headingRad),
      speedMps: part(speedMps),
      accelMps2: part(accelMps2),
      yawRateRadps: part(yawRateRadps),
    };
  };
  const features = (motion: MotionProfile) => {
    const { accel, jerk, yawRate, yawAccel } = comfortSeries(motion, form);
    if (form === 'corrected') return { accel, jerk, yawRate, yawAccel };
    const options = { window: Math.min(5, count), order: 2, derivative: 2, spacing: motion.dtSeconds };
    return { accel, jerk, yawRate, yawAccel: round8(savgol(unwrap(motion.headingRad), options)) };
  };
  const [a, b] = [features(cut(earlier, offset)), features(cut(later, 0))];
  const rmsOf = (name: keyof typeof EXTENDED_COMFORT_BOUNDS) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (a[name][i] - b[name][i]) ** 2;
    return Math.sqrt(sum / count);
  };
  const rms = { accel: rmsOf('accel'), jerk: rmsOf('jerk'), yawRate: rmsOf('yawRate'), yawAccel: rmsOf('yawAccel') };
  const names = Object.keys(EXTENDED_COMFORT_BOUNDS) as (keyof typeof EXTENDED_COMFORT_BOUNDS)[];
  return { ok: names.every((name) => rms[name] <= EXTENDED_COMFORT_BOUNDS[name]), rms };
}
