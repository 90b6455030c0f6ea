/** The map of the episode that runs, read from the server once: its OpenDRIVE text, and the roads made of it. */
import type { RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { makeRoadMap } from '../../node/map-worker.ts';

export class EpisodeMap {
  #text: Promise<string> | null = null;
  #roads: Promise<RoadMap> | null = null;

  /** What `read` gave the first time; a failed reading is tried again. */
  text(read: () => Promise<string>): Promise<string> {
    if (this.#text) return this.#text;
    const text = read();
    this.#text = text;
    text.catch(() => {
      if (this.#text === text) this.#text = null;
    });
    return text;
  }

  roads(name: () => Promise<string>, read: () => Promise<string>): Promise<RoadMap> {
    if (this.#roads) return this.#roads;
    const roads = Promise.all([name(), this.text(read)]).then(([known, text]) => makeRoadMap(known, text));
    this.#roads = roads;
    roads.catch(() => {
      if (this.#roads === roads) this.#roads = null;
    });
    return roads;
  }

  /** Another episode has another map. */
  clear(): void {
    this.#text = null;
    this.#roads = null;
  }
}
