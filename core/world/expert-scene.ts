/**
 * The observation read back into metres: what the expert knows. Nothing else reaches it, so a network that sees the same
 * numbers can learn to decide the same. Only + − × ÷ √ and road-trig.ts are used, here and in the other expert files, so the
 * expert decides the same in every engine (replay links code traces against it).
 */
import {
  EGO_LENGTH,
  EGO_WIDTH,
  KIND_PEDESTRIAN,
  KIND_STATIC,
  KIND_VEHICLE,
  LIGHT_GREEN,
  LIGHT_RED,
  LIGHT_YELLOW,
  OBS_ACTOR,
  OBS_ACTOR_STRIDE,
  OBS_ACTORS,
  OBS_EGO,
  OBS_LIGHT,
  OBS_ROUTE,
  OBS_ROUTE_STRIDE,
  SCALE_ACCEL,
  SCALE_LATERAL,
  SCALE_SPEED,
  SCALE_STEER,
  SCALE_X,
  SCALE_Y,
} from './layout.ts';
import { ROUTE_AHEAD } from './observation.ts';
import { cos, sin } from './road-trig.ts';

/** The lane centre ahead in the ego frame: knots at the ego's foot point (s = 0) and ROUTE_AHEAD, cubic in between. */
export interface Route {
  readonly s: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly headingRad: readonly number[];
}

export interface RoutePoint {
  readonly x: number;
  readonly y: number;
  /** Unit tangent. */
  readonly tx: number;
  readonly ty: number;
}

/** One visible actor in route coordinates; s = 0 is the ego's foot point, velocities over ground. */
export interface SceneActor {
  readonly slot: number;
  readonly kind: number;
  readonly s: number;
  readonly lateral: number;
  readonly speedAlong: number;
  readonly speedAcross: number;
  /** Lateral component of the direction it faces, −1..1. */
  readonly facesAcross: number;
  /** Half its extent along and across the route. */
  readonly halfAlong: number;
  readonly halfAcross: number;
}

export interface Scene {
  readonly speed: number;
  readonly accel: number;
  readonly lateral: number;
  /** Tangent of the angle between the ego's course (heading plus the slip of its centre while steering) and the lane. */
  readonly slope: number;
  readonly limit: number;
  /** Front bumper to stop line, m, and the state, while a light is near. */
  readonly light?: { readonly distance: number; readonly state: number };
  readonly route: Route;
  readonly actors: readonly SceneActor[];
}

export const EGO_HALF_LENGTH = EGO_LENGTH / 2;
export const EGO_HALF_WIDTH = EGO_WIDTH / 2;

