/**
 * Waymax's metrics of one simulated object, a value a step (`waymax/metrics/`): log divergence, overlap, off-road, wrong way, off route,
 * progression, kinematic infeasibility.
 *
 * - divergence: distance to the log at the same step, m. Overlap: boxes share inner points (touching does not count).
 * - off-road: any corner on the outer side of its nearest road-edge point, altitude stretched twofold; the side is the sign of the cross
 *   product with the edge's direction there, or at the point before when that is smaller and on the same edge.
 * - wrong way: distance to the nearest point of any path the car could take, when ≥ 3.5 m, else 0.
 * - off route: distance to the nearest on-route path when > 5 m, or > 2 m more than to the nearest other path, else 0.
 * - progression: (s − s_start)/(s_end − s_start) along the nearest on-route path, of the log's first and last position; 1 when those agree.
 * - infeasible: |a| > 10.4 m/s² or |κ| > 0.3 1/m (each + 0.001) by the inverse bicycle.
 * Paths are looked up point by point, as there: spacing bounds the error.
 */
import { corners, overlaps } from '../../../../base/geometry.ts';
import { invertStep, type VelocityState } from '../../peers/invertible-bicycle.ts';
import { actorBoxAt, cutTrack, type DriveTrack, egoBoxAt, reachOf, within } from '../track.ts';

export interface WaymaxPath {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly arcLength: Float64Array;
  readonly onRoute: boolean;
}

/** Road-edge points with unit direction; the drivable side is to the left. Points of one edge share `id` and are consecutive. */
export interface RoadEdges {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly directionX: Float64Array;
  readonly directionY: Float64Array;
  readonly id: Int32Array;
}

const WRONG_WAY_METRES = 3.5;
const OFF_ROUTE_METRES = 5;
const OFF_ROUTE_RELATIVE_METRES = 2;
const MAX_ACCEL = 10.4;
const MAX_CURVATURE = 0.3;
const EPSILON = 1e-3;
const Z_STRETCH = 2;

/** [rows] m. `logX`, `logY` are as long as the track. */
export function logDivergence(track: DriveTrack, logX: ArrayLike<number>, logY: ArrayLike<number>): Float64Array {
  return track.x.map((x, i) => Math.hypot(x - logX[i], track.y[i] - logY[i]));
}

/** [rows] 0 or 1. */
export function overlapping(track: DriveTrack): Uint8Array {
  const out = new Uint8Array(track.rows);
  for (const actor of track.actors) {
    const reach = reachOf(track, actor);
    for (let i = 0; i < track.rows; i++) {
      const near = actor.present[i] !== 0 && within(actor.x[i] - track.x[i], actor.y[i] - track.y[i], reach);
      if (near && !out[i]) out[i] = +overlaps(egoBoxAt(track, i), actorBoxAt(actor, i));
    }
  }
  return out;
}

/** Signed distance of a point to the nearest road-edge point, m; positive is off the road. NaN without edges. */
export function signedEdgeDistance(edges: RoadEdges, x: number, y: number, z = 0): number {
  let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < edges.x.length; i++) {
    const squared = (edges.x[i] - x) ** 2 + (edges.y[i] - y) ** 2 + (Z_STRETCH * (edges.z[i] - z)) ** 2;
    if (squared < least) [nearest, least] = [i, squared];
  }
  if (nearest < 0) return Number.NaN;
  const [dx, dy] = [x - edges.x[nearest], y - edges.y[nearest]];
  const cross = (i: number) => dx * edges.directionY[i] - dy * edges.directionX[i];
  const prior = Math.max(0, nearest - 1);
  const sameEdge = edges.id[prior] === edges.id[nearest];
  const side = sameEdge ? Math.min(cross(nearest), cross(prior)) : cross(nearest);
  return Math.hypot(dx, dy) * Math.sign(side);
}

/** [rows] 0 or 1. `z` is the road's altitude under the car, m. */
export function offRoad(track: DriveTrack, edges: RoadEdges, z = 0): Uint8Array {
  return Uint8Array.from(
    { length: track.rows },
    (_, i) => +corners(egoBoxAt(track, i)).some((corner) => signedEdgeDistance(edges, corner.x, corner.y, z) > 0),
  );
}

function nearestPoint(path: WaymaxPath, x: number, y: number): { readonly index: number; readonly distance: number } {
  let [index, distance] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < path.x.length; i++) {
    const d = Math.hypot(path.x[i] - x, path.y[i] - y);
    if (d < distance) [index, distance] = [i, d];
  }
  return { index, distance };
}

const distanceTo = (paths: readonly WaymaxPath[], x: number, y: number) =>
  Math.min(Number.POSITIVE_INFINITY, ...paths.map((path) => nearestPoint(path, x, y).distance));

/** [rows] m, 0 while on some path; 0 everywhere without paths. */
export function wrongWay(track: DriveTrack, paths: readonly WaymaxPath[]): Float64Array {
  return track.x.map((x, i) => {
    const distance = distanceTo(paths, x, track.y[i]);
    return distance < WRONG_WAY_METRES || !Number.isFinite(distance) ? 0 : distance;
  });
}

