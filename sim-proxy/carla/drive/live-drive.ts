/**
 * One drive in CARLA, driven by actions: a hero put at a task's start, moved step by step, every step judged as in our own world
 * (core/tasks/driving/world/twin/reward.ts). It ends with a collision, off the road, or at the goal (terminated), or at its time limit (truncated).
 *
 * A collision is the hero's box over another's, or a wall or pole that CARLA's collision sensor felt. Everything random follows from the
 * task; the lights begin their cycles anew. So the same actions give the same drive wherever the server computes the same for the same
 * calls: stepping synchronously by a fixed length, with the same actors on it.
 */
import type { EnvInfo, StepInfraction } from '../../../core/tasks/driving/env.ts';
import { DECISION_STEPS, DT } from '../../../core/abi/layout.ts';
import type { CarlaClient } from '../client/client.ts';
import { CarlaError, unlessMissing } from '../client/errors.ts';
import type { CarlaFrame } from '../client/frames.ts';
import type { CarlaTask, StagedTask } from '../stage/tasks.ts';
import { InfractionWatch } from '../hero/infraction-watch.ts';
import { placeHero } from '../stage/hero.ts';
import { type DrivenServer, HeroControl, type Sight } from '../hero/hero-control.ts';
import { judgeSight } from './sight-verdict.ts';

/** Where a drive stands after a reset or a step. */
export interface TimeStep {
  readonly sight: Sight;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: EnvInfo;
}

export class LiveDrive {
  readonly task: CarlaTask;
  readonly #client: CarlaClient;
  readonly #episodeId: string;
  readonly #heroId: number;
  readonly #seed: number;
  readonly #maxSteps: number;
  readonly #ride: HeroControl;
  readonly #room: () => Promise<void>;
  #staged: StagedTask | undefined;
  readonly #infractions: StepInfraction[] = [];
  #witness: InfractionWatch | null = null;
  #flashing: ReadonlySet<number> = new Set();
  #frame!: CarlaFrame;
  #moment!: TimeStep;

  /**
   * Puts the hero at the start, and others on the scene where the task has some. `room` is awaited before each tick. Rejects with
   * CarlaError, everybody gone again.
   */
  static async begin(
    client: CarlaClient,
    task: CarlaTask,
    seed: number,
    room: () => Promise<void> = async () => {},
  ): Promise<LiveDrive> {
    await unlessMissing(
      client.call((m) => m.resetAllTrafficLights),
      undefined,
    );
    const hero = await placeHero(client, task);
    const drive = new LiveDrive(client, task, seed, hero.id, room);
    try {
      drive.#staged = await task.stage?.(client, hero.id);
      drive.#witness = await InfractionWatch.attend(client, hero.id);
      drive.#frame = await drive.#tick();
      drive.#moment = drive.#judge(await drive.#look(0), false);
      return drive;
    } catch (error) {
      await drive.end();
      throw error;
    }
  }

  private constructor(client: CarlaClient, task: CarlaTask, seed: number, heroId: number, room: () => Promise<void>) {
    const { status } = client;
    this.task = task;
    this.#client = client;
    this.#episodeId = status.state === 'live' ? status.episodeId : '';
    this.#heroId = heroId;
    this.#seed = seed;
    this.#maxSteps = Math.max(1, Math.round(task.limitS / DT));
    this.#room = room;
    const control: DrivenServer['control'] = (id, wanted) => client.control(id, wanted);
    this.#ride = new HeroControl({ tick: () => this.#tick(), control }, heroId, task.route);
  }

  async #tick(): Promise<CarlaFrame> {
    await this.#room();
    return (this.#staged ?? this.#client).tick();
  }

  get moment(): TimeStep {
    return this.#moment;
  }
  get ended(): boolean {
    return this.#moment.terminated || this.#moment.truncated;
  }

  /** m/s², and rad of the front wheels, left +; not after the end. Rejects with CarlaError: then where it stands is not known. */
  async step(accelMps2: number, steerRad: number): Promise<TimeStep> {
    const from = this.#frame.frame;
    this.#ride.press(accelMps2, steerRad);
    this.#frame = await this.#ride.step();
    const felt = (await this.#witness?.feltSince(from)) ?? false;
    this.#moment = this.#judge(await this.#look(this.#moment.info.step + 1), felt);
    return this.#moment;
  }

  /** Takes the hero and the others off the server, unless the server is away or another one by now. */
  async end(): Promise<void> {
    const { status } = this.#client;
    if (status.state !== 'live' || status.episodeId !== this.#episodeId) return;
    // Whatever is gone already need not be removed.
    await this.#staged?.close().catch(() => {});
    await this.#witness?.leave().catch(() => {});
    await this.#client.destroy(this.#heroId).catch(() => {});
  }

  async #look(step: number): Promise<Sight> {
    if (step % DECISION_STEPS === 0) this.#flashing = (await this.#witness?.flashing(this.#frame)) ?? new Set();
    const sight = this.#ride.look(this.#frame, this.#flashing);
    if (!sight) throw new CarlaError('closed', 'The hero is no longer on the server: somebody has removed it.');
    return sight;
  }

  /** Without a moment before, a start. */
  #judge(sight: Sight, felt: boolean): TimeStep {
    const before = this.#moment as TimeStep | undefined;
    const { route, id } = this.task;
    const { hit, offRoad, failed, success, ttc, reward } = judgeSight({
      before: before?.sight,
      sight,
      route,
      steerRad: this.#ride.wish.steerRad,
      felt,
      maxSteps: this.#maxSteps,
    });
    const step = before ? before.info.step + 1 : 0;
    if (before && hit) this.#infractions.unshift('collision');
    if (before && offRoad) this.#infractions.splice(+hit, 0, 'off-road');
    if (sight.ranRedLight) this.#infractions.push('red-light');
    const terminated = failed || success;
    return {
      sight,
      reward,
      terminated,
      truncated: !terminated && step >= this.#maxSteps,
      info: {
        step,
        progress: sight.completion * (route.goalS - route.startS),
        routeCompletion: sight.completion,
        infractions: [...this.#infractions],
        collision: this.#infractions.includes('collision'),
        success,
        ttc,
        seed: this.#seed,
        scenario: id,
      },
    };
  }
}

/** What is seen of where a drive stands, as bytes to compare: the step, the ego, everybody around, the lights of the route. */
export function momentBytes({ sight, info }: TimeStep): Uint8Array {
  const { ego, actors, lights } = sight.scene;
  const numbers = [
    info.step,
    sight.s,
    sight.completion,
    ego.x,
    ego.y,
    ego.headingRad,
    ego.speedMps,
    ego.accelMps2,
    ego.steerRad,
    ego.yawRateRadps,
    ...actors.flatMap((a) => [a.kind, a.x, a.y, a.headingRad, a.speedMps, a.yawRateRadps, a.length, a.width]),
    ...lights,
  ];
  return new Uint8Array(Float64Array.from(numbers).buffer);
}
