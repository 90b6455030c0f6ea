/**
 * Episode after episode in CARLA, with hooks: what a learner, a logger or an evaluation needs to ride along.
 *
 *   const runner = new CARLAOnlineRunner({ client, town, spawnPoints, driver, hooks: { onStep, onEpisode, onCheckpoint }, checkpointEvery: 10 });
 *   await runner.run(tasks);
 *
 * The runner steps the server synchronously, sets each task's weather, spawns and destroys the hero, and hands every step and every
 * finished drive to the hooks, awaiting each, so a learner may update its policy between two steps and nothing runs ahead of it.
 * `client.close()` then leaves the server as it was found.
 */
import type { EpisodeDriver } from '../../core/episode/drive.ts';
import type { Pose3 } from '../../core/episode/importers/carla-frame.ts';
import { attempt } from '../sources/carla/attempt.ts';
import type { CarlaClient } from '../sources/carla/client.ts';
import { type CarlaDriveResult, driveCarla, type StepReport, TICK_S } from './carla-drive.ts';
import type { CarlaTask, Staged } from './carla-tasks.ts';
import { unlessMissing } from '../sources/carla/errors.ts';
import { setWeather } from './weather.ts';

/** Spawned this far above the road, so that wheels do not start in it, m. */
const DROP_M = 0.3;
/** Ticks for the car to come to rest on its wheels. */
const SETTLE_TICKS = 10;
export const HERO_BLUEPRINT = 'vehicle.tesla.model3';

export interface CarlaEpisode extends CarlaDriveResult {
  readonly task: CarlaTask;
  readonly seed: number;
}

export interface RunnerHooks {
  /** Every step, with the frame, the observation's scene, the plan if one was made, and the control sent. */
  readonly onStep?: (report: StepReport, task: CarlaTask) => void | Promise<void>;
  /** Every finished drive. */
  readonly onEpisode?: (episode: CarlaEpisode, index: number) => void | Promise<void>;
  /** After every `checkpointEvery`-th drive: the moment to save a policy. */
  readonly onCheckpoint?: (episodes: number) => void | Promise<void>;
}

export interface RunnerOptions {
  readonly client: CarlaClient;
  readonly driver: EpisodeDriver;
  readonly hooks?: RunnerHooks;
  readonly checkpointEvery?: number;
  readonly blueprint?: string;
  readonly signal?: AbortSignal;
}

export class CARLAOnlineRunner {
  readonly #o: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#o = options;
  }

  /** Drives the tasks in order. Rejects with CarlaError when the server refuses or goes away. */
  async run(tasks: Iterable<{ readonly task: CarlaTask; readonly seed: number }>): Promise<CarlaEpisode[]> {
    const { client, hooks = {}, checkpointEvery = 0, signal } = this.#o;
    const episodes: CarlaEpisode[] = [];
    await unlessMissing(client.setSynchronous(TICK_S), undefined);
    for (const { task, seed } of tasks) {
      if (signal?.aborted) break;
      const episode = { ...(await this.#drive(task)), task, seed };
      episodes.push(episode);
      await hooks.onEpisode?.(episode, episodes.length - 1);
      if (checkpointEvery > 0 && episodes.length % checkpointEvery === 0) await hooks.onCheckpoint?.(episodes.length);
    }
    return episodes;
  }

  async #drive(task: CarlaTask): Promise<CarlaDriveResult> {
    const { client, driver, hooks, signal } = this.#o;
    const blueprint = this.#o.blueprint ?? (await heroOn(client));
    await setWeather(client, task.weather);
    const pose: Pose3 = { ...task.start, z: task.start.z + DROP_M };
    const hero = await client.spawn({ blueprint, attributes: { role_name: 'hero' }, pose });
    let staged: Staged | undefined;
    try {
      for (let i = 0; i < SETTLE_TICKS; i++) await client.tick();
      staged = await task.stage?.(client, hero.id);
      const { onStep } = hooks ?? {};
      return await driveCarla({
        server: staged ?? client,
        heroId: hero.id,
        route: task.route,
        driver,
        limitS: task.limitS,
        ...(signal && { signal }),
        ...(onStep && { onStep: (report: StepReport) => onStep(report, task) }),
      });
    } finally {
      await staged?.close();
      if (client.status.state === 'live') await client.destroy(hero.id);
    }
  }
}

/** The usual hero, or the first vehicle of a server that has it not. */
async function heroOn(client: CarlaClient): Promise<string> {
  const definitions = (await attempt(client, client.blueprints())) ?? [];
  const known = definitions.some(({ id }) => id === HERO_BLUEPRINT);
  return (known ? null : definitions.find(({ id }) => id.startsWith('vehicle.'))?.id) ?? HERO_BLUEPRINT;
}
