/**
 * `lab carla evaluate`: a policy closed loop in CARLA, on the five named scenarios or on leaderboard routes, with the driving scores of
 * leaderboards 1.0, 2.0 and 2.1 side by side.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EpisodeDriver } from '../../../core/episode/drive.ts';
import { fromCarlaPose, type Pose3 } from '../../../core/episode/importers/carla-frame.ts';
import { createSkips } from '../../../core/episode/importers/log.ts';
import { openStory } from '../../../core/episode/importers/openscenario.ts';
import { readStoryboard } from '../../../core/episode/importers/openscenario-read.ts';
import { readRoutes, type RouteFileRoute } from '../../../core/episode/importers/route-file.ts';
import { createWasmEngine } from '../../../core/engine/wasm.ts';
import { BASELINE_SEED, driveOne, engineDriver, expertDriver, randomDriver } from '../../../core/evaluate/driver.ts';
import { POLICY_CONFIG } from '../../../core/model/policy.ts';
import type { RoadMap } from '../../../core/world/roads/road-map.ts';
import { WEATHER_PRESETS } from '../../../core/world/weather.ts';
import { readPolicyFile } from '../../checkpoints.ts';
import {
  CARLA_SCENARIOS,
  type CarlaScenario,
  type CarlaTask,
  namedTask,
  routeTask,
  storyTask,
} from '../../driving/carla-tasks.ts';
import { type CarlaEpisode, CARLAOnlineRunner } from '../../driving/online-runner.ts';
import { sameTown, startsIn } from '../../driving/town.ts';
import { UsageError } from '../../flags.ts';
import { attempt } from '../../sources/carla/attempt.ts';
import type { CarlaClient } from '../../sources/carla/client.ts';
import type { CarlaFlags } from './flags.ts';
import { differencesOf } from './view.ts';

/** What to drive, and who: everything that can be wrong without a server. */
export interface EvaluationPlan {
  readonly policy: string;
  readonly engine: 'wasm' | null;
  readonly driver: EpisodeDriver;
  readonly scenarios: readonly CarlaScenario[];
  readonly routes: readonly RouteFileRoute[] | null;
  readonly story: { readonly name: string; readonly bytes: Uint8Array; readonly roadFile: string } | null;
}

