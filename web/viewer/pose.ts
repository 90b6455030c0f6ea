/**
 * Poses between steps. States exist at 10 Hz; for a smooth picture positions are interpolated linearly and headings along
 * the shorter arc. Nothing here extrapolates: before the first step and after the last the pose stands still.
 */
import { ACTOR_STRIDE, type DriveFrames, FRAME_STRIDE } from '../../workers/protocol.ts';

export interface Pose {
  x: number;
  y: number;
  headingRad: number;
  speedMps: number;
}
export interface EgoPose extends Pose {
  accelMps2: number;
  steerRad: number;
}
export interface ActorPose extends Pose {
  /** Mean over the step, m/s². */
  accelMps2: number;
  visible: boolean;
  present: boolean;
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
export function egoAt(frames: DriveFrames, time: number): EgoPose {
  const [row, next, t] = rows(time, frames.steps);
  const a = row * FRAME_STRIDE;
  const b = next * FRAME_STRIDE;
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

/** Pose of actor `index`; visible and present are those of the step before, so nothing is seen before its time. */
export function actorAt(frames: DriveFrames, index: number, time: number): ActorPose {
  const [row, next, t] = rows(time, frames.steps);
  const stride = frames.actorInfo.length * ACTOR_STRIDE;
  const a = row * stride + index * ACTOR_STRIDE;
  const b = next * stride + index * ACTOR_STRIDE;
  const flags = t === 1 ? b : a;
  const present = frames.actors[flags + 5] > 0;
  const weight = present && frames.actors[b + 5] > 0 ? t : 0;
  const value = (field: number) => {
    const from = frames.actors[(t === 1 ? b : a) + field];
    return from + (frames.actors[b + field] - from) * weight;
  };
  return {
    x: value(0),
    y: value(1),
    headingRad: lerpAngle(frames.actors[flags + 2], frames.actors[b + 2], weight),
    speedMps: value(3),
    accelMps2: (frames.actors[b + 3] - frames.actors[a + 3]) / frames.dt,
    visible: frames.actors[flags + 4] > 0,
    present,
  };
}

/** Pose of the recorded human car, or null when the drive is not a log's. */
export function humanAt(frames: DriveFrames, time: number): Pose | null {
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

/**
 * Heading the chase camera takes: the ego's mean heading from 1.2 s before to 0.6 s after. A pure function of time, so that
 * the camera is as smooth scrubbed backwards as played forwards.
 */
export function chaseHeading(frames: DriveFrames, time: number): number {
  let sin = 0;
  let cos = 0;
  for (let offset = -12; offset <= 6; offset += 2) {
    const heading = egoAt(frames, time + offset).headingRad;
    sin += Math.sin(heading);
    cos += Math.cos(heading);
  }
  return Math.atan2(sin, cos);
}

/** World position of a point in the frame of `pose` (x forward, y left), m. */
export function toWorld(pose: Pose, x: number, y: number): readonly [number, number] {
  const c = Math.cos(pose.headingRad);
  const s = Math.sin(pose.headingRad);
  return [pose.x + c * x - s * y, pose.y + s * x + c * y];
}

/** Metres actor `index` has covered by each step: turns wheels and moves legs the same way however time is scrubbed. */
export function travelled(frames: DriveFrames, index: number): Float32Array {
  const stride = frames.actorInfo.length * ACTOR_STRIDE;
  const distance = new Float32Array(frames.steps + 1);
  for (let step = 1; step <= frames.steps; step++) {
    const at = step * stride + index * ACTOR_STRIDE;
    const moved = Math.hypot(
      frames.actors[at] - frames.actors[at - stride],
      frames.actors[at + 1] - frames.actors[at - stride + 1],
    );
    distance[step] = distance[step - 1] + (moved < 6 ? moved : 0);
  }
  return distance;
}

/** A column sampled at every step, at fractional `time`. */
export function sampleAt(column: ArrayLike<number>, time: number): number {
  const clamped = Math.min(Math.max(0, time), column.length - 1);
  const row = Math.floor(clamped);
  const next = Math.min(row + 1, column.length - 1);
  return column[row] + (column[next] - column[row]) * (clamped - row);
}

/** The last step up to which two drives' egos stand at the same place: where a counterfactual leaves its drive. */
export function partingStep(a: DriveFrames, b: DriveFrames): number {
  const last = Math.min(a.steps, b.steps);
  for (let step = 0; step <= last; step++) {
    const at = step * FRAME_STRIDE;
    if (a.ego[at] !== b.ego[at] || a.ego[at + 1] !== b.ego[at + 1]) return Math.max(0, step - 1);
  }
  return last;
}
