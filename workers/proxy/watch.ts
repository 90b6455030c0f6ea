/**
 * A watch that lives through lost connections: events in order, pulled one by one. When the proxy goes away, or says nothing for
 * SILENCE_MS (it sends a heartbeat every 2 s), it is looked for again and the watch goes on after the last frame it had; the proxy
 * then sends what it still has and tells what is lost.
 *
 * Asking for the next event says that the last one is dealt with: that acknowledgement lets the proxy send more. Acknowledgements are
 * calls, far dearer than a frame, so they are sent every ACKNOWLEDGE_MS or half a window, whichever comes first: the other half
 * is under way meanwhile.
 */
import { RpcError } from 'grpc-web';
import {
  Delivery,
  GapReason,
  SourceService,
  type SourceState,
  type WatchResponse,
} from '../generated/traceway/v1/source_pb.ts';
import type { MessageStream, ProxyClient } from './client.ts';
import { packFrames, readActor, readEpisode, readEvent, unpackFrames } from './frames.ts';
import { stateName } from './names.ts';
import type { LiveRequest, LiveStats, PackedEvent } from '../contracts/proxy-protocol.ts';
import { RecentAges } from './recent-ages.ts';

const SILENCE_MS = 7000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 1000;
const WINDOW = 2048;
const PING_EVERY_MS = 5000;
const ACKNOWLEDGE_MS = 50;
const ACKNOWLEDGE_AGAIN_MS = 200;
/** INVALID_ARGUMENT, PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED: trying again would change nothing. */
const FINAL = new Set([3, 7, 12, 16]);
const NOT_FOUND = 5;
const GAPS: Readonly<Partial<Record<GapReason, 'skipped' | 'expired' | 'feed-changed'>>> = {
  [GapReason.SKIPPED]: 'skipped',
  [GapReason.EXPIRED]: 'expired',
  [GapReason.FEED_CHANGED]: 'feed-changed',
};

export class LiveWatch {
  readonly #client: ProxyClient;
  readonly #request: LiveRequest;
  readonly #stop = new AbortController();
  readonly #events: AsyncGenerator<PackedEvent, void>;
  #stream: MessageStream<WatchResponse> | null = null;
  #watchId = '';
  #feedId = '';
  #sequence = 0;
  /** Newest frame that the page has dealt with, and newest that the proxy knows of. */
  #consumed = 0;
  #acknowledged = 0;
  #acknowledging = false;
  #acknowledgedAt = Number.NEGATIVE_INFINITY;
  #later: ReturnType<typeof setTimeout> | undefined;
  #bytesBefore = 0;
  #pingedAt = Number.NEGATIVE_INFINITY;
  /** Proxy's clock minus ours, ms. */
  #offsetMs = 0;
  #rate = { at: 0, frames: 0, perSecond: 0 };
  #ages = new RecentAges();
  #stats = { frames: 0, roundTripMs: 0, skipped: 0, reconnects: 0 };
  #shown = '';

  constructor(client: ProxyClient, request: LiveRequest) {
    this.#client = client;
    this.#request = request;
    this.#events = this.#run();
  }

  /** The next event; null at the end. @throws RpcError when the proxy refuses this watch for good */
  async next(): Promise<PackedEvent | null> {
    this.#consumed = this.#sequence;
    this.#acknowledge();
    const { done, value } = await this.#events.next();
    return done ? null : value;
  }

  get stats(): LiveStats {
    const now = performance.now();
    const seconds = (now - this.#rate.at) / 1000;
    if (seconds >= 1) {
      const perSecond = this.#rate.at === 0 ? 0 : (this.#stats.frames - this.#rate.frames) / seconds;
      this.#rate = { at: now, frames: this.#stats.frames, perSecond };
    }
    const bytes = this.#bytesBefore + (this.#stream?.bytes ?? 0);
    const latency = { latencyP50Ms: this.#ages.quantile(0.5), latencyP95Ms: this.#ages.quantile(0.95) };
    return { ...this.#stats, ...latency, framesPerSecond: this.#rate.perSecond, bytes };
  }

  stop(): void {
    this.#stop.abort();
    this.#stream?.cancel();
  }

  async *#run(): AsyncGenerator<PackedEvent, void> {
    const { signal } = this.#stop;
    for (let attempt = 0, delay = FIRST_RETRY_MS; !signal.aborted; delay = Math.min(2 * delay, LAST_RETRY_MS)) {
      let problem = '';
      try {
        for await (const event of this.#connection(attempt)) {
          attempt = 0;
          delay = FIRST_RETRY_MS;
          yield event;
          if (event.kind === 'ended') return;
        }
        problem = 'The proxy ended the watch.';
      } catch (error) {
        if (signal.aborted) return;
        const code = error instanceof RpcError ? Number(error.code) : -1;
        const unknownSource = code === NOT_FOUND && this.#feedId === '';
        if (!(error instanceof RpcError) || FINAL.has(code) || unknownSource) throw error;
        problem = error.message;
      }
      attempt++;
      if (attempt === 1) this.#stats.reconnects++;
      yield { kind: 'status', status: { connection: 'reconnecting', attempt, source: 'unknown', problem } };
      await pause(delay, signal);
    }
  }

  /** Events of one connection. */
  async *#connection(attempt: number): AsyncGenerator<PackedEvent, void> {
    const { sourceId, lossless = false, window = WINDOW, framesPerMessage = 32 } = this.#request;
    const stream = this.#client.stream(SourceService.method.watch, {
      sourceId,
      delivery: lossless ? Delivery.LOSSLESS : Delivery.LIVE,
      framesPerMessage,
      windowFrames: window,
      ...(this.#feedId && { resume: { feedId: this.#feedId, afterSequence: BigInt(this.#sequence) } }),
    });
    this.#stream = stream;
    this.#shown = attempt > 0 ? 'reconnecting' : '';
    try {
      for (;;) {
        const response = await this.#read(stream);
        if (response === null) return;
        const event = this.#event(response);
        if (event) yield event;
        this.#ping();
      }
    } finally {
      stream.cancel();
      this.#bytesBefore += stream.bytes;
      this.#stream = null;
    }
  }

