/**
 * `lab carla evaluate`: a policy closed loop in CARLA, on the five named scenarios or on leaderboard routes, with the driving scores of
 * leaderboards 1.0, 2.0 and 2.1 side by side.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EpisodeDriver } from '../../../core/episode/drive.ts';
import { fromCarlaPose, type Pose3 } from '../../../core/episode/importers/carla-frame.ts';
import { readRoutes, type RouteFileRoute } from '../../../core/episode/importers/route-file.ts';
import { createWasmEngine } from '../../../core/engine/wasm.ts';
import { BASELINE_SEED, driveOne, engineDriver, expertDriver, randomDriver } from '../../../core/evaluate/driver.ts';
import { POLICY_CONFIG } from '../../../core/model/policy.ts';
import { WEATHER_PRESETS } from '../../../core/world/weather.ts';
import { readPolicyFile } from '../../checkpoints.ts';
import {
  CARLA_SCENARIOS,
  type CarlaScenario,
  type CarlaTask,
  namedTask,
  routeTask,
} from '../../driving/carla-tasks.ts';
import { type CarlaEpisode, CARLAOnlineRunner } from '../../driving/online-runner.ts';
import { openTown, type Town } from '../../driving/town.ts';
import { UsageError } from '../../flags.ts';
import type { CarlaClient } from '../../sources/carla/client.ts';
import type { CarlaFlags } from './flags.ts';

/** What to drive, and who: everything that can be wrong without a server. */
export interface EvaluationPlan {
  readonly policy: string;
  readonly engine: 'wasm' | null;
  readonly driver: EpisodeDriver;
  readonly scenarios: readonly CarlaScenario[];
  readonly routes: readonly RouteFileRoute[] | null;
}

/** @throws UsageError, ImportError for a bad route file, an Error for a bad checkpoint */
export async function readPlan(values: CarlaFlags): Promise<EvaluationPlan> {
  const { policy, scenarios, routes, route } = values;
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
  };
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
  const episodes = plan.routes
    ? await driveRoutes(client, runner, plan.routes, values)
    : await driveScenarios(client, runner, plan.scenarios, seeds);
  const ids = [...new Set(episodes.map(({ task }) => task.id))];
  const { serverVersion } = client.server;
  const result = {
    policy: plan.policy,
    engine: plan.engine,
    server: { version: serverVersion, map: (await client.mapInfo()).name },
    seeds: plan.routes ? 1 : seeds,
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

async function driveRoutes(
  client: CarlaClient,
  runner: CARLAOnlineRunner,
  routes: readonly RouteFileRoute[],
  values: CarlaFlags,
): Promise<CarlaEpisode[]> {
  const episodes: CarlaEpisode[] = [];
  let { town } = await townOf(client);
  for (const { id, town: wanted, waypoints, weather } of routes) {
    if (wanted && !sameTown(town.name, wanted)) {
      if (!values['load-map'])
        throw new Error(`Route ${id} is in ${wanted}, and ${town.name} is loaded: say --load-map to load it.`);
      await client.loadMap(wanted);
      ({ town } = await townOf(client));
    }
    const task: CarlaTask = routeTask(`route_${id}`, town, waypoints, weather ?? WEATHER_PRESETS.clear);
    episodes.push(...(await runner.run([{ task, seed: 0 }])));
  }
  return episodes;
}

const sameTown = (loaded: string, wanted: string) => (loaded.split('/').at(-1) ?? '').startsWith(wanted);

async function townOf(client: CarlaClient): Promise<{ town: Town; spawnPoints: Pose3[] }> {
  const map = await client.mapInfo();
  const spawnPoints = map.spawnPoints.map(({ location, rotation }) => fromCarlaPose(location, rotation));
  return { town: openTown(map.name, await client.openDrive()), spawnPoints };
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
