/**
 * `lab carla evaluate`: policies closed loop in CARLA, on the five named scenarios, on leaderboard routes or in a storyboard, with the
 * driving scores of leaderboards 1.0, 2.0 and 2.1 side by side.
 *
 * What was driven is printed whatever happens: when the server goes away, refuses, or Ctrl+C stops it, the drives that were finished are
 * scored and printed with `complete: false` and the reason, and the command fails.
 */
import { fromCarlaPose, type Pose3 } from '../../../core/episode/importers/carla-frame.ts';
import { createSkips } from '../../../core/episode/importers/log.ts';
import { openStory } from '../../../core/episode/importers/openscenario.ts';
import type { RouteFileRoute } from '../../../core/episode/importers/route-file.ts';
import type { RoadMap } from '../../../core/world/roads/road-map.ts';
import { WEATHER_PRESETS } from '../../../core/world/weather.ts';
import { type CarlaScenario, type CarlaTask, namedTask, routeTask, storyTask } from '../../driving/carla-tasks.ts';
import { CARLAOnlineRunner } from '../../driving/online-runner.ts';
import type { StoryFile } from '../../driving/story-file.ts';
import { sameTown, startsIn } from '../../driving/town.ts';
import { attempt } from '../../sources/carla/attempt.ts';
import type { CarlaClient } from '../../sources/carla/client.ts';
import type { CarlaFlags } from './flags.ts';
import { laneLog } from './lane-log.ts';
import type { EvaluationPlan } from './plan.ts';
import { type CarlaRow, drivingScores, resultOf, type StoryNotes, tableOf, ToldError } from './report.ts';
import { differencesOf } from './view.ts';

/** One drive that each policy is to make. */
interface PlannedDrive {
  readonly task: CarlaTask;
  readonly seed: number;
}

/** Drives the plan and prints what it gave. @throws whatever ended it early, once what was driven is printed */
export async function evaluate(
  client: CarlaClient,
  values: CarlaFlags,
  plan: EvaluationPlan,
  signal: AbortSignal,
): Promise<void> {
  const { routes, story, drivers } = plan;
  const rows: CarlaRow[] = [];
  const notes: StoryNotes = { notes: [], skipped: [], troubles: [] };
  const perPolicy = story ? 1 : (routes?.length ?? plan.scenarios.length * values.seeds);
  const { serverVersion } = client.server;
  const map = (await attempt(client, client.mapInfo()))?.name ?? null;
  let stopped: unknown;
  try {
    const drives = story
      ? storyDrives(client, story, values, notes)
      : routes
        ? routeDrives(client, routes, values)
        : scenarioDrives(client, plan.scenarios, values.seeds);
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
  if (stopped !== undefined && rows.length === 0) throw stopped;
  const planned = perPolicy * drivers.length;
  const result = resultOf(plan, rows, {
    server: { version: serverVersion, map, ...differencesOf(client) },
    seeds: routes || story ? 1 : values.seeds,
    planned,
    ...(stopped !== undefined && { stopped }),
    ...(story && { story: notes }),
  });
  console.log(values.json ? JSON.stringify(result) : tableOf(rows, result));
  if (stopped === undefined) return;
  console.error(`${rows.length} of ${planned} drives were finished; the one under way is not counted.`);
  throw new ToldError(stopped);
}

async function* scenarioDrives(
  client: CarlaClient,
  scenarios: readonly CarlaScenario[],
  seeds: number,
): AsyncGenerator<PlannedDrive> {
  const { town, spawnPoints } = await townOf(client);
  for (const id of scenarios)
    for (let seed = 0; seed < seeds; seed++) yield { seed, task: namedTask(id, seed, town, spawnPoints) };
}

async function* routeDrives(
  client: CarlaClient,
  routes: readonly RouteFileRoute[],
  values: CarlaFlags,
): AsyncGenerator<PlannedDrive> {
  for (const { id, town: wanted, waypoints, weather } of routes) {
    const town = await townNamed(client, wanted, `Route ${id}`, values);
    yield { seed: 0, task: routeTask(`route_${id}`, town, waypoints, weather ?? WEATHER_PRESETS.clear) };
  }
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
  const task = storyTask(id, town, opened, (sentence) => {
    console.error(sentence);
    told.troubles.push(sentence);
  });
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
  const map = await attempt(client, client.mapInfo());
  const town = await client.roadMap();
  const told = (map?.spawnPoints ?? []).map(({ location, rotation }) => fromCarlaPose(location, rotation));
  return { town, spawnPoints: told.length > 0 ? told : startsIn(town) };
}
