/**
 * The route and the lanes of a world: pose at an arc length, and projection of a point onto the route.
 *
 * Projection finds the two samples between which "how far ahead of this sample, along its tangent" changes sign, walking from
 * where it last was, and interpolates linearly between them. Neighbouring stretches share their samples' tangents, so the
 * arc length never jumps or stalls at a corner. Beyond both ends a line goes on straight.
 */
import { type Pose, wrapAngle } from '../../../../base/geometry.ts';
import type { LaneNetwork, RoadSpec } from '../road-spec.ts';

/** Samples of a line, equally spaced: a route, or a lane of a network. */
export interface Line {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
}

/** What of a route makes it a line. */
export type RouteLine = Line & Pick<RoadSpec, 'ds'>;

/** A point on a line with its unit tangent (tx, ty) and its heading. */
export interface LineFrame extends Pose {
  readonly tx: number;
  readonly ty: number;
}

export interface Projection {
  /** Sample at or before the point: where the next search starts. */
  readonly index: number;
  /** Arc length, m, and offset from the lane centre, left +, m. */
  readonly s: number;
  readonly lateral: number;
  readonly headingRad: number;
}

/** Unit tangent, interpolated between samples i and i + 1. */
function tangent(line: Line, i: number, u: number): { readonly x: number; readonly y: number } {
  const [h0, h1] = [line.headingRad[i], line.headingRad[i + 1]];
  const x = Math.cos(h0) + u * (Math.cos(h1) - Math.cos(h0));
  const y = Math.sin(h0) + u * (Math.sin(h1) - Math.sin(h0));
  const norm = Math.sqrt(x * x + y * y);
  return { x: x / norm, y: y / norm };
}

function between(column: Float64Array, i: number, u: number): number {
  return column[i] + u * (column[i + 1] - column[i]);
}

function heading(line: Line, i: number, u: number): number {
  return line.headingRad[i] + u * wrapAngle(line.headingRad[i + 1] - line.headingRad[i]);
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** A line sampled every `ds` metres, at arc length `s`. */
export function lineFrame(line: Line, ds: number, s: number): LineFrame {
  const i = clamp(Math.floor(s / ds), 0, line.x.length - 2);
  const u = s / ds - i;
  const inside = clamp(u, 0, 1);
  const t = tangent(line, i, inside);
  const beyond = (u - inside) * ds;
  return {
    x: between(line.x, i, inside) + beyond * t.x,
    y: between(line.y, i, inside) + beyond * t.y,
    headingRad: heading(line, i, inside),
    tx: t.x,
    ty: t.y,
  };
}

/** Moves a frame's point `lateral` metres to the left. */
function beside(frame: LineFrame, lateral: number): Pose {
  return { x: frame.x - lateral * frame.ty, y: frame.y + lateral * frame.tx, headingRad: frame.headingRad };
}

/** Pose at arc length `s` of the route, `lateral` metres left of it. */
export function routePose(road: RouteLine, s: number, lateral: number): Pose {
  return beside(lineFrame(road, road.ds, s), lateral);
}

/** Pose at arc length `s` of a lane, `lateral` metres left of its centre. */
export function lanePose(network: LaneNetwork, lane: number, s: number, lateral: number): Pose {
  return beside(lineFrame(network.lanes[lane], network.ds, s), lateral);
}

/** A column of the route (an edge, say) at arc length `s`, linear between samples and constant beyond the ends. */
export function routeColumn(road: RouteLine, column: Float64Array, s: number): number {
  const i = clamp(Math.floor(s / road.ds), 0, column.length - 2);
  return between(column, i, clamp(s / road.ds - i, 0, 1));
}

/** Projects a point onto the route, searching from sample `from`. */
export function projectToRoute(road: RouteLine, x: number, y: number, from: number): Projection {
  const ahead = (k: number) =>
    (x - road.x[k]) * Math.cos(road.headingRad[k]) + (y - road.y[k]) * Math.sin(road.headingRad[k]);
  const lastStretch = road.x.length - 2;
  let i = Math.max(0, Math.min(lastStretch, from));
  while (i < lastStretch && ahead(i + 1) >= 0) i++;
  while (i > 0 && ahead(i) < 0) i--;
  const here = ahead(i);
  const next = ahead(i + 1);
  const before = here < 0;
  const after = !before && next >= 0;
  const u = before ? 0 : after ? 1 : here / (here - next);
  const beyond = before ? here : after ? next : 0;
  const t = tangent(road, i, u);
  const lateral = t.x * (y - between(road.y, i, u)) - t.y * (x - between(road.x, i, u));
  return { index: i, s: (i + u) * road.ds + beyond, lateral, headingRad: heading(road, i, u) };
}
