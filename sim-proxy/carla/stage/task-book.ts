/**
 * What can be driven on a loaded map: the named scenarios that fit into it, `free_route`, and the leaderboard routes (`route_` and their
 * id) and storyboards (`story_` and the file's name) that somebody gave for it. A task follows from scenario and seed alone: start,
 * route, weather, time limit, and who else is there.
 */
import type { Pose3 } from '../../../core/io/recordings/carla-frame.ts';
import { createSkips } from '../../../core/io/logs/log.ts';
import { ImportError } from '../../../core/base/import-error.ts';
import { openStory } from '../../../core/io/openscenario/openscenario.ts';
import type { RouteFileRoute } from '../../../core/io/importers/route-file.ts';
import { createRandom, mixSeed } from '../../../core/base/random.ts';
import type { RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { weatherOf, WEATHER_PRESETS, type WeatherName } from '../../../core/tasks/driving/world/spec/weather.ts';
import { CARLA_SCENARIOS, type CarlaScenario, type CarlaTask, namedTask, routeTask, storyTask } from './tasks.ts';
import type { StoryFile } from './story-file.ts';
import { RouteError, routeThrough, sameTown } from '../hero/town-route.ts';

const FREE_ROUTE = 'free_route';
const ROUTE = 'route_';
const STORY = 'story_';
const FREE_STREAM = 0xf4ee;
/** Length of a free route, m, and how many pairs of spawn points are tried for one. */
const SHORTEST_M = 50;
const LONGEST_M = 500;
const TRIES = 100;
/** Time limit: this and 3 m/s, s. */
const SPARE_S = 60;
/** Tasks kept. */
const MOST_KEPT = 32;
/** A start may lie this far from its lane's centre, m. */
const BESIDE_M = 2;

/** What somebody gave to drive besides. */
export interface GivenTasks {
  readonly routes?: readonly RouteFileRoute[];
  readonly stories?: readonly StoryFile[];
}

export class TaskBook {
  readonly town: RoadMap;
  /** Scenarios that fit, never empty on a map with lanes and spawn points. */
  readonly ids: readonly string[];
  readonly #spawnPoints: readonly Pose3[];
  readonly #given: ReadonlyMap<string, RouteFileRoute | StoryFile>;
  /** Those asked for last, newest last: a drive is often done again. */
  readonly #tasks = new Map<string, CarlaTask>();

  /** Gives way to others between two scenarios: a large town takes seconds. */
  static async open(
    town: RoadMap,
    spawnPoints: readonly Pose3[],
    { routes = [], stories = [] }: GivenTasks = {},
  ): Promise<TaskBook> {
    const ids: string[] = [];
    const here = ({ town: wanted }: { readonly town: string }) => sameTown(town.name, wanted);
    const given = new Map<string, RouteFileRoute | StoryFile>([
      ...routes.filter(here).map((route) => [`${ROUTE}${route.id}`, route] as const),
      ...stories.filter(here).map((story) => [`${STORY}${story.id}`, story] as const),
    ]);
    const book = new TaskBook(town, ids, spawnPoints, given);
    for (const id of [...CARLA_SCENARIOS, FREE_ROUTE, ...given.keys()]) {
      await new Promise(setImmediate);
      if (book.#fits(id)) ids.push(id);
    }
    return book;
  }

  private constructor(
    town: RoadMap,
    ids: readonly string[],
    spawnPoints: readonly Pose3[],
    given: ReadonlyMap<string, RouteFileRoute | StoryFile>,
  ) {
    this.town = town;
    this.ids = ids;
    this.#spawnPoints = spawnPoints;
    this.#given = given;
  }

  #fits(id: string): boolean {
    try {
      // Turns go left and right by seed.
      return [0, 1].every((seed) => this.task(id, seed).limitS > 0);
    } catch (error) {
      if (error instanceof RouteError || error instanceof ImportError) return false;
      throw error;
    }
  }

  /** @throws RouteError when there is no such scenario, or no place for it */
  task(id: string, seed: number): CarlaTask {
    const key = `${id}/${seed}`;
    const task = this.#tasks.get(key) ?? this.#make(id, seed);
    this.#tasks.delete(key);
    this.#tasks.set(key, task);
    if (this.#tasks.size > MOST_KEPT) this.#tasks.delete(this.#tasks.keys().next().value as string);
    return task;
  }

  #make(id: string, seed: number): CarlaTask {
    if (id === FREE_ROUTE) return freeTask(seed, this.town, this.#spawnPoints);
    const given = this.#given.get(id);
    if (given && 'waypoints' in given)
      return routeTask(id, this.town, given.waypoints, given.weather ?? WEATHER_PRESETS.clear, given.scenarios);
    if (given) return storyTask(id, this.town, openStory(given.bytes, this.town, createSkips(), [], given.catalogues));
    if ((CARLA_SCENARIOS as readonly string[]).includes(id)) {
      return namedTask(id as CarlaScenario, seed, this.town, this.#spawnPoints);
    }
    throw new RouteError(`there is no scenario ${id}`);
  }
}

/** Start, goal and weather drawn by the seed. @throws RouteError when no pair of spawn points has a way */
function freeTask(seed: number, town: RoadMap, spawnPoints: readonly Pose3[]): CarlaTask {
  const random = createRandom(mixSeed(seed, FREE_STREAM));
  const names = Object.keys(WEATHER_PRESETS) as WeatherName[];
  const weather = WEATHER_PRESETS[names[random.below(names.length)]];
  for (let i = 0; i < TRIES && spawnPoints.length > 1; i++) {
    const [start, goal] = [0, 1].map(() => spawnPoints[random.below(spawnPoints.length)]);
    if (Math.hypot(goal.x - start.x, goal.y - start.y) > LONGEST_M) continue;
    const lane = town.index.nearestAligned(start.x, start.y, start.headingRad, BESIDE_M);
    if (!lane || lane.distance > BESIDE_M) continue;
    try {
      const route = routeThrough(town, [start, goal], weatherOf(weather));
      if (route.goalS < SHORTEST_M || route.goalS > LONGEST_M) continue;
      return { id: FREE_ROUTE, weather, start, route, limitS: SPARE_S + route.goalS / 3 };
    } catch (error) {
      if (!(error instanceof RouteError)) throw error;
    }
  }
  throw new RouteError(`${town.name} has no free route of ${SHORTEST_M} to ${LONGEST_M} m between its spawn points`);
}
