/** Whether somebody and the ego come too near to one another in space and time, the ego on a path that is not its lane. */
import { type LateralPath, offsetAt } from './path.ts';
import { arcLengthAt, type Run } from './plan.ts';
import { type Forecast, SAME_WAY, TIMES } from './predict.ts';
import { EGO_HALF_LENGTH, EGO_HALF_WIDTH } from './ego-view.ts';

/** Least distances between the boxes, m; to the side of what stands. */
const APART = 2;
const APART_SIDE = 0.35;
const APART_STANDING = 0.1;
/** Reaction and braking of an oncoming driver, s and m/s². */
const REACTION = 0.5;
const GENTLE = 1.5;

/**
 * Whether an actor's box comes near the ego's, driving `run` along `path`, within `until` s: nearer than APART and `apartTime`
 * seconds of closing speed along the route while less than APART_SIDE beside it. With `yielding` an oncoming driver, who sees the
 * ego in his lane, is taken to brake gently.
 */
export function comesNear(
  f: Forecast,
  path: LateralPath,
  run: Run,
  until: number,
  apartTime: number,
  yielding = false,
): boolean {
  const { actor, track } = f;
  const aside = EGO_HALF_WIDTH + (f.motion === 'stands' ? APART_STANDING : APART_SIDE);
  for (let k = 0; k < TIMES.length && TIMES[k] <= until + 0.5; k++) {
    const [along, across] = [track.along[k], track.across[k]];
    const ego = arcLengthAt(run, TIMES[k]);
    const halfAcross = Math.abs(across) * actor.halfLength + Math.abs(along) * actor.halfWidth;
    if (Math.abs(track.lateral[k] - offsetAt(path, ego)) > aside + halfAcross) continue;
    const braking =
      yielding && along < -SAME_WAY ? Math.min(Math.max(0, TIMES[k] - REACTION), actor.speed / GENTLE) : 0;
    const apart = track.s[k] + 0.5 * GENTLE * braking * braking - ego;
    const egoSpeed = 2 * (arcLengthAt(run, TIMES[k] + 0.5) - ego);
    const closing = (egoSpeed - actor.speed * along) * (apart > 0 ? 1 : -1);
    const halfAlong = Math.abs(along) * actor.halfLength + Math.abs(across) * actor.halfWidth;
    if (Math.abs(apart) < EGO_HALF_LENGTH + halfAlong + APART + apartTime * Math.max(0, closing)) return true;
  }
  return false;
}
