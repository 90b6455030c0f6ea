/**
 * Two peers' other ways to score comfort with nuPlan's bounds (comfort.ts).
 *
 * Bench2Drive (`efficiency_smoothness_benchmark.py`): 20-sample segments at 10 Hz, each filtered by itself with a window of 7, order
 * 2; score = segments that hold all bounds / segments. **Quirk:** its "yaw acceleration" is the filtered yaw rate again, without
 * the derivative, so a hard swerve below 0.95 rad/s never fails it; `form: 'bench2drive-exact'` reproduces that.
 * Alpamayo's reward: plain forward differences, last value repeated; mean of the six booleans − 1.
 */
import {
  COMFORT_SIGNALS,
  type ComfortSignal,
  judgeComfort,
  lateralAcceleration,
  type MotionProfile,
} from './comfort.ts';
import { savgol } from './savgol.ts';

const SEGMENT = 20;
const WINDOW = 7;
const LEAST_ROWS = 5;

export interface ComfortSegment {
  /** First row, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly comfortable: boolean;
}

/** The drive's 2 s segments; an incomplete last one is dropped unless it is the only one. Below 5 rows nothing is judged. */
export function comfortSegments(
  motion: MotionProfile,
  form: 'corrected' | 'bench2drive-exact' = 'corrected',
): ComfortSegment[] {
  const rows = motion.speedMps.length;
  if (rows < LEAST_ROWS) return [{ from: 0, to: rows, comfortable: true }];
  const lateral = lateralAcceleration(motion);
  return Array.from({ length: Math.max(1, Math.floor(rows / SEGMENT)) }, (_, k) => {
    const [from, to] = rows <= SEGMENT ? [0, rows] : [k * SEGMENT, (k + 1) * SEGMENT];
    const part = (values: ArrayLike<number>) => Float64Array.from({ length: to - from }, (_, i) => values[from + i]);
    const filter = (values: ArrayLike<number>, derivative = 0) =>
      savgol(values, { window: Math.min(WINDOW, to - from), order: 2, derivative, spacing: motion.dtSeconds });
    const [along, across, turn] = [part(motion.accelMps2), part(lateral), part(motion.yawRateRadps)];
    const [lonAccel, yawRate] = [filter(along), filter(turn)];
    const series = {
      lonAccel,
      latAccel: filter(across),
      jerk: filter(filter(along.map((a, i) => Math.hypot(a, across[i]))), 1),
      lonJerk: filter(lonAccel, 1),
      yawAccel: form === 'corrected' ? filter(turn, 1) : yawRate,
      yawRate,
    };
    return { from, to, comfortable: judgeComfort(series).comfortable };
  });
}

/** 0..1: share of comfortable segments. */
export function bench2driveComfort(motion: MotionProfile, form?: 'corrected' | 'bench2drive-exact'): number {
  const segments = comfortSegments(motion, form);
  return segments.filter(({ comfortable }) => comfortable).length / segments.length;
}

/** Alpamayo's comfort reward, −1..0. */
export function alpamayoComfortReward(motion: MotionProfile): number {
  const difference = (values: Float64Array) => {
    const out = values.map((value, i) => ((values[i + 1] ?? value) - value) / motion.dtSeconds);
    if (out.length > 1) out[out.length - 1] = out[out.length - 2];
    return out;
  };
  const lonAccel = Float64Array.from(motion.accelMps2);
  const yawRate = Float64Array.from(motion.yawRateRadps);
  const latAccel = lateralAcceleration(motion);
  const series: Record<ComfortSignal, Float64Array> = {
    lonAccel,
    latAccel,
    jerk: difference(lonAccel.map((a, i) => Math.hypot(a, latAccel[i]))),
    lonJerk: difference(lonAccel),
    yawAccel: difference(yawRate),
    yawRate,
  };
  const { ok } = judgeComfort(series);
  return COMFORT_SIGNALS.filter((signal) => ok[signal]).length / COMFORT_SIGNALS.length - 1;
}
