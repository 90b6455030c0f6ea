/**
 * What this client has changed on a server, and how to leave it as it was found: actors it spawned, episode settings, weather,
 * frozen lights. A server left in synchronous mode with nobody ticking stands still for everyone else.
 */
import type { Command } from './commands.ts';
import type { Link } from './link.ts';
import type { EpisodeSettings, Weather } from './types.ts';

export class Footprint {
  /** In the order of spawning; only of the episode that runs. */
  readonly spawned = new Set<number>();
  #settings: EpisodeSettings | null = null;
  #wanted: EpisodeSettings | null = null;
  #weather: Weather | null = null;
  #frozen = false;

  /** Settings that are to hold, and hold again after a reconnect. */
  get wanted(): EpisodeSettings | null {
    return this.#wanted;
  }

  async setSettings(link: Link, wanted: EpisodeSettings): Promise<void> {
    this.#settings ??= await link.readSettings();
    await link.call(link.methods.setEpisodeSettings, [wanted]);
    this.#wanted = wanted;
  }

  async setWeather(link: Link, weather: Weather): Promise<void> {
    this.#weather ??= await link.call(link.methods.getWeather, []);
    await link.call(link.methods.setWeather, [weather]);
  }

  async freezeLights(link: Link, frozen: boolean): Promise<void> {
    await link.call(link.methods.freezeAllTrafficLights, [frozen]);
    this.#frozen = frozen;
  }

  /** A new map: actors, weather and frozen lights are gone with the old one; settings may be either's. */
  episodeChanged(): void {
    this.spawned.clear();
    this.#weather = null;
    this.#frozen = false;
  }

  /** A server met again, or another in its place: takes note of how it is found, and asks for our settings again. */
  async resume(link: Link): Promise<void> {
    if (!this.#wanted) return;
    const now = await link.readSettings();
    if (JSON.stringify(now) === JSON.stringify(this.#wanted)) return;
    this.#settings = now;
    await link.call(link.methods.setEpisodeSettings, [this.#wanted]);
  }

  /** Undoes everything, each part whatever becomes of the others; what could not be undone, in sentences. */
  async undo(link: Link, timeoutMs: number): Promise<readonly string[]> {
    const failed: string[] = [];
    const attempt = async (what: string, run: () => Promise<unknown>) => {
      try {
        await run();
      } catch (error) {
        failed.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    const { methods } = link;
    const doomed: Command[] = [...this.spawned].reverse().map((id) => ({ kind: 'destroyActor', id }));
    if (doomed.length > 0) {
      await attempt('Spawned actors are still there', () => link.call(methods.applyBatch, [doomed, false], timeoutMs));
    }
    const weather = this.#weather;
    if (weather) await attempt('The weather is changed', () => link.call(methods.setWeather, [weather], timeoutMs));
    if (this.#frozen) {
      await attempt('Traffic lights are frozen', () => link.call(methods.freezeAllTrafficLights, [false], timeoutMs));
    }
    const settings = this.#settings;
    if (settings) {
      await attempt('Settings are changed', () => link.call(methods.setEpisodeSettings, [settings], timeoutMs));
    }
    this.spawned.clear();
    return failed;
  }
}
