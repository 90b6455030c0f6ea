/** Publishes CARLA's frames in their order; a new episode waits for its map first, and so do the frames behind it. */
import { FrameWriter } from '../server/columns.ts';
import type { Feed } from '../server/feed.ts';
import type { CarlaFrame } from './carla/frames.ts';
import { actorInfo, carlaEpisode, carlaFrame, newcomers } from './carla-frames.ts';
import type { SourceMap } from './source.ts';

export interface FoundMap {
  readonly map: SourceMap;
  readonly sha256: string;
}

export class CarlaPublisher {
  readonly #feed: Feed;
  readonly #mapOf: () => Promise<FoundMap>;
  readonly #writer = new FrameWriter();
  readonly #known = new Set<number>();
  #episodeId: string | null = null;
  #drive: { readonly name: string; readonly seed: number } | null = null;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  stepSeconds: number;

  constructor(feed: Feed, mapOf: () => Promise<FoundMap>, stepSeconds: number) {
    this.#feed = feed;
    this.#mapOf = mapOf;
    this.stepSeconds = stepSeconds;
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
      const found = await this.#mapOf().catch(() => null);
      const map = { name: found?.map.name ?? '', sha256: found?.sha256 ?? '' };
      this.#known.clear();
      newcomers(frame, this.#known);
      this.#feed.begin({ ...carlaEpisode(frame, map, this.stepSeconds), ...this.#drive });
      this.#drive = null;
      this.#episodeId = frame.episodeId;
    }
    this.#publish(frame);
  }

  #publish(frame: CarlaFrame): void {
    const added = newcomers(frame, this.#known);
    if (added.length > 0) this.#feed.appear(added.map(actorInfo));
    this.#feed.publish(carlaFrame(this.#writer, frame));
  }
}