/** [rows] m, 0 while on the route; 0 everywhere without on-route paths. */
export function offRoute(track: DriveTrack, paths: readonly WaymaxPath[]): Float64Array {
  const on = paths.filter((path) => path.onRoute);
  const off = paths.filter((path) => !path.onRoute);
  return track.x.map((x, i) => {
    const [toRoute, toOther] = [distanceTo(on, x, track.y[i]), distanceTo(off, x, track.y[i])];
    const left = toRoute > OFF_ROUTE_METRES || toRoute - toOther > OFF_ROUTE_RELATIVE_METRES;
    return left && Number.isFinite(toRoute) ? toRoute : 0;
  });
}

export interface WaymaxPoint {
  readonly x: number;
  readonly y: number;
}

/** [rows] unbounded ratio; 0 without on-route paths. */
export function progression(
  track: DriveTrack,
  paths: readonly WaymaxPath[],
  logStart: WaymaxPoint,
  logEnd: WaymaxPoint,
): Float64Array {
  const on = paths.filter((path) => path.onRoute);
  return track.x.map((x, i) => {
    let [best, least] = [on[0], Number.POSITIVE_INFINITY];
    for (const path of on) {
      const { distance } = nearestPoint(path, x, track.y[i]);
      if (distance < least) [best, least] = [path, distance];
    }
    if (!best) return 0;
    const at = (p: WaymaxPoint) => best.arcLength[nearestPoint(best, p.x, p.y).index];
    const [start, end] = [at(logStart), at(logEnd)];
    return start === end ? 1 : (at({ x, y: track.y[i] }) - start) / (end - start);
  });
}

/** [rows] 0 or 1; row 0 has no step behind it and is 0. Velocity is taken along the heading. */
export function infeasible(track: DriveTrack): Uint8Array {
  const state = (i: number): VelocityState => ({
    x: track.x[i],
    y: track.y[i],
    headingRad: track.headingRad[i],
    vx: track.speedMps[i] * Math.cos(track.headingRad[i]),
    vy: track.speedMps[i] * Math.sin(track.headingRad[i]),
  });
  return Uint8Array.from({ length: track.rows }, (_, i) => {
    if (i === 0) return 0;
    const { accelMps2, curvature } = invertStep(state(i - 1), state(i), track.dtSeconds);
    return +(Math.abs(accelMps2) > MAX_ACCEL + EPSILON || Math.abs(curvature) > MAX_CURVATURE + EPSILON);
  });
}

export interface WaymaxScene {
  readonly paths: readonly WaymaxPath[];
  readonly edges?: RoadEdges;
  /** The logged ego, as long as the track. */
  readonly logX: Float64Array;
  readonly logY: Float64Array;
}

/** The whole list over one drive: means or rates over its steps, progression at its end. */
export interface WaymaxSummary {
  readonly log_divergence: number;
  readonly overlap_rate: number;
  /** NaN when the scene has no road edges. */
  readonly offroad_rate: number;
  readonly wrong_way_rate: number;
  readonly off_route_rate: number;
  readonly progression: number;
  readonly kinematic_infeasibility_rate: number;
}

export function waymaxSummary(track: DriveTrack, scene: WaymaxScene): WaymaxSummary {
  const { paths, edges, logX, logY } = scene;
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const rate = (values: Float64Array) => mean(values.map((value) => +(value > 0)));
  const last = logX.length - 1;
  const along = progression(track, paths, { x: logX[0], y: logY[0] }, { x: logX[last], y: logY[last] });
  return {
    log_divergence: mean(logDivergence(track, logX, logY)),
    overlap_rate: mean(overlapping(track)),
    offroad_rate: edges ? mean(offRoad(track, edges)) : Number.NaN,
    wrong_way_rate: rate(wrongWay(track, paths)),
    off_route_rate: rate(offRoute(track, paths)),
    progression: along[track.rows - 1],
    kinematic_infeasibility_rate: mean(infeasible(track)),
  };
}

/** Waymax's list, step by step, on a road whose map is the route: [rows] each, 0 where nothing is wrong. */
export interface RouteWaymax {
  readonly overlap: Uint8Array;
  readonly offroad: Uint8Array;
  readonly wrongWay: Uint8Array;
  readonly offRoute: Uint8Array;
  readonly infeasible: Uint8Array;
  /** Share of the route covered at the end; of the log's way where there is one. */
  readonly progression: number;
  /** Mean distance to the log, m; null without one. */
  readonly logDivergence: number | null;
}

/**
 * The same list where a track knows its place on the route: the only on-route path is the centreline, distances to it are exact (not to
 * sampled points), off road is the area's own flag, wrong way is among oncoming lanes. `log` is the human's drive.
 */
export function routeWaymax(track: DriveTrack, log?: DriveTrack): RouteWaymax {
  const { route, area, rows } = track;
  const reference = log ?? track;
  const [start, end] = log ? [log.route.s[0], log.route.s[log.rows - 1]] : [route.startS, route.goalS];
  const shared = Math.min(rows, reference.rows);
  return {
    overlap: overlapping(track),
    offroad: area.nonDrivable,
    wrongWay: area.oncoming,
    offRoute: Uint8Array.from(route.lateral, (lateral) => +(Math.abs(lateral) > OFF_ROUTE_METRES)),
    infeasible: infeasible(track),
    progression: start === end ? 1 : (route.s[rows - 1] - start) / (end - start),
    logDivergence: log
      ? logDivergence(cutTrack(track, shared), log.x, log.y).reduce((sum, d) => sum + d, 0) / shared
      : null,
  };
}
