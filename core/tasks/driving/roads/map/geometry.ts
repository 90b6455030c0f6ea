/**
 * A road at (s, t): pose of the reference line and of points beside it, and the lanes across it.
 *
 * s runs from 0 to the road's length along the reference line, t to its left. Lane edges are the lane offset plus the sum
 * of the lane widths out from lane 0 (or the border itself, where a lane has one), as polynomials of s, with their first
 * two derivatives: from these a lane's centre line gets exact heading and curvature. Elevation is kept apart: roads are
 * driven in the plane. Source: ASAM OpenDRIVE 1.8, chapters 9 to 11.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { wrapAngle } from '../road.ts';
import { type CurvePoint, curveAt } from '../opendrive/curve.ts';
import type { Cubic, LaneSection, Road, RoadLane } from '../opendrive/model.ts';

/** An arc length that is not on the road. */
export class RoadRangeError extends RangeError {
  readonly roadId: string;
  readonly s: number;
  readonly length: number;
  constructor(road: Road, s: number) {
    super(`road ${road.id}: s is ${s}, expected 0 to ${road.length}`);
    this.name = 'RoadRangeError';
    this.roadId = road.id;
    this.s = s;
    this.length = road.length;
  }
}

/** Index of the last item that starts at or before `s`, 0 when none does. */
export function lastAt(items: readonly { readonly s: number }[], s: number): number {
  let [low, high] = [0, items.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (items[middle].s <= s) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Value, first and second derivative. */
export type Taylor = readonly [number, number, number];
const ZERO: Taylor = [0, 0, 0];

/** A piecewise cubic at `s`; zero before its first piece. */
export function cubicAt(pieces: readonly Cubic[], s: number): Taylor {
  if (pieces.length === 0) return ZERO;
  const piece = pieces[lastAt(pieces, s)];
  const ds = s - piece.s;
  if (ds < 0) return ZERO;
  const { a, b, c, d } = piece;
  return [a + ds * (b + ds * (c + ds * d)), b + ds * (2 * c + 3 * d * ds), 2 * c + 6 * d * ds];
}

/** The reference line at `s`. Throws RoadRangeError. */
export function referenceAt(road: Road, s: number): CurvePoint {
  if (!(s >= 0 && s <= road.length)) throw new RoadRangeError(road, s);
  const geometry = road.planView[lastAt(road.planView, s)];
  return curveAt(geometry, s - geometry.s);
}

/** Height of the reference line at `s`, m. */
export const elevationAt = (road: Road, s: number): number => cubicAt(road.elevation, s)[0];

export const sectionAt = (road: Road, s: number): LaneSection => road.sections[lastAt(road.sections, s)];

/** A lane across the road at one s: t of its inner and outer edge. */
export interface LaneSpan {
  readonly lane: RoadLane;
  readonly inner: Taylor;
  readonly outer: Taylor;
}

/**
 * Edges of lane `id` of `section` at `s`, out from lane 0. A width below zero counts as zero.
 * `section` is passed because at its very end `s` already belongs to the next.
 */
export function laneSpan(road: Road, section: LaneSection, id: number, s: number): LaneSpan {
  const sign = id > 0 ? 1 : -1;
  const lanes = id > 0 ? section.left : section.right;
  let inner: Taylor = cubicAt(road.laneOffsets, s);
  let outer = inner;
  for (let i = 0; i < Math.abs(id); i++) {
    inner = outer;
    const { borders, widths } = lanes[i];
    if (borders.length > 0) outer = plus(cubicAt(road.laneOffsets, s), cubicAt(borders, s - section.s), 1);
    else {
      const width = cubicAt(widths, s - section.s);
      if (width[0] > 0) outer = plus(inner, width, sign);
    }
  }
  return { lane: lanes[Math.abs(id) - 1], inner, outer };
}

const plus = (a: Taylor, b: Taylor, sign: number): Taylor => [
  a[0] + sign * b[0],
  a[1] + sign * b[1],
  a[2] + sign * b[2],
];

/** The lane that holds (s, t); on a shared edge the inner one, at lane 0 the right one. Undefined beside the road. */
export function laneAt(road: Road, s: number, t: number): LaneSpan | undefined {
  const section = sectionAt(road, s);
  const left = t > cubicAt(road.laneOffsets, s)[0];
  const holds = ({ id }: RoadLane) => {
    const { inner, outer } = laneSpan(road, section, id, s);
    const [low, high] = [Math.min(inner[0], outer[0]), Math.max(inner[0], outer[0])];
    return low !== high && t >= low && t <= high;
  };
  // A road without right lanes: its very middle belongs to lane 1.
  const lane = left ? section.left.find(holds) : (section.right.find(holds) ?? section.left.find(holds));
  return lane && laneSpan(road, section, lane.id, s);
}

export interface RoadPose {
  readonly x: number;
  readonly y: number;
  /** Heading of the reference line at s, in [−π, π]. */
  readonly headingRad: number;
  /** The lane that holds the point and its width there; undefined beside the road. */
  readonly laneId: number | undefined;
  readonly laneWidthMetres: number | undefined;
}

/** The pose at (s, t). Throws RoadRangeError for an s that is not on the road. */
export function roadPoseAt(road: Road, s: number, t: number): RoadPose {
  const { x, y, headingRad } = referenceAt(road, s);
  const span = laneAt(road, s, t);
  return {
    x: x - t * sin(headingRad),
    y: y + t * cos(headingRad),
    headingRad: wrapAngle(headingRad),
    laneId: span?.lane.id,
    laneWidthMetres: span && Math.abs(span.outer[0] - span.inner[0]),
  };
}
