/**
 * A CARLA server as a source: the native client (carla/client.ts) connected while somebody watches, describes or controls, and its
 * frames. Asynchronously CARLA keeps its own time and frames come as they come; synchronously each step is asked for, after every
 * lossless watcher has taken the ones before. The client finds the server again when it goes away; closing leaves it as it was found.
 */
import { createHash } from 'node:crypto';
import { LightState } from '../generated/traceway/v1/frame_pb.ts';
import { Capability, SourceKind, SourceMode } from '../generated/traceway/v1/source_pb.ts';
import { FrameWriter } from '../server/columns.ts';
import { ProxyError } from '../server/errors.ts';
import type { Feed } from '../server/feed.ts';
import { attempt } from './carla/attempt.ts';
import { CarlaClient } from './carla/client.ts';
import { CarlaError, unlessMissing } from './carla/errors.ts';
import type { CarlaFrame } from './carla/frames.ts';
import type { Weather } from './carla/types.ts';
import { carlaCamera } from './carla-camera.ts';
import { actorInfo, carlaEpisode, carlaFrame, newcomers } from './carla-frames.ts';
import { Pace } from './pace.ts';
import type {
  CameraPicture,
  CameraWish,
  ControlCommand,
  SimulatorSource,
  SourceDetails,
  SourceMap,
  SourceStatus,
} from './source.ts';

