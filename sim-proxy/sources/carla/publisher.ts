/** Publishes CARLA's frames in their order; a new episode waits for its map first, and so do the frames behind it. */
import type { RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { FrameWriter } from '../../feed/columns.ts';
import type { Feed } from '../../feed/feed.ts';
import type { CarlaFrame } from '../../carla/client/frames.ts';
import { CarlaEgo } from './ego.ts';
import { actorInfo, carlaEpisode, carlaFrame, heroOf, newcomers } from './frames.ts';
import type { SourceMap } from '../source.ts';

/** A server may have a name for its map and no text of it. */
export interface FoundMap {
  readonly name: string;
  readonly map: SourceMap | null;
  readonly sha256: string;
}

/** The map of the episode that runs. */
export interface PublishedMaps {
  map(): Promise<FoundMap>;
  roads(): Promise<RoadMap>;
}

export class CarlaPublisher {
  readonly #feed: Feed;
  readonly #maps: PublishedMaps;
  #ego = new CarlaEgo();
  readonly #writer = new FrameWriter();
  readonly #known = new Set<number>();
  #episodeId: string | null = null;
  #drive: { readonly name: string; readonly seed: number } | null = null;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  stepSeconds = 0;

  constructor(feed: Feed, maps: PublishedMaps) {
    this.#feed = feed;
    this.#maps = maps;
  }

  /** The next frame begins an episode of that name, on the same map. */
  restart(name: string, seed: number): void {
    this.#episodeId = null;
    this.#drive = { name, seed };
  }

  add(frame: CarlaFrame): void {
    if (this.#waiting === 0 && frame.episodeId === this.#episodeId) return this.#publish(frame);
    this.#waiting++;
    this.#queue = this.#queue
      .then(() => this.#begin(frame))
      .catch(() => {})
      .finally(() => {
        this.#waiting--;
      });
  }
  /** Everything added so far is published. */
  settled(): Promise<void> {
    return this.#queue;
  }

  async #begin(frame: CarlaFrame): Promise<void> {
    if (frame.episodeId !== this.#episodeId) {
      // Without its map an episode can still be watched.
      const found = await this.#maps.map().catch(() => null);
      const map = { name: found?.name ?? '', sha256: found?.sha256 ?? '' };
      this.#known.clear();
      newcomers(frame, this.#known);
      this.#feed.begin({ ...carlaEpisode(frame, map, this.stepSeconds), ...this.#drive });
      this.#drive = null;
      // The roads are made beside the frames, which do not wait for them.
      const ego = new CarlaEgo();
      this.#ego = ego;
      this.#maps
        .roads()
        .then((roads) => ego.useMap(roads))
        .catch(() => {});
      this.#episodeId = frame.episodeId;
    }
    this.#publish(frame);
  }

  #publish(frame: CarlaFrame): void {
    const added = newcomers(frame, this.#known);
    if (added.length > 0) this.#feed.appear(added.map(actorInfo));
    this.#feed.publish(carlaFrame(this.#writer, frame, this.#ego.look(frame, heroOf(frame))));
  }
}
