/**
 * What both worlds refuse, and how they say it: a spec that does not fit, a plan or control that is no number, a snapshot of
 * the wrong size. Everything else is arithmetic that cannot fail.
 */
import { MAX_ACTORS, WAYPOINTS } from './layout.ts';
import type { WorldSpec } from './spec.ts';

/** Bad input to a world; `value` is what was wrong. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
  readonly value: unknown;
  constructor(message: string, value: unknown) {
    super(message);
    this.value = value;
  }
}

/** Throws WorldError when a world cannot run `spec`. */
export function checkSpec(spec: WorldSpec): void {
  const { road, ego, goalS, maxSteps, actors } = spec;
  const points = road.x.length;
  if (points < 2) throw new WorldError('a road needs at least two samples', points);
  if ([road.y, road.headingRad, road.curvature].some((column) => column.length !== points))
    throw new WorldError('the columns of a road differ in length', points);
  if (!(road.ds > 0)) throw new WorldError('road spacing must be positive', road.ds);
  if (actors.length > MAX_ACTORS) throw new WorldError(`a world holds ${MAX_ACTORS} actors`, actors.length);
  if (!(goalS > ego.s)) throw new WorldError('the goal must lie ahead of the start', goalS);
  if (!(maxSteps >= 1)) throw new WorldError('the time limit must be at least one step', maxSteps);
}

/** Throws WorldError when `index` is no world of this batch. */
export function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) throw new WorldError(`no such world of ${count}`, index);
}

/** Copies WAYPOINTS × (x, y) out of `waypoints` into `target`; throws WorldError on a number that is not finite. */
export function readPlan(target: Float64Array, waypoints: ArrayLike<number>, offset: number, stride: number): void {
  for (let k = 0; k < WAYPOINTS; k++) {
    const x = waypoints[offset + k * stride];
    const y = waypoints[offset + k * stride + 1];
    if (!Number.isFinite(x) || !Number.isFinite(y)) throw new WorldError(`waypoint ${k} is not finite`, [x, y]);
    target[2 * k] = x;
    target[2 * k + 1] = y;
  }
}

/** `count` clipped to [low, high]; throws WorldError when it is not an integer. */
export function clipCount(count: number, low: number, high: number): number {
  if (!Number.isInteger(count)) throw new WorldError('controls are integer counts', count);
  return Math.min(high, Math.max(low, count));
}