/** @throws UsageError, ImportError for a bad route file, an Error for a bad checkpoint */
export async function readPlan(values: CarlaFlags): Promise<EvaluationPlan> {
  const { policy, scenarios, routes, route, openscenario } = values;
  if (openscenario !== undefined && routes !== undefined)
    throw new UsageError('lab carla evaluate: say --routes or --openscenario, not both.');
  const names = scenarios === 'all' ? [...CARLA_SCENARIOS] : [...new Set(scenarios.split(','))];
  const unknown = names.find((name) => !(CARLA_SCENARIOS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `lab carla evaluate: there is no scenario "${unknown}"; there are ${CARLA_SCENARIOS.join(', ')}.`,
    );
  return {
    ...(await driverOf(policy)),
    scenarios: names as CarlaScenario[],
    routes: routes === undefined ? null : await routesOf(routes, route),
    story: openscenario === undefined ? null : await storyOf(openscenario),
  };
}

/** Read whole here, so that a bad file is told before a server is asked. */
async function storyOf(path: string): Promise<NonNullable<EvaluationPlan['story']>> {
  const bytes = new Uint8Array(
    await readFile(path).catch(() => {
      throw new UsageError(`lab carla evaluate: "${path}" cannot be read.`);
    }),
  );
  return { name: basename(path), bytes, roadFile: readStoryboard(bytes, createSkips()).roadFile };
}

async function driverOf(policy: string): Promise<Pick<EvaluationPlan, 'policy' | 'engine' | 'driver'>> {
  if (policy === 'expert') return { policy, engine: null, driver: driveOne(expertDriver()) };
  if (policy === 'random') return { policy, engine: null, driver: driveOne(randomDriver(BASELINE_SEED)) };
  const { name, flat } = await readPolicyFile(policy);
  const engine = createWasmEngine(POLICY_CONFIG, flat, { maxBatch: 1 });
  return { policy: name, engine: 'wasm', driver: driveOne(engineDriver(engine, { residual: true })) };
}

async function routesOf(path: string, id: string | undefined): Promise<RouteFileRoute[]> {
  const bytes = await readFile(path).catch(() => {
    throw new UsageError(`lab carla evaluate: "${path}" cannot be read.`);
  });
  const routes = readRoutes(basename(path), bytes).filter((route) => id === undefined || route.id === id);
  if (routes.length === 0) throw new UsageError(`lab carla evaluate: ${basename(path)} has no route "${id}".`);
  return routes;
}

/** Drives the plan and prints what it gave. */
export async function evaluate(
  client: CarlaClient,
  values: CarlaFlags,
  plan: EvaluationPlan,
  signal: AbortSignal,
): Promise<void> {
  const { json, seeds } = values;
  const runner = new CARLAOnlineRunner({
    client,
    driver: plan.driver,
    signal,
    hooks: {
      onEpisode: ({ task, seed, end, report }) =>
        console.error(`${task.id} seed ${seed}: ${end}, driving score ${drivingScores(report)[2].toFixed(1)} (2.1)`),
    },
  });
  const episodes = plan.story
    ? await driveStory(client, runner, plan.story, values)
    : plan.routes
      ? await driveRoutes(client, runner, plan.routes, values)
      : await driveScenarios(client, runner, plan.scenarios, seeds);
  const ids = [...new Set(episodes.map(({ task }) => task.id))];
  const { serverVersion } = client.server;
  const live = client.status.state === 'live';
  const result = {
    policy: plan.policy,
    engine: plan.engine,
    server: {
      version: serverVersion,
      map: (live && (await attempt(client, client.mapInfo()))?.name) || null,
      ...differencesOf(client),
    },
    seeds: plan.routes || plan.story ? 1 : seeds,
    scenarios: ids.map((id) => ({
      id,
      episodes: episodes.filter(({ task }) => task.id === id).map(entryOf),
    })),
    aggregate: aggregateOf(episodes),
  };
  console.log(json ? JSON.stringify(result) : tableOf(episodes));
}

async function driveScenarios(
  client: CarlaClient,
  runner: CARLAOnlineRunner,
  scenarios: readonly CarlaScenario[],
  seeds: number,
): Promise<CarlaEpisode[]> {
  const { town, spawnPoints } = await townOf(client);
  const tasks = scenarios.flatMap((id) =>
    Array.from({ length: seeds }, (_, seed) => ({ seed, task: namedTask(id, seed, town, spawnPoints) })),
  );
  return runner.run(tasks);
}

/** A storyboard has no seed: it is driven once. */
async function driveStory(
  client: CarlaClient,
  runner: CARLAOnlineRunner,
  { name, bytes, roadFile }: NonNullable<EvaluationPlan['story']>,
  values: CarlaFlags,
): Promise<CarlaEpisode[]> {
  const wanted = basename(roadFile).replace(/\.xodr$/, '');
  const town = await townNamed(client, wanted, name, values);
  const skips = createSkips();
  const notes: string[] = [];
  const opened = openStory(bytes, town, skips, notes);
  const task = storyTask(name.replace(/\.[^.]*$/, ''), town, opened, (sentence) => console.error(sentence));
  for (const note of notes) console.error(`note: ${note}`);
  for (const { what, count, why } of skips.list()) console.error(`skipped ${count} × ${what}: ${why}`);
  return runner.run([{ task, seed: 0 }]);
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

async function driveRoutes(
  client: CarlaClient,
  runner: CARLAOnlineRunner,
  routes: readonly RouteFileRoute[],
  values: CarlaFlags,
): Promise<CarlaEpisode[]> {
  const episodes: CarlaEpisode[] = [];
  for (const { id, town: wanted, waypoints, weather } of routes) {
    const town = await townNamed(client, wanted, `Route ${id}`, values);
    const task: CarlaTask = routeTask(`route_${id}`, town, waypoints, weather ?? WEATHER_PRESETS.clear);
    episodes.push(...(await runner.run([{ task, seed: 0 }])));
  }
  return episodes;
}

async function townOf(client: CarlaClient): Promise<{ town: RoadMap; spawnPoints: Pose3[] }> {
  const map = await attempt(client, client.mapInfo());
  const town = await client.roadMap();
  const told = (map?.spawnPoints ?? []).map(({ location, rotation }) => fromCarlaPose(location, rotation));
  return { town, spawnPoints: told.length > 0 ? told : startsIn(town) };
}

/** Of leaderboards 1.0, 2.0 and 2.1, 0..100. */
const drivingScores = ({ scores }: CarlaEpisode['report']): readonly number[] =>
  [scores.carla_1_0, scores.carla_2_0, scores.carla_2_1].map((score) => score ?? 0);

const entryOf = ({ seed, end, steps, seconds, report }: CarlaEpisode) => ({
  seed,
  end,
  steps,
  seconds,
  scores: report.scores,
  metrics: report.metrics,
  infractions: report.infractions,
});

/** Leaderboard scores are means over routes, each route scored whole first. */
function aggregateOf(episodes: readonly CarlaEpisode[]) {
  const mean = (of: (episode: CarlaEpisode) => number) =>
    episodes.length === 0 ? null : episodes.reduce((sum, episode) => sum + of(episode), 0) / episodes.length;
  return {
    drives: episodes.length,
    carla_1_0: mean(({ report }) => drivingScores(report)[0]),
    carla_2_0: mean(({ report }) => drivingScores(report)[1]),
    carla_2_1: mean(({ report }) => drivingScores(report)[2]),
    route_completion: mean(({ report }) => report.metrics.route_completion),
    success: mean(({ report }) => Number(report.metrics.success)),
  };
}

function tableOf(episodes: readonly CarlaEpisode[]): string {
  const head = ['scenario', 'seed', 'end', 'route %', 'DS 1.0', 'DS 2.0', 'DS 2.1', 'infractions'];
  const rows = episodes.map(({ task, seed, end, report }) => [
    task.id,
    String(seed),
    end,
    (100 * report.metrics.route_completion).toFixed(0),
    ...drivingScores(report).map((score) => score.toFixed(1)),
    report.infractions.map(({ kind, step }) => `${kind}@${step}`).join(' ') || '–',
  ]);
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(i === 0 ? 16 : 8))
        .join(' ')
        .trimEnd(),
    )
    .join('\n');
}
