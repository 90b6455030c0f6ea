/**
 * Where across the road the ego means to drive: an offset from the lane centre along the route. Ramps are cubics with level
 * ends, and a cubic asked for again from a point on it is the same cubic, so a plan made anew every half second without memory
 * follows the line of the plan before. Several things to pass give several shifts; the outermost counts.
 */
import type { EgoView } from './ego-view.ts';

/** An offset held from `holdFrom` to `holdTo` (route metres from here), reached in a ramp from `rampFrom`, m. */
export interface Shift {
  readonly offset: number;
  readonly rampFrom: number;
  readonly holdFrom: number;
  readonly holdTo: number;
  /** Length of the way back to the lane centre. */
  readonly back: number;
}

export interface LateralPath {
  /** All to the left (1) or all to the right (-1); none: along the lane centre. */
  readonly side: 1 | -1;
  readonly shifts: readonly Shift[];
  /** Length over which what the ego is off is eased out, m. */
  readonly ease: number;
  /** Where the ego is now, and the slope of its course. */
  readonly lateral: number;
  readonly slope: number;
}

/** Lateral acceleration of an unhurried shift, m/s². */
const SHIFT_ACCEL = 1.1;
/** The same on the way back into the lane. */
const BACK_ACCEL = 1.8;
const SHORTEST_SHIFT = 9;

/** Length in which an offset changes by `shift` at `speed` (cubic: greatest lateral acceleration 6·shift·speed²/length²). */
export function shiftLength(shift: number, speed: number, accel: number = SHIFT_ACCEL): number {
  return Math.max(SHORTEST_SHIFT, speed * Math.sqrt((6 * Math.abs(shift)) / accel));
}

/** Length of the way back from `offset`. */
export const backLength = (offset: number, speed: number) => shiftLength(offset, speed, BACK_ACCEL);

/** Along the lane centre but for these shifts; what the ego is off is eased out. */
export function lateralPathOf({ lateral, slope, speed }: EgoView, side: 1 | -1, shifts: readonly Shift[]): LateralPath {
  return { side, shifts, ease: Math.min(28, Math.max(9, 6 + 1.8 * speed)), lateral, slope };
}

/** Out to `offset` by `holdFrom` in a ramp of at most `ramp` metres, and back after `holdTo`. */
export function shiftTo({ speed }: EgoView, offset: number, holdFrom: number, holdTo: number, ramp: number): Shift {
  return { offset, rampFrom: Math.max(0, holdFrom - ramp), holdFrom, holdTo, back: backLength(offset, speed) };
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
  const { side, shifts, lateral, slope, ease } = path;
  if (s < 0) return lateral;
  if (shifts.length === 0) return fade(lateral, slope, s, ease);
  let outermost = side * shifted(path, shifts[0], s);
  for (let i = 1; i < shifts.length; i++) outermost = Math.max(outermost, side * shifted(path, shifts[i], s));
  return side * outermost;
}

function shifted({ lateral, slope, ease }: LateralPath, shift: Shift, s: number): number {
  const { offset, rampFrom, holdFrom, holdTo, back } = shift;
  if (holdTo <= 0) return fade(lateral, slope, s, ease);
  const held = offset * (1 - step((s - holdTo) / back));
  if (holdFrom <= 0) return held + fade(lateral - offset, slope, s, ease);
  if (s >= holdFrom) return held;
  if (rampFrom <= 0) return offset + fade(lateral - offset, slope, s, holdFrom);
  return fade(lateral, slope, s, Math.min(ease, rampFrom)) + offset * step((s - rampFrom) / (holdFrom - rampFrom));
}
