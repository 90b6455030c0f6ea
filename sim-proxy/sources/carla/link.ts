/**
 * A link: everything between one successful connect and its loss. It finds out the version, opens the episode's stream and makes
 * frames of it, asking the server once for each actor it has not met. `client.ts` makes a new link when one is lost.
 */
import { connectedMethods, type Handshake } from './handshake.ts';
import { asCarlaError, type CarlaError } from './errors.ts';
import { type ActorInfo, type CarlaFrame, frameOf, infoOf, unknownActor } from './frames.ts';
import type { Method, Methods } from './methods.ts';
import { type EpisodeState, readEpisodeState, readToken, type StreamToken } from './streams.ts';
import { Subscription, type SubscriptionHandlers } from './subscription.ts';
import type { Actor, EpisodeSettings } from './types.ts';

/** States that wait for their actors to become known before the socket is held back. */
const MAX_QUEUED = 32;
const ACTORS_A_CALL = 1000;

export interface LinkEvents {
  frame(frame: CarlaFrame): void;
  /** Once, when the link is of no use any more. */
  lost(error: CarlaError): void;
}

export class Link {
  readonly #shake: Handshake;
  readonly #host: string;
  readonly #timeoutMs: number;
  readonly #events: LinkEvents;
  #world: Subscription | null = null;
  #ended = false;
  readonly #queue: EpisodeState[] = [];
  #working = false;
  readonly #infos = new Map<number, ActorInfo>();
  readonly #actors = new Map<number, Actor>();
  episodeId = 0n;
  /** Frame numbers that never came although later ones did. */
  missedFrames = 0;
  latest: CarlaFrame | null = null;

  static async open(
    host: string,
    port: number,
    timeoutMs: number,
    events: LinkEvents,
    signal?: AbortSignal,
  ): Promise<Link> {
    const shake = await connectedMethods(host, port, timeoutMs, signal);
    const link = new Link(shake, host, timeoutMs, events);
    try {
      await link.openEpisode(signal);
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  constructor(shake: Handshake, host: string, timeoutMs: number, events: LinkEvents) {
    this.#shake = shake;
    this.#host = host;
    this.#timeoutMs = timeoutMs;
    this.#events = events;
    shake.rpc.onEnd = (error) => this.#lose(error);
  }

  get methods(): Methods {
    return this.#shake.methods;
  }
  get alive(): boolean {
    return !this.#ended;
  }
  get serverVersion(): string {
    return this.#shake.serverVersion;
  }
  get dialect(): Handshake['dialect'] {
    return this.#shake.dialect;
  }
  get latencyMs(): number {
    return this.#shake.rpc.latencyMs;
  }
  get differences(): readonly string[] {
    return [...this.#shake.rpc.differences];
  }

  call<A extends readonly unknown[], R>(method: Method<A, R>, args: A, timeoutMs = this.#timeoutMs): Promise<R> {
    return this.#shake.rpc.call(method, args, timeoutMs);
  }
  cast<A extends readonly unknown[], R>(method: Method<A, R>, args: A): void {
    this.#shake.rpc.cast(method, args);
  }

  readSettings(): Promise<EpisodeSettings> {
    return this.call(this.methods.getEpisodeSettings, []);
  }

  /** (Re)opens the stream of the episode that runs now, forgetting all actors. */
  async openEpisode(signal?: AbortSignal): Promise<void> {
    this.#world?.close();
    this.#world = null;
    this.#queue.length = 0;
    this.#infos.clear();
    this.#actors.clear();
    this.latest = null;
    const episode = await this.call(this.methods.getEpisodeInfo, []);
    this.episodeId = episode.id;
    const streamToken = readToken(episode.token.bytes);
    this.#world = await this.#open(
      streamToken,
      {
        message: (body) => {
          this.#receive(readEpisodeState(body));
        },
        end: (error) => {
          if (error && !this.#changing) this.#lose(error);
        },
      },
      signal,
    );
  }

  #changing = false;
  /** Runs `change`, during which the end of the episode's stream is expected, then follows the new episode. */
  async changeEpisode(change: () => Promise<void>): Promise<void> {
    this.#changing = true;
    try {
      await change();
      await this.openEpisode();
    } finally {
      this.#changing = false;
    }
  }

  /** Opens a sensor's stream. @throws CarlaError `wrong-type` when the actor has none */
  async openSensor(actor: Actor, handlers: SubscriptionHandlers): Promise<Subscription> {
    return this.#open(readToken(actor.streamToken), handlers);
  }

  /** The actors as the server describes them; unknown ids are left out. */
  async describe(ids: readonly number[]): Promise<readonly Actor[]> {
    const missing = ids.filter((id) => !this.#actors.has(id));
    for (let at = 0; at < missing.length; at += ACTORS_A_CALL) {
      const actors = await this.call(this.methods.getActorsById, [missing.slice(at, at + ACTORS_A_CALL)]);
      for (const actor of actors) this.#actors.set(actor.id, actor);
    }
    return ids.flatMap((id) => this.#actors.get(id) ?? []);
  }

  close(): void {
    this.#ended = true;
    this.#world?.close();
    this.#shake.rpc.close();
  }

  async #open(token: StreamToken, handlers: SubscriptionHandlers, signal?: AbortSignal): Promise<Subscription> {
    const fresh = this.dialect.sensorToken
      ? readToken((await this.call(this.methods.getSensorToken, [token.streamId])).bytes)
      : token;
    return Subscription.open(this.#host, fresh, handlers, this.#timeoutMs, signal);
  }

  #receive(state: EpisodeState): void {
    if (this.#ended || state.episodeId !== this.episodeId) return;
    this.#queue.push(state);
    if (this.#queue.length >= MAX_QUEUED) this.#world?.pause();
    if (!this.#working) void this.#work();
  }

  /** Emits queued states in order, each once all its actors are known. */
  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (;;) {
        const state = this.#queue.shift();
        if (!state || this.#ended) break;
        const met = state.actors.every(({ id }) => this.#infos.has(id));
        if (!met) await this.#meet(state);
        if (state.episodeId === this.episodeId) this.#emit(state);
        if (this.#queue.length < MAX_QUEUED / 2) this.#world?.resume();
      }
    } catch (error) {
      this.#lose(asCarlaError(error, 'closed'));
    } finally {
      this.#working = false;
    }
  }

  async #meet(state: EpisodeState): Promise<void> {
    const ids = state.actors.map(({ id }) => id);
    const unmet = ids.filter((id) => !this.#infos.has(id));
    const described = await this.describe(unmet);
    for (const id of unmet) this.#infos.set(id, unknownActor(id));
    for (const actor of described) this.#infos.set(actor.id, infoOf(actor));
    if (this.#infos.size <= 2 * ids.length + 1000) return;
    const here = new Set(ids);
    for (const id of this.#infos.keys()) {
      if (here.has(id)) continue;
      this.#infos.delete(id);
      this.#actors.delete(id);
    }
  }

  #emit(state: EpisodeState): void {
    const before = this.latest?.frame;
    if (before !== undefined && state.frame > before + 1) this.missedFrames += state.frame - before - 1;
    this.latest = frameOf(state, (id) => this.#infos.get(id) ?? unknownActor(id));
    this.#events.frame(this.latest);
  }

  /** Gives the link up as lost. */
  fail(error: CarlaError): void {
    this.#lose(error);
  }

  #lose(error: CarlaError): void {
    if (this.#ended) return;
    this.close();
    this.#events.lost(error);
  }
}