  /** One message; a proxy that says nothing at all is taken for gone. */
  async #read(stream: MessageStream<WatchResponse>): Promise<WatchResponse | null> {
    let silent = false;
    const timer = setTimeout(() => {
      silent = true;
      stream.cancel();
    }, SILENCE_MS);
    try {
      return await stream.read();
    } catch (error) {
      if (silent) throw new RpcError(14, `The proxy said nothing for ${SILENCE_MS / 1000} s.`, {});
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #event({ message }: WatchResponse): PackedEvent | null {
    switch (message.case) {
      case 'opened': {
        const { watchId, feedId, source } = message.value;
        if (this.#feedId !== feedId) this.#sequence = this.#consumed = this.#acknowledged = 0;
        this.#feedId = feedId;
        this.#watchId = watchId;
        return this.#status(source?.state ?? 0, source?.problem ?? '');
      }
      case 'episode':
        return { kind: 'episode', episode: readEpisode(message.value) };
      case 'actors':
        return { kind: 'actors', actors: message.value.actors.map(readActor) };
      case 'frames': {
        const packed = packFrames(message.value);
        const { firstSequence, count } = packed;
        this.#sequence = firstSequence + count - 1;
        this.#stats.frames += count;
        const [newest] = unpackFrames(packed).serverTimeMs.subarray(-1);
        const age = Date.now() + this.#offsetMs - newest;
        this.#ages.add(Math.max(0, age), performance.now());
        return { kind: 'frames', packed };
      }
      case 'gap': {
        const [first, last] = [Number(message.value.firstSequence), Number(message.value.lastSequence)];
        if (last > 0) {
          this.#stats.skipped += last - first + 1;
          this.#sequence = last;
        }
        const { reason, events } = message.value;
        return { kind: 'gap', first, last, reason: GAPS[reason] ?? 'expired', events: events.map(readEvent) };
      }
      case 'heartbeat':
        return this.#status(message.value.state, message.value.problem);
      case 'ended':
        return { kind: 'ended', reason: message.value.reason };
      default:
        return null;
    }
  }

  /** What the page is told of the source, when it has changed. */
  #status(state: SourceState, problem: string): PackedEvent | null {
    const shown = `${state} ${problem}`;
    if (shown === this.#shown) return null;
    this.#shown = shown;
    return { kind: 'status', status: { connection: 'live', attempt: 0, source: stateName(state), problem } };
  }

  /** Tells what the page has dealt with: one call under way at a time, always of the newest; a call that fails is made again. */
  #acknowledge(): void {
    const waiting = this.#consumed - this.#acknowledged;
    if (this.#acknowledging || waiting <= 0 || !this.#stream) return;
    const dueMs = this.#acknowledgedAt + ACKNOWLEDGE_MS - performance.now();
    if (dueMs > 0 && waiting < (this.#request.window ?? WINDOW) / 2) {
      if (this.#later !== undefined) return;
      this.#later = setTimeout(() => {
        this.#later = undefined;
        this.#acknowledge();
      }, dueMs);
      return;
    }
    const [watchId, sequence] = [this.#watchId, this.#consumed];
    const again = () => {
      this.#acknowledging = false;
      this.#acknowledge();
    };
    this.#acknowledging = true;
    this.#acknowledgedAt = performance.now();
    this.#client.call(SourceService.method.acknowledgeFrames, { watchId, sequence: BigInt(sequence) }).then(
      () => {
        if (watchId === this.#watchId) this.#acknowledged = Math.max(this.#acknowledged, sequence);
        again();
      },
      () => setTimeout(again, ACKNOWLEDGE_AGAIN_MS),
    );
  }

  #ping(): void {
    const now = performance.now();
    if (now - this.#pingedAt < PING_EVERY_MS) return;
    this.#pingedAt = now;
    const clientTime = Date.now();
    this.#client.call(SourceService.method.ping, { clientTime }).then(
      ({ serverTime }) => {
        const roundTripMs = performance.now() - now;
        this.#stats.roundTripMs = roundTripMs;
        this.#offsetMs = serverTime - clientTime - roundTripMs / 2;
      },
      () => {},
    );
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
