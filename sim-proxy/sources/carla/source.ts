/**
 * A CARLA server as a source: the native client (carla/client.ts) connected while somebody watches, describes or controls, and its
 * frames. Asynchronously CARLA keeps its own time and frames come as they come; synchronously each step is asked for, after every
 * lossless watcher has taken the ones before. The client finds the server again when it goes away; closing leaves it as it was found.
 */
import { createHash } from 'node:crypto';
import { Capability, SourceKind, SourceMode } from '../../generated/traceway/v1/source_pb.ts';
import { TICK_S } from '../../carla/hero/hero-control.ts';
import type { GivenTasks } from '../../carla/stage/task-book.ts';
import { ProxyError } from '../../feed/errors.ts';
import type { Feed } from '../../feed/feed.ts';
import { attemptCall } from '../../carla/client/attempt.ts';
import { CarlaClient } from '../../carla/client/client.ts';
import { CarlaError, unlessMissing } from '../../carla/client/errors.ts';
import { CarlaArena } from './arena.ts';
import { carlaCamera } from './camera.ts';
import { controlWorld } from './control.ts';
import { CarlaEnvironment } from './environment.ts';
import { type FoundMap, CarlaPublisher } from './publisher.ts';
import { asProxyError } from './refusal.ts';
import { Pace } from '../pace.ts';
import type {
  CameraPicture,
  CameraWish,
  ControlCommand,
  SimulatorSource,
  SourceDetails,
  SourceEnvironment,
  SourceMap,
  SourceStatus,
} from '../source.ts';

export interface CarlaSourceOptions {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs?: number;
  /** Length of a step that the proxy asks for, s; null: CARLA keeps its own time. */
  readonly stepSeconds?: number | null;
  /** Hosts that it may be sent to besides its own; empty: it stays where it is. */
  readonly allowHosts?: readonly string[];
  /** Leaderboard routes and storyboards that its environments offer on the maps that they are for. */
  readonly given?: GivenTasks;
}
const DEFAULT_STEP_S = 0.05;

export class CarlaSource implements SimulatorSource {
  readonly id = 'carla';
  readonly kind = SourceKind.CARLA;
  readonly capabilities: readonly Capability[] = [
    Capability.MAP,
    Capability.PAUSE,
    Capability.RATE,
    Capability.SPAWN,
    Capability.VEHICLE_CONTROL,
    Capability.WEATHER,
    Capability.LOAD_MAP,
    Capability.LIGHTS,
    Capability.MODE,
    Capability.CAMERA,
    Capability.ENVIRONMENT,
  ];
  readonly #options: Required<CarlaSourceOptions>;
  readonly #pace: Pace;
  #connecting: Promise<CarlaClient> | null = null;
  #client: CarlaClient | null = null;
  #place: { readonly host: string; readonly port: number };
  /** It is sent elsewhere. */
  #move = new AbortController();
  #stepSeconds: number | null;
  /** The way of stepping is to change. */
  #change = new AbortController();
  #map: ({ readonly episodeId: string } & FoundMap) | null = null;
  #problem: string | null = null;
  /** How CARLA stepped when it was met. */
  #foundStepSeconds: number | null = null;
  readonly #arena: CarlaArena;
  /** Who shows its frames, and the steps that it asks for by itself. */
  #publisher: CarlaPublisher | null = null;
  #feed: { readonly feed: Feed; readonly signal: AbortSignal } | null = null;
  #stepping: Promise<void> = Promise.resolve();

