/** The map of the episode that runs, read from the server once: its OpenDRIVE text, and the roads made of it. */
import type { RoadMap } from '../../../core/world/roads/road-map.ts';
import { makeRoadMap } from '../../map-worker.ts';

export class EpisodeMap {
  #text: Promise<string> | null = null;
  #roads: Promise<RoadMap> | null = null;

  /** What `read` gave the first time; a failed reading is tried again. */
  text(read: () => Promise<string>): Promise<string> {
    this.#text ??= read().catch((error: unknown) => {
      this.#text = null;
      throw error;
    });
    return this.#text;
  }

  roads(name: () => Promise<string>, read: () => Promise<string>): Promise<RoadMap> {
    this.#roads ??= Promise.all([name(), this.text(read)])
      .then(([known, text]) => makeRoadMap(known, text))
      .catch((error: unknown) => {
        this.#roads = null;
        throw error;
      });
    return this.#roads;
  }

  /** Another episode has another map. */
  clear(): void {
    this.#text = null;
    this.#roads = null;
  }
}
