/**
 * The frames of one source: numbered from 1, the newest kept (bounded in number and bytes), any number of readers, each with a
 * place of its own. A reader holds no frames, so a slow one costs nothing.
 *
 * Back-pressure: a source that can wait asks for `room` before its next step, and gets it when no lossless reader is too far behind, and
 * none would lose the frame that leaves the buffer next. Other readers lose what leaves it, and are told exactly what.
 */
import { randomUUID } from 'node:crypto';
import type { ActorInfo } from '../generated/traceway/v1/frame_pb.ts';
import type { EpisodeStart, FrameContent, Info } from './columns.ts';

/** Frames a lossless reader may be behind before its source waits, unless it has a wider window. */
export const LOSSLESS_LAG = 256;
/** A lossless reader that takes nothing for so long holds nobody back any more, ms. */
const LOSSLESS_PATIENCE_MS = 60_000;
/** Actors remembered beyond those in kept frames. */
const ACTORS_KEPT = 4096;

export interface KnownActor {
  /** Ascending in the order of appearance. */
  readonly serial: number;
  readonly info: Info<ActorInfo>;
}
export interface FeedEpisode extends EpisodeStart {
  readonly number: number;
  /** All that appeared so far, first those of the start. */
  known: KnownActor[];
}
export interface FeedFrame {
  readonly content: FrameContent;
  readonly sequence: number;
  readonly episode: FeedEpisode;
  /** ms since 1970. */
  readonly serverTimeMs: number;
}

/** A place in a feed. */
export interface Reader {
  readonly lossless: boolean;
  /** Frames it may be behind if it is lossless. */
  readonly lag: number;
  /** Last frame sent to it. */
  taken: number;
  /** Last frame its client has dealt with, as far as known, and when it moved there. */
  position: number;
  movedAt: number;
}

export interface FeedLimits {
  readonly frames: number;
  readonly bytes: number;
}

export class Feed {
  readonly id = randomUUID();
  readonly #limits: FeedLimits;
  readonly #clock: () => number;
  /** Undefined before `#first`. */
  readonly #frames: FeedFrame[] = [];
  readonly #readers = new Set<Reader>();
  readonly #waiting = new Set<() => void>();
  #first = 0;
  #bytes = 0;
  #serial = 0;
  #episodes = 0;
  #episode: FeedEpisode | null = null;
  #latest = 0;
  /** Called when the number of readers changes. */
  onReaders: (readers: number) => void = () => {};
  closed = false;

  constructor(limits: FeedLimits = { frames: 4096, bytes: 32 * 1024 * 1024 }, clock: () => number = Date.now) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get latest(): number {
    return this.#latest;
  }
  /** Sequence of the oldest kept frame; 0 when none is kept. */
  get oldest(): number {
    return this.#frames[this.#first]?.sequence ?? 0;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get readers(): number {
    return this.#readers.size;
  }
  get episode(): FeedEpisode | null {
    return this.#episode;
  }

  begin(start: EpisodeStart): FeedEpisode {
    const known = start.actors.map((info) => ({ serial: ++this.#serial, info }));
    this.#episode = { ...start, number: ++this.#episodes, known };
    return this.#episode;
  }

  /** Actors that were not there at the episode's start. */
  appear(infos: readonly Info<ActorInfo>[]): void {
    const episode = this.#episode;
    if (!episode) throw new Error('actors appear in an episode, and none has begun');
    const added = infos.map((info) => ({ serial: ++this.#serial, info }));
    const known = [...episode.known, ...added];
    episode.known = known.length > 2 * ACTORS_KEPT ? this.#stillSeen(known) : known;
  }

  publish(content: FrameContent): FeedFrame {
    const episode = this.#episode;
    if (!episode) throw new Error('frames belong to an episode, and none has begun');
    const frame = { content, episode, sequence: ++this.#latest, serverTimeMs: this.#clock() };
    this.#frames.push(frame);
    this.#bytes += content.bytes;
    while (
      this.#frames.length - this.#first > this.#limits.frames ||
      (this.#bytes > this.#limits.bytes && this.#frames.length - this.#first > 1)
    ) {
      this.#bytes -= this.#frames[this.#first].content.bytes;
      (this.#frames as (FeedFrame | undefined)[])[this.#first++] = undefined;
    }
    if (this.#first > this.#limits.frames) {
      this.#frames.splice(0, this.#first);
      this.#first = 0;
    }
    this.notify();
    return frame;
  }

  /** Kept frames after `sequence`, at most `n`, all of one episode. */
  after(sequence: number, n: number): readonly FeedFrame[] {
    const { oldest } = this;
    if (oldest === 0) return [];
    const at = this.#first + Math.max(0, sequence + 1 - oldest);
    let end = at;
    while (end < this.#frames.length && end - at < n && this.#frames[end].episode === this.#frames[at].episode) end++;
    return this.#frames.slice(at, end);
  }

  read(lossless: boolean, position: number, lag = LOSSLESS_LAG): Reader {
    const reader = { lossless, lag, taken: position, position, movedAt: this.#clock() };
    this.#readers.add(reader);
    this.onReaders(this.#readers.size);
    return reader;
  }
  /** The reader's client has everything up to `position`. */
  move(reader: Reader, position: number): void {
    if (position <= reader.position) return;
    reader.position = position;
    reader.movedAt = this.#clock();
    this.notify();
  }
  release(reader: Reader): void {
    if (!this.#readers.delete(reader)) return;
    this.onReaders(this.#readers.size);
    this.notify();
  }

  /** Whether no lossless reader that still takes frames is too far behind. */
  get hasRoom(): boolean {
    const kept = this.#frames.length - this.#first;
    const full = kept >= this.#limits.frames || this.#bytes >= 0.9 * this.#limits.bytes;
    const { oldest } = this;
    for (const { lossless, lag, taken, position, movedAt } of this.#readers) {
      const behind = this.#latest - position >= lag || (full && taken < oldest);
      if (lossless && behind && this.#clock() - movedAt < LOSSLESS_PATIENCE_MS) return false;
    }
    return true;
  }
  /** Waits for room; ends early when aborted. */
  async room(signal: AbortSignal): Promise<void> {
    while (!this.hasRoom && !signal.aborted && !this.closed) await this.change(1000, signal);
  }

  /** Something happened: a frame, a reader that moved, the end. */
  notify(): void {
    for (const wake of this.#waiting) wake();
  }
  /** Waits for `notify`, at most `ms`; ends early when aborted. */
  change(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted || this.closed) done();
    });
  }

  /** No more frames come; readers end. */
  close(): void {
    this.closed = true;
    this.notify();
  }

  #stillSeen(known: readonly KnownActor[]): KnownActor[] {
    const seen = new Set<number>();
    for (let i = this.#first; i < this.#frames.length; i++) {
      const ids = this.#frames[i].content.actors.actorId;
      if (ids) for (const id of new Uint32Array(ids.buffer, ids.byteOffset, ids.length / 4)) seen.add(id);
    }
    const recent = known.length - ACTORS_KEPT;
    return known.filter(({ info }, i) => i >= recent || seen.has(info.actorId));
  }
}
