/**
 * What this client has changed on a server, and how to leave it as it was found: actors it spawned, episode settings, weather,
 * frozen lights. A server left in synchronous mode with nobody ticking stands still for everyone else.
 *
 * Changes on their way are waited for before anything is undone: a server takes calls on several threads, in no sure order.
 */
import type { CarlaCommand } from './commands.ts';
import { CarlaError, isMissing, unlessMissing } from './errors.ts';
import type { Link } from './link.ts';
import type { Actor, EpisodeSettings, Weather } from './types.ts';

export class ServerRestore {
  /** Blueprints of what was spawned, by id, in the order of spawning; only of the episode that runs. */
  readonly #spawned = new Map<number, string>();
  #settings: EpisodeSettings | null = null;
  #wanted: EpisodeSettings | null = null;
  #weather: Weather | null = null;
  #frozen = false;
  readonly #changes = new Set<Promise<unknown>>();

  /** Settings that are to hold, and hold again after a reconnect. */
  get wanted(): EpisodeSettings | null {
    return this.#wanted;
  }

  /** Keeps track of a change until it is through. */
  change<T>(run: Promise<T>): Promise<T> {
    const through = run.then(
      () => {},
      () => {},
    );
    this.#changes.add(through);
    void through.then(() => this.#changes.delete(through));
    return run;
  }

  spawned(id: number, blueprint: string): void {
    this.#spawned.set(id, blueprint);
  }
  destroyed(id: number): void {
    this.#spawned.delete(id);
  }

  /** Steps of `deltaS`, or the server's own clock. A server whose settings cannot be read is taken to have those of a fresh one. */
  setStep(link: Link, deltaS: number | null): Promise<void> {
    return this.change(this.#setStep(link, deltaS));
  }
  async #setStep(link: Link, deltaS: number | null): Promise<void> {
    const found = this.#wanted ?? (await unlessMissing(link.readSettings(), FRESH));
    const wanted = { ...found, synchronousMode: deltaS !== null, fixedDeltaSeconds: deltaS };
    const before = [this.#settings, this.#wanted] as const;
    this.#settings ??= found;
    this.#wanted = wanted;
    await link.call(link.methods.setEpisodeSettings, [wanted]).catch((error: unknown) => {
      if (isMissing(error)) [this.#settings, this.#wanted] = before;
      throw error;
    });
  }

  setWeather(link: Link, weather: Weather): Promise<void> {
    return this.change(this.#setWeather(link, weather));
  }
  async #setWeather(link: Link, weather: Weather): Promise<void> {
    this.#weather ??= await unlessMissing(link.call(link.methods.getWeather, []), null);
    await link.call(link.methods.setWeather, [weather]).catch((error: unknown) => {
      if (isMissing(error)) this.#weather = null;
      throw error;
    });
  }

  async freezeLights(link: Link, frozen: boolean): Promise<void> {
    await this.change(link.call(link.methods.freezeAllTrafficLights, [frozen]));
    this.#frozen = frozen;
  }

  /** A new map: actors, weather and frozen lights are gone with the old one; settings may be either's. */
  episodeChanged(): void {
    this.#spawned.clear();
    this.#weather = null;
    this.#frozen = false;
  }

  /** A server met again, or another in its place: takes note of how it is found, and asks for our settings again. */
  async resume(link: Link): Promise<void> {
    await this.#disown(link);
    if (!this.#wanted) return;
    const now = await unlessMissing(link.readSettings(), null);
    if (now && JSON.stringify(now) === JSON.stringify(this.#wanted)) return;
    if (now) this.#settings = now;
    await link.call(link.methods.setEpisodeSettings, [this.#wanted]);
  }

  /** A server started anew may count episodes and actors as before: an id that now is another's is no longer ours. */
  async #disown(link: Link): Promise<void> {
    if (this.#spawned.size === 0) return;
    const there = await unlessMissing(link.describe([...this.#spawned.keys()]), null);
    if (!there) return;
    const found = new Map(there.map((actor: Actor) => [actor.id, actor.description.id]));
    for (const [id, blueprint] of this.#spawned) if (found.get(id) !== blueprint) this.#spawned.delete(id);
  }

  /** Undoes everything, each part whatever becomes of the others; what could not be undone, in sentences. */
  async undo(link: Link, timeoutMs: number): Promise<readonly string[]> {
    await Promise.all(this.#changes);
    const failed: string[] = [];
    const attempt = async (what: string, run: () => Promise<unknown>) => {
      try {
        await run();
      } catch (error) {
        failed.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    const { methods } = link;
    await attempt('Spawned actors are still there', () => this.#destroyAll(link, timeoutMs));
    const weather = this.#weather;
    if (weather) await attempt('The weather is changed', () => link.call(methods.setWeather, [weather], timeoutMs));
    if (this.#frozen) {
      await attempt('Traffic lights are frozen', () => link.call(methods.freezeAllTrafficLights, [false], timeoutMs));
    }
    const settings = this.#settings;
    if (settings) {
      await attempt('Settings are changed', () => link.call(methods.setEpisodeSettings, [settings], timeoutMs));
    }
    this.#spawned.clear();
    return failed;
  }

  /** In one message, or one by one where the server takes none. Who is gone already is gone. */
  async #destroyAll(link: Link, timeoutMs: number): Promise<void> {
    const ids = [...this.#spawned.keys()].reverse();
    if (ids.length === 0) return;
    const doomed: CarlaCommand[] = ids.map((id) => ({ kind: 'destroyActor', id }));
    if (await unlessMissing(link.call(link.methods.applyBatch, [doomed, false], timeoutMs), null)) return;
    for (const id of ids) {
      await link.call(link.methods.destroyActor, [id], timeoutMs).catch((error: unknown) => {
        if (!(error instanceof CarlaError) || error.code !== 'server') throw error;
      });
    }
  }
}

/** Settings of a CARLA that nobody has changed. Source: LibCarla `carla/rpc/EpisodeSettings.h`. */
const FRESH: EpisodeSettings = {
  synchronousMode: false,
  noRenderingMode: false,
  fixedDeltaSeconds: null,
  substepping: true,
  maxSubstepDeltaTime: 0.01,
  maxSubsteps: 10,
  maxCullingDistance: 0,
  deterministicRagdolls: true,
  tileStreamDistance: 3000,
  actorActiveDistance: 2000,
  spectatorAsEgo: true,
};
