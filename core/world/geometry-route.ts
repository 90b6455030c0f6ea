/**
 * The route of a world: pose at an arc length, and projection of a point onto it.
 *
 * Projection finds the two samples between which "how far ahead of this sample, along its tangent" changes sign, walking from
 * where it last was, and interpolates linearly between them. Neighbouring stretches share their samples' tangents, so the
 * arc length never jumps or stalls at a corner. Beyond both ends the road goes on straight.
 */
import { type Pose, wrapAngle } from './geometry.ts';
import type { RoadSpec } from './spec.ts';

/** What of a road makes it a line. */
export type RouteLine = Pick<RoadSpec, 'ds' | 'x' | 'y' | 'headingRad'>;

export interface Projection {
  /** Sample at or before the point: where the next search starts. */
  readonly index: number;
  /** Arc length, m, and offset from the lane centre, left +, m. */
  readonly s: number;
  readonly lateral: number;
  readonly headingRad: number;
}

/** Unit tangent, interpolated between samples i and i + 1. */
function tangent(road: RouteLine, i: number, u: number): { readonly x: number; readonly y: number } {
  const [h0, h1] = [road.headingRad[i], road.headingRad[i + 1]];
  const x = Math.cos(h0) + u * (Math.cos(h1) - Math.cos(h0));
  const y = Math.sin(h0) + u * (Math.sin(h1) - Math.sin(h0));
  const norm = Math.sqrt(x * x + y * y);
  return { x: x / norm, y: y / norm };
}

function between(column: Float64Array, i: number, u: number): number {
  return column[i] + u * (column[i + 1] - column[i]);
}

function heading(road: RouteLine, i: number, u: number): number {
  return road.headingRad[i] + u * wrapAngle(road.headingRad[i + 1] - road.headingRad[i]);
}

/** Pose at arc length `s`, `lateral` metres left of the lane centre. */
export function routePose(road: RouteLine, s: number, lateral: number): Pose {
  const i = Math.max(0, Math.min(road.x.length - 2, Math.floor(s / road.ds)));
  const u = s / road.ds - i;
  const inside = Math.max(0, Math.min(1, u));
  const t = tangent(road, i, inside);
  const beyond = (u - inside) * road.ds;
  return {
    x: between(road.x, i, inside) + beyond * t.x - lateral * t.y,
    y: between(road.y, i, inside) + beyond * t.y + lateral * t.x,
    headingRad: heading(road, i, inside),
  };
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
