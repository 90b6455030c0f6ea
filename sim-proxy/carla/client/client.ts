/**
 * A client of a CARLA server, over its own protocol: no Python, no library of CARLA's.
 *
 *   const client = await CarlaClient.connect({ host: '127.0.0.1', port: 2000 });
 *   client.onFrame((frame) => …);                   every simulated frame, in our frame and units
 *   await client.setSynchronous(0.05);              then `await client.tick()` steps the world and gives its frame
 *   const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', pose });
 *   await client.close();                           the server is left as it was found
 *
 * When the server goes away the client says so (`onStatus`), fails what was waiting, and looks for it again about every 0.4 s; what
 * it had asked for (synchronous stepping, sensors of actors that still live) it asks for again. Only one client may tick a server.
 */
import { type Pose3, toCarlaPose, toCarlaVector } from '../../../core/io/recordings/carla-frame.ts';
import type { RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import type { CarlaCommand } from './commands.ts';
import type { CarlaClientOptions, CarlaStatus, DriveControl, SpawnRequest } from './client-types.ts';
import { EpisodeMap } from './episode-map.ts';
import { asCarlaError, CarlaError, unlessMissing } from './errors.ts';
import { ServerRestore } from './server-restore.ts';
import type { CarlaFrame } from './frames.ts';
import { Link } from './link.ts';
import type { Method, Methods, Outcome } from './methods.ts';
import { sleep } from './pause.ts';
import { FrameWaiters } from './waiters.ts';
import { Sensors } from './sensors.ts';
import { spawnOn } from './spawning.ts';
import type { SubscriptionHandlers } from './subscription.ts';
import {
  type Actor,
  type ActorDefinition,
  type EpisodeSettings,
  type MapInfo,
  TRAFFIC_LIGHT_STATES,
  type TrafficLightState,
  type Weather,
} from './types.ts';

export type { CarlaClientOptions, CarlaStatus, DriveControl, SpawnRequest };

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 400;
/** One attempt to reconnect, so that an attempt that hangs does not cost the two seconds. */
const ATTEMPT_MS = 1000;
const MAP_CHANGE_MS = 60_000;
const ALL_LAYERS = 65_535;

export class CarlaClient {
  readonly #options: Required<Omit<CarlaClientOptions, 'signal'>>;
  readonly #footprint = new ServerRestore();
  readonly #waiters = new FrameWaiters();
  readonly #sensors = new Sensors();
  readonly #map = new EpisodeMap();
  readonly #frameListeners = new Set<(frame: CarlaFrame) => void>();
  readonly #statusListeners = new Set<(status: CarlaStatus) => void>();
  readonly #abort = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #definitions: Promise<readonly ActorDefinition[]> | null = null;
  #link!: Link;
  #status: CarlaStatus = { state: 'closed', error: null };
  /** Times the server was found again. */
  reconnects = 0;

  /** @throws CarlaError `unreachable`, `timeout`, `garbage`, `unsupported` (saying what differs), `aborted` */
  static async connect(options: CarlaClientOptions): Promise<CarlaClient> {
    const full = { timeoutMs: 5000, heartbeatMs: 2000, reconnect: true, needsFrames: true, ...options };
    const client = new CarlaClient(full);
    try {
      client.#adopt(await client.#openLink(full.timeoutMs, options.signal));
      return client;
    } catch (error) {
      clearInterval(client.#heartbeat);
      throw error;
    }
  }

  private constructor(options: Required<Omit<CarlaClientOptions, 'signal'>>) {
    this.#options = options;
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs);
    this.#heartbeat.unref();
  }

  get status(): CarlaStatus {
    return this.#status;
  }
  get latestFrame(): CarlaFrame | null {
    return this.#link.latest;
  }
  /** Version text, dialect, how what it sends differs, last call's time, frames that never came. */
  get server() {
    const { serverVersion, dialect, differences, latencyMs, missedFrames } = this.#link;
    return { serverVersion, dialect, differences, latencyMs, missedFrames };
  }

  /** Notes how this server is unlike its version. */
  differ(sentence: string): void {
    this.#link.differ(sentence);
  }

  /** Any method: `client.call((m) => m.getAvailableMaps)`. @throws CarlaError */
  async call<A extends readonly unknown[], R>(pick: (methods: Methods) => Method<A, R>, ...args: A): Promise<R> {
    const link = this.#live();
    return link.call(pick(link.methods), args);
  }

  /** Every frame, in order. Returns how to stop listening. */
  onFrame(listener: (frame: CarlaFrame) => void): () => void {
    this.#frameListeners.add(listener);
    return () => this.#frameListeners.delete(listener);
  }

  onStatus(listener: (status: CarlaStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  readSettings(): Promise<EpisodeSettings> {
    return this.#live().readSettings();
  }

  /**
   * Steps of `deltaS` from now on, each asked for by `tick`; null gives the clock back to the server.
   * @throws CarlaError `missing` where the server has no settings to set
   */
  async setSynchronous(deltaS: number | null): Promise<void> {
    await this.#footprint.setStep(this.#live(), deltaS);
  }

  /** Simulates one step and gives its frame; controls sent before apply in it. @throws CarlaError `timeout`, `closed` */
  async tick(timeoutMs = this.#options.timeoutMs): Promise<CarlaFrame> {
    const link = this.#live();
    await link.castsTaken();
    const cued = await link.call(link.methods.tickCue, [], timeoutMs);
    return this.#frameFrom(link, cued, timeoutMs);
  }

  /** The next frame, whoever ticks. @throws CarlaError `timeout`, `closed`, `aborted` */
  async nextFrame(timeoutMs = this.#options.timeoutMs, signal?: AbortSignal): Promise<CarlaFrame> {
    const link = this.#live();
    return this.#frameFrom(link, (link.latest?.frame ?? -1) + 1, timeoutMs, signal);
  }

  /** All that the server can spawn. */
  blueprints(): Promise<readonly ActorDefinition[]> {
    const link = this.#live();
    this.#definitions ??= link.call(link.methods.getActorDefinitions, []).catch((error: unknown) => {
      this.#definitions = null;
      throw error;
    });
    return this.#definitions;
  }

  mapInfo(): Promise<MapInfo> {
    return this.call((m) => m.getMapInfo);
  }
  /** The map's OpenDRIVE text, and the roads to ask questions of; each read once an episode. Rejects for text that is no map. */
  openDrive(): Promise<string> {
    return this.#map.text(() => this.call((m) => m.getMapData));
  }
  async roadMap(): Promise<RoadMap> {
    return this.#map.roads(
      async () => (await unlessMissing(this.mapInfo(), null))?.name ?? 'unknown',
      () => this.call((m) => m.getMapData),
    );
  }

  /** @throws CarlaError `server` (CARLA's reason: "… collision at spawn position") or `wrong-type` (no such blueprint) */
  spawn(request: SpawnRequest): Promise<Actor> {
    return this.#footprint.change(this.#spawn(request));
  }
  async #spawn(request: SpawnRequest): Promise<Actor> {
    const definitions = await unlessMissing(this.blueprints(), null);
    const actor = await spawnOn(this.#live(), definitions, request);
    this.#footprint.spawned(actor.id, actor.description.id);
    return actor;
  }

  async destroy(actorId: number): Promise<boolean> {
    const done = await this.call((m) => m.destroyActor, actorId);
    this.#footprint.destroyed(actorId);
    return done;
  }

  /** Runs commands in one message; an outcome for each, in order. Actors it spawns are this client's to remove. */
  batch(commands: readonly CarlaCommand[]): Promise<readonly Outcome<number>[]> {
    return this.#footprint.change(this.#batch(commands));
  }
  async #batch(commands: readonly CarlaCommand[]): Promise<readonly Outcome<number>[]> {
    const outcomes = await this.call((m) => m.applyBatch, commands, false);
    outcomes.forEach((outcome, i) => {
      if ('error' in outcome) return;
      const command = commands[i];
      if (command?.kind === 'spawnActor') this.#footprint.spawned(outcome.value, command.description.id);
      if (command?.kind === 'destroyActor') this.#footprint.destroyed(outcome.value);
    });
    return outcomes;
  }

  /** Drives a vehicle until the next control; does not wait for an answer. @throws RangeError unless all are in their ranges */
  control(actorId: number, control: DriveControl): void {
    const { throttle, steer, brake, handBrake = false, reverse = false } = control;
    if (!(throttle >= 0 && throttle <= 1 && brake >= 0 && brake <= 1 && Math.abs(steer) <= 1)) {
      throw new RangeError(`throttle ${throttle}, brake ${brake}, steer ${steer} are not all in their ranges`);
    }
    const link = this.#live();
    const carla = {
      throttle,
      steer: 0 - steer,
      brake,
      handBrake,
      reverse,
      manualGearShift: false,
      gear: reverse ? -1 : 0,
    };
    link.cast(link.methods.applyControlToVehicle, [actorId, carla]);
  }

  /** Puts an actor somewhere at once. */
  async move(actorId: number, pose: Pose3): Promise<void> {
    await this.call((m) => m.setActorTransform, actorId, toCarlaPose(pose));
  }
  /** World frame, m/s. */
  async setVelocity(actorId: number, velocity: { x: number; y: number; z: number }): Promise<void> {
    await this.call((m) => m.setActorTargetVelocity, actorId, toCarlaVector(velocity));
  }

  setWeather(weather: Weather): Promise<void> {
    return this.#footprint.setWeather(this.#live(), weather);
  }
  /** Stops (or restarts) the lights' own clock. */
  freezeLights(frozen: boolean): Promise<void> {
    return this.#footprint.freezeLights(this.#live(), frozen);
  }
  async setLight(actorId: number, state: TrafficLightState): Promise<void> {
    await this.call((m) => m.setTrafficLightState, actorId, TRAFFIC_LIGHT_STATES.indexOf(state));
  }

  /** Listens to a sensor until `stop` or its actor's end. Messages are raw: `streams.ts` reads them. */
  listen(actor: Actor, handlers: SubscriptionHandlers): Promise<() => void> {
    return this.#sensors.listen(this.#live(), actor, handlers);
  }

  /** Loads another map and follows it; every actor and sensor ends. @throws CarlaError `server`, `timeout` */
  async loadMap(name: string, { resetSettings = false, timeoutMs = MAP_CHANGE_MS } = {}): Promise<void> {
    const link = this.#live();
    const before = (await link.episode()).id;
    const deadline = performance.now() + timeoutMs;
    const settings = this.#footprint.wanted ?? (await unlessMissing(link.readSettings(), null));
    const load = async () => {
      await link.call(link.methods.loadNewEpisode, [name, resetSettings, ALL_LAYERS], timeoutMs);
      while ((await link.episode(timeoutMs)).id === before) {
        if (performance.now() > deadline)
          throw new CarlaError('timeout', `${name} was not loaded within ${timeoutMs} ms.`);
        // A synchronous server loads the map in its next step, which LibCarla asks for in the same way.
        if (settings?.synchronousMode) link.cast(link.methods.tickCue, []);
        await sleep(50, this.#abort.signal);
      }
    };
    await link.changeEpisode(load, () => this.#episodeChanged());
    await this.#footprint.resume(link);
  }

  /** Leaves the server as it was found and ends. What could not be undone is returned in sentences. */
  async close(): Promise<readonly string[]> {
    if (this.#status.state === 'closed') return [];
    const wasLive = this.#status.state === 'live' && this.#link.alive;
    this.#setStatus({ state: 'closed', error: null });
    this.#abort.abort();
    clearInterval(this.#heartbeat);
    this.#sensors.close();
    const left = wasLive ? await this.#footprint.undo(this.#link, this.#options.timeoutMs) : [];
    this.#link.close();
    this.#waiters.reject(new CarlaError('closed', 'The client was closed.'));
    return left;
  }

  #live(): Link {
    if (this.#status.state === 'live') return this.#link;
    if (this.#status.state === 'closed') throw this.#status.error ?? new CarlaError('closed', 'The client was closed.');
    throw new CarlaError('closed', `CARLA is away, reconnecting: ${this.#status.error.message}`);
  }

  #openLink(connectMs: number, signal?: AbortSignal): Promise<Link> {
    const { host, port, timeoutMs, needsFrames } = this.#options;
    return Link.open(
      { host, port, timeoutMs, connectMs, needsFrames, signal },
      {
        frame: (frame) => this.#onFrame(frame),
        episode: () => this.#onEpisode(),
        lost: (error) => this.#lost(error),
      },
    );
  }

  #adopt(link: Link): void {
    this.#link = link;
    this.#announce();
  }

  #announce(): void {
    const { serverVersion, episodeId } = this.#link;
    this.#setStatus({ state: 'live', serverVersion, episodeId: String(episodeId) });
  }

  #setStatus(status: CarlaStatus): void {
    this.#status = status;
    for (const listener of this.#statusListeners) listener(status);
  }

  #onFrame(frame: CarlaFrame): void {
    this.#waiters.arrive(frame);
    for (const listener of this.#frameListeners) listener(frame);
  }

  async #frameFrom(link: Link, frame: number, timeoutMs: number, signal?: AbortSignal): Promise<CarlaFrame> {
    if (link.latest && link.latest.frame >= frame) return link.latest;
    if (!link.alive) throw new CarlaError('closed', 'CARLA went away before the frame came.');
    if (link.silence) throw link.silence;
    return this.#waiters.wait(frame, timeoutMs, signal);
  }

  #beat(): void {
    if (this.#status.state !== 'live') return;
    const link = this.#link;
    link.call(link.methods.version, []).catch((error: unknown) => {
      if (error instanceof CarlaError && error.code === 'timeout') link.fail(error);
    });
  }

  #lost(error: CarlaError): void {
    if (this.#status.state !== 'live') return;
    this.#waiters.reject(error);
    this.#definitions = null;
    if (this.#options.reconnect) void this.#reconnect(error);
    else {
      clearInterval(this.#heartbeat);
      this.#setStatus({ state: 'closed', error });
    }
  }

  async #reconnect(lost: CarlaError): Promise<void> {
    const { signal } = this.#abort;
    const before = this.#link;
    let error = lost;
    for (
      let attempt = 1, delay = FIRST_RETRY_MS;
      !signal.aborted;
      attempt++, delay = Math.min(2 * delay, LAST_RETRY_MS)
    ) {
      this.#setStatus({ state: 'reconnecting', attempt, error });
      await sleep(delay, signal);
      try {
        const link = await this.#openLink(Math.min(ATTEMPT_MS, this.#options.timeoutMs), signal);
        try {
          if (!link.continues(before)) this.#episodeChanged();
          await this.#footprint.resume(link);
          await this.#sensors.reopen(link);
          if (signal.aborted || !link.alive) throw new CarlaError('closed', 'CARLA went away again.');
        } catch (failed) {
          link.close();
          throw failed;
        }
        this.reconnects++;
        return this.#adopt(link);
      } catch (failed) {
        error = asCarlaError(failed, 'closed');
      }
    }
  }

  /** Another client loaded a map; settings that are to hold may have gone with the old one. */
  #onEpisode(): void {
    const link = this.#link;
    if (this.#status.state !== 'live' || !link.alive) return;
    this.#episodeChanged();
    this.#footprint.resume(link).catch((error: unknown) => link.fail(asCarlaError(error, 'closed')));
  }

  #episodeChanged(): void {
    this.#footprint.episodeChanged();
    this.#definitions = null;
    this.#map.clear();
    this.#sensors.end(new CarlaError('closed', 'The map changed, and the sensor is gone with the old one.'));
    this.#waiters.anyFrame();
    if (this.#status.state === 'live') this.#announce();
  }
}
