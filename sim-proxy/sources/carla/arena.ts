/**
 * What the environments of one CARLA server share. A server is one world, so they take turns: calls are done one after the other, and
 * one drive stands on the server at a time; whoever is called while another's drive stands there begins its own anew.
 *
 * The first environment makes the server step on cue, TICK_S a tick, and the source leaves ticking to it; after the last one the
 * weather and the way of stepping are as they were found. A server that went away, or has another map, is met afresh by the next call.
 */
import { fromCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import type { CarlaTask } from '../../carla/stage/tasks.ts';
import { EnvError } from '../../../core/tasks/driving/env.ts';
import { LiveDrive } from '../../carla/drive/live-drive.ts';
import { TICK_S } from '../../carla/hero/hero-control.ts';
import { type GivenTasks, TaskBook } from '../../carla/stage/task-book.ts';
import { startsIn } from '../../carla/hero/town-route.ts';
import { attemptCall } from '../../carla/client/attempt.ts';
import { ProxyError } from '../../feed/errors.ts';
import type { CarlaClient } from '../../carla/client/client.ts';
import { unlessMissing } from '../../carla/client/errors.ts';
import type { Weather } from '../../carla/client/types.ts';
import { asProxyError } from './refusal.ts';

/** What the source does for its environments. */
export interface ArenaHost {
  /** What its environments may drive besides. */
  readonly given: GivenTasks;
  client(): Promise<CarlaClient>;
  /** Steps by itself no more. */
  yieldClock(): Promise<void>;
  /** Back to how it stepped; `client` is null when the server is away. */
  takeClock(client: CarlaClient | null): Promise<void>;
  /** Those who want every frame have room for more. */
  room(): Promise<void>;
  /** The next frame begins a drive. */
  begins(name: string, seed: number): void;
}

/** One at a call. */
export interface ArenaTurn {
  readonly book: TaskBook;
  /** The caller's own drive, if that is what stands on the server. */
  readonly drive: LiveDrive | null;
  /** Ends what stands there and begins the caller's. */
  begin(task: CarlaTask, seed: number): Promise<LiveDrive>;
}

export class CarlaArena {
  readonly #host: ArenaHost;
  readonly #tenants = new Set<object>();
  #queue: Promise<unknown> = Promise.resolve();
  #busy = false;
  #stands: { readonly tenant: object; readonly drive: LiveDrive; sure: boolean } | null = null;
  #found: { readonly client: CarlaClient; readonly episodeId: string; readonly weather: Weather | null } | null = null;
  #book: TaskBook | null = null;

  constructor(host: ArenaHost) {
    this.#host = host;
  }

  /** Whether an environment is open: then nobody else ticks the server. */
  get occupied(): boolean {
    return this.#tenants.size > 0;
  }
  /** Whether a call is being answered. */
  get busy(): boolean {
    return this.#busy;
  }

  /** @throws ProxyError when the server is away, or has no map to drive on */
  async enter(tenant: object): Promise<TaskBook> {
    this.#tenants.add(tenant);
    try {
      return await this.turn(tenant, async ({ book }) => book);
    } catch (error) {
      await this.leave(tenant);
      throw error;
    }
  }

  /** `act` alone on the server. @throws ProxyError; where a drive stands that was moved is not known then, and it is begun anew */
  turn<T>(tenant: object, act: (stage: ArenaTurn) => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      this.#busy = true;
      const before = this.#stands;
      try {
        const client = await this.#host.client();
        const book = await this.#prepare(client);
        const stands = this.#stands;
        const drive = stands?.tenant === tenant && stands.sure ? stands.drive : null;
        return await act({ book, drive, begin: (task, seed) => this.#begin(client, tenant, task, seed) });
      } catch (error) {
        const refused = error instanceof ProxyError || error instanceof EnvError;
        if (this.#stands && (this.#stands !== before || !refused)) this.#stands.sure = false;
        throw asProxyError(error);
      } finally {
        this.#busy = false;
      }
    });
  }

  async leave(tenant: object): Promise<void> {
    if (!this.#tenants.delete(tenant)) return;
    await this.#alone(async () => {
      if (this.#stands?.tenant === tenant) await this.#clear();
      if (this.occupied) return;
      const found = this.#found;
      this.#found = null;
      const live = found?.client.status.state === 'live' ? found.client : null;
      const { weather } = found ?? {};
      if (live && weather && isIn(live, found?.episodeId)) await live.setWeather(weather).catch(() => {});
      await this.#host.takeClock(live);
    });
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const answer = this.#queue.then(act);
    this.#queue = answer.catch(() => {});
    return answer;
  }

  async #begin(client: CarlaClient, tenant: object, task: CarlaTask, seed: number): Promise<LiveDrive> {
    const before = this.#stands;
    await this.#clear();
    // What was taken away is gone for good, and its place free, a tick later.
    if (before) await client.tick();
    this.#host.begins(task.id, seed);
    const drive = await LiveDrive.begin(client, task, seed, () => this.#host.room());
    this.#stands = { tenant, drive, sure: true };
    return drive;
  }

  async #clear(): Promise<void> {
    const stands = this.#stands;
    this.#stands = null;
    await stands?.drive.end();
  }

  /** The server steps on cue from here on, and how it was found is kept. */
  async #prepare(client: CarlaClient): Promise<TaskBook> {
    if (this.#found?.client !== client || !isIn(client, this.#found.episodeId)) {
      await this.#host.yieldClock();
      const { status } = client;
      const weather = await attemptCall(
        client,
        client.call((m) => m.getWeather),
      );
      await unlessMissing(client.setSynchronous(TICK_S), undefined);
      this.#found = { client, episodeId: status.state === 'live' ? status.episodeId : '', weather };
      if (this.#stands) this.#stands.sure = false;
    }
    const town = await client.roadMap();
    if (this.#book?.town !== town) {
      const told = (await attemptCall(client, client.mapInfo()))?.spawnPoints ?? [];
      const places = told.map(({ location, rotation }) => fromCarlaPose(location, rotation));
      if (places.length === 0) places.push(...startsIn(town));
      this.#book = await TaskBook.open(town, places, this.#host.given);
    }
    return this.#book;
  }
}

const isIn = ({ status }: CarlaClient, episodeId: string | undefined) =>
  status.state === 'live' && status.episodeId === episodeId;
