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
import type { CarlaClient } from '../sources/carla/client.ts';
import { type CarlaDriveResult, driveCarla, type StepReport } from './carla-drive.ts';
import type { CarlaTask, Staged } from './carla-tasks.ts';
import { DriveWitness } from './carla-witness.ts';
import { unlessMissing } from '../sources/carla/errors.ts';
import { placeHero } from './hero.ts';
import { TICK_S } from './ride.ts';

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
    const { client, driver, hooks, signal, blueprint } = this.#o;
    const hero = await placeHero(client, task, blueprint);
    let staged: Staged | undefined;
    let witness: DriveWitness | undefined;
    try {
      staged = await task.stage?.(client, hero.id);
      witness = await DriveWitness.attend(client, hero.id);
      const { onStep } = hooks ?? {};
      return await driveCarla({
        server: staged ?? client,
        heroId: hero.id,
        route: task.route,
        driver,
        limitS: task.limitS,
        ...(task.limitAt && { limitAt: task.limitAt }),
        ...(task.scenarios && { scenarios: task.scenarios }),
        witness,
        ...(signal && { signal }),
        ...(onStep && { onStep: (report: StepReport) => onStep(report, task) }),
      });
    } finally {
      await staged?.close();
      await witness?.leave();
      if (client.status.state === 'live') await client.destroy(hero.id);
    }
  }
}
