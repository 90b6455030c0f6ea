/**
 * The lane centre ahead as the observation gives it: knots at the ego's foot point (s = 0) and at ROUTE_AHEAD, cubic in
 * between. Beyond the last knot a gentle bend goes on and a sharp one ends; behind the ego the route is straight.
 *
 * Two ways to read it: `routeAt`, exact, for laying waypoints; and a table every TABLE_STEP metres for placing others on the
 * route, which the predictions do hundreds of times a decision.
 */
import {
  OBS_ROUTE,
  OBS_ROUTE_HEADING,
  OBS_ROUTE_STRIDE,
  OBS_ROUTE_X,
  OBS_ROUTE_Y,
  SCALE_X,
  SCALE_Y,
} from '../../../abi/layout.ts';
import { ROUTE_AHEAD } from '../observe/observation.ts';
import { cos, sin } from '../../../base/trigonometry.ts';

export interface EgoRoute {
  /** Knots, ego frame; heading relative to the ego. */
  readonly s: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly headingRad: readonly number[];
  /** 1/m, of the route beyond the last knot. */
  readonly curvatureBeyond: number;
  /** x, y, tx, ty every TABLE_STEP metres from s = 0. */
  readonly table: Float64Array;
}

export interface TangentPoint {
  readonly x: number;
  readonly y: number;
  /** Unit tangent. */
  readonly tx: number;
  readonly ty: number;
}

/** Route coordinates of a point, and the tangent there. */
export interface FrenetPoint {
  s: number;
  lateral: number;
  tx: number;
  ty: number;
}

const TABLE_STEP = 2;
const TABLE_POINTS = 48;
/** The search for the nearest place looks at every so many points first. */
const STRIDE = 3;
/** A bend gentler than this goes on beyond what is seen, 1/m. */
const GENTLE = 0.006;

/** Reads the route of one observation. */
export function readEgoRoute(
  observation: ArrayLike<number>,
  offset: number,
  lateral: number,
  sinError: number,
  cosError: number,
): EgoRoute {
  const square = sinError * sinError;
  const error = sinError * (1 + square * (1 / 6 + (square * 3) / 40));
  const s = [0];
  const x = [-lateral * sinError];
  const y = [-lateral * cosError];
  const headingRad = [-error];
  for (let k = 0; k < ROUTE_AHEAD.length; k++) {
    const point = offset + OBS_ROUTE + k * OBS_ROUTE_STRIDE;
    s.push(ROUTE_AHEAD[k]);
    x.push(observation[point + OBS_ROUTE_X] * SCALE_X);
    y.push(observation[point + OBS_ROUTE_Y] * SCALE_Y);
    headingRad.push(observation[point + OBS_ROUTE_HEADING]);
  }
  const last = s.length - 1;
  const curvature = (headingRad[last] - headingRad[last - 1]) / (s[last] - s[last - 1]);
  const curvatureBeyond = Math.abs(curvature) < GENTLE ? curvature : 0;
  const table = new Float64Array(4 * TABLE_POINTS);
  fillTable({ s, x, y, headingRad }, curvatureBeyond, table);
  return { s, x, y, headingRad, curvatureBeyond, table };
}

type Knots = Pick<EgoRoute, 's' | 'x' | 'y' | 'headingRad'>;

function fillTable(knots: Knots, curvatureBeyond: number, table: Float64Array): void {
  const { s } = knots;
  const last = s.length - 1;
  let n = 0;
  for (let k = 0; k < last; k++) {
    const span = s[k + 1] - s[k];
    const ends = hermiteEnds(knots, k);
    for (; n * TABLE_STEP < s[k + 1] && n < TABLE_POINTS; n++)
      hermite(ends, span, (n * TABLE_STEP - s[k]) / span, table, 4 * n);
  }
  for (; n < TABLE_POINTS; n++) beyond(knots, curvatureBeyond, n * TABLE_STEP - s[last], table, 4 * n);
}

interface HermiteEnds {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly h0: number;
  readonly h1: number;
  readonly cos0: number;
  readonly sin0: number;
  readonly cos1: number;
  readonly sin1: number;
}

