/** Where an actor of a scene is at a moment. Positions are interpolated linearly, headings along the shorter arc. */
import {
  SCENE_FLAGS,
  SCENE_HEADING,
  SCENE_SPEED,
  SCENE_X,
  SCENE_Y,
  type SceneActor,
  type SceneFrames,
  sceneRow,
} from '../../core/episode/scene-frames.ts';
import { lerpAngle, type MovingPose } from './pose.ts';

export interface ScenePose extends MovingPose {
  /** SCENE_* flags of the step before, so that nothing is seen before its time. */
  flags: number;
  /** Metres it has moved since the step before: turns wheels and moves legs. */
  moved: number;
}

/** Pose at `time` (steps), or null while the actor is not there. */
export function sceneActorAt(actor: SceneActor, time: number, steps: number): ScenePose | null {
  const clamped = Math.min(Math.max(0, time), steps);
  const step = Math.floor(clamped);
  const a = sceneRow(actor, step);
  if (a < 0) return null;
  const next = sceneRow(actor, step + 1);
  const b = next < 0 ? a : next;
  const { rows } = actor;
  const [x, y, speed] = [rows[a + SCENE_X], rows[a + SCENE_Y], rows[a + SCENE_SPEED]];
  const [dx, dy] = [rows[b + SCENE_X] - x, rows[b + SCENE_Y] - y];
  // Who jumps farther than anyone drives in a step was set down elsewhere.
  const leap = Math.abs(dx) + Math.abs(dy) > LEAP;
  const t = leap ? 0 : clamped - step;
  return {
    x: x + dx * t,
    y: y + dy * t,
    headingRad: lerpAngle(rows[a + SCENE_HEADING], rows[b + SCENE_HEADING], t),
    speedMps: speed + (rows[b + SCENE_SPEED] - speed) * t,
    flags: rows[a + SCENE_FLAGS],
    moved: Math.hypot(dx, dy) * t,
  };
}

const LEAP = 20;

/** Metres an actor has covered by `time`, from step to step; sums are kept, so that asking every picture costs nothing. */
export class Odometer {
  private readonly sums: number[] = [0];
  at(actor: SceneActor, time: number, pose: ScenePose): number {
    const row = Math.max(0, Math.floor(time) - actor.firstStep);
    for (let i = this.sums.length; i <= row && i < actor.rowCount; i++) {
      const [a, b] = [sceneRow(actor, actor.firstStep + i - 1), sceneRow(actor, actor.firstStep + i)];
      const moved =
        a < 0 || b < 0
          ? 0
          : Math.hypot(
              actor.rows[b + SCENE_X] - actor.rows[a + SCENE_X],
              actor.rows[b + SCENE_Y] - actor.rows[a + SCENE_Y],
            );
      this.sums.push(this.sums[i - 1] + (moved < LEAP ? moved : 0));
    }
    return this.sums[Math.min(row, this.sums.length - 1)] + pose.moved;
  }
}

/** What a camera needs of an actor at `time`; null while it is not there. */
export function subjectAt(actor: SceneActor, time: number, frames: SceneFrames) {
  const pose = sceneActorAt(actor, time, frames.steps);
  if (!pose) return null;
  const { x, y, headingRad } = pose;
  const { height, length } = actor;
  return { x, y, headingRad, steadyRad: steadyHeading(actor, time, frames), height, length };
}

/** Index of the actor in the middle of the picture, -1 for the whole map. */
export const followed = ({ actors, ego }: SceneFrames, follow = -1): number =>
  follow >= 0 && follow < actors.length ? follow : ego;

/**
 * Heading the chase camera takes: the mean heading from 1.2 s before to 0.6 s after. A pure function of time, so that the camera is as
 * smooth scrubbed backwards as played forwards.
 */
export function steadyHeading(actor: SceneActor, time: number, { steps, dt }: SceneFrames): number {
  let [sin, cos] = [0, 0];
  for (let i = -6; i <= 3; i++) {
    const at = Math.min(Math.max(time + (i * 0.2) / dt, actor.firstStep), actor.firstStep + actor.rowCount - 1);
    const pose = sceneActorAt(actor, at, steps);
    if (!pose) continue;
    sin += Math.sin(pose.headingRad);
    cos += Math.cos(pose.headingRad);
  }
  return Math.atan2(sin, cos);
}
