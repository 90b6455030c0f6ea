/**
 * Time to collision, in the five senses the field uses. All in seconds, Infinity when nothing is hit.
 *
 * - `gapTtc`: gap / closing speed, along a lane (Hayward 1972); `acceleratedTtc` adds the relative acceleration.
 * - `timeHeadway`: gap / own speed.
 * - `boxTtc`: boxes at constant velocity, exact (geometry.ts `contactTime`): what the lab's world reports.
 * - `nuplanTtc`: boxes at constant velocity tried every 0.1 s below 3 s, only actors ahead, or not behind while the ego is
 *   between lanes or in an intersection; a drive passes with all values above 0.95 s (`time_to_collision_within_bound.py`).
 * - `navsimTtcCost`: the ego at constant velocity at 0, 0.3, 0.6, 0.9 s against where the others *really* are then (`pdm_scorer.py`).
 *   Rows beyond the track's end hold no one, so give the track 9 rows more than are scored.
 */
import { contactTime, overlaps, type MovingBox } from '../../../base/geometry.ts';
import { contacts } from './collisions.ts';
import {
  type ActorTrack,
  actorBoxAt,
  advanceBox,
  type Cost,
  type DriveTrack,
  egoBoxAt,
  isAhead,
  isBehind,
  perTrack,
  reachOf,
  rearAxle,
  within,
} from './track.ts';

/** nuPlan's bound, horizon and step, s; below this speed the ego does not approach anyone, m/s. */
export const TTC_BOUND = 0.95;
const NUPLAN_HORIZON = 3;
const NUPLAN_STEP = 0.1;
const STOPPED = 5e-3;
const NAVSIM_LOOKS = [0, 3, 6, 9] as const;

export function gapTtc(gap: number, closingSpeed: number): number {
  if (gap <= 0) return 0;
  return closingSpeed > 0 ? gap / closingSpeed : Number.POSITIVE_INFINITY;
}

/** First t ≥ 0 with gap = v·t + ½·a·t², v and a the closing speed and acceleration. */
export function acceleratedTtc(gap: number, closingSpeed: number, closingAccel: number): number {
  if (gap <= 0) return 0;
  if (Math.abs(closingAccel) < 1e-9) return gapTtc(gap, closingSpeed);
  const root = closingSpeed ** 2 + 2 * closingAccel * gap;
  if (root < 0) return Number.POSITIVE_INFINITY;
  // The form of the quadratic's root that does not cancel.
  const time = (2 * gap) / (closingSpeed + Math.sqrt(root));
  return time >= 0 ? time : Number.POSITIVE_INFINITY;
}

export function timeHeadway(gap: number, speedMps: number): number {
  return speedMps > 0 ? Math.max(0, gap) / speedMps : Number.POSITIVE_INFINITY;
}

/** How far ahead recordings and live drives look for a meeting, s. */
export const RECORDED_TTC_HORIZON = 8;
/** Boxes that far apart beside what they drive may still meet, m: both half diagonals of the longest vehicles. */
const SPARE = 20;

/** Exact constant-velocity TTC over others; those who cannot be met within the horizon, s, are not looked at. */
export function movingTtc(own: MovingBox, others: Iterable<MovingBox>, horizonS = Number.POSITIVE_INFINITY): number {
  const velocity = ({ headingRad, speedMps }: MovingBox) => ({
    x: speedMps * Math.cos(headingRad),
    y: speedMps * Math.sin(headingRad),
  });
  const v = velocity(own);
  let least = Number.POSITIVE_INFINITY;
  for (const other of others) {
    const reach = horizonS * (Math.abs(own.speedMps) + Math.abs(other.speedMps)) + SPARE;
    if (Math.hypot(other.x - own.x, other.y - own.y) > reach) continue;
    const w = velocity(other);
    least = Math.min(least, contactTime(own, other, { x: w.x - v.x, y: w.y - v.y }));
  }
  return least;
}

/** The same over all actors of a track at `step`. */
export function boxTtc(track: DriveTrack, step: number, horizonS?: number): number {
  const others = track.actors
    .filter(({ present }) => present[step])
    .map((actor) => ({ ...actorBoxAt(actor, step), speedMps: actor.speedMps[step] }));
  return movingTtc({ ...egoBoxAt(track, step), speedMps: track.speedMps[step] }, others, horizonS);
}

/** Whether nuPlan's TTC looks at the actor: ahead, or beside while the ego's place is ambiguous. */
function relevant(track: DriveTrack, step: number, actor: ActorTrack, actorStep: number): boolean {
  const axle = rearAxle(track, step);
  const box = actorBoxAt(actor, actorStep);
  if (isAhead(axle, box)) return true;
  const { multipleLanes, nonDrivable, intersection } = track.area;
  return Boolean(multipleLanes[step] || nonDrivable[step] || intersection[step]) && !isBehind(axle, box);
}

