/**
 * The lane centre as a curve one can ask for any arc length and offset. Beyond both ends it goes on straight, so that the
 * road does not stop where the route does.
 */
import type { DriveStates } from '../../workers/contracts/protocol.ts';
import { lerpAngle } from './pose.ts';
import type { Point } from '../../core/base/geometry.ts';

export type DriveRoad = DriveStates['road'];

export interface RoadLine {
  /** Arc length of the last sample, m. */
  readonly length: number;
  /** Lane-centre pose at arc length `s`, m. */
  at(s: number): { readonly x: number; readonly y: number; readonly headingRad: number };
  /** The point `lateral` metres to the left of the lane centre. */
  point(s: number, lateral: number): Point;
}

export function roadLine(road: DriveRoad): RoadLine {
  const last = road.x.length - 1;
  const length = last * road.ds;
  const at = (s: number) => {
    const position = Math.min(Math.max(s / road.ds, 0), last);
    const row = Math.min(Math.floor(position), Math.max(0, last - 1));
    const next = Math.min(row + 1, last);
    const t = position - row;
    const headingRad = lerpAngle(road.heading[row], road.heading[next], t);
    const beyond = s < 0 ? s : s > length ? s - length : 0;
    return {
      x: road.x[row] + (road.x[next] - road.x[row]) * t + beyond * Math.cos(headingRad),
      y: road.y[row] + (road.y[next] - road.y[row]) * t + beyond * Math.sin(headingRad),
      headingRad,
    };
  };
  return {
    length,
    at,
    point(s, lateral) {
      const centre = at(s);
      return [centre.x - Math.sin(centre.headingRad) * lateral, centre.y + Math.cos(centre.headingRad) * lateral];
    },
  };
}

/** Offsets of the drivable area's edges from the route at arc length `s`, left +, m. */
export function roadEdges(
  { ds, edgeLeft, edgeRight }: DriveRoad,
  s: number,
): { readonly left: number; readonly right: number } {
  const at = Math.min(edgeLeft.length - 1, Math.max(0, Math.round(s / ds)));
  return { left: edgeLeft[at], right: -edgeRight[at] };
}
