/**
 * Routes through a CARLA town, whose map is made of the OpenDRIVE text that the server gives.
 *
 * A route leads from where the ego stands through places (a goal, or a leaderboard route's waypoints) along lanes and lane changes;
 * each place is taken to the nearest lane, of several the one that points its way. Lights on the way are known by their
 * OpenDRIVE signal, which is how CARLA's traffic light actors name themselves.
 */
import type { ExternalRoute } from '../../../core/tasks/driving/world/external.ts';
import { projectToRoute } from '../../../core/tasks/driving/roads/routes/route-geometry.ts';
import type { Pose3 } from '../../../core/io/recordings/carla-frame.ts';
import { type LanePosition, lanePoseAt } from '../../../core/tasks/driving/roads/map/lane-index.ts';
import type { RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { findRoute, type RouteStep } from '../../../core/tasks/driving/roads/map/route.ts';
import { routeRoad } from '../../../core/tasks/driving/roads/routes/route-road.ts';
import type { WeatherSpec } from '../../../core/tasks/driving/world/spec/spec.ts';

/** Farther from every lane than this a place is not on the map, m. */
const NEAR = 15;
/** The route goes on this far past its last place, so that the road ahead of an ego at the goal exists, m. */
const BEYOND = 5;

/** World frame, m; without a heading any lane there will do. */
export interface RoutePoint {
  readonly x: number;
  readonly y: number;
  readonly headingRad?: number;
}

export interface TownRoute extends ExternalRoute {
  readonly lights: readonly { readonly stopLineS: number; readonly signalId: string }[];
  /** Lane (of the graph) by arc length, ascending. */
  readonly lanes: readonly { readonly fromS: number; readonly lane: number; readonly laneS: number }[];
}

/** A place or a leg that the map does not have. */
export class RouteError extends Error {
  override name = 'RouteError';
}

/** Whether a loaded map, "Carla/Maps/Town01_Opt", is the town that a file names. */
export const sameTown = (loaded: string, wanted: string): boolean =>
  (loaded.split('/').at(-1) ?? '').startsWith(wanted);

/** Starts lie this far from a lane's ends and from one another, m. */
const START_MARGIN_M = 5;
const START_EVERY_M = 15;
const MAX_STARTS = 300;

/** Where a drive may start in a town that names no such places. */
export function startsIn({ graph }: RoadMap): Pose3[] {
  const starts = graph.lanes.flatMap((lane) => {
    const room = lane.kind === 'driving' ? lane.length - 2 * START_MARGIN_M : -1;
    const count = Math.floor(room / START_EVERY_M) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, i): Pose3 => {
      return { ...lanePoseAt(lane, START_MARGIN_M + i * START_EVERY_M), z: 0, pitchRad: 0, rollRad: 0 };
    });
  });
  const every = Math.ceil(starts.length / MAX_STARTS);
  return starts.filter((_, i) => i % every === 0);
}

/**
 * The route through `points`, the first of which is the start.
 * @throws RouteError naming the first place that is off the map, or the first leg without a way
 */
export function routeThrough(town: RoadMap, points: readonly RoutePoint[], weather: WeatherSpec): TownRoute {
  if (points.length < 2) throw new RouteError(`${points.length} places, expected a start and a goal`);
  const places = points.map((point, i) => placeOf(town, point, i));
  const steps: RouteStep[] = [{ lane: places[0].lane, by: 'start' }];
  for (let i = 1; i < places.length; i++) {
    const leg = findRoute(town.graph, places[i - 1], places[i]);
    if (!leg) throw new RouteError(`no way leads from place ${i} to place ${i + 1}`);
    steps.push(...leg.steps.slice(1));
  }
  const { road, routeLanes, stopLines } = routeRoad(town.graph, steps, places[0].s);
  const goal = points[points.length - 1];
  const last = routeLanes.findLast(({ lane }) => lane === places[places.length - 1].lane);
  const near = last ? last.fromS + places[places.length - 1].s - last.laneS : 0;
  const goalS = projectToRoute(road, goal.x, goal.y, Math.floor(Math.max(0, near) / road.ds)).s;
  if (!(goalS > BEYOND))
    throw new RouteError(`the goal lies ${goalS.toFixed(1)} m along the route, expected more than ${BEYOND} m`);
  const lights = stopLines.flatMap(({ s, line }) =>
    line.kind === 'light' && s < goalS ? [{ stopLineS: s, signalId: town.graph.signals[line.signal].id }] : [],
  );
  return { road, startS: 0, goalS, lights, weather, lanes: routeLanes };
}

function placeOf({ name, index }: RoadMap, { x, y, headingRad }: RoutePoint, i: number): LanePosition {
  const place = headingRad === undefined ? index.nearest(x, y, NEAR) : index.nearestAligned(x, y, headingRad, NEAR);
  if (!place) throw new RouteError(`place ${i + 1} (${x.toFixed(1)}, ${y.toFixed(1)}) is on no lane of ${name}`);
  return place;
}
