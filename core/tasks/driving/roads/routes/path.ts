/**
 * From a recorded path to a road: smoothed by local quadratic regression over arc length (LOESS with a Gaussian window,
 * Cleveland 1979), so noise goes and curves stay, and extended straight at both ends. Also the projection of a point onto a
 * road, for putting recorded cars into its frame.
 */
import { type RoadShape, wrapAngle } from '../road.ts';
import type { Pose } from '../../../../base/geometry.ts';

/** Spacing of the road's points and standard deviation of the smoothing window, m. */
const SPACING = 4;
const SIGMA = 4;

export type RoadPoint = [x: number, y: number, headingRad: number];

/** Smoothed lane centre through `path`, from `before` metres ahead of its first to `after` metres beyond its last point. */
export function smoothRoad(
  path: readonly (readonly [x: number, y: number])[],
  before: number,
  after: number,
): { points: RoadPoint[]; length: number } {
  const at = [0];
  const kept = [path[0]];
  for (const point of path) {
    const [x, y] = kept[kept.length - 1];
    const moved = Math.hypot(point[0] - x, point[1] - y);
    if (moved < 0.2) continue;
    at.push(at[at.length - 1] + moved);
    kept.push(point);
  }
  const length = at[at.length - 1];
  const pieces = Math.max(1, Math.round(length / SPACING));
  const points: RoadPoint[] = [];
  for (let i = 0; i <= pieces; i++) points.push(fitAt(at, kept, (i * length) / pieces));
  const beyond = ([x, y, heading]: RoadPoint, distance: number): RoadPoint => [
    x + distance * Math.cos(heading),
    y + distance * Math.sin(heading),
    heading,
  ];
  points.unshift(beyond(points[0], -before));
  points.push(beyond(points[points.length - 1], after));
  return { points, length };
}

/** Position and heading at arc length `s` of the quadratics x(s), y(s) fitted around it. */
function fitAt(at: readonly number[], path: readonly (readonly [number, number])[], s: number): RoadPoint {
  const moment = new Float64Array(5);
  const right = [new Float64Array(3), new Float64Array(3)];
  for (let i = 0; i < at.length; i++) {
    const u = (at[i] - s) / SIGMA;
    if (Math.abs(u) > 4) continue;
    const weight = Math.exp(-0.5 * u * u);
    for (let power = 0, term = weight; power < 5; power++, term *= u) {
      moment[power] += term;
      if (power < 3) for (const axis of [0, 1]) right[axis][power] += term * path[i][axis];
    }
  }
  const [x, y] = right.map((r) => solveQuadratic(moment, r));
  return [x[0], y[0], Math.atan2(y[1], x[1])];
}

/** Coefficients of the weighted least-squares quadratic by Cramer's rule on its 3 × 3 normal equations. */
function solveQuadratic([m0, m1, m2, m3, m4]: Float64Array, [r0, r1, r2]: Float64Array): [number, number] {
  const determinant = (
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    g: number,
    h: number,
    i: number,
  ) => a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const whole = determinant(m0, m1, m2, m1, m2, m3, m2, m3, m4);
  return [
    determinant(r0, m1, m2, r1, m2, m3, r2, m3, m4) / whole,
    determinant(m0, r0, m2, m1, r1, m3, m2, r2, m4) / whole,
  ];
}

export interface RoadPosition {
  readonly s: number;
  /** Left +, m. */
  readonly lateral: number;
  readonly headingError: number;
}

/** Where a pose lies on a road: nearest sample within `reach` metres of arc length `near`, then along its tangent. */
export function projectOnto(road: RoadShape, pose: Pose, near: number, reach = 200): RoadPosition {
  const last = road.x.length - 1;
  const from = Math.max(0, Math.floor((near - reach) / road.ds));
  const to = Math.min(last, Math.ceil((near + reach) / road.ds));
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (let i = from; i <= to; i++) {
    const distance = (road.x[i] - pose.x) ** 2 + (road.y[i] - pose.y) ** 2;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  const heading = road.headingRad[best];
  const [dx, dy] = [pose.x - road.x[best], pose.y - road.y[best]];
  return {
    s: best * road.ds + dx * Math.cos(heading) + dy * Math.sin(heading),
    lateral: dy * Math.cos(heading) - dx * Math.sin(heading),
    headingError: wrapAngle(pose.headingRad - heading),
  };
}
