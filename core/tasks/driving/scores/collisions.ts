/**
 * Contacts of the ego with others, and whose fault they are.
 *
 * A contact is the first row at which two boxes overlap; the same actor counts again only after it was apart. Fault as in
 * nuPlan (`no_ego_at_fault_collisions.py`) and NAVSIM (`pdm_scorer_utils.py`), asked in this order: the ego stands (≤ 0.05 m/s): not at
 * fault; the other stands: at fault; the other is behind (beyond 150° of the rear axle's heading): not; the front bumper hits:
 * at fault; otherwise it is a side hit, at fault only while the ego is in several lanes or off the drivable area.
 */
import { type Box, corners, cutsSight, overlaps } from '../../../base/geometry.ts';
import {
  type ActorTrack,
  actorBoxAt,
  type DriveTrack,
  egoBoxAt,
  isBehind,
  perTrack,
  reachOf,
  rearAxle,
  within,
} from './track.ts';

type CollisionType = 'stopped-ego' | 'stopped-track' | 'active-rear' | 'active-front' | 'active-lateral';

export interface Contact {
  readonly step: number;
  readonly actor: ActorTrack;
  readonly type: CollisionType;
  readonly atFault: boolean;
}

const STANDS = 0.05;

/** Whether the ego's front bumper line meets the inside of `box`. */
function bumperHits(ego: Box, box: Box): boolean {
  const [frontLeft, , , frontRight] = corners(ego);
  return cutsSight(frontLeft, frontRight, box);
}

/** Type of the contact with `actor` at `step`. */
function collisionType(track: DriveTrack, actor: ActorTrack, step: number): CollisionType {
  if (Math.abs(track.speedMps[step]) <= STANDS) return 'stopped-ego';
  if (actor.kind === 'static' || Math.abs(actor.speedMps[step]) <= STANDS) return 'stopped-track';
  const box = actorBoxAt(actor, step);
  if (isBehind(rearAxle(track, step), box)) return 'active-rear';
  return bumperHits(egoBoxAt(track, step), box) ? 'active-front' : 'active-lateral';
}

/** Every contact of the drive in order of time. */
export const contacts: (track: DriveTrack) => readonly Contact[] = perTrack((track) => {
  const found: Contact[] = [];
  for (const actor of track.actors) {
    const reach = reachOf(track, actor);
    let touching = false;
    for (let step = 0; step < track.rows; step++) {
      const near =
        actor.present[step] !== 0 && within(actor.x[step] - track.x[step], actor.y[step] - track.y[step], reach);
      const hit = near && overlaps(egoBoxAt(track, step), actorBoxAt(actor, step));
      if (hit && !touching) {
        const type = collisionType(track, actor, step);
        const loose = track.area.multipleLanes[step] || track.area.nonDrivable[step];
        const atFault =
          type === 'stopped-track' || type === 'active-front' || (type === 'active-lateral' && Boolean(loose));
        found.push({ step, actor, type, atFault });
      }
      touching = hit;
    }
  }
  return found.sort((a, b) => a.step - b.step);
});
