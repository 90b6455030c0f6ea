/**
 * What the expert expects of each actor: constant velocity in route coordinates. The ego's lane is a corridor; an actor is in
 * the path when it is inside the corridor or will walk into it.
 */
import type { Motion, Prediction } from './decision.ts';
import { EGO_HALF_LENGTH, EGO_HALF_WIDTH, type Scene, type SceneActor } from './expert-scene.ts';
import { KIND_PEDESTRIAN, KIND_STATIC } from './layout.ts';

/** Free space kept beside the ego, m: a person needs more than a parked box. */
const SIDE_MARGIN_PERSON = 0.6;
const SIDE_MARGIN_BOX = 0.25;
/** Slower than this is standing, m/s. */
const STANDING = 0.25;
/** Seconds ahead that count as "will". */
const HORIZON = 8;
/** A person standing this near to the lane centre may step out, m. */
const KERB = 8;

export interface Forecast extends Prediction {
  readonly actor: SceneActor;
  /** When it is inside the corridor, s from now; [Infinity, Infinity] when never. */
  readonly enters: number;
  readonly leaves: number;
}

const NEVER: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

/** When a lateral position moving at `speed` is within ±`half`. */
function window(lateral: number, speed: number, half: number): readonly [number, number] {
  if (Math.abs(speed) < STANDING) return Math.abs(lateral) < half ? [0, Number.POSITIVE_INFINITY] : NEVER;
  const p = speed > 0 ? lateral : -lateral;
  const pace = Math.abs(speed);
  const leaves = (half - p) / pace;
  return leaves <= 0 ? NEVER : [Math.max(0, (-half - p) / pace), leaves];
}

/** Seconds until the boxes touch at present velocities in route coordinates; Infinity when they do not. */
function meetingTime(scene: Scene, actor: SceneActor): number {
  const closing = scene.speed - actor.speedAlong;
  const reach = EGO_HALF_LENGTH + actor.halfAlong;
  if (closing < 0.05 || actor.s < -reach) return Number.POSITIVE_INFINITY;
  const sideways = actor.lateral - scene.lateral;
  const [enters, leaves] = window(sideways, actor.speedAcross, EGO_HALF_WIDTH + actor.halfAcross);
  const time = Math.max(enters, (actor.s - reach) / closing, 0);
  return time < Math.min(leaves, (actor.s + reach) / closing) ? time : Number.POSITIVE_INFINITY;
}

function motionOf(scene: Scene, actor: SceneActor, enters: number): Motion {
  if (actor.kind === KIND_STATIC) return 'stands';
  if (Math.abs(actor.speedAcross) >= STANDING && Math.abs(actor.speedAcross) > 0.5 * Math.abs(actor.speedAlong))
    return enters < HORIZON ? 'crosses' : 'leaves';
  if (actor.kind === KIND_PEDESTRIAN) {
    const facesLane = actor.lateral * actor.facesAcross < 0;
    return Math.abs(actor.lateral) < KERB && facesLane ? 'waits' : 'stands';
  }
  if (Math.abs(actor.speedAlong) < STANDING) return 'stands';
  return scene.speed - actor.speedAlong > 2 && enters === 0 ? 'brakes' : 'keeps';
}

/** A forecast for every visible actor, most critical first. */
export function forecast(scene: Scene): Forecast[] {
  const all = scene.actors.map((actor): Forecast => {
    const margin = actor.kind === KIND_PEDESTRIAN ? SIDE_MARGIN_PERSON : SIDE_MARGIN_BOX;
    const half = EGO_HALF_WIDTH + actor.halfAcross + margin;
    const [enters, leaves] = window(actor.lateral, actor.speedAcross, half);
    const reach = EGO_HALF_LENGTH + actor.halfAlong;
    return {
      actor,
      enters,
      leaves,
      slot: actor.slot,
      motion: motionOf(scene, actor, enters),
      inPath: actor.s > -reach && enters < HORIZON,
      gap: actor.s >= 0 ? Math.max(0, actor.s - reach) : Math.min(0, actor.s + reach),
      ttc: meetingTime(scene, actor),
    };
  });
  const rank = (f: Forecast) => (f.inPath ? 0 : f.gap >= 0 ? 1000 : 2000) + Math.min(f.ttc, 100) + Math.abs(f.gap) / 10;
  return all.sort((a, b) => rank(a) - rank(b));
}