export interface CarlaSourceOptions {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs?: number;
  /** Length of a step that the proxy asks for, s; null: CARLA keeps its own time. */
  readonly stepSeconds?: number | null;
  /** Hosts that it may be sent to besides its own; empty: it stays where it is. */
  readonly allowHosts?: readonly string[];
}
const DEFAULT_STEP_S = 0.05;
const LIGHT_NAMES = {
  [LightState.GREEN]: 'green',
  [LightState.YELLOW]: 'yellow',
  [LightState.RED]: 'red',
  [LightState.OFF]: 'off',
} as const;

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
  #map: (EpisodeMap & { readonly episodeId: string }) | null = null;
  #problem: string | null = null;
  /** How CARLA stepped when it was met. */
  #foundStepSeconds: number | null = null;

  constructor(options: CarlaSourceOptions) {
    this.#options = { timeoutMs: 5000, stepSeconds: null, allowHosts: [], ...options };
    this.#place = { host: options.host, port: options.port };
    if (this.#options.allowHosts.length > 0) this.capabilities = [...this.capabilities, Capability.CONNECT];
    this.#stepSeconds = this.#options.stepSeconds;
    this.#pace = new Pace(this.#stepSeconds === null ? 0 : 1 / this.#stepSeconds);
  }

  get name(): string {
    return `CARLA at ${this.#place.host}:${this.#place.port}`;
  }

  get status(): SourceStatus {
    const server = this.#client?.server;
    return {
      version: server?.serverVersion ?? '',
      mapName: this.#map?.name ?? '',
      mode: this.#stepSeconds === null ? SourceMode.ASYNCHRONOUS : SourceMode.SYNCHRONOUS,
      paused: this.#stepSeconds !== null && this.#pace.paused,
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
    const publisher = new Publisher(feed, () => this.#mapOf(client), this.#stepSeconds ?? 0);
    const stop = client.onFrame((frame) => publisher.add(frame));
    try {
      while (!signal.aborted) {
        const change = new AbortController();
        this.#change = change;
        publisher.stepSeconds = this.#stepSeconds ?? 0;
        const both = AbortSignal.any([signal, change.signal]);
        if (this.#stepSeconds === null) await untilAborted(both);
        else await this.#steps(client, feed, publisher, this.#stepSeconds, both);
      }
    } finally {
      stop();
      // With nobody to ask for steps the world would stand still for everyone else.
      if (this.#stepSeconds !== null && client.status.state === 'live') {
        await client.setSynchronous(this.#foundStepSeconds).catch(() => {});
      }
    }
  }

  /** Asks for one step after the other. */
  async #steps(
    client: CarlaClient,
    feed: Feed,
    publisher: Publisher,
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
      attempt(
        client,
        client.call((m) => m.getAvailableMaps),
      ),
      attempt(client, client.blueprints()),
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
      case 'spawnActor': {
        const { typeId, attributes, parentId, pose } = command.value;
        const { x = 0, y = 0, z = 0, heading = 0, pitch = 0, roll = 0 } = pose ?? {};
        const place = { x, y, z, headingRad: heading, pitchRad: pitch, rollRad: roll };
        const parent = parentId > 0 ? { parentId } : {};
        return (await client.spawn({ blueprint: typeId, attributes, pose: place, ...parent })).id;
      }
      case 'destroyActor':
        if (!(await client.destroy(command.value.actorId))) {
          throw new ProxyError('not-found', 'no-actor', `There is no actor ${command.value.actorId}.`, 'actor_id');
        }
        return 0;
      case 'controlVehicle': {
        const { actorId, throttle, brake, steering, handBrake, reverse } = command.value;
        client.control(actorId, { throttle, brake, steer: steering, handBrake, reverse });
        return 0;
      }
      case 'setWeather': {
        const now = await client.call((m) => m.getWeather);
        const given = Object.entries(command.value).filter(([name, value]) => name in now && Number.isFinite(value));
        await client.setWeather({ ...now, ...(Object.fromEntries(given) as Partial<Weather>) });
        return 0;
      }
      case 'loadMap':
        await client.loadMap(command.value.mapName);
        return 0;
      case 'setLight': {
        const name = LIGHT_NAMES[command.value.state as keyof typeof LIGHT_NAMES];
        if (!name) throw new ProxyError('invalid', 'bad-light', 'state must be green, yellow, red or off.', 'state');
        await client.setLight(command.value.lightId, name);
        return 0;
      }
      default:
        throw new ProxyError(
          'unsupported',
          'no-capability',
          `${this.name} has no command ${command.case ?? '(none)'}.`,
        );
    }
  }

  async close(): Promise<readonly string[]> {
    const client = this.#client;
    this.#client = null;
    this.#connecting = null;
    return client ? client.close() : [];
  }

  /** The client, connected once for all; a server that is not there is tried again by whoever asks next. */
  async #connected(signal: AbortSignal): Promise<CarlaClient> {
    const { timeoutMs } = this.#options;
    const { host, port } = this.#place;
    this.#connecting ??= CarlaClient.connect({ host, port, timeoutMs, signal }).then(
      async (client) => {
        const found = await attempt(client, client.readSettings());
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
  async #mapOf(client: CarlaClient): Promise<EpisodeMap> {
    const episodeId = client.status.state === 'live' ? client.status.episodeId : '';
    if (this.#map?.episodeId === episodeId) return this.#map;
    // A map without a name can still be drawn; without its text there is none.
    const [info, text] = await Promise.all([attempt(client, client.mapInfo()), attempt(client, client.openDrive())]);
    const name = info?.name ?? '';
    const sha256 = text ? createHash('sha256').update(text).digest('hex') : '';
    this.#map = { episodeId, name, map: text ? { name, format: 'opendrive', text } : null, sha256 };
    return this.#map;
  }
}

/** A server may have a name for its map and no text of it. */
interface EpisodeMap {
  readonly name: string;
  readonly map: SourceMap | null;
  readonly sha256: string;
}

/** Publishes CARLA's frames in their order; a new episode waits for its map first, and so do the frames behind it. */
class Publisher {
  readonly #feed: Feed;
  readonly #mapOf: () => Promise<EpisodeMap>;
  readonly #writer = new FrameWriter();
  readonly #known = new Set<number>();
  #episodeId: string | null = null;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  stepSeconds: number;

  constructor(feed: Feed, mapOf: () => Promise<EpisodeMap>, stepSeconds: number) {
    this.#feed = feed;
    this.#mapOf = mapOf;
    this.stepSeconds = stepSeconds;
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
      const map = { name: found?.name ?? '', sha256: found?.sha256 ?? '' };
      this.#known.clear();
      newcomers(frame, this.#known);
      this.#feed.begin(carlaEpisode(frame, map, this.stepSeconds));
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

function asProxyError(error: unknown): unknown {
  if (error instanceof RangeError) return new ProxyError('invalid', 'bad-control', `${error.message}.`);
  if (!(error instanceof CarlaError)) return error;
  const away = error.code === 'closed' || error.code === 'unreachable' || error.code === 'timeout';
  return new ProxyError(away ? 'unavailable' : 'state', `carla-${error.code}`, error.message);
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
