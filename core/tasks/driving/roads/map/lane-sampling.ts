/**
 * A lane's centre line as samples. With the reference line r(s), its normal n and the centre's offset t(s):
 *   p = r + t·n,   p′ = q(1 − κt)·T + t′·n,   heading = θ + atan2(t′, q(1 − κt)),
 * and the curvature follows from the derivative of that heading; q = |r′| is 1 but for paramPoly3. Samples lie at every
 * joint of the formulas and are halved until the chord error is within CHORD_TOLERANCE.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { wrapAngle } from '../road.ts';
import { atan2 } from '../../../../base/arctangent.ts';
import { curveAt } from '../opendrive/curve.ts';
import { laneSpan, lastAt } from './geometry.ts';
import { CHORD_TOLERANCE, LaneGraphError, MAX_STEP } from './lane-model.ts';
import type { LaneSection, Road } from '../opendrive/model.ts';

/** Largest turn between samples, rad. */
const MAX_TURN = 0.2;
/** Steps shorter than this are not halved again, m. */
const MIN_STEP = 1e-3;

interface Point {
  /** Along the road. */
  readonly at: number;
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly curvature: number;
  readonly width: number;
  /** Metres of lane per metre of road. */
  readonly speed: number;
}

/** Samples still allowed; counted down. */
export interface SampleBudget {
  samples: number;
}

export interface LaneLine {
  readonly length: number;
  readonly s: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly curvature: Float64Array;
  readonly width: Float64Array;
  readonly roadS: Float64Array;
}

/**
 * Centre line of lane `id` of `section` between `from` and `to` along the road, in the direction of travel.
 * @throws LaneGraphError when `budget` is spent.
 */
export function sampleLane(
  road: Road,
  section: LaneSection,
  id: number,
  from: number,
  to: number,
  forward: boolean,
  budget: SampleBudget,
): LaneLine {
  const joints = jointsOf(road, section, id, from, to);
  const points: Point[] = [];
  const lengths = [0];
  for (let i = 0; i + 1 < joints.length; i++) {
    // The formula that starts at joint i holds up to joint i + 1, where the next one already begins.
    const middle = (joints[i] + joints[i + 1]) / 2;
    const at = (s: number) => centreAt(road, section, id, s, middle);
    const start = at(joints[i]);
    if (points.length === 0) points.push(start);
    refine(at, start, at(joints[i + 1]), points, lengths, budget);
  }
  return packed(points, lengths, forward);
}

function jointsOf(road: Road, section: LaneSection, id: number, from: number, to: number): number[] {
  const side = id > 0 ? section.left : section.right;
  const starts: number[] = [];
  for (const pieces of [road.planView, road.laneOffsets])
    for (let i = lastAt(pieces, from); i < pieces.length && pieces[i].s < to; i++) starts.push(pieces[i].s);
  for (const lane of side.slice(0, Math.abs(id)))
    for (const { s } of [...lane.widths, ...lane.borders]) starts.push(section.s + s);
  const inside = starts.filter((s) => s > from + 1e-6 && s < to - 1e-6).sort((a, b) => a - b);
  return [from, ...inside.filter((s, i) => i === 0 || s > inside[i - 1] + 1e-6), to];
}

/** Centre of the lane at `s`; `within` says which stretch of the reference line to use at a joint. */
function centreAt(road: Road, section: LaneSection, id: number, s: number, within: number): Point {
  const geometry = road.planView[lastAt(road.planView, within)];
  const r = curveAt(geometry, s - geometry.s);
  const { inner, outer } = laneSpan(road, section, id, s);
  const t = (inner[0] + outer[0]) / 2;
  const dt = (inner[1] + outer[1]) / 2;
  const ddt = (inner[2] + outer[2]) / 2;
  const along = r.speed * (1 - r.curvature * t);
  const alongRate = r.speedRate * (1 - r.curvature * t) - r.speed * (r.curvatureRate * t + r.curvature * dt);
  const speed2 = along * along + dt * dt;
  const speed = Math.sqrt(speed2);
  const place = {
    at: s,
    x: r.x - t * sin(r.headingRad),
    y: r.y + t * cos(r.headingRad),
    width: Math.abs(outer[0] - inner[0]),
  };
  // Inside a bend tighter than the offset the centre line folds back; it keeps the road's heading there.
  if (along <= 0) return { ...place, headingRad: r.headingRad, curvature: 0, speed };
  return {
    ...place,
    headingRad: r.headingRad + atan2(dt, along),
    curvature: (r.curvature * r.speed + (along * ddt - dt * alongRate) / speed2) / speed,
    speed,
  };
}

function refine(
  at: (s: number) => Point,
  a: Point,
  b: Point,
  points: Point[],
  lengths: number[],
  budget: SampleBudget,
): void {
  const step = b.at - a.at;
  const [p, m, q] = [0.25, 0.5, 0.75].map((part) => at(a.at + part * step));
  const all = [a, p, m, q, b];
  const run = step * Math.max(...all.map(({ speed }) => speed));
  const turn = step * Math.max(...all.map(({ curvature, speed }) => Math.abs(curvature) * speed));
  const fine =
    run <= MAX_STEP &&
    turn <= MAX_TURN &&
    Math.abs(wrapAngle(b.headingRad - a.headingRad)) <= MAX_TURN &&
    [p, m, q].every((point) => chordError(a, b, point) <= CHORD_TOLERANCE / 2);
  if (!fine && run > MIN_STEP) {
    refine(at, a, m, points, lengths, budget);
    refine(at, m, b, points, lengths, budget);
    return;
  }
  if (--budget.samples < 0) throw new LaneGraphError('more samples than fit in memory, expected a smaller map');
  points.push(b);
  // Boole's rule over the five speeds at hand.
  const sum = 7 * a.speed + 32 * p.speed + 12 * m.speed + 32 * q.speed + 7 * b.speed;
  lengths.push(lengths[lengths.length - 1] + (step * sum) / 90);
}

function chordError(a: Point, b: Point, p: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const chord = Math.sqrt(dx * dx + dy * dy);
  return chord > 0 ? Math.abs(dx * (p.y - a.y) - dy * (p.x - a.x)) / chord : 0;
}

function packed(points: readonly Point[], lengths: readonly number[], forward: boolean): LaneLine {
  const n = points.length;
  const length = lengths[n - 1];
  const order = (i: number) => (forward ? i : n - 1 - i);
  const column = (value: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => value(order(i)));
  const headingRad = column((i) => points[i].headingRad + (forward ? 0 : Math.PI));
  headingRad[0] = wrapAngle(headingRad[0]);
  for (let i = 1; i < n; i++) headingRad[i] = headingRad[i - 1] + wrapAngle(headingRad[i] - headingRad[i - 1]);
  return {
    length,
    headingRad,
    s: column((i) => (forward ? lengths[i] : length - lengths[i])),
    x: column((i) => points[i].x),
    y: column((i) => points[i].y),
    curvature: column((i) => (forward ? points[i].curvature : -points[i].curvature)),
    width: column((i) => points[i].width),
    roadS: column((i) => points[i].at),
  };
}
