/**
 * What the expert expects of each actor over the next seconds, and where that meets the ego's path.
 *
 * Two ways to go on. What lies along the road (within ALIGNED of its direction, no sharp turn ahead of it) *follows the road*:
 * constant speeds along and across it. Everything else moves *in the plane* with constant speed and turn rate, the turn fading
 * after 1.5 s. A vehicle beside the road's direction whose straight way runs into the ego's lane and along it, as where lanes
 * merge, is expected to do that.
 *
 * The ego's path sweeps a corridor; the time an actor's box is inside it and the stretch it takes there are a *meeting*.
 */
import type { Motion, Prediction } from './maneuver.ts';
import { type LateralPath, offsetAt, lateralPathOf } from './path.ts';
import { type FrenetPoint, placeOn, type EgoRoute } from './route.ts';
import { EGO_HALF_LENGTH, EGO_HALF_WIDTH, type EgoView, type ViewedActor } from './ego-view.ts';
import { KIND_BICYCLE, KIND_PEDESTRIAN, KIND_STATIC } from '../kinds/kinds.ts';
import { cos, sin } from '../../../base/trigonometry.ts';

/** Free space kept beside the ego, m: a person needs more than a parked box. */
const SIDE_MARGIN_PERSON = 0.6;
const SIDE_MARGIN_BOX = 0.25;
/** Slower than this is standing, m/s: above what sensor noise makes of a standing thing. */
export const STANDING = 0.4;
/** Sideways speed along the road that is only noise, m/s. */
const DRIFT = 0.35;
/** A person standing this near to the lane centre may step out, m. */
const KERB = 8;
/** Sine of the angle to the road within which one drives along it, and how far beside it that is said of, m. */
const ALIGNED = 0.3;
const BESIDE = 10;
/** Cosine of the angle to the ego's path at which an actor counts as going the same way or coming towards. */
export const SAME_WAY = 0.7;
/**
 * A merging way runs this near to the lane centre within this time (s) at an angle (sine) below the first; below the second
 * where the left edge of the road is seen to come this much nearer to the route, which a bend does not make it do, m.
 */
const MERGE_LATERAL = 0.9;
const MERGE_TIME = 6;
const MERGE_ANGLE = 0.05;
const MERGE_ANGLE_SHIFTING = 0.15;
const SHIFTING = 0.25;
/** A bend sharper than this (1/m), turning more than this (rad), is a turn at a junction: others may go straight on. */
const TURN_CURVATURE = 0.035;
const TURN_ANGLE = 0.5;

/** Moments of a prediction, s. */
export const TIMES: readonly number[] = [
  ...Array.from({ length: 11 }, (_, k) => k / 5),
  ...Array.from({ length: 15 }, (_, k) => 2.4 + 0.4 * k),
];
const LAST = TIMES.length - 1;
/** Seconds a turn goes on as now, and after which it has faded. */
const TURN_HELD = 1.5;
const TURN_FADED = 2.5;

/** Predicted route coordinates of one actor at TIMES, and its direction there. */
interface PredictedTrack {
  readonly s: number[];
  readonly lateral: number[];
  readonly along: number[];
  readonly across: number[];
  /** Whether it goes on in the plane; else it follows the road. */
  inPlane: boolean;
}

/** When and where an actor is in the corridor of the ego's path. */
export interface Meeting {
  /** s from now; `leaves` Infinity when it stays as far as can be said. */
  readonly enters: number;
  readonly leaves: number;
  /** Stretch of the route its box covers meanwhile, m. */
  readonly from: number;
  readonly to: number;
  /** Its centre and its speed along the route when it enters. */
  readonly s: number;
  readonly speed: number;
  /** Cosine of its direction to the route when it enters. */
  readonly along: number;
}

export interface Forecast extends Prediction {
  readonly actor: ViewedActor;
  readonly track: PredictedTrack;
  readonly meeting: Meeting | undefined;
}

/** A forecast for every visible actor with the ego on its lane, most critical first. */
export function forecast(scene: EgoView): Forecast[] {
  const path = lateralPathOf(scene, 1, []);
  const all = scene.actors.map((actor) => forecastOne(scene, actor, path));
  const rank = (f: Forecast) => (f.inPath ? 0 : f.gap >= 0 ? 1000 : 2000) + Math.min(f.ttc, 100) + Math.abs(f.gap) / 10;
  return all.sort((a, b) => rank(a) - rank(b));
}

function forecastOne(scene: EgoView, actor: ViewedActor, path: LateralPath): Forecast {
  const track = predict(scene, actor);
  const meeting = meet(track, actor, path);
  const reach = EGO_HALF_LENGTH + actor.halfAlong;
  return {
    actor,
    track,
    meeting,
    slot: actor.slot,
    motion: motionOf(scene, actor, track, meeting),
    inPath: meeting !== undefined && meeting.to > -EGO_HALF_LENGTH,
    gap: actor.s >= 0 ? Math.max(0, actor.s - reach) : Math.min(0, actor.s + reach),
    ttc: meetingTime(scene, actor, track, path),
  };
}

