/**
 * A link: everything between one successful connect and its loss. It finds out the version, opens the episode's stream and makes
 * frames of it, asking the server once for each actor it has not met. `client.ts` makes a new link when one is lost.
 *
 * The episode's stream outlives its map: when anyone loads another, frames of a new episode follow on it, and the link follows them.
 * A server may lack functions (one made of LibCarla binds what it wants): what can be done without is, and `differences` says so.
 */
import { ActorCache } from './actors.ts';
import type { Dialect } from './dialect.ts';
import { connectedMethods, type Handshake } from './handshake.ts';
import { asCarlaError, CarlaError, unlessMissing } from './errors.ts';
import { type CarlaFrame, frameOf } from './frames.ts';
import { carlaMethods, type Method, type Methods } from './methods.ts';
import { sleep } from './pause.ts';
import { type EpisodeState, readEpisodeState, readToken, type StreamToken } from './streams.ts';
import { Subscription, type SubscriptionHandlers } from './subscription.ts';
import type { Actor, CarlaEpisodeInfo, EpisodeSettings } from './types.ts';

/** States that wait for their actors to become known before the socket is held back. */
const MAX_QUEUED = 32;
/** A server takes in a listener on a thread of its own and does not say when; what it sends before is not heard. */
const LISTENING_MS = 10;
/** A server that dies cuts its streams and the rest one shortly after the other. */
const SETTLE_MS = 100;
/** Openings of the episode's stream in a row that gave no frame. */
const MAX_SILENT_OPENINGS = 3;
/** Between two looks at a server whose map is not there yet. */
const NOT_READY_MS = 100;

export interface LinkEvents {
  frame(frame: CarlaFrame): void;
  /** Another client loaded a map: every actor and sensor is gone. */
  episode(): void;
  /** Once, when the link is of no use any more. */
  lost(error: CarlaError): void;
}

export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  /** Deadline of each answer, ms; of those on the way to a link, where they have another. */
  readonly timeoutMs: number;
  readonly connectMs?: number;
  /** Whether a server without a stream of frames is of use. */
  readonly needsFrames?: boolean;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
}

export class Link {
  readonly #shake: Handshake;
  #dialect: Dialect;
  #methods: Methods;
  readonly #o: LinkOptions;
  readonly #events: LinkEvents;
  readonly #queue: EpisodeState[] = [];
  readonly #actors: ActorCache;
  #deadlineMs: number;
  /** While connecting. */
  #signal: AbortSignal | undefined;
  #world: Subscription | null = null;
  #ended = false;
  #working = false;
  #changing = false;
  /** As the frames say it; until the first, as `get_episode_info` does. */
  episodeId = 0n;
  /** As `get_episode_info` said it last. */
  #told = 0n;
  /** The episode before this one, frames of which may still be on their way. */
  #left: bigint | null = null;
  #heard = false;
  #silentOpenings = 0;
  /** Why there are no frames, on a link that does not need them. */
  silence: CarlaError | null = null;
  /** Frame numbers that never came although later ones did. */
  missedFrames = 0;
  latest: CarlaFrame | null = null;

