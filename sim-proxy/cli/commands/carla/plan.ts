/** What `lab carla evaluate` is to drive, and who: everything that can be wrong without a server. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  BASELINE_SEED,
  driveOne,
  engineDriver,
  expertDriver,
  randomDriver,
  type EpisodeDriver,
  type DrivingPolicy,
} from '../../../../core/tasks/driving/policy/driver.ts';
import { readRoutes, type RouteFileRoute } from '../../../../core/io/importers/route-file.ts';
import { createWasmEngine } from '../../../../core/models/engines/wasm/wasm.ts';
import { episodeKey } from '../../../../core/task/episode-key.ts';
import { POLICY_CONFIG } from '../../../../core/tasks/driving/policy/config.ts';
import { mixSeed } from '../../../../core/base/random.ts';
import { readPolicyFile } from '../../../node/checkpoints.ts';
import { CARLA_SCENARIOS, type CarlaScenario } from '../../../carla/stage/tasks.ts';
import { readStoryFile, type StoryFile } from '../../../carla/stage/story-file.ts';
import { UsageError } from '../../flags.ts';
import type { CarlaFlags } from './flags.ts';

/** Who drives; a driver is made for each drive, so that none depends on those before. */
export interface EvaluatedDriver {
  readonly policy: string;
  readonly engine: 'wasm' | null;
  driverOf(taskId: string, seed: number): EpisodeDriver;
}

export interface EvaluationPlan {
  /** One or more; each drives everything. */
  readonly drivers: readonly EvaluatedDriver[];
  readonly scenarios: readonly CarlaScenario[];
  readonly routes: readonly RouteFileRoute[] | null;
  readonly story: StoryFile | null;
}

/** @throws UsageError, ImportError for a bad route or scenario file, an Error for a bad checkpoint */
export async function readEvaluationPlan(values: CarlaFlags): Promise<EvaluationPlan> {
  const { policy, scenarios, routes, route, openscenario } = values;
  if (openscenario !== undefined && routes !== undefined)
    throw new UsageError('lab carla evaluate: say --routes or --openscenario, not both.');
  if (route !== undefined && routes === undefined)
    throw new UsageError('lab carla evaluate: --route names a route of the file that --routes gives.');
  const names = scenarios === 'all' ? [...CARLA_SCENARIOS] : [...new Set(scenarios.split(','))];
  const unknown = names.find((name) => !(CARLA_SCENARIOS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `lab carla evaluate: there is no scenario "${unknown}"; there are ${CARLA_SCENARIOS.join(', ')}.`,
    );
  const drivers: EvaluatedDriver[] = [];
  for (const word of new Set(policy.split(','))) drivers.push(await driverOf(word));
  return {
    drivers,
    scenarios: names as CarlaScenario[],
    routes: routes === undefined ? null : await routesOf(routes, route),
    story: openscenario === undefined ? null : await readStoryFile(openscenario, await bytesOf(openscenario)),
  };
}

async function driverOf(word: string): Promise<EvaluatedDriver> {
  const plain = (driver: DrivingPolicy) => (taskId: string, seed: number) => {
    const key = episodeKey(taskId, seed);
    return driveOne(driver, (decision) => mixSeed(key, decision));
  };
  if (word === 'expert') return { policy: word, engine: null, driverOf: plain(expertDriver()) };
  if (word === 'random') return { policy: word, engine: null, driverOf: plain(randomDriver(BASELINE_SEED)) };
  const { name, flat } = await readPolicyFile(word);
  const engine = createWasmEngine(POLICY_CONFIG, flat, { maxBatch: 1 });
  return { policy: name, engine: 'wasm', driverOf: plain(engineDriver(engine, { residual: true })) };
}

async function routesOf(path: string, id: string | undefined): Promise<RouteFileRoute[]> {
  const bytes = await bytesOf(path);
  const routes = readRoutes(basename(path), bytes).filter((route) => id === undefined || route.id === id);
  if (routes.length === 0) throw new UsageError(`lab carla evaluate: ${basename(path)} has no route "${id}".`);
  return routes;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch(() => {
    throw new UsageError(`lab carla evaluate: "${path}" cannot be read.`);
  });
  return new Uint8Array(bytes);
}