/** The same predictions held against another path of the ego. */
export function meetAlong(forecasts: readonly Forecast[], path: LateralPath): Forecast[] {
  return forecasts.map((f) => {
    const meeting = meet(f.track, f.actor, path);
    return { ...f, inPath: meeting !== undefined && meeting.to > -EGO_HALF_LENGTH, meeting };
  });
}

function predict(scene: EgoView, actor: ViewedActor): PredictedTrack {
  const track: PredictedTrack = {
    s: [],
    lateral: [],
    along: [],
    across: [],
    inPlane: false,
  };
  if (actor.kind === KIND_STATIC || actor.speed < STANDING) return followRoad(actor, 0, 0, track);
  const along = Math.abs(actor.facesAcross) < ALIGNED && Math.abs(actor.lateral) < BESIDE;
  if (!along || actor.kind === KIND_PEDESTRIAN || turnsAway(scene.route, actor)) return inPlane(scene, actor, track);
  if (actor.facesAlong > 0 && Math.abs(actor.speedAcross) < 1 && merges(scene, actor, inPlane(scene, actor, track)))
    return track;
  const drift = Math.abs(actor.speedAcross) < DRIFT ? 0 : actor.speedAcross;
  return followRoad(actor, actor.speedAlong, drift, track);
}

function followRoad(
  actor: ViewedActor,
  alongSpeed: number,
  acrossSpeed: number,
  track: PredictedTrack,
): PredictedTrack {
  for (let k = 0; k <= LAST; k++) {
    track.s[k] = actor.s + alongSpeed * TIMES[k];
    track.lateral[k] = actor.lateral + acrossSpeed * TIMES[k];
    track.along[k] = actor.facesAlong;
    track.across[k] = actor.facesAcross;
  }
  track.inPlane = false;
  return track;
}

function inPlane(scene: EgoView, actor: ViewedActor, track: PredictedTrack): PredictedTrack {
  track.inPlane = true;
  const place: FrenetPoint = { s: actor.s, lateral: actor.lateral, tx: 1, ty: 0 };
  const turning = actor.kind !== KIND_PEDESTRIAN && Math.abs(actor.yawRate) > 0.02;
  let { x, y, vx, vy, faceX, faceY } = actor;
  for (let k = 0; k <= LAST; k++) {
    if (k > 0) {
      const dt = TIMES[k] - TIMES[k - 1];
      const middle = (TIMES[k] + TIMES[k - 1]) / 2;
      if (turning && middle < TURN_FADED) {
        const fade = middle < TURN_HELD ? 1 : (TURN_FADED - middle) / (TURN_FADED - TURN_HELD);
        const turn = fade * actor.yawRate * dt;
        const cosTurn = cos(turn);
        const sinTurn = sin(turn);
        const vxBefore = vx;
        const faceXBefore = faceX;
        vx = cosTurn * vx - sinTurn * vy;
        vy = sinTurn * vxBefore + cosTurn * vy;
        faceX = cosTurn * faceX - sinTurn * faceY;
        faceY = sinTurn * faceXBefore + cosTurn * faceY;
      }
      x += vx * dt;
      y += vy * dt;
    }
    placeOn(scene.route, x, y, place);
    track.s[k] = place.s;
    track.lateral[k] = place.lateral;
    track.along[k] = faceX * place.tx + faceY * place.ty;
    track.across[k] = faceY * place.tx - faceX * place.ty;
  }
  return track;
}

/** Whether a way in the plane runs into the lane and along it. */
function merges({ edgeLeft, edgeLeftAhead }: EgoView, { lateral }: ViewedActor, track: PredictedTrack): boolean {
  const shifting = lateral > 0 && edgeLeft - edgeLeftAhead > SHIFTING;
  const angle = shifting ? MERGE_ANGLE_SHIFTING : MERGE_ANGLE;
  for (let k = 0; k <= LAST && TIMES[k] <= MERGE_TIME; k++)
    if (Math.abs(track.lateral[k]) < MERGE_LATERAL) return Math.abs(track.across[k]) < angle;
  return false;
}

/** Whether the route turns as at a junction between an actor beside it and where that actor drives to. */
function turnsAway({ s, headingRad }: EgoRoute, actor: ViewedActor): boolean {
  if (Math.abs(actor.lateral) < 1.6) return false;
  const [from, to] = actor.facesAlong > 0 ? [actor.s, 44] : [0, actor.s];
  let turn = 0;
  for (let k = 1; k < s.length; k++) {
    if (s[k] < from || s[k - 1] > to) continue;
    const change = headingRad[k] - headingRad[k - 1];
    if (Math.abs(change) > TURN_CURVATURE * (s[k] - s[k - 1])) turn += change;
  }
  return Math.abs(turn) > TURN_ANGLE;
}

