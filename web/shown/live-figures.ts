/** Figures of a live source as text. */
import { LIVE_EGO_STRIDE, type LiveScene } from '../stores/live-scene.ts';
import { SCENE_SPEED, sceneRow } from '../../core/episode/scene-frames.ts';

export const rateText = (perSecond: number): string =>
  `${perSecond.toFixed(perSecond > 0 && perSecond < 10 ? 1 : 0)} fps`;
export const latencyText = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;

export interface LiveMoment {
  /** Simulated, from the first frame seen, s. */
  readonly seconds: number;
  /** Of the followed actor, m/s; NaN while it is not there. */
  readonly speedMps: number;
  /** Of the ego; NaN where the source does not say. */
  readonly accelMps2: number;
  readonly steerRad: number;
  readonly throttle: number;
  readonly brake: number;
  readonly ttcSeconds: number;
  /** Actors there now. */
  readonly present: number;
}

/** What one step holds; `follow`: index of an actor, −1 the ego. */
export function liveMoment(scene: LiveScene, step: number, follow: number): LiveMoment {
  const at = Math.min(Math.max(0, step), scene.steps);
  const ego = (column: number) => (scene.hasEgo ? scene.egoRows[at * LIVE_EGO_STRIDE + column] : Number.NaN);
  let present = 0;
  for (const each of scene.actors) if (sceneRow(each, at) >= 0) present++;
  return {
    seconds: scene.times[at] - scene.times[0],
    speedMps: speedOf(scene, follow)(at),
    accelMps2: ego(0),
    steerRad: ego(1),
    throttle: ego(2),
    brake: ego(3),
    ttcSeconds: ttcOf(scene)(at),
    present,
  };
}

/** Speed of the followed actor by step, m/s; NaN while it is not there. */
export function speedOf(scene: LiveScene, follow: number): (step: number) => number {
  const actor = scene.actors[follow >= 0 ? follow : scene.ego];
  return (step) => {
    const row = actor ? sceneRow(actor, step) : -1;
    return row < 0 ? Number.NaN : actor.rows[row + SCENE_SPEED];
  };
}

/** The ego's time to collision by step, s; Infinity while nothing is ahead, NaN where the source has no ego. */
export const ttcOf =
  ({ hasEgo, egoRows }: LiveScene) =>
  (step: number): number =>
    hasEgo ? egoRows[step * LIVE_EGO_STRIDE + 4] : Number.NaN;
