/**
 * Poses between steps. States exist at 10 Hz; for a smooth picture positions are interpolated linearly and headings along
 * the shorter arc. Nothing here extrapolates: before the first step and after the last the pose stands still.
 */
import { type DriveStates, STATE_STRIDE } from '../../workers/contracts/protocol.ts';

export interface MovingPose {
  x: number;
  y: number;
  headingRad: number;
  speedMps: number;
}
export interface EgoPose extends MovingPose {
  accelMps2: number;
  steerRad: number;
}

/** From `a` to `b` along the shorter way round, `t` 0..1; rad. */
export function lerpAngle(a: number, b: number, t: number): number {
  const turn = (((b - a) % (2 * Math.PI)) + 3 * Math.PI) % (2 * Math.PI);
  return a + (turn - Math.PI) * t;
}

/** The two rows around `time` and the weight of the second. */
function rows(time: number, steps: number): readonly [number, number, number] {
  const clamped = Math.min(Math.max(0, time), steps);
  const row = Math.min(Math.floor(clamped), Math.max(0, steps - 1));
  return [row, Math.min(row + 1, steps), clamped - row];
}

/** Ego pose at `time` (steps). */
export function egoAt(frames: DriveStates, time: number): EgoPose {
  const [row, next, t] = rows(time, frames.steps);
  const a = row * STATE_STRIDE;
  const b = next * STATE_STRIDE;
  const value = (field: number) => frames.ego[a + field] + (frames.ego[b + field] - frames.ego[a + field]) * t;
  return {
    x: value(0),
    y: value(1),
    headingRad: lerpAngle(frames.ego[a + 2], frames.ego[b + 2], t),
    speedMps: value(3),
    accelMps2: value(4),
    steerRad: value(5),
  };
}

/** Pose of the recorded human car, or null when the drive is not a log's. */
export function humanAt(frames: DriveStates, time: number): MovingPose | null {
  const human = frames.human;
  if (!human) return null;
  const [row, next, t] = rows(time, Math.min(frames.steps, human.length / 4 - 1));
  const value = (field: number) => human[row * 4 + field] + (human[next * 4 + field] - human[row * 4 + field]) * t;
  return {
    x: value(0),
    y: value(1),
    headingRad: lerpAngle(human[row * 4 + 2], human[next * 4 + 2], t),
    speedMps: value(3),
  };
}

/** World position of a point in the frame of `pose` (x forward, y left), m. */
export function pointInWorld(pose: MovingPose, x: number, y: number): readonly [number, number] {
  const c = Math.cos(pose.headingRad);
  const s = Math.sin(pose.headingRad);
  return [pose.x + c * x - s * y, pose.y + s * x + c * y];
}

/** The last step up to which two drives' egos stand at the same place: where a counterfactual leaves its drive. */
export function partingStep(a: DriveStates, b: DriveStates): number {
  const last = Math.min(a.steps, b.steps);
  for (let step = 0; step <= last; step++) {
    const at = step * STATE_STRIDE;
    if (a.ego[at] !== b.ego[at] || a.ego[at + 1] !== b.ego[at + 1]) return Math.max(0, step - 1);
  }
  return last;
}
