/**
 * One source at work: runs it while somebody watches its feed and a little longer (a page that reconnects goes on where it was),
 * starts it again when it fails, and says when it is stuck.
 *
 * The watchdog: a source that is neither paused nor waiting for a lossless reader must publish within `stuckMs`; else it is
 * STUCK, watchers are told by the next heartbeat, and its run is aborted and begun anew.
 */
import { create } from '@bufbuild/protobuf';
import { type Source, SourceSchema, SourceState } from '../generated/traceway/v1/source_pb.ts';
import type { SimulatorSource } from '../sources/source.ts';
import { Feed, type FeedLimits } from '../feed/feed.ts';
import type { Log } from './log.ts';

export interface HostOptions {
  readonly log: Log;
  readonly limits?: FeedLimits;
  /** How long it runs on when nobody watches any more. */
  readonly lingerMs?: number;
  readonly stuckMs?: number;
  readonly retryMs?: number;
}

export class SourceHost {
  readonly source: SimulatorSource;
  readonly feed: Feed;
  readonly #options: Required<Omit<HostOptions, 'limits'>>;
  #run: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();
  #linger: NodeJS.Timeout | null = null;
  #problem: string | null = null;
  #state: SourceState = SourceState.IDLE;
  #closed = false;
  #rate = { at: Date.now(), frames: 0, perSecond: 0 };
  /** Times the source was begun anew after a failure. */
  restarts = 0;

  constructor(source: SimulatorSource, options: HostOptions) {
    this.source = source;
    this.#options = { lingerMs: 5000, stuckMs: 10_000, retryMs: 500, ...options };
    this.feed = new Feed(options.limits);
    if (source.pushed) this.#start();
    else this.feed.onReaders = (readers) => (readers > 0 ? this.#start() : this.#stopSoon());
  }

  get id(): string {
    return this.source.id;
  }
  get running(): boolean {
    return this.#run !== null;
  }

  get state(): SourceState {
    const { paused, problem } = this.source.status;
    if (!this.running) return this.#state;
    if (this.#state === SourceState.STUCK || this.#state === SourceState.FAILED) return this.#state;
    if (problem !== null) return SourceState.RECONNECTING;
    return paused ? SourceState.PAUSED : SourceState.RUNNING;
  }
  get problem(): string {
    return this.source.status.problem ?? this.#problem ?? '';
  }

  /** As clients see it. */
  describe(): Source {
    const { kind, name, capabilities, status } = this.source;
    return create(SourceSchema, {
      sourceId: this.id,
      kind,
      name,
      version: status.version,
      mapName: status.mapName,
      mode: status.mode,
      state: this.state,
      problem: this.problem,
      capabilities: [...capabilities],
      watchers: this.feed.readers,
      framesPerSecond: this.framesPerSecond(),
      latestSequence: BigInt(this.feed.latest),
      reconnects: status.reconnects + this.restarts,
      missedFrames: BigInt(status.missedFrames),
    });
  }

  /** Frames a second since the last time a second had passed. */
  framesPerSecond(): number {
    const now = Date.now();
    const seconds = (now - this.#rate.at) / 1000;
    if (seconds >= 1) {
      const perSecond = (this.feed.latest - this.#rate.frames) / seconds;
      this.#rate = { at: now, frames: this.feed.latest, perSecond };
    }
    return this.running ? this.#rate.perSecond : 0;
  }

  /** Ends the feed and leaves the simulator as it was found. */
  async close(): Promise<readonly string[]> {
    this.#closed = true;
    this.feed.close();
    this.#stop();
    await this.#running;
    return this.source.close();
  }

  #start(): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    if (this.#run || this.#closed) return;
    const run = new AbortController();
    this.#run = run;
    this.#running = this.#running.then(() => this.#keepRunning(run.signal));
  }

  #stopSoon(): void {
    if (!this.#run || this.#closed || this.#linger) return;
    this.#linger = setTimeout(() => this.#stop(), this.#options.lingerMs);
    this.#linger.unref();
  }

  #stop(): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    this.#run?.abort();
    this.#run = null;
    this.#state = SourceState.IDLE;
    this.#problem = null;
  }

  async #keepRunning(signal: AbortSignal): Promise<void> {
    const { log, retryMs } = this.#options;
    log('info', 'source-started', { source: this.id });
    for (let delay = retryMs; !signal.aborted; delay = Math.min(2 * delay, 10_000)) {
      const begun = this.feed.latest;
      const attempt = new AbortController();
      const both = AbortSignal.any([signal, attempt.signal]);
      const watchdog = setInterval(() => this.#watch(attempt), Math.min(1000, this.#options.stuckMs / 2));
      this.#seen = { sequence: begun, at: Date.now() };
      try {
        await Promise.race([this.source.run(this.feed, both), aborted(attempt.signal)]);
        if (!signal.aborted && !attempt.signal.aborted) this.#fail(new Error('it ended by itself'));
      } catch (error) {
        if (!signal.aborted) this.#fail(error);
      }
      clearInterval(watchdog);
      if (signal.aborted || this.#closed) break;
      if (this.feed.latest > begun) delay = retryMs;
      this.restarts++;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay);
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      });
    }
    log('info', 'source-stopped', { source: this.id });
  }

  #seen = { sequence: 0, at: 0 };
  #watch(attempt: AbortController): void {
    const { feed, source } = this;
    const waits = source.pushed || source.status.paused || !feed.hasRoom;
    if (feed.latest !== this.#seen.sequence || waits) {
      this.#seen = { sequence: feed.latest, at: Date.now() };
      if (!waits && (this.#state === SourceState.STUCK || this.#state === SourceState.FAILED)) this.#mended();
      return;
    }
    const silentMs = Date.now() - this.#seen.at;
    if (silentMs < this.#options.stuckMs || source.status.problem !== null) return;
    this.#state = SourceState.STUCK;
    this.#problem = `No frame came for ${(silentMs / 1000).toFixed(1)} s; the source is begun anew.`;
    this.#options.log('warn', 'source-stuck', { source: this.id, silentMs });
    attempt.abort();
  }

  #mended(): void {
    this.#state = SourceState.RUNNING;
    this.#problem = null;
  }

  #fail(error: unknown): void {
    this.#state = SourceState.FAILED;
    this.#problem = `${this.source.name}: ${error instanceof Error ? error.message : String(error)}`;
    this.#options.log('error', 'source-failed', { source: this.id, problem: this.#problem });
    this.feed.notify();
  }
}

/** Settles a little after the abort: what ought to end by then and does not is left behind. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => setTimeout(resolve, 1000).unref(), { once: true });
  });
}
