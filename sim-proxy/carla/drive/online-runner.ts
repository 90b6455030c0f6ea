/**
 * Episode after episode in CARLA, with hooks: what a learner, a logger or an evaluation needs to ride along.
 *
 *   const runner = new CARLAOnlineRunner({ client, driver, hooks: { onStep, onEpisode, onCheckpoint }, checkpointEvery: 10 });
 *   await runner.run(tasks);                        or: for await (const drive of runner.drives(tasks)) …
 *
 * The runner steps the server synchronously, sets each task's weather, spawns and destroys the hero, and hands every step and every
 * finished drive to the hooks, awaiting each, so a learner may update its policy between two steps and nothing runs ahead of it.
 * `client.close()` then leaves the server as it was found. online-ppo.ts is such a learner, examples/carla-online.ts runs it.
 */
import type { EpisodeDriver } from '../../../core/tasks/driving/policy/driver.ts';
import type { CarlaClient } from '../client/client.ts';
import { type CarlaDriveResult, driveCarla, type StepAnswer, type StepReport } from './drive.ts';
import type { CarlaTask, StagedTask } from '../stage/tasks.ts';
import { InfractionWatch } from '../hero/infraction-watch.ts';
import { unlessMissing } from '../client/errors.ts';
import { placeHero } from '../stage/hero.ts';
import { TICK_S } from '../hero/hero-control.ts';

export interface CarlaEpisode extends CarlaDriveResult {
  readonly task: CarlaTask;
  readonly seed: number;
}

export interface PlannedDrive {
  readonly task: CarlaTask;
  readonly seed: number;
}

export interface RunnerHooks {
  /** Every step, with the frame, what is seen, the plan if one was made, and the control sent; 'stop' ends the drive. */
  readonly onStep?: (report: StepReport, task: CarlaTask) => StepAnswer | Promise<StepAnswer>;
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

  /** Drives the tasks in order, and keeps every drive. Rejects with CarlaError when the server refuses or goes away. */
  async run(tasks: Iterable<PlannedDrive>): Promise<CarlaEpisode[]> {
    const episodes: CarlaEpisode[] = [];
    for await (const episode of this.drives(tasks)) episodes.push(episode);
    return episodes;
  }

  /** The same one by one, none kept here: for as many as one likes. The next task is asked for when the last drive is done with. */
  async *drives(tasks: Iterable<PlannedDrive>): AsyncGenerator<CarlaEpisode, void> {
    const { client, hooks = {}, checkpointEvery = 0, signal } = this.#o;
    let done = 0;
    await unlessMissing(client.setSynchronous(TICK_S), undefined);
    for (const { task, seed } of tasks) {
      if (signal?.aborted) break;
      const episode = { ...(await this.#drive(task)), task, seed };
      await hooks.onEpisode?.(episode, done++);
      if (checkpointEvery > 0 && done % checkpointEvery === 0) await hooks.onCheckpoint?.(done);
      yield episode;
    }
  }

  async #drive(task: CarlaTask): Promise<CarlaDriveResult> {
    const { client, driver, hooks, signal, blueprint } = this.#o;
    const hero = await placeHero(client, task, blueprint);
    let staged: StagedTask | undefined;
    let witness: InfractionWatch | undefined;
    try {
      staged = await task.stage?.(client, hero.id);
      witness = await InfractionWatch.attend(client, hero.id);
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
