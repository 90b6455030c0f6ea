/**
 * One watch: a client's walk through a feed, as the messages it is sent.
 *
 * Opened, then for each episode what is constant, then frames in ascending order, at most 32 a message; whatever is left out
 * is told by a Gap. With a window, no more than that many frames are under way beyond the last acknowledged one, so what a slow page
 * has not read is in no buffer at all. A live watch skips to the newest frames once it is LIVE_LAG_MS behind, and its window
 * follows the pace of its client, so that a page that draws five frames a second sees what is now, not what was.
 */
import { randomUUID } from 'node:crypto';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { Delivery, GapReason, type WatchRequest, WatchResponseSchema } from '../generated/traceway/v1/source_pb.ts';
import { MAX_BATCH_FRAMES } from './batch.ts';
import type { FeedEvent } from '../feed/columns.ts';
import { ProxyError } from '../feed/errors.ts';
import { type FeedEpisode, type FeedFrame, type KnownActor, LOSSLESS_LAG, type Reader } from '../feed/feed.ts';
import { framesMessage } from './frame-message.ts';
import type { SourceHost } from './host.ts';

const HEARTBEAT_MS = 2000;
const LIVE_LAG_MS = 500;
const MAX_WINDOW = 2048;
const MAX_GAP_EVENTS = 256;
/** What a live client has under way should take it no longer, s. */
const LIVE_WINDOW_S = 0.25;

/** Frames a second that a client is taken to manage until it has shown what it can. */
const FIRST_PACE = 20;

type Message = MessageInitShape<typeof WatchResponseSchema>['message'];
const message = (message: Message) => create(WatchResponseSchema, { message });

export interface WatchCounters {
  frames: number;
  messages: number;
  skipped: number;
}

export class Watch {
  readonly id = randomUUID();
  readonly #host: SourceHost;
  readonly #request: WatchRequest;
  readonly #perMessage: number;
  readonly #window: number;
  readonly #live: boolean;
  #acknowledged = 0;
  /** Frames a second that the client gets through, measured by its acknowledgements. */
  #pace = FIRST_PACE;
  #pacedAt = 0;
  readonly counters: WatchCounters = { frames: 0, messages: 0, skipped: 0 };

  /** @throws ProxyError `bad-request` */
  constructor(host: SourceHost, request: WatchRequest) {
    const { framesPerMessage, windowFrames, delivery } = request;
    if (framesPerMessage > MAX_BATCH_FRAMES)
      throw invalid('frames_per_message', `at most ${MAX_BATCH_FRAMES}`, framesPerMessage);
    if (windowFrames > MAX_WINDOW) throw invalid('window_frames', `at most ${MAX_WINDOW}`, windowFrames);
    this.#host = host;
    this.#request = request;
    this.#perMessage = framesPerMessage || MAX_BATCH_FRAMES;
    this.#window = windowFrames || Number.POSITIVE_INFINITY;
    this.#live = delivery !== Delivery.LOSSLESS;
  }

