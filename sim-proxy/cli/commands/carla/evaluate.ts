/**
 * `lab carla evaluate`: policies closed loop in CARLA, on the five named scenarios, on leaderboard routes or in a storyboard, with the
 * driving scores of leaderboards 1.0, 2.0 and 2.1 side by side.
 *
 * What was driven is printed whatever happens: when the server goes away, refuses, or Ctrl+C stops it, the drives that were finished are
 * scored and printed with `complete: false` and the reason, and the command fails. A scenario or route that the map has no place for is
 * named, and the rest is driven.
 */
import { fromCarlaPose, type Pose3 } from '../../../../core/io/recordings/carla-frame.ts';
import { createSkips } from '../../../../core/io/logs/log.ts';
import { openStory } from '../../../../core/io/openscenario/openscenario.ts';
import type { RouteFileRoute } from '../../../../core/io/importers/route-file.ts';
import type { RoadMap } from '../../../../core/tasks/driving/roads/survey/road-map.ts';
import { WEATHER_PRESETS } from '../../../../core/tasks/driving/world/spec/weather.ts';
import { type CarlaScenario, namedTask, routeTask, storyTask } from '../../../carla/stage/tasks.ts';
import { CARLAOnlineRunner, type PlannedDrive } from '../../../carla/drive/online-runner.ts';
import type { StoryFile } from '../../../carla/stage/story-file.ts';
import { RouteError, sameTown, startsIn } from '../../../carla/hero/town-route.ts';
import { attemptCall } from '../../../carla/client/attempt.ts';
import type { CarlaClient } from '../../../carla/client/client.ts';
import type { CarlaFlags } from './flags.ts';
import { laneLog } from './lane-log.ts';
import type { EvaluationPlan } from './plan.ts';
import {
  type CarlaRow,
  drivingScores,
  resultOf,
  type StoryNotes,
  tableOf,
  ToldError,
  type UndrivenTask,
  type UnstagedScenario,
} from './report.ts';
import { differencesOf } from './view.ts';

/** Drives the plan and prints what it gave. @throws whatever ended it early, once what was driven is printed */
export async function evaluatePlan(
  client: CarlaClient,
  values: CarlaFlags,
  plan: EvaluationPlan,
  signal: AbortSignal,
): Promise<void> {
  const { routes, story, drivers } = plan;
  const rows: CarlaRow[] = [];
  const unstaged: UnstagedScenario[] = [];
  const undriven: UndrivenTask[] = [];
  const notes: StoryNotes = { notes: [], skipped: [], troubles: [] };
  const perPolicy = story ? 1 : (routes?.length ?? plan.scenarios.length * values.seeds);
  const { serverVersion } = client.server;
  const map = (await attemptCall(client, client.mapInfo()))?.name ?? null;
  let stopped: unknown;
  try {
    const drives = story
      ? storyDrives(client, story, values, notes)
      : routes
        ? routeDrives(client, routes, values, notes, { unstaged, undriven })
        : scenarioDrives(client, plan.scenarios, values.seeds, undriven);
    for await (const { task, seed } of drives)
      for (const driver of drivers) {
        if (signal.aborted) throw new Error('It was interrupted.');
        const { laneInvasions, onStep } = laneLog(client);
        const runner = new CARLAOnlineRunner({
          client,
          driver: driver.driverOf(task.id, seed),
          signal,
          hooks: { onStep },
        });
        for (const episode of await runner.run([{ task, seed }])) {
          if (episode.end === 'stopped') throw new Error('It was interrupted.');
          rows.push({ driver, episode, laneInvasions });
          const { end, report } = episode;
          const score = drivingScores(report)[2].toFixed(1);
          console.error(`${task.id} seed ${seed}, ${driver.policy}: ${end}, driving score ${score} (2.1)`);
        }
      }
  } catch (error) {
    stopped = error;
  }
  if (stopped === undefined && undriven.length > 0)
    stopped = new Error(
      `${undriven.length} of what was asked for has no place on ${map ?? 'this map'}: ${undriven[0].why}`,
    );
  if (stopped !== undefined && rows.length === 0) throw stopped;
  const planned = perPolicy * drivers.length;
  const result = resultOf(plan, rows, {
    server: { version: serverVersion, map, ...differencesOf(client) },
    seeds: routes || story ? 1 : values.seeds,
    planned,
    ...(stopped !== undefined && { stopped }),
    ...((story || notes.troubles.length > 0) && { story: notes }),
    unstaged,
    undriven,
  });
  console.log(values.json ? JSON.stringify(result) : tableOf(rows, result));
  if (stopped === undefined) return;
  console.error(`${rows.length} of ${planned} drives were finished; one under way is not counted.`);
  throw new ToldError(stopped);
}

