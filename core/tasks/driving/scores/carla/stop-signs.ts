/**
 * Stop signs that the ego ran: RunningStopTest of scenario_runner (`atomic_criteria.py`) over a `DriveTrack`.
 *
 * A sign holds for an ego within 4 m of the middle of its trigger box when one of the lane's points from the ego to 4 m ahead (every 0.5 m)
 * lies in that box, 1.2 times as large. From then until it no longer holds, the ego must once have been slower than 0.1 m/s; a sign
 * counts again only after another one was run. Going backwards or against the lane no sign is met. One difference: scenario_runner lays
 * the box along the world's axes whichever way the sign faces; here it has the sign's heading.
 */
import { type Pose, wrapAngle } from '../../../../base/geometry.ts';
import type { Infraction } from './carla.ts';
import type { DriveTrack, RoutePath, StopSign } from '../track.ts';

const PROXIMITY = 4;
const STANDS = 0.1;
const POINT_STEP = 0.5;
const ENLARGED = 1.2;
/** cos 100°: beyond it the ego drives backwards or against the lane. */
const BACKWARDS = -0.17;
/** Within this of the route's centre the ego counts as in the route's lane, m. */
const OWN_LANE = 1.75;

/** A trigger box for a stop line of the map: the last 4 m before the line, as wide as its lane. */
export function signAtLine(id: string, line: Pose, laneWidth: number): StopSign {
  const { x, y, headingRad } = line;
  const before = PROXIMITY / 2;
  return {
    id,
    x: x - before * Math.cos(headingRad),
    y: y - before * Math.sin(headingRad),
    headingRad,
    length: PROXIMITY,
    width: laneWidth,
  };
}

/** The signs run, each from the row at which it was met to the one at which it was left; [] where no signs are known. */
export function stopSignInfractions(track: DriveTrack): Infraction[] {
  const { route, rows, speedMps, headingRad } = track;
  const { stopSigns = [], path } = route;
  const found: Infraction[] = [];
  if (stopSigns.length === 0 || !path) return found;
  let target: StopSign | undefined;
  let from = 0;
  let stopped = false;
  let lastRun = '';
  for (let row = 0; row < rows; row++) {
    const points = lanePoints(path, route.s[row], route.lateral[row]);
    if (!target) {
      const along = Math.cos(wrapAngle(headingRad[row] - points[0].headingRad));
      if (speedMps[row] < BACKWARDS || along < BACKWARDS) continue;
      target = stopSigns.find((sign) => holds(sign, points));
      from = row;
      stopped = false;
      continue;
    }
    stopped ||= Math.abs(speedMps[row]) < STANDS;
    if (holds(target, points)) continue;
    if (!stopped && lastRun !== target.id) {
      found.push({ kind: 'stop-sign', from, step: row, actor: target.id });
      lastRun = target.id;
    }
    target = undefined;
  }
  return found;
}

/** Points of the ego's lane from beside the ego to PROXIMITY metres ahead. */
function lanePoints(path: RoutePath, s: number, lateral: number): Pose[] {
  const offset = Math.abs(lateral) <= OWN_LANE ? 0 : lateral;
  return Array.from({ length: 1 + PROXIMITY / POINT_STEP }, (_, k) => pointAt(path, s + k * POINT_STEP, offset));
}

function pointAt({ ds, x, y, headingRad }: RoutePath, s: number, offset: number): Pose {
  const at = Math.max(0, Math.min(x.length - 1, s / ds));
  const i = Math.min(x.length - 2, Math.floor(at));
  const t = at - i;
  const heading = headingRad[i];
  return {
    x: x[i] + t * (x[i + 1] - x[i]) - offset * Math.sin(heading),
    y: y[i] + t * (y[i + 1] - y[i]) + offset * Math.cos(heading),
    headingRad: heading,
  };
}

function holds(sign: StopSign, points: readonly Pose[]): boolean {
  if (Math.hypot(sign.x - points[0].x, sign.y - points[0].y) > PROXIMITY) return false;
  const [cos, sin] = [Math.cos(sign.headingRad), Math.sin(sign.headingRad)];
  return points.some(({ x, y }) => {
    const [dx, dy] = [x - sign.x, y - sign.y];
    return (
      Math.abs(dx * cos + dy * sin) < (ENLARGED * sign.length) / 2 &&
      Math.abs(dy * cos - dx * sin) < (ENLARGED * sign.width) / 2
    );
  });
}