  /** The client has everything up to `sequence`. */
  acknowledge(sequence: number): void {
    if (sequence <= this.#acknowledged || sequence > this.#sent) return;
    const now = performance.now();
    const seconds = Math.max(1e-4, (now - this.#pacedAt) / 1000);
    this.#pace = (sequence - this.#acknowledged) / seconds;
    this.#pacedAt = now;
    this.#acknowledged = sequence;
    this.#host.feed.move(this.#reader, sequence);
  }

  #sent = 0;
  /** A watch that resumes gets what is still there before it skips anything. */
  #catchUpTo = 0;
  #reader!: Reader;
  /** That the client knows. */
  #episode: FeedEpisode | null = null;

  async *messages(signal: AbortSignal) {
    const { feed } = this.#host;
    const start = this.#begin();
    this.#sent = start.position;
    this.#acknowledged = start.position;
    this.#reader = feed.read(!this.#live, start.position, Math.max(LOSSLESS_LAG, this.#request.windowFrames));
    try {
      yield this.#opened();
      if (start.gap) yield start.gap;
      let serial = 0;
      const maxFrames = Number(this.#request.maxFrames) || Number.POSITIVE_INFINITY;
      while (!signal.aborted && this.counters.frames < maxFrames) {
        const lost = this.#expired() ?? this.#lag();
        if (lost) yield lost;
        const frames = feed.after(this.#sent, Math.min(this.#room(), maxFrames - this.counters.frames));
        if (frames.length === 0) {
          if (feed.closed && feed.latest <= this.#sent) {
            yield message({ case: 'ended', value: { reason: 'The source ended.' } });
            return;
          }
          const before = feed.latest;
          await this.#something(signal);
          if (this.#quiet() && feed.latest === before) yield this.#heartbeat();
          continue;
        }
        const { episode } = frames[0];
        if (episode !== this.#episode) {
          this.#episode = episode;
          yield message({ case: 'episode', value: episodeMessage(episode) });
          serial = lastSerial(episode.known);
        } else if (lastSerial(episode.known) > serial) {
          const added = episode.known.filter((actor) => actor.serial > serial).map(({ info }) => info);
          yield message({ case: 'actors', value: { episode: BigInt(episode.number), actors: added } });
          serial = lastSerial(episode.known);
        }
        yield this.#take(frames);
      }
      if (signal.aborted)
        throw signal.reason instanceof ConnectError ? signal.reason : new ConnectError('cancelled', Code.Canceled);
    } finally {
      feed.release(this.#reader);
    }
  }

  #lastMessageAt = performance.now();

  #take(frames: readonly FeedFrame[]) {
    const batch = framesMessage(frames);
    this.#sent = frames[frames.length - 1].sequence;
    this.#reader.taken = this.#sent;
    this.counters.frames += frames.length;
    this.counters.messages++;
    this.#lastMessageAt = performance.now();
    if (this.#window === Number.POSITIVE_INFINITY) this.#host.feed.move(this.#reader, this.#sent);
    else if (this.#pacedAt === 0) this.#pacedAt = performance.now();
    return batch;
  }

  /** Frames that may be sent now. */
  #room(): number {
    if (this.#window === Number.POSITIVE_INFINITY) return this.#perMessage;
    const paced = this.#live ? Math.max(1, Math.ceil(this.#pace * LIVE_WINDOW_S)) : Number.POSITIVE_INFINITY;
    const underWay = this.#sent - this.#acknowledged;
    return Math.max(0, Math.min(this.#perMessage, Math.min(this.#window, paced) - underWay));
  }

  /** Where this watch begins, and what is lost of what it asks for. */
  #begin(): { position: number; gap?: ReturnType<typeof message> } {
    const { feed } = this.#host;
    const { resume } = this.#request;
    const newest = Math.max(0, feed.latest - 1);
    if (!resume) return { position: newest };
    if (resume.feedId !== feed.id) return { position: newest, gap: gap(0, 0, GapReason.FEED_CHANGED) };
    const after = Number(resume.afterSequence);
    if (after > feed.latest) throw invalid('resume.after_sequence', `at most ${feed.latest}`, after);
    this.#catchUpTo = feed.latest;
    return { position: after };
  }

  /** What left the buffer before it could be sent. */
  #expired() {
    const { oldest } = this.#host.feed;
    if (oldest === 0 || this.#sent + 1 >= oldest) return null;
    return this.#skip(oldest - 1, GapReason.EXPIRED);
  }

  /** What a live watch leaves out to be at the newest again. */
  #lag() {
    const { feed } = this.#host;
    if (!this.#live || this.#sent < this.#catchUpTo || this.#room() === 0) return null;
    const [next] = feed.after(this.#sent, 1);
    if (!next || next.sequence >= feed.latest || Date.now() - next.serverTimeMs < LIVE_LAG_MS) return null;
    return this.#skip(feed.latest - 1, GapReason.SKIPPED);
  }

  #skip(last: number, reason: GapReason) {
    const first = this.#sent + 1;
    const events = this.#eventsUpTo(last);
    this.counters.skipped += last - this.#sent;
    this.#acknowledged += last - this.#sent;
    this.#sent = last;
    this.#host.feed.move(this.#reader, this.#acknowledged);
    return gap(first, last, reason, events);
  }

  /** What happened in frames that are not sent: a slow page misses pictures, and no collision. */
  #eventsUpTo(last: number): Occurred[] {
    const frames = this.#host.feed.after(this.#sent, last - this.#sent);
    return frames
      .filter(({ sequence, episode }) => sequence <= last && episode === this.#episode)
      .flatMap(({ sequence, content }) => content.events.map((event) => ({ ...event, sequence: BigInt(sequence) })))
      .slice(-MAX_GAP_EVENTS);
  }

  async #something(signal: AbortSignal): Promise<void> {
    const quietMs = performance.now() - this.#lastMessageAt;
    await this.#host.feed.change(Math.max(10, HEARTBEAT_MS - quietMs), signal);
    // Frames that a fast source makes without giving way go into one message, not one each.
    await new Promise(setImmediate);
  }
  #quiet(): boolean {
    return performance.now() - this.#lastMessageAt >= HEARTBEAT_MS;
  }

  #heartbeat() {
    this.#lastMessageAt = performance.now();
    const { feed, state, problem } = this.#host;
    const latestSequence = BigInt(feed.latest);
    return message({ case: 'heartbeat', value: { serverTime: Date.now(), latestSequence, state, problem } });
  }

  #opened() {
    const { feed } = this.#host;
    const [oldestSequence, latestSequence] = [BigInt(feed.oldest), BigInt(feed.latest)];
    const source = this.#host.describe();
    return message({
      case: 'opened',
      value: { watchId: this.id, feedId: feed.id, oldestSequence, latestSequence, source },
    });
  }
}

const invalid = (field: string, expected: string, given: number) =>
  new ProxyError('invalid', 'bad-request', `${field} must be ${expected}, not ${given}.`, field);

type Occurred = FeedEvent & { readonly sequence: bigint };
const gap = (first: number, last: number, reason: GapReason, events: Occurred[] = []) =>
  message({ case: 'gap', value: { firstSequence: BigInt(first), lastSequence: BigInt(last), reason, events } });

const lastSerial = (known: readonly KnownActor[]) => known[known.length - 1]?.serial ?? 0;

function episodeMessage({ number, known, ...start }: FeedEpisode) {
  const actors = known.map(({ info }) => info);
  return { ...start, episode: BigInt(number), actors, lights: [...start.lights] };
}