const sideMargin = (kind: number) =>
  kind === KIND_PEDESTRIAN || kind === KIND_BICYCLE ? SIDE_MARGIN_PERSON : SIDE_MARGIN_BOX;

/** First stay of an actor in the corridor along `path`, ahead of the ego's tail. */
function meet(track: PredictedTrack, actor: ViewedActor, path: LateralPath): Meeting | undefined {
  const margin = EGO_HALF_WIDTH + sideMargin(actor.kind);
  let first = -1;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let before = Number.POSITIVE_INFINITY;
  let enters = 0;
  for (let k = 0; k <= LAST; k++) {
    const absAlong = Math.abs(track.along[k]);
    const absAcross = Math.abs(track.across[k]);
    const halfAlong = absAlong * actor.halfLength + absAcross * actor.halfWidth;
    const halfAcross = absAcross * actor.halfLength + absAlong * actor.halfWidth;
    const s = track.s[k];
    const outside = Math.abs(track.lateral[k] - offsetAt(path, s)) - halfAcross - margin;
    const inside = outside < 0 && s + halfAlong > -EGO_HALF_LENGTH;
    if (inside) {
      if (first < 0) {
        first = k;
        const share = before > 0 && before < 50 ? before / (before - outside) : 1;
        enters = k === 0 ? 0 : TIMES[k - 1] + share * (TIMES[k] - TIMES[k - 1]);
      }
      from = Math.min(from, s - halfAlong);
      to = Math.max(to, s + halfAlong);
    } else if (first >= 0) {
      const within = -before;
      const share = outside > 0 && within > 0 ? within / (within + outside) : 1;
      const leaves = TIMES[k - 1] + share * (TIMES[k] - TIMES[k - 1]);
      return meetingOf(track, actor, first, enters, leaves, from, to);
    }
    before = outside;
  }
  if (first < 0) return undefined;
  return meetingOf(track, actor, first, enters, Number.POSITIVE_INFINITY, from, to);
}

function meetingOf(
  track: PredictedTrack,
  actor: ViewedActor,
  first: number,
  enters: number,
  leaves: number,
  from: number,
  to: number,
): Meeting {
  const along = track.along[first];
  return { enters, leaves, from, to, s: track.s[first], speed: actor.speed * along, along };
}

/** Seconds until the boxes touch when the ego holds its speed along `path`; Infinity when they do not. */
function meetingTime(scene: EgoView, actor: ViewedActor, track: PredictedTrack, path: LateralPath): number {
  const reach = EGO_HALF_LENGTH + actor.halfAlong;
  if (actor.s < -reach) return Number.POSITIVE_INFINITY;
  for (let k = 0; k <= LAST; k++) {
    const ego = scene.speed * TIMES[k];
    const apart = track.s[k] - ego;
    if (apart > reach || apart < -reach) continue;
    const halfAcross =
      Math.abs(track.across[k]) * actor.halfLength + Math.abs(track.along[k]) * actor.halfWidth + EGO_HALF_WIDTH;
    if (Math.abs(track.lateral[k] - offsetAt(path, ego)) < halfAcross) return TIMES[k];
  }
  return Number.POSITIVE_INFINITY;
}

/** Sideways turn rate that is a turn, rad/s; how much slower or faster than the ego is worth saying, m/s. */
const TURNS = 0.2;
const SLOWER = 2;
const FASTER = 0.5;

function motionOf(scene: EgoView, actor: ViewedActor, track: PredictedTrack, meeting: Meeting | undefined): Motion {
  if (actor.kind === KIND_STATIC) return 'stands';
  if (actor.speed < STANDING) {
    const facesLane = actor.lateral * actor.facesAcross < 0;
    return actor.kind === KIND_PEDESTRIAN && Math.abs(actor.lateral) < KERB && facesLane ? 'waits' : 'stands';
  }
  const comesAcross = track.inPlane && meeting !== undefined && meeting.enters > 0.1 && meeting.along < 0;
  if (meeting && (Math.abs(meeting.along) <= SAME_WAY || comesAcross)) return 'crosses';
  if (Math.abs(actor.yawRate) > TURNS && actor.kind !== KIND_PEDESTRIAN) return 'turns';
  if (actor.facesAlong < -SAME_WAY) return 'oncoming';
  if (meeting && meeting.enters > 0 && meeting.along > SAME_WAY) return 'joins';
  if (actor.facesAlong <= SAME_WAY) return 'leaves';
  if (actor.s < -EGO_HALF_LENGTH && actor.speedAlong > scene.speed + FASTER) return 'overtakes';
  return meeting && scene.speed - actor.speedAlong > SLOWER ? 'slower' : 'keeps';
}
