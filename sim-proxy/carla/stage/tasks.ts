/**
 * What to drive in CARLA: the five named scenarios, and leaderboard routes.
 *
 * The named scenarios keep their weather and targets wherever they run. In a town, each is laid where it fits: a spawn point from
 * which the target can be reached along lanes, the best fit first (least distance of the lane from the exact target, then the
 * lowest spawn point). `turn_clear` alternates between its left and its right target by seed. Targets are in the vehicle's frame,
 * CARLA's: x forward, y to the RIGHT. Where a target fits is looked up once for a town and its spawn points.
 */
import { routeClock2 } from '../../../core/tasks/driving/scores/carla/carla.ts';
import type { TimedScenario } from '../../../core/tasks/driving/scores/carla/traffic.ts';
import type { Pose3 } from '../../../core/io/recordings/carla-frame.ts';
import type { RouteScenario } from '../../../core/io/importers/route-file.ts';
import { storyMap } from '../../../core/io/openscenario/map.ts';
import { nominalDrive, type OpenedStory } from '../../../core/io/openscenario/openscenario.ts';
import {
  weatherOf,
  WEATHER_PRESETS,
  type WeatherName,
  type WeatherParameters,
} from '../../../core/tasks/driving/world/spec/weather.ts';
import type { CarlaClient } from '../client/client.ts';
import { StoryboardStage } from './storyboard-stage.ts';
import type { RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import type { DrivenServer } from '../hero/hero-control.ts';
import { stageScenarios, type StagedScenarios } from './route-scenarios.ts';
import { RouteError, type RoutePoint, routeThrough, type TownRoute } from '../hero/town-route.ts';

export const CARLA_SCENARIOS = [
  'straight_clear',
  'straight_cloudy',
  'straight_night',
  'straight_rain',
  'turn_clear',
] as const;
export type CarlaScenario = (typeof CARLA_SCENARIOS)[number];

/** Straight scenarios lead this far ahead, m; targets of the turn, CARLA's vehicle frame, m. */
const STRAIGHT_M = 60;
const TURN_TARGETS = [
  { forward: 30, right: -20 },
  { forward: 30, right: 20 },
] as const;
const STRAIGHT: Target = { forward: STRAIGHT_M, right: 0 };
/** A target may lie this far from the lane that leads there, m. */
const FIT_M = 8;
/** A way to the target longer than this is a detour, m. */
const LONGEST_M = 90;

export interface CarlaTask {
  readonly id: string;
  readonly weather: WeatherParameters;
  readonly start: Pose3;
  readonly route: TownRoute;
  /** Time limit, s. */
  readonly limitS: number;
  /** One that grows with the way made, s at an arc length of the route. */
  readonly limitAt?: (s: number) => number;
  /** Stretches of the route with a time of their own. */
  readonly scenarios?: readonly TimedScenario[];
  /** Puts others on the scene, once the hero stands at its start; their server ticks them too. */
  readonly stage?: (client: CarlaClient, heroId: number) => Promise<StagedTask>;
}

export interface StagedTask extends DrivenServer {
  close(): Promise<void>;
}

const weatherNameOf = (id: CarlaScenario) => id.slice(id.indexOf('_') + 1) as WeatherName;

/** Lays a named scenario into a town. @throws RouteError when none of the spawn points fits */
export function namedTask(id: CarlaScenario, seed: number, town: RoadMap, spawnPoints: readonly Pose3[]): CarlaTask {
  const weather = WEATHER_PRESETS[weatherNameOf(id)];
  const target = id === 'turn_clear' ? TURN_TARGETS[seed % 2] : STRAIGHT;
  const turn = -Math.sign(target.right);
  const fits = fitsOf(town, spawnPoints, target, turn);
  if (fits.length === 0)
    throw new RouteError(`${town.name} has no place for ${id}: ${spawnPoints.length} spawn points tried`);
  const fit = fits[id === 'turn_clear' ? 0 : seed % Math.min(fits.length, 10)];
  const route = { ...fit.route, weather: weatherOf(weather) };
  return { id, weather, start: fit.start, route, limitS: 20 + (route.goalS - route.startS) / 3 };
}

type Target = { readonly forward: number; readonly right: number };
interface Fit {
  readonly start: Pose3;
  readonly misses: number;
  readonly route: TownRoute;
}
const found = new WeakMap<RoadMap, { readonly spawnPoints: readonly Pose3[]; readonly fits: Map<Target, Fit[]> }>();

/** Every spawn point at which the target fits, best first. */
function fitsOf(town: RoadMap, spawnPoints: readonly Pose3[], target: Target, turn: number): Fit[] {
  let known = found.get(town);
  if (known?.spawnPoints !== spawnPoints) {
    known = { spawnPoints, fits: new Map() };
    found.set(town, known);
  }
  let fits = known.fits.get(target);
  if (!fits) {
    fits = spawnPoints.flatMap((start) => fitAt(town, start, target, turn) ?? []);
    fits.sort((a, b) => a.misses - b.misses);
    known.fits.set(target, fits);
  }
  return fits;
}

/** The route from a spawn point to its target, and how far the target lies from it; undefined when it does not fit. */
function fitAt(town: RoadMap, start: Pose3, target: Target, turn: number): Fit | undefined {
  const [cos, sin] = [Math.cos(start.headingRad), Math.sin(start.headingRad)];
  const left = -target.right;
  const goal: RoutePoint = {
    x: start.x + target.forward * cos - left * sin,
    y: start.y + target.forward * sin + left * cos,
    headingRad: start.headingRad + (turn * Math.PI) / 2,
  };
  const lane = town.index.nearestAligned(goal.x, goal.y, goal.headingRad ?? 0, FIT_M);
  const own = town.index.nearestAligned(start.x, start.y, start.headingRad, FIT_M);
  if (!lane || !own || lane.distance > FIT_M || own.distance > 2) return undefined;
  let route: TownRoute;
  try {
    route = routeThrough(town, [start, goal], weatherOf(WEATHER_PRESETS.clear));
  } catch (error) {
    if (error instanceof RouteError) return undefined;
    throw error;
  }
  const { road, goalS } = route;
  const at = Math.min(road.x.length - 1, Math.round(goalS / road.ds));
  const turned = road.headingRad[at] - road.headingRad[0];
  const asked = (turn * Math.PI) / 2;
  if (goalS > LONGEST_M || Math.abs(turned - asked) > (turn === 0 ? 0.15 : 0.5)) return undefined;
  return { start, misses: lane.distance + Math.abs(turned - asked), route };
}

/**
 * A leaderboard route with what it stages (route-scenarios.ts): waypoints in our frame, its clock leaderboard 2.x's (1.0's is kept by
 * its score). @throws RouteError when the map has no way along them
 */
export function routeTask(
  id: string,
  town: RoadMap,
  waypoints: readonly RoutePoint[],
  weather: WeatherParameters,
  scenarios: readonly RouteScenario[] = [],
  tell?: (sentence: string) => void,
): CarlaTask & Pick<StagedScenarios, 'unstaged'> {
  const route = routeThrough(town, waypoints, weatherOf(weather));
  const { road, startS, goalS } = route;
  const start = { x: road.x[0], y: road.y[0], z: 0.5, headingRad: road.headingRad[0], pitchRad: 0, rollRad: 0 };
  const limitAt = routeClock2(road, startS);
  const { story, timed, unstaged } = stageScenarios(town, route, scenarios);
  const opened = story && { story, map: storyMap(town.graph, true), missing: () => undefined };
  return {
    id,
    weather,
    start,
    route,
    limitS: limitAt(goalS),
    limitAt,
    ...(timed.length > 0 && { scenarios: timed }),
    ...(opened && {
      stage: (client: CarlaClient, heroId: number) =>
        StoryboardStage.stage(client, opened, heroId, { ...(tell && { tell }), strict: false }),
    }),
    unstaged,
  };
}

/** Places of a storyboard's way lie this far apart, m. */
const STORY_PLACES_M = 40;
/** What a drive among others may take beyond the nominal one, s. */
const STORY_SPARE_S = 30;

/**
 * A storyboard laid into a town: the hero drives from its start to where the nominal ego got, the others are staged live. Its time is
 * the storyboard's own: a hero that is not through by then has timed the scenario out.
 * @throws RouteError when its start or way is off the lanes
 */
export function storyTask(
  id: string,
  town: RoadMap,
  opened: OpenedStory,
  tell?: (sentence: string) => void,
): CarlaTask {
  const drive = nominalDrive(opened);
  if (!drive) throw new RouteError(`the ego of ${id} has no start in ${town.name}`);
  const { path, start, goalMetres, seconds } = drive;
  const weather = drive.weather?.weather ?? WEATHER_PRESETS.clear;
  const points: RoutePoint[] = [start];
  let along = 0;
  let from = 0;
  for (let i = 1; i < path.length && along < goalMetres; i++) {
    const [dx, dy] = [path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]];
    const step = Math.hypot(dx, dy);
    if (step < 1e-6) continue;
    along += step;
    if (along - from < STORY_PLACES_M && along < goalMetres) continue;
    points.push({ x: path[i][0], y: path[i][1], headingRad: Math.atan2(dy, dx) });
    from = along;
  }
  const route = routeThrough(town, points, weatherOf(weather));
  const { x, y, headingRad } = start;
  const z = opened.map.heightAt(opened.map.laneUnder(start));
  const limitS = seconds + STORY_SPARE_S;
  return {
    id,
    weather,
    start: { x, y, z, headingRad, pitchRad: 0, rollRad: 0 },
    route,
    limitS,
    scenarios: [{ id, fromS: route.startS, toS: route.goalS, timeoutS: limitS }],
    stage: (client, heroId) => StoryboardStage.stage(client, opened, heroId, { ...(tell && { tell }) }),
  };
}
