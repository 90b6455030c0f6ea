/**
 * `ClosedLoopMetrics`: the nine numbers of a closed-loop drive, by the names that reports and files carry.
 *
 * Metres, seconds and real collisions: a collision is a contact of boxes (an actor counts again only after it was apart), off road
 * is each time a corner leaves the drivable area, deviation is the distance from the route's centre.
 * Waypoints stand every 10 m of the route and at its goal; one is reached when the driven path passes within 4 m of it.
 */
import { contacts } from './collisions.ts';
import { type DriveTrack, rises } from './track.ts';

export interface ClosedLoopMetrics {
  /** 0..1. */
  readonly route_completion: number;
  readonly collision_count: number;
  readonly offroad_count: number;
  /** m */
  readonly route_deviation_avg: number;
  readonly route_deviation_max: number;
  /** s */
  readonly episode_time: number;
  /** The whole route without a collision and without leaving the road. */
  readonly success: boolean;
  readonly num_waypoints_reached: number;
  readonly total_waypoints: number;
}

export interface WaypointRule {
  readonly spacingMetres: number;
  readonly radiusMetres: number;
}
const WAYPOINT_RULE: WaypointRule = { spacingMetres: 10, radiusMetres: 4 };

/** Arc lengths of the waypoints after `startS`, the goal last. */
export function waypointsAlong(startS: number, goalS: number, spacing: number): number[] {
  const out: number[] = [];
  for (let s = startS + spacing; s < goalS - 1e-9; s += spacing) out.push(s);
  return [...out, goalS];
}

/** Shortest distance between the driven path and a waypoint, both in (s, lateral). */
function passes({ route, rows }: DriveTrack, waypointS: number, radius: number): boolean {
  const { s, lateral } = route;
  if (Math.hypot(s[0] - waypointS, lateral[0]) <= radius) return true;
  for (let i = 1; i < rows; i++) {
    const [ds, dl] = [s[i] - s[i - 1], lateral[i] - lateral[i - 1]];
    const way = ds * ds + dl * dl;
    const along = way === 0 ? 0 : ((waypointS - s[i - 1]) * ds - lateral[i - 1] * dl) / way;
    const t = Math.max(0, Math.min(1, along));
    if (Math.hypot(s[i - 1] + t * ds - waypointS, lateral[i - 1] + t * dl) <= radius) return true;
  }
  return false;
}

/** The nine numbers. `success` may be told (the world knows its own rule); by default it is as documented above. */
export function closedLoopMetrics(
  track: DriveTrack,
  success?: boolean,
  rule: WaypointRule = WAYPOINT_RULE,
): ClosedLoopMetrics {
  const { route, rows, dtSeconds } = track;
  const furthest = Math.max(...route.s);
  const completion = Math.max(0, Math.min(1, (furthest - route.startS) / (route.goalS - route.startS)));
  const deviations = route.lateral.map(Math.abs);
  const waypoints = waypointsAlong(route.startS, route.goalS, rule.spacingMetres);
  const collisions = contacts(track).length;
  const offRoad = rises(track.area.nonDrivable).length;
  return {
    route_completion: completion,
    collision_count: collisions,
    offroad_count: offRoad,
    route_deviation_avg: deviations.reduce((sum, d) => sum + d, 0) / rows,
    route_deviation_max: Math.max(...deviations),
    episode_time: (rows - 1) * dtSeconds,
    success: success ?? (completion >= 1 && collisions === 0 && offRoad === 0),
    num_waypoints_reached: waypoints.filter((s) => passes(track, s, rule.radiusMetres)).length,
    total_waypoints: waypoints.length,
  };
}