/** Reads one observation ([OBS_DIM] from `offset`). */
export function readScene(observation: ArrayLike<number>, offset: number): Scene {
  const at = (i: number) => observation[offset + i];
  const lateral = at(OBS_EGO + 3) * SCALE_LATERAL;
  const [sinError, cosError] = [at(OBS_EGO + 4), at(OBS_EGO + 5)];
  const error = sinError / Math.max(0.3, cosError);
  const steer = at(OBS_EGO + 2) * SCALE_STEER;
  const slip = 0.5 * (steer + (steer * steer * steer) / 3);
  const route = readRoute(at, lateral, sinError, cosError);
  const actors: SceneActor[] = [];
  for (let slot = 0; slot < OBS_ACTORS; slot++) {
    const a = OBS_ACTOR + slot * OBS_ACTOR_STRIDE;
    if (at(a) < 0.5) continue;
    const place = project(route, at(a + 4) * SCALE_X, at(a + 5) * SCALE_Y);
    const along = (x: number, y: number) => x * place.tx + y * place.ty;
    const across = (x: number, y: number) => y * place.tx - x * place.ty;
    const [vx, vy, faceX, faceY] = [at(a + 6) * 10, at(a + 7) * 5, at(a + 8), at(a + 9)];
    const [halfLength, halfWidth] = [at(a + 10) * 2.5, at(a + 11)];
    const [facesAlong, facesAcross] = [Math.abs(along(faceX, faceY)), across(faceX, faceY)];
    actors.push({
      slot,
      kind: at(a + 1) > 0.5 ? KIND_VEHICLE : at(a + 2) > 0.5 ? KIND_PEDESTRIAN : KIND_STATIC,
      s: place.s,
      lateral: place.lateral,
      speedAlong: along(vx, vy),
      speedAcross: across(vx, vy),
      facesAcross,
      halfAlong: facesAlong * halfLength + Math.abs(facesAcross) * halfWidth,
      halfAcross: Math.abs(facesAcross) * halfLength + facesAlong * halfWidth,
    });
  }
  const state = at(OBS_LIGHT + 4) > 0.5 ? LIGHT_RED : at(OBS_LIGHT + 3) > 0.5 ? LIGHT_YELLOW : LIGHT_GREEN;
  return {
    speed: Math.max(0, at(OBS_EGO) * SCALE_SPEED),
    accel: at(OBS_EGO + 1) * SCALE_ACCEL,
    lateral,
    slope: (error + slip) / Math.max(0.3, 1 - error * slip),
    limit: at(OBS_EGO + 6) * SCALE_SPEED,
    ...(at(OBS_LIGHT) > 0.5 && { light: { distance: at(OBS_LIGHT + 1) * 50, state } }),
    route,
    actors,
  };
}

function readRoute(at: (i: number) => number, lateral: number, sinError: number, cosError: number): Route {
  const square = sinError * sinError;
  const error = sinError * (1 + square * (1 / 6 + (square * 3) / 40));
  const route = { s: [0], x: [-lateral * sinError], y: [-lateral * cosError], headingRad: [-error] };
  ROUTE_AHEAD.forEach((s, k) => {
    const point = OBS_ROUTE + k * OBS_ROUTE_STRIDE;
    route.s.push(s);
    route.x.push(at(point) * SCALE_X);
    route.y.push(at(point + 1) * SCALE_Y);
    route.headingRad.push(at(point + 2));
  });
  return route;
}

/** Point of the lane centre at arc length `s` from the ego's foot point; straight beyond both ends. */
export function routeAt(route: Route, s: number): RoutePoint {
  const last = route.s.length - 1;
  if (s <= 0 || s >= route.s[last]) {
    const end = s <= 0 ? 0 : last;
    const [tx, ty] = [cos(route.headingRad[end]), sin(route.headingRad[end])];
    const beyond = s - route.s[end];
    return { x: route.x[end] + beyond * tx, y: route.y[end] + beyond * ty, tx, ty };
  }
  let k = 0;
  while (route.s[k + 1] < s) k++;
  const span = route.s[k + 1] - route.s[k];
  const t = (s - route.s[k]) / span;
  const u = 1 - t;
  const hermite = (p0: number, m0: number, p1: number, m1: number) =>
    u * u * ((1 + 2 * t) * p0 + t * span * m0) + t * t * ((1 + 2 * u) * p1 - u * span * m1);
  const [h0, h1] = [route.headingRad[k], route.headingRad[k + 1]];
  const h = h0 + t * (h1 - h0);
  return {
    x: hermite(route.x[k], cos(h0), route.x[k + 1], cos(h1)),
    y: hermite(route.y[k], sin(h0), route.y[k + 1], sin(h1)),
    tx: cos(h),
    ty: sin(h),
  };
}

/** Route coordinates of a point of the ego frame: nearest route point found by Newton steps along the tangent. */
function project(route: Route, x: number, y: number): RoutePoint & { readonly s: number; readonly lateral: number } {
  let s = x;
  let point = routeAt(route, s);
  for (let i = 0; i < 4; i++) {
    s += (x - point.x) * point.tx + (y - point.y) * point.ty;
    point = routeAt(route, s);
  }
  return { ...point, s, lateral: (y - point.y) * point.tx - (x - point.x) * point.ty };
}
