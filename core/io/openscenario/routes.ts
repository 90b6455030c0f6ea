/**
 * Routes of a storyboard on a map: the line through its waypoints along lanes, and places on that line (RoutePosition). A waypoint that
 * lies behind the one before it, as a route's first often does for who starts on it, is left out.
 */
import type { LaneGraph } from '../../tasks/driving/roads/map/lane-model.ts';
import { lanePoseAt } from '../../tasks/driving/roads/map/lane-index.ts';
import { findRoute, type RouteStep } from '../../tasks/driving/roads/map/route.ts';
import { type LinePoint, routeLine } from '../../tasks/driving/roads/routes/route-line.ts';
import { laneCourse, lineCourse, type OnLane, type Placed } from './course.ts';

/** A route goes on straight past its last waypoint, m. */
const BEYOND_ROUTE = 500;

/** The line from `from` through `places`; `left` of them no way leads to. Undefined when none can be reached. */
export function routeCourse(graph: LaneGraph, from: OnLane, places: readonly OnLane[]) {
  const steps: RouteStep[] = [];
  let at = from;
  let left = 0;
  for (const on of places) {
    if (on.lane === at.lane && on.s <= at.s) continue;
    const found = findRoute(graph, at, on);
    if (!found) {
      if (steps.length > 0) left++;
      continue;
    }
    steps.push(...(steps.length === 0 ? found.steps : found.steps.slice(1)));
    at = on;
  }
  const points = steps.length === 0 ? [] : routeLine(graph, steps, from.s, BEYOND_ROUTE);
  if (points.length < 2) return undefined;
  const course = lineCourse(
    points.map((p: LinePoint) => ({ ...p, on: { lane: p.lane, s: p.laneS, along: 1 as const } })),
  );
  return { course, left };
}

/**
 * The place `pathS` metres along a route, heading along it. On roads between which no way leads, the first waypoint's lane is followed.
 * `laneOn` gives another lane of the same road there.
 */
export function placeOnRoute(
  graph: LaneGraph,
  waypoints: readonly OnLane[],
  pathS: number,
  laneOn: (on: OnLane) => OnLane | undefined,
): Placed | undefined {
  const [first, ...rest] = waypoints;
  if (!first) return undefined;
  const course = routeCourse(graph, first, rest)?.course ?? laneCourse(graph, first);
  const along = course.laneAt(pathS);
  if (!along) return undefined;
  const on = laneOn(along) ?? along;
  const { x, y, headingRad } = lanePoseAt(graph.lanes[on.lane], on.s);
  return { x, y, headingRad: on.along > 0 ? headingRad : headingRad + Math.PI, on };
}