function hermiteEnds({ x, y, headingRad }: Knots, k: number): HermiteEnds {
  const [h0, h1] = [headingRad[k], headingRad[k + 1]];
  return {
    x0: x[k],
    y0: y[k],
    x1: x[k + 1],
    y1: y[k + 1],
    h0,
    h1,
    cos0: cos(h0),
    sin0: sin(h0),
    cos1: cos(h1),
    sin1: sin(h1),
  };
}

/** Writes x, y, tx, ty at the share `t` of a span. */
function hermite(e: HermiteEnds, span: number, t: number, out: Float64Array, at: number): void {
  const u = 1 - t;
  const a = u * u * (1 + 2 * t);
  const b = u * u * t * span;
  const c = t * t * (1 + 2 * u);
  const d = -t * t * u * span;
  const h = e.h0 + t * (e.h1 - e.h0);
  out[at] = a * e.x0 + b * e.cos0 + c * e.x1 + d * e.cos1;
  out[at + 1] = a * e.y0 + b * e.sin0 + c * e.y1 + d * e.sin1;
  out[at + 2] = cos(h);
  out[at + 3] = sin(h);
}

/** The same `way` metres beyond the last knot: an arc, to second order in its middle heading. */
function beyond({ x, y, headingRad }: Knots, curvature: number, way: number, out: Float64Array, at: number): void {
  const last = x.length - 1;
  const turn = curvature * way;
  const middle = headingRad[last] + turn / 2;
  out[at] = x[last] + way * cos(middle);
  out[at + 1] = y[last] + way * sin(middle);
  out[at + 2] = cos(headingRad[last] + turn);
  out[at + 3] = sin(headingRad[last] + turn);
}

/** Point of the lane centre at arc length `s` from the ego's foot point. */
export function routeAt(route: EgoRoute, s: number): TangentPoint {
  const out = new Float64Array(4);
  const last = route.s.length - 1;
  if (s <= 0) {
    const [tx, ty] = [cos(route.headingRad[0]), sin(route.headingRad[0])];
    return { x: route.x[0] + s * tx, y: route.y[0] + s * ty, tx, ty };
  }
  if (s >= route.s[last]) beyond(route, route.curvatureBeyond, s - route.s[last], out, 0);
  else {
    let k = 0;
    while (route.s[k + 1] < s) k++;
    const span = route.s[k + 1] - route.s[k];
    hermite(hermiteEnds(route, k), span, (s - route.s[k]) / span, out, 0);
  }
  return { x: out[0], y: out[1], tx: out[2], ty: out[3] };
}

/** Nearest place on the route of a point of the ego frame, from the table; straight beyond its ends. Written to `place`. */
export function placeOn({ table }: EgoRoute, x: number, y: number, place: FrenetPoint): void {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TABLE_POINTS; n += STRIDE) {
    const dx = x - table[4 * n];
    const dy = y - table[4 * n + 1];
    const squared = dx * dx + dy * dy;
    if (squared < least) {
      least = squared;
      best = n;
    }
  }
  let s = best * TABLE_STEP;
  for (let i = 0; i < 4; i++) {
    const n = Math.max(0, Math.min(TABLE_POINTS - 2, Math.floor(s / TABLE_STEP)));
    const at = 4 * n;
    const t = Math.max(0, Math.min(1, s / TABLE_STEP - n));
    const way = s - (n + t) * TABLE_STEP;
    const tx = table[at + 2] + t * (table[at + 6] - table[at + 2]);
    const ty = table[at + 3] + t * (table[at + 7] - table[at + 3]);
    const dx = x - (table[at] + t * (table[at + 4] - table[at]) + way * tx);
    const dy = y - (table[at + 1] + t * (table[at + 5] - table[at + 1]) + way * ty);
    const ahead = dx * tx + dy * ty;
    place.s = s;
    place.lateral = dy * tx - dx * ty;
    place.tx = tx;
    place.ty = ty;
    if (ahead < 0.02 && ahead > -0.02) return;
    s += ahead;
  }
}
