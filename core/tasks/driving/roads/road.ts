/**
 * Roads: the lane centre as equally spaced samples, built from named pieces or from a surveyed polyline, and the lookup of a
 * pose at an arc length. A piece is drawn in closed form from its entry pose; the road always continues straight for
 * RUNOFF metres past its end, so the route ahead of an ego at the goal still exists.
 * Only + − × ÷ √ are used (see road-trig.ts): the samples are the same bits in every engine.
 */
import { cos, sin } from '../../../base/trigonometry.ts';
import { curveAt } from './opendrive/curve.ts';
import type { RoadSpec } from './road-spec.ts';
import type { Pose } from '../../../base/geometry.ts';

/** Spacing of the samples and length of the straight tail, m. */
export const ROAD_DS = 1;
export const RUNOFF = 60;

/** A drawn piece: straight when `curvature` is 0 (1/m, left +); a clothoid when it ends with another curvature. */
export interface LinePiece {
  readonly length: number;
  readonly curvature: number;
  readonly curvatureEnd?: number;
}

export type RoadShape = Pick<RoadSpec, 'ds' | 'x' | 'y' | 'headingRad' | 'curvature'>;

/** Pose after `length` metres of constant curvature from `start`. */
export function advancePose(start: Pose, length: number, curvature: number): Pose {
  const headingRad = start.headingRad + curvature * length;
  if (curvature === 0)
    return { x: start.x + length * cos(start.headingRad), y: start.y + length * sin(start.headingRad), headingRad };
  return {
    x: start.x + (sin(headingRad) - sin(start.headingRad)) / curvature,
    y: start.y - (cos(headingRad) - cos(start.headingRad)) / curvature,
    headingRad,
  };
}

const curvatureAt = ({ length, curvature, curvatureEnd = curvature }: LinePiece, distance: number) =>
  curvature + ((curvatureEnd - curvature) * distance) / length;

/** Pose `distance` metres into a piece that starts at `start`. */
function along(start: Pose, distance: number, { length, curvature, curvatureEnd = curvature }: LinePiece): Pose {
  if (curvatureEnd === curvature) return advancePose(start, distance, curvature);
  const shape = { kind: 'spiral', curvStart: curvature, curvEnd: curvatureEnd } as const;
  const { x, y, headingRad } = curveAt({ s: 0, ...start, length, shape }, distance);
  return { x, y, headingRad };
}

/** Pieces joined end to end from the origin heading along +x, sampled every ROAD_DS metres. */
export function joinPieces(pieces: readonly LinePiece[]): RoadShape {
  const all = [...pieces, { length: RUNOFF, curvature: 0 }];
  const shape = emptyShape(all.reduce((sum, piece) => sum + piece.length, 0));
  let start: Pose = { x: 0, y: 0, headingRad: 0 };
  let startS = 0;
  let i = 0;
  for (const piece of all) {
    for (; i < shape.x.length && i * ROAD_DS < startS + piece.length; i++) {
      const distance = i * ROAD_DS - startS;
      put(shape, i, along(start, distance, piece), curvatureAt(piece, distance));
    }
    start = along(start, piece.length, piece);
    startS += piece.length;
  }
  for (; i < shape.x.length; i++) put(shape, i, advancePose(start, i * ROAD_DS - startS, 0), 0);
  return shape;
}

/**
 * A surveyed lane centre, points [x, y, heading] at any spacing, resampled every ROAD_DS metres: cubic Hermite position,
 * linear heading (unwrapped), curvature from the heading's central difference.
 */
export function resampleRoad(points: readonly (readonly [number, number, number])[]): RoadShape {
  const at = [0];
  const heading = [points[0][2]];
  for (let i = 1; i < points.length; i++) {
    const [dx, dy] = [points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]];
    at.push(at[i - 1] + Math.sqrt(dx * dx + dy * dy));
    heading.push(heading[i - 1] + wrapAngle(points[i][2] - heading[i - 1]));
  }
  const last = points.length - 1;
  const end = { x: points[last][0], y: points[last][1], headingRad: heading[last] };
  const shape = emptyShape(at[last] + RUNOFF);
  let k = 0;
  for (let i = 0; i < shape.x.length; i++) {
    const s = i * ROAD_DS;
    if (s >= at[last]) {
      put(shape, i, advancePose(end, s - at[last], 0), 0);
      continue;
    }
    while (at[k + 1] <= s) k++;
    const span = at[k + 1] - at[k];
    const t = (s - at[k]) / span;
    const [a, b] = [points[k], points[k + 1]];
    const headingRad = heading[k] + t * (heading[k + 1] - heading[k]);
    const x = hermite(a[0], span * cos(heading[k]), b[0], span * cos(heading[k + 1]), t);
    const y = hermite(a[1], span * sin(heading[k]), b[1], span * sin(heading[k + 1]), t);
    put(shape, i, { x, y, headingRad }, 0);
  }
  for (let i = 0; i < shape.x.length; i++) {
    const [from, to] = [Math.max(0, i - 1), Math.min(shape.x.length - 1, i + 1)];
    shape.curvature[i] = (shape.headingRad[to] - shape.headingRad[from]) / ((to - from) * ROAD_DS);
  }
  return shape;
}

/** Pose of the lane centre at arc length `s`, moved `lateral` metres to the left; beyond the ends the road goes on straight. */
export function poseAt(road: RoadShape, s: number, lateral = 0): Pose {
  const last = road.x.length - 1;
  const i = Math.min(last - 1, Math.max(0, Math.floor(s / road.ds)));
  const t = s / road.ds - i;
  const within = Math.min(1, Math.max(0, t));
  const headingRad = road.headingRad[i] + within * (road.headingRad[i + 1] - road.headingRad[i]);
  return {
    x: road.x[i] + t * (road.x[i + 1] - road.x[i]) - lateral * sin(headingRad),
    y: road.y[i] + t * (road.y[i + 1] - road.y[i]) + lateral * cos(headingRad),
    headingRad,
  };
}

/** The same angle in [−π, π]. */
export function wrapAngle(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

function emptyShape(length: number): RoadShape & { readonly ds: number } {
  const n = Math.max(2, Math.floor(length / ROAD_DS) + 1);
  return {
    ds: ROAD_DS,
    x: new Float64Array(n),
    y: new Float64Array(n),
    headingRad: new Float64Array(n),
    curvature: new Float64Array(n),
  };
}

function put(shape: RoadShape, i: number, pose: Pose, curvature: number): void {
  shape.x[i] = pose.x;
  shape.y[i] = pose.y;
  shape.headingRad[i] = pose.headingRad;
  shape.curvature[i] = curvature;
}

function hermite(p0: number, m0: number, p1: number, m1: number, t: number): number {
  const u = 1 - t;
  return u * u * ((1 + 2 * t) * p0 + t * m0) + t * t * ((1 + 2 * u) * p1 - u * m1);
}