  /** @throws CarlaError as `connectedMethods`; `missing`, `server` or `unreachable` when it gives no frames and they are needed */
  static async open(options: LinkOptions, events: LinkEvents): Promise<Link> {
    const { host, port, timeoutMs, connectMs = timeoutMs, signal } = options;
    const link = new Link(await connectedMethods(host, port, connectMs, signal), options, events);
    try {
      link.#deadlineMs = connectMs;
      await link.openEpisode();
      link.#deadlineMs = timeoutMs;
      link.#signal = undefined;
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  private constructor(shake: Handshake, options: LinkOptions, events: LinkEvents) {
    this.#shake = shake;
    this.#dialect = shake.dialect;
    this.#methods = shake.methods;
    this.#o = options;
    this.#deadlineMs = options.timeoutMs;
    this.#signal = options.signal;
    this.#events = events;
    this.#actors = new ActorCache((ids) => this.call(this.methods.getActorsById, [ids]));
    shake.rpc.onEnd = (error) => this.#lose(error);
  }

  get methods(): Methods {
    return this.#methods;
  }
  /** Speaks otherwise from now on: a build between two versions may be like either. */
  adapt(dialect: Dialect): void {
    this.#methods = carlaMethods(dialect);
    this.#dialect = dialect;
  }
  get alive(): boolean {
    return !this.#ended;
  }
  get serverVersion(): string {
    return this.#shake.serverVersion;
  }
  get dialect(): Dialect {
    return this.#dialect;
  }
  get latencyMs(): number {
    return this.#shake.rpc.latencyMs;
  }
  get differences(): readonly string[] {
    return [...this.#shake.rpc.differences];
  }
  /** Notes how this server is unlike its version. */
  differ(sentence: string): void {
    this.#shake.rpc.differences.add(sentence);
  }

  call<A extends readonly unknown[], R>(method: Method<A, R>, args: A, timeoutMs = this.#deadlineMs): Promise<R> {
    return this.#shake.rpc.call(method, args, timeoutMs);
  }
  cast<A extends readonly unknown[], R>(method: Method<A, R>, args: A): void {
    this.#shake.rpc.cast(method, args);
  }
  /** When what was cast stands before what is called from then on. */
  castsTaken(): Promise<void> {
    return this.#shake.rpc.castsTaken();
  }

  readSettings(): Promise<EpisodeSettings> {
    return this.call(this.methods.getEpisodeSettings, []);
  }

  /** The episode as the server tells it, waited for while its map is still loading. @throws CarlaError `server`, `missing`, … */
  async episode(timeoutMs = this.#deadlineMs): Promise<CarlaEpisodeInfo> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        return await this.call(this.methods.getEpisodeInfo, [], timeoutMs);
      } catch (error) {
        const notYet = error instanceof CarlaError && error.code === 'server' && performance.now() < deadline;
        if (!notYet) throw error;
        await sleep(NOT_READY_MS, this.#signal);
        if (this.#signal?.aborted) throw error;
      }
    }
  }

  /** (Re)opens the stream of the episode that runs now, forgetting all actors; `begun` hears of it before its first frame. */
  async openEpisode(begun = () => {}): Promise<void> {
    this.#world?.close();
    this.#world = null;
    this.#forget(this.#heard ? this.episodeId : null);
    try {
      const episode = await this.episode();
      this.episodeId = episode.id;
      this.#told = episode.id;
      if (this.#left === episode.id) this.#left = null;
      begun();
      await this.#listen(episode);
    } catch (error) {
      if (this.#o.needsFrames !== false || !this.alive || this.#signal?.aborted) throw error;
      this.#noFrames(asCarlaError(error, 'closed'));
    }
  }

  /** Loses a link that is of no use without them. */
  #noFrames(why: CarlaError): void {
    if (this.#o.needsFrames !== false) return this.#lose(why);
    this.silence = why;
    this.differ(`It gives no frames: ${why.message}`);
  }

  async #listen({ token }: CarlaEpisodeInfo): Promise<void> {
    this.#world = await this.#open(readToken(token.bytes), {
      message: (body) => this.#receive(readEpisodeState(body)),
      end: (error) => {
        if (error && !this.#changing) void this.#listenAgain(error);
      },
    });
  }

  /** A stream may end by itself, as it does for LibCarla's own client, which opens it again; one that gives nothing is lost. */
  async #listenAgain(ended: CarlaError): Promise<void> {
    if (ended.code !== 'closed') return this.#lose(ended);
    if (this.#silentOpenings++ >= MAX_SILENT_OPENINGS) return this.#noFrames(ended);
    // When the whole server went away the link ends with it.
    await sleep(SETTLE_MS);
    if (this.#ended || this.#changing) return;
    try {
      await this.#listen(await this.episode());
    } catch (error) {
      this.#lose(asCarlaError(error, 'closed'));
    }
  }

  /** Runs `change`, during which the end of the episode's stream is expected, then follows the new episode. */
  async changeEpisode(change: () => Promise<void>, begun: () => void): Promise<void> {
    this.#changing = true;
    try {
      await change();
      await this.openEpisode(begun);
    } finally {
      this.#changing = false;
    }
  }

  /** Whether this link was opened to the episode that `before` was at. */
  continues(before: Link): boolean {
    return this.#told === before.episodeId || this.#told === before.#told;
  }

  /** Opens a sensor's stream. @throws CarlaError `wrong-type` when the actor has none */
  async openSensor(actor: Actor, handlers: SubscriptionHandlers): Promise<Subscription> {
    return this.#open(readToken(actor.streamToken), handlers);
  }

  /** The actors as the server describes them; unknown ids are left out. @throws CarlaError `missing`, … */
  describe(ids: readonly number[]): Promise<readonly Actor[]> {
    return this.#actors.describe(ids);
  }
  /** An actor that need not be asked for. */
  learn(actor: Actor): void {
    this.#actors.learn(actor);
  }

  /** Whatever still waits for an answer is told why there is none. */
  close(why = new CarlaError('closed', 'The connection was closed.')): void {
    this.#ended = true;
    this.#world?.close();
    this.#shake.rpc.close(why);
  }

  async #open(token: StreamToken, handlers: SubscriptionHandlers): Promise<Subscription> {
    const { sensorToken } = this.dialect;
    const named = sensorToken
      ? await unlessMissing(this.call(this.methods.getSensorToken, [token.streamId]), null)
      : null;
    const fresh = named ? readToken(named.bytes) : token;
    const subscription = await Subscription.open(this.#o.host, fresh, handlers, this.#deadlineMs, this.#signal);
    await sleep(LISTENING_MS);
    return subscription;
  }

  #forget(left: bigint | null): void {
    this.#queue.length = 0;
    this.#actors.clear();
    this.#left = left;
    this.#heard = false;
    this.latest = null;
  }

  #receive(state: EpisodeState): void {
    if (this.#ended || state.episodeId === this.#left) return;
    if (state.episodeId !== this.episodeId) {
      if (this.#changing) return;
      this.#follow(state.episodeId);
    }
    this.#heard = true;
    this.#silentOpenings = 0;
    this.#queue.push(state);
    if (this.#queue.length >= MAX_QUEUED) this.#world?.pause();
    if (!this.#working) void this.#work();
  }

  /** Frames of another episode: someone loaded a map, or the server counts its frames' episodes otherwise. */
  #follow(episodeId: bigint): void {
    const changed = this.#heard;
    if (changed) this.#forget(this.episodeId);
    else this.differ(`Its frames are of episode ${episodeId}, get_episode_info says ${this.episodeId}.`);
    this.episodeId = episodeId;
    if (changed) this.#events.episode();
  }

  /** Emits queued states in order, each once all its actors are known. */
  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (;;) {
        const state = this.#queue.shift();
        if (!state || this.#ended) break;
        await this.#actors.meet(
          state.actors.map(({ id }) => id),
          (sentence) => this.differ(sentence),
        );
        if (state.episodeId === this.episodeId) this.#emit(state);
        if (this.#queue.length < MAX_QUEUED / 2) this.#world?.resume();
      }
    } catch (error) {
      this.#lose(asCarlaError(error, 'closed'));
    } finally {
      this.#working = false;
    }
  }

  #emit(state: EpisodeState): void {
    const before = this.latest?.frame;
    if (before !== undefined && state.frame > before + 1) this.missedFrames += state.frame - before - 1;
    this.latest = frameOf(state, (id) => this.#actors.info(id));
    this.#events.frame(this.latest);
  }

  /** Gives the link up as lost. */
  fail(error: CarlaError): void {
    this.#lose(error);
  }

  #lose(error: CarlaError): void {
    if (this.#ended) return;
    this.close(error);
    this.#events.lost(error);
  }
}