  constructor(options: CarlaSourceOptions) {
    this.#options = { timeoutMs: 5000, stepSeconds: null, allowHosts: [], given: {}, ...options };
    this.#place = { host: options.host, port: options.port };
    if (this.#options.allowHosts.length > 0) this.capabilities = [...this.capabilities, Capability.CONNECT];
    this.#stepSeconds = this.#options.stepSeconds;
    this.#pace = new Pace(this.#stepSeconds === null ? 0 : 1 / this.#stepSeconds);
    this.#arena = new CarlaArena({
      given: this.#options.given,
      client: () => this.#connected(),
      yieldClock: () => this.#yieldClock(),
      takeClock: (client) => this.#takeClock(client),
      room: async () => this.#feed?.feed.room(this.#feed.signal),
      begins: (name, seed) => this.#publisher?.restart(name, seed),
    });
  }

  get name(): string {
    return `CARLA at ${this.#place.host}:${this.#place.port}`;
  }

  get status(): SourceStatus {
    const server = this.#client?.server;
    const { occupied, busy } = this.#arena;
    return {
      version: server?.serverVersion ?? '',
      mapName: this.#map?.name ?? '',
      mode: occupied || this.#stepSeconds !== null ? SourceMode.SYNCHRONOUS : SourceMode.ASYNCHRONOUS,
      // Between two calls of an environment the world stands still.
      paused: occupied ? !busy : this.#stepSeconds !== null && this.#pace.paused,
      problem: this.#problem,
      reconnects: this.#client?.reconnects ?? 0,
      missedFrames: server?.missedFrames ?? 0,
    };
  }

  async run(feed: Feed, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const move = new AbortController();
      this.#move = move;
      await this.#runHere(feed, AbortSignal.any([signal, move.signal]));
    }
  }

  /** Until aborted, or sent elsewhere. */
  async #runHere(feed: Feed, signal: AbortSignal): Promise<void> {
    const client = await this.#connected(signal);
    const publisher = new CarlaPublisher(feed, {
      map: () => this.#mapOf(client),
      roads: () => client.roadMap(),
    });
    this.#publisher = publisher;
    this.#feed = { feed, signal };
    const stop = client.onFrame((frame) => publisher.add(frame));
    try {
      while (!signal.aborted) {
        const change = new AbortController();
        this.#change = change;
        const stepS = this.#arena.occupied ? null : this.#stepSeconds;
        publisher.stepSeconds = this.#arena.occupied ? TICK_S : (stepS ?? 0);
        const both = AbortSignal.any([signal, change.signal]);
        this.#stepping = stepS === null ? untilAborted(both) : this.#steps(client, feed, publisher, stepS, both);
        await this.#stepping;
      }
    } finally {
      stop();
      this.#publisher = null;
      this.#feed = null;
      // With nobody to ask for steps the world would stand still for everyone else.
      if (this.#stepSeconds !== null && !this.#arena.occupied && client.status.state === 'live') {
        await client.setSynchronous(this.#foundStepSeconds).catch(() => {});
      }
    }
  }

  /** Asks for one step after the other. */
  async #steps(
    client: CarlaClient,
    feed: Feed,
    publisher: CarlaPublisher,
    stepS: number,
    signal: AbortSignal,
  ): Promise<void> {
    await unlessMissing(client.setSynchronous(stepS), undefined);
    while (!signal.aborted) {
      if (!feed.hasRoom) await feed.room(signal);
      await this.#pace.next(signal);
      if (signal.aborted) return;
      try {
        await client.tick();
        await publisher.settled();
      } catch (error) {
        if (!(error instanceof CarlaError) || client.status.state === 'closed') throw error;
        // The client looks for the server by itself.
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async describe(signal: AbortSignal): Promise<SourceDetails> {
    const client = await this.#connected(signal);
    const [maps, definitions] = await Promise.all([
      attemptCall(
        client,
        client.call((m) => m.getAvailableMaps),
      ),
      attemptCall(client, client.blueprints()),
    ]);
    const blueprints = (definitions ?? []).map(({ id }) => id).sort();
    const { differences } = client.server;
    return { scenarios: [], drivers: [], maps: [...(maps ?? [])], blueprints, differences: [...differences] };
  }

  async map(signal: AbortSignal): Promise<SourceMap | null> {
    const client = await this.#connected(signal);
    return (await this.#mapOf(client)).map;
  }

  async *camera(wish: CameraWish, signal: AbortSignal): AsyncGenerator<CameraPicture> {
    try {
      yield* carlaCamera(await this.#connected(signal), wish, signal);
    } catch (error) {
      throw asProxyError(error);
    }
  }

  async control(command: ControlCommand, signal: AbortSignal): Promise<number> {
    if (this.#arena.occupied) {
      const what = `An environment drives ${this.name}: what it meets follows from its seed, so no commands until it is closed.`;
      throw new ProxyError('state', 'environment-open', what, 'command');
    }
    if (command.case === 'connect') return this.#connectTo(command.value.host, command.value.port);
    try {
      return await this.#control(await this.#connected(signal), command);
    } catch (error) {
      throw asProxyError(error);
    }
  }

  /** Leaves the server that it was at as it was found, and goes to another. */
  async #connectTo(host: string, port: number): Promise<number> {
    const allowed = [this.#options.host, ...this.#options.allowHosts];
    if (!allowed.includes(host)) {
      const list = allowed.join(', ');
      throw new ProxyError(
        'state',
        'foreign-carla',
        `This proxy may go to ${list}, not to "${host.slice(0, 80)}".`,
        'host',
      );
    }
    if (!(port >= 1 && port <= 65_535)) {
      throw new ProxyError('invalid', 'bad-request', `port must be 1 to 65535, not ${port}.`, 'port');
    }
    this.#place = { host, port };
    await this.close();
    this.#map = null;
    this.#problem = null;
    this.#move.abort();
    return 0;
  }

  async #control(client: CarlaClient, command: ControlCommand): Promise<number> {
    switch (command.case) {
      case 'setPaused':
        if (this.#stepSeconds === null) throw new ProxyError('state', 'asynchronous', 'CARLA keeps its own time now.');
        this.#pace.pause(command.value.paused, command.value.steps);
        return 0;
      case 'setRate':
        this.#pace.setHertz(command.value.hertz);
        return 0;
      case 'setMode': {
        const { mode, stepSeconds } = command.value;
        if (!(stepSeconds >= 0 && stepSeconds <= 1)) {
          throw new ProxyError(
            'invalid',
            'bad-step',
            `step_seconds must be 0 to 1, not ${stepSeconds}.`,
            'step_seconds',
          );
        }
        this.#stepSeconds = mode === SourceMode.SYNCHRONOUS ? stepSeconds || DEFAULT_STEP_S : null;
        this.#pace.setHertz(this.#stepSeconds === null ? 0 : 1 / this.#stepSeconds);
        await client.setSynchronous(this.#stepSeconds);
        this.#change.abort();
        return 0;
      }
      default:
        return controlWorld(client, command);
    }
  }

  /** One world, count 0 or 1; several environments take turns on it. */
  openEnvironment(count: number): Promise<SourceEnvironment> {
    return CarlaEnvironment.open(this.#arena, count);
  }

  /** An environment asks for the steps from here on. */
  async #yieldClock(): Promise<void> {
    this.#change.abort();
    await this.#stepping.catch(() => {});
  }

  /** The last environment is closed. A client that is away is let go, so that it does not come back to step on cue. */
  async #takeClock(client: CarlaClient | null): Promise<void> {
    await client?.setSynchronous(this.#foundStepSeconds).catch(() => {});
    if (!client) await this.close();
    if (!client) this.#move.abort();
    this.#change.abort();
  }

  async close(): Promise<readonly string[]> {
    const client = this.#client;
    this.#client = null;
    this.#connecting = null;
    return client ? client.close() : [];
  }

  /** The client, connected once for all; a server that is not there is tried again by whoever asks next. */
  async #connected(signal?: AbortSignal): Promise<CarlaClient> {
    const { timeoutMs } = this.#options;
    const { host, port } = this.#place;
    this.#connecting ??= CarlaClient.connect({ host, port, timeoutMs, ...(signal && { signal }) }).then(
      async (client) => {
        const found = await attemptCall(client, client.readSettings());
        this.#foundStepSeconds = found?.synchronousMode ? found.fixedDeltaSeconds : null;
        this.#client = client;
        this.#problem = null;
        client.onStatus((status) => {
          this.#problem = status.state === 'reconnecting' ? `CARLA is away: ${status.error.message}` : null;
        });
        return client;
      },
      (error: unknown) => {
        this.#connecting = null;
        const message = error instanceof Error ? error.message : String(error);
        throw new ProxyError('unavailable', 'carla-away', message);
      },
    );
    return this.#connecting;
  }

  /** The map of the episode that runs, read once. */
  async #mapOf(client: CarlaClient): Promise<FoundMap> {
    const episodeId = client.status.state === 'live' ? client.status.episodeId : '';
    if (this.#map?.episodeId === episodeId) return this.#map;
    // A map without a name can still be drawn; without its text there is none.
    const [info, text] = await Promise.all([
      attemptCall(client, client.mapInfo()),
      attemptCall(client, client.openDrive()),
    ]);
    const name = info?.name ?? '';
    const sha256 = text ? createHash('sha256').update(text).digest('hex') : '';
    this.#map = { episodeId, name, map: text ? { name, format: 'opendrive', text } : null, sha256 };
    return this.#map;
  }
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
