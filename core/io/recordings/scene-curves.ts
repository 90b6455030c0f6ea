/**
 * Curves of one actor of a scene, whoever moved it: speed, distance to the nearest other box, acceleration and jerk filtered as the
 * comfort metrics filter them (nuPlan's windows), distance to the centre of its lane. The same figures as recording-series.ts has of a
 * recording, for drives and live frames, whose states are at hand. NaN where the actor is not there.
 */
import { comfortSeries } from '../../tasks/driving/scores/comfort.ts';
import { boxGap } from '../../base/geometry.ts';
import type { RecordedSeries } from './recording-series.ts';
import {
  SCENE_HEADING,
  SCENE_SPEED,
  SCENE_X,
  SCENE_Y,
  type SceneActor,
  type SceneFrames,
  sceneRow,
} from '../../episode/scene-frames.ts';

export interface Curve {
  readonly key: RecordedSeries['key'] | 'return' | 'wheels';
  /** s. */
  readonly x: ArrayLike<number>;
  /** NaN where there is no value. */
  readonly y: ArrayLike<number>;
  /** Why there is no curve. */
  readonly missing?: string;
}

/** Others farther away than this are not near, m; the bound of a recording's gaps. */
const NEAR = 150;
/** The filters need a window. */
const LEAST_STEPS = 5;

/** Speed of an actor at a step, m/s. */
export function speedAt(actor: SceneActor, step: number): number {
  const row = sceneRow(actor, step);
  return row < 0 ? Number.NaN : actor.rows[row + SCENE_SPEED];
}

function boxAt(actor: SceneActor, step: number) {
  const row = sceneRow(actor, step);
  if (row < 0) return null;
  const { rows, length, width } = actor;
  return { x: rows[row + SCENE_X], y: rows[row + SCENE_Y], headingRad: rows[row + SCENE_HEADING], length, width };
}

/** Distance between the boxes of an actor and of who is nearest to it, m, 0 where they overlap; NaN when nobody is near. */
export function gapAt({ actors }: SceneFrames, index: number, step: number): number {
  const own = boxAt(actors[index], step);
  if (!own) return Number.NaN;
  const half = Math.hypot(own.length, own.width) / 2;
  let least = Number.POSITIVE_INFINITY;
  actors.forEach((actor, i) => {
    const row = i === index ? -1 : sceneRow(actor, step);
    if (row < 0) return;
    const away = Math.hypot(actor.rows[row + SCENE_X] - own.x, actor.rows[row + SCENE_Y] - own.y);
    if (away > NEAR || away - half - Math.hypot(actor.length, actor.width) / 2 >= least) return;
    const box = boxAt(actor, step);
    if (box) least = Math.min(least, boxGap(own, box));
  });
  return Number.isFinite(least) ? least : Number.NaN;
}

/** Filtered longitudinal acceleration and jerk of an actor by step, from its speeds or, where known, its own accelerations. */
export function filteredMotion(
  frames: Pick<SceneFrames, 'dt' | 'steps'>,
  actor: SceneActor,
  accelMps2?: (step: number) => number,
): { readonly accel: Float64Array; readonly jerk: Float64Array } {
  const { dt, steps } = frames;
  const none = () => new Float64Array(steps + 1).fill(Number.NaN);
  const [accel, jerk] = [none(), none()];
  const first = actor.firstStep;
  const last = Math.min(steps, first + actor.rowCount - 1);
  const rows = last - first + 1;
  if (rows < LEAST_STEPS) return { accel, jerk };
  const speedMps = Float64Array.from({ length: rows }, (_, i) => speedAt(actor, first + i));
  const still = new Float64Array(rows);
  const own = Float64Array.from({ length: rows }, (_, i) => accelMps2?.(first + i) ?? slope(speedMps, i, dt));
  const known = own.map((value) => (Number.isNaN(value) ? 0 : value));
  const motion = { dtSeconds: dt, headingRad: still, yawRateRadps: still, speedMps, accelMps2: known };
  const { lonAccel, lonJerk } = comfortSeries(motion);
  for (let i = 0; i < rows; i++) {
    if (Number.isNaN(speedMps[i])) continue;
    accel[first + i] = lonAccel[i];
    jerk[first + i] = lonJerk[i];
  }
  return { accel, jerk };
}

/** Central difference, one-sided at the ends and beside gaps; 0 where there is nothing on either side. */
function slope(values: Float64Array, i: number, dt: number): number {
  const there = (at: number) => at >= 0 && at < values.length && !Number.isNaN(values[at]);
  const [from, to] = [there(i - 1) ? i - 1 : i, there(i + 1) ? i + 1 : i];
  return to > from && there(i) ? (values[to] - values[from]) / ((to - from) * dt) : 0;
}

/** Distance to a lane's centre at an actor's places; NaN where it is not there or no lane is near. */
export const laneDistanceAt =
  (actor: SceneActor, distance: (x: number, y: number) => number) =>
  (step: number): number => {
    const row = sceneRow(actor, step);
    return row < 0 ? Number.NaN : distance(actor.rows[row + SCENE_X], actor.rows[row + SCENE_Y]);
  };
