/**
 * Where across the road the ego means to drive: an offset from the lane centre along the route. Ramps are cubics with level
 * ends, and a cubic asked for again from a point on it is the same cubic, so a plan made anew every half second without memory
 * follows the line of the plan before.
 */
import type { Scene } from './expert-scene.ts';

export interface LateralPath {
  /** Offset held from `holdFrom` to `holdTo` (route metres from here), m; 0 = the lane centre. */
  readonly offset: number;
  readonly rampFrom: number;
  readonly holdFrom: number;
  readonly holdTo: number;
  /** Length of the way back to the lane centre, and over which what the ego is off is eased out, m. */
  readonly back: number;
  readonly ease: number;
  /** Where the ego is now, and the slope of its course. */
  readonly lateral: number;
  readonly slope: number;
}

/** Lateral acceleration of an unhurried shift, m/s². */
const SHIFT_ACCEL = 1.1;
const SHORTEST_SHIFT = 9;

/** Length in which an offset changes by `shift` at `speed` (cubic: greatest lateral acceleration 6·shift·speed²/length²). */
export function shiftLength(shift: number, speed: number): number {
  return Math.max(SHORTEST_SHIFT, speed * Math.sqrt((6 * Math.abs(shift)) / SHIFT_ACCEL));
}

const easeLength = (speed: number) => Math.min(28, Math.max(9, 6 + 1.8 * speed));

/** Back to, and along, the lane centre. */
export function lanePath({ lateral, slope, speed }: Scene): LateralPath {
  const ease = easeLength(speed);
  return { offset: 0, rampFrom: 0, holdFrom: 0, holdTo: 0, back: 0, ease, lateral, slope };
}

/** Out to `offset` by `holdFrom` in a shift of at most `ramp` metres, and back after `holdTo`. */
export function shiftedPath(
  { lateral, slope, speed }: Scene,
  offset: number,
  holdFrom: number,
  holdTo: number,
  ramp: number,
): LateralPath {
  const rampFrom = Math.max(0, holdFrom - ramp);
  const back = shiftLength(offset, speed);
  return { offset, rampFrom, holdFrom, holdTo, back, ease: easeLength(speed), lateral, slope };
}

/** From (0, `start`) with `slope` to a level 0 after `length`. */
function fade(start: number, slope: number, s: number, length: number): number {
  if (s >= length) return 0;
  const t = Math.max(0, s / length);
  return (1 - t) * (1 - t) * ((1 + 2 * t) * start + t * length * slope);
}

const step = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));

/** Offset of the path at `s` metres from the ego's foot point. */
export function offsetAt(path: LateralPath, s: number): number {
  const { offset, holdFrom, holdTo, rampFrom, lateral, slope, ease } = path;
  if (s < 0) return lateral;
  if (offset === 0 || holdTo <= 0) return fade(lateral, slope, s, ease);
  if (holdFrom <= 0) return held(path, s) + fade(lateral - offset, slope, s, ease);
  if (s >= holdFrom) return held(path, s);
  if (rampFrom <= 0) return offset + fade(lateral - offset, slope, s, holdFrom);
  return fade(lateral, slope, s, Math.min(ease, rampFrom)) + offset * step((s - rampFrom) / (holdFrom - rampFrom));
}

const held = ({ offset, holdTo, back }: LateralPath, s: number) => offset * (1 - step((s - holdTo) / back));