/**
 * [rows] nuPlan's TTC; 0 at a contact at fault, Infinity where nothing comes within 3 s. Actors once hit are left out. The grid is only
 * walked from the exact contact time on, and only for actors whose circles meet in time.
 */
export const nuplanTtc: (track: DriveTrack) => Float64Array = perTrack((track) => {
  const out = new Float64Array(track.rows).fill(Number.POSITIVE_INFINITY);
  const hitAt = new Map<ActorTrack, number>();
  for (const { actor, step, atFault } of contacts(track)) {
    if (!hitAt.has(actor)) hitAt.set(actor, step);
    if (atFault) out[step] = 0;
  }
  const fields = track.actors.map((actor) => ({
    actor,
    reach: reachOf(track, actor),
    until: hitAt.get(actor) ?? track.rows,
  }));
  for (let step = 0; step < track.rows; step++) {
    if (out[step] === 0 || Math.abs(track.speedMps[step]) <= STOPPED) continue;
    for (const { actor, reach, until } of fields) {
      if (!actor.present[step] || step >= until || !approaches(track, actor, step, reach)) continue;
      if (relevant(track, step, actor, step)) out[step] = Math.min(out[step], gridContact(track, actor, step));
    }
  }
  return out;
});

/** Whether the circles round both boxes meet within nuPlan's horizon at constant velocity. */
function approaches(track: DriveTrack, actor: ActorTrack, step: number, reach: number): boolean {
  const [dx, dy] = [actor.x[step] - track.x[step], actor.y[step] - track.y[step]];
  const [v, w] = [track.speedMps[step], actor.speedMps[step]];
  const vx = w * Math.cos(actor.headingRad[step]) - v * Math.cos(track.headingRad[step]);
  const vy = w * Math.sin(actor.headingRad[step]) - v * Math.sin(track.headingRad[step]);
  const speed = vx * vx + vy * vy;
  const nearest = speed === 0 ? 0 : Math.max(0, Math.min(NUPLAN_HORIZON, -(dx * vx + dy * vy) / speed));
  return within(dx + vx * nearest, dy + vy * nearest, reach);
}

/** First time on nuPlan's grid at which the two boxes overlap, Infinity when there is none. */
function gridContact(track: DriveTrack, actor: ActorTrack, step: number): number {
  const [ego, other] = [egoBoxAt(track, step), actorBoxAt(actor, step)];
  const [v, w] = [track.speedMps[step], actor.speedMps[step]];
  const exact = contactTime(ego, other, {
    x: w * Math.cos(other.headingRad) - v * Math.cos(ego.headingRad),
    y: w * Math.sin(other.headingRad) - v * Math.sin(ego.headingRad),
  });
  const steps = Math.round(NUPLAN_HORIZON / NUPLAN_STEP);
  // One before the exact time: rounding may put the grid's overlap there.
  for (let k = Math.max(1, Math.floor(exact / NUPLAN_STEP)); k < steps; k++)
    if (overlaps(advanceBox(ego, v, k * NUPLAN_STEP), advanceBox(other, w, k * NUPLAN_STEP))) return k * NUPLAN_STEP;
  return Number.POSITIVE_INFINITY;
}

/** First step at which NAVSIM's TTC fails, with the actor; undefined when it never does. Scores rows 0 … rows − 1 of `scored`. */
export function navsimTtcCost(track: DriveTrack, scored: number = track.rows): Cost | undefined {
  const spared = new Set<ActorTrack>();
  const fields = track.actors.map((actor) => ({ actor, reach: reachOf(track, actor) }));
  for (let step = 0; step < scored; step++) {
    const speed = track.speedMps[step];
    if (Math.abs(speed) < STOPPED) continue;
    for (const look of NAVSIM_LOOKS) {
      const at = step + look;
      if (at >= track.rows) break;
      const ego = advanceBox(egoBoxAt(track, step), speed, look * track.dtSeconds);
      for (const { actor, reach } of fields) {
        if (!actor.present[at] || !within(actor.x[at] - ego.x, actor.y[at] - ego.y, reach)) continue;
        if (spared.has(actor) || !overlaps(ego, actorBoxAt(actor, at))) continue;
        if (relevant(track, step, actor, at))
          return { part: 'ttc', step, actor: actor.id, value: look * track.dtSeconds };
        spared.add(actor);
      }
    }
  }
  return undefined;
}