async function* scenarioDrives(
  client: CarlaClient,
  scenarios: readonly CarlaScenario[],
  seeds: number,
  undriven: UndrivenTask[],
): AsyncGenerator<PlannedDrive> {
  const { town, spawnPoints } = await townOf(client);
  for (const id of scenarios)
    for (let seed = 0; seed < seeds; seed++) {
      const task = fitting(undriven, id, seed, () => namedTask(id, seed, town, spawnPoints));
      if (task) yield { seed, task };
    }
}

/** The task, or undefined, noted, where the map has no place for it. */
function fitting<T>(undriven: UndrivenTask[], id: string, seed: number, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RouteError)) throw error;
    console.error(`${id} seed ${seed} is not driven: ${error.message}`);
    undriven.push({ id, seed, why: error.message });
    return undefined;
  }
}

async function* routeDrives(
  client: CarlaClient,
  routes: readonly RouteFileRoute[],
  values: CarlaFlags,
  told: StoryNotes,
  { unstaged, undriven }: { readonly unstaged: UnstagedScenario[]; readonly undriven: UndrivenTask[] },
): AsyncGenerator<PlannedDrive> {
  for (const { id, town: wanted, waypoints, weather, scenarios } of routes) {
    const town = await townNamed(client, wanted, `Route ${id}`, values);
    const tell = (sentence: string) => trouble(told, `route ${id}: ${sentence}`);
    const clear = weather ?? WEATHER_PRESETS.clear;
    const task = fitting(undriven, `route_${id}`, 0, () =>
      routeTask(`route_${id}`, town, waypoints, clear, scenarios, tell),
    );
    if (!task) continue;
    unstaged.push(...task.unstaged.map((each) => ({ route: id, ...each })));
    yield { seed: 0, task };
  }
}

/** Said at once, and kept for the result. */
function trouble({ troubles }: StoryNotes, sentence: string): void {
  console.error(sentence);
  troubles.push(sentence);
}

/** A storyboard has no seed: each policy drives it once. */
async function* storyDrives(
  client: CarlaClient,
  { name, id, bytes, town: wanted, catalogues, notes: beside }: StoryFile,
  values: CarlaFlags,
  told: StoryNotes,
): AsyncGenerator<PlannedDrive> {
  const town = await townNamed(client, wanted, name, values);
  const skips = createSkips();
  told.notes.push(...beside);
  const opened = openStory(bytes, town, skips, told.notes, catalogues);
  const task = storyTask(id, town, opened, (sentence) => trouble(told, sentence));
  told.skipped.push(...skips.list());
  for (const note of told.notes) console.error(`note: ${note}`);
  for (const { what, count, why } of told.skipped) console.error(`skipped ${count} × ${what}: ${why}`);
  yield { task, seed: 0 };
}

/** The loaded town, or the one wanted, loaded where that is allowed. */
async function townNamed(client: CarlaClient, wanted: string, of: string, values: CarlaFlags): Promise<RoadMap> {
  const { town } = await townOf(client);
  if (wanted === '' || sameTown(town.name, wanted)) return town;
  if (!values['load-map'])
    throw new Error(`${of} is in ${wanted}, and ${town.name} is loaded: say --load-map to load it.`);
  await client.loadMap(wanted);
  return (await townOf(client)).town;
}

async function townOf(client: CarlaClient): Promise<{ town: RoadMap; spawnPoints: Pose3[] }> {
  const map = await attemptCall(client, client.mapInfo());
  const town = await client.roadMap();
  const told = (map?.spawnPoints ?? []).map(({ location, rotation }) => fromCarlaPose(location, rotation));
  return { town, spawnPoints: told.length > 0 ? told : startsIn(town) };
}
