/**
 * Test only: a small CARLA server made of the client's own codecs. It drives vehicles as bicycles, has traffic lights and a map,
 * streams the episode and the sensors that it is asked for, steps on cue or by its own clock, changes maps, and can be killed
 * and started again on the same port. What it does not know it refuses in rpclib's words.
 */
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Codec } from '../client/codec.ts';
import type { CarlaCommand } from '../client/commands.ts';
import { type Dialect, dialectOf } from '../client/dialect.ts';
import {
  carlaMethods,
  encodeAnswer,
  type Method,
  type Methods,
  type Outcome,
  readCall,
  type RpcCall,
} from '../client/methods.ts';
import { MsgDecoder } from '../client/msgpack.ts';
import { sensorCodecs, type SensorHeader } from '../client/streams.ts';
import type { Actor, ActorDefinition, ActorDescription, EpisodeSettings, Transform, Weather } from '../client/types.ts';
import { listening } from './listening.ts';
import { encodeEpisodeState, encodeToken, framed } from './encode-streams.ts';
import type { StandInOptions } from './stand-in-options.ts';
import { type Body, definitions, LEVEL, measure, move, near, stateOf, streamOf, ZERO } from './stand-in-world.ts';

const EPISODE_STREAM = 1;

const SPAWN_POINTS: readonly Transform[] = [{ location: { x: 10, y: 20, z: 0.5 }, rotation: LEVEL }];
const LIGHTS: NonNullable<StandInOptions['lights']> = [50, 60].map((x) => ({
  place: { location: { x, y: 0, z: 0 }, rotation: LEVEL },
}));

export type { StandInOptions };

type Handlers = {
  readonly [K in keyof Methods]?: Methods[K] extends Method<infer A, infer R> ? (...args: A) => R : never;
};
export class StandInCarla {
  readonly #options: StandInOptions;
  readonly #version: string;
  readonly #dialect: Dialect;
  readonly #methods: Methods;
  readonly #sensors: ReturnType<typeof sensorCodecs>;
  readonly #asyncFps: number;
  readonly #definitions: readonly ActorDefinition[];
  readonly #byName: ReadonlyMap<string, readonly [keyof Methods, Method]>;
  readonly #sockets = new Set<Socket>();
  readonly #subscribers = new Map<number, Set<Socket>>();
  #rpc: Server | null = null;
  #streams: Server | null = null;
  #clock: NodeJS.Timeout | null = null;
  #bodies = new Map<number, Body>();
  #nextActor = 1;
  #nextStream = 2;
  #map: string;
  episodeId = 0x1234_5678_9abc_def0n;
  frame = 0;
  #elapsed = 0;
  settings: EpisodeSettings;
  weather: Weather;
  frozen = false;
  /** Method names in the order of their calls. */
  readonly calls: string[] = [];
  /** Answers nothing while true: a server that hangs. */
  deaf = false;
  /** Refuses what needs the map, as while it loads. */
  loading = false;
  /** A stream whose token it does not give. */
  refusedStream = 0;

  constructor(options: StandInOptions = {}) {
    const { version = '0.9.15', asyncFramesPerSecond = 50 } = options;
    this.#options = options;
    this.#version = version;
    this.#map = options.map ?? 'Carla/Maps/Town01';
    this.#asyncFps = asyncFramesPerSecond;
    const spoken = options.speaks ?? version;
    this.#dialect = /^0\.(9\.1[3-6]|10)/.test(spoken) ? dialectOf(spoken) : dialectOf('0.9.15');
    this.#methods = carlaMethods(this.#dialect);
    this.#sensors = sensorCodecs(this.#dialect);
    this.#byName = new Map(
      Object.entries(this.#methods).map(([key, method]) => [
        method.name,
        [key as keyof Methods, method as unknown as Method],
      ]),
    );
    this.#definitions = definitions(this.#dialect);
    this.settings = (this.#methods.getEpisodeSettings.result.zero() as { value: EpisodeSettings }).value;
    this.weather = (this.#methods.getWeather.result.zero() as { value: Weather }).value;
    this.#populate();
  }

  get port(): number {
    return this.#portOf(this.#rpc);
  }
  get connections(): number {
    return this.#sockets.size;
  }
  get actorIds(): readonly number[] {
    return [...this.#bodies.keys()];
  }
  #rpcPort = 0;

  /** Starts, the second time on the port that it had. */
  async start(): Promise<this> {
    this.#streams = await listening((socket) => this.#subscribe(socket), 0);
    this.#rpc = await listening((socket) => this.#serve(socket), this.#rpcPort);
    this.#rpcPort = this.port;
    this.#clock = setInterval(() => !this.settings.synchronousMode && this.#step(0.05), 1000 / this.#asyncFps);
    return this;
  }

  /** Dies at once: connections are cut, ports closed. With `forget`, what starts next is another process with a fresh world. */
  async kill({ forget = true } = {}): Promise<void> {
    if (this.#clock) clearInterval(this.#clock);
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      [this.#rpc, this.#streams].map((server) => new Promise((done) => (server ? server.close(done) : done(0)))),
    );
    if (!forget) return;
    this.settings = (this.#methods.getEpisodeSettings.result.zero() as { value: EpisodeSettings }).value;
    this.frame = 0;
    [this.#nextActor, this.#nextStream] = [1, 2];
    this.#newEpisode();
  }

  /** Cuts every connection, and lives on. */
  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends every stream, as a server may; who listens has to ask again. */
  cutStreams(): void {
    for (const sockets of this.#subscribers.values()) for (const socket of sockets) socket.destroy();
  }

  #portOf(server: Server | null): number {
    return (server?.address() as AddressInfo | null)?.port ?? this.#rpcPort;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #serve(socket: Socket): void {
    this.#keep(socket);
    const decoder = new MsgDecoder();
    socket.on('data', (chunk) => {
      for (const message of decoder.push(chunk)) {
        if (this.deaf) return;
        const call = readCall(message);
        this.calls.push(call.method);
        const { castDelayMs = 0 } = this.#options;
        this.#later(() => this.#answer(socket, call), call.ignoreAnswer ? castDelayMs : 0);
      }
    });
  }

  #answer(socket: Socket, { id, method: name, args, ignoreAnswer }: RpcCall): void {
    const refuse = (rpcError: string) => socket.write(encodeAnswer(id, null as never, { rpcError }));
    const [key, method] = this.#byName.get(name) ?? [];
    const handler = key && (this.#handlers as Readonly<Record<string, (...args: unknown[]) => unknown>>)[key];
    if (!key || !method || !handler || this.#options.lacks?.includes(name)) {
      refuse(`rpclib: server could not find function '${name}' with argument count ${args.length + 1}.`);
      return;
    }
    if (args.length !== method.args.length) {
      refuse(`rpclib: client error C0002: Function '${name}' was called with an invalid number of arguments.`);
      return;
    }
    let outcome: Outcome<unknown>;
    try {
      if (this.loading && key !== 'version') throw new Error('episode not ready');
      outcome = { value: handler(...args.map((arg, i) => method.args[i].read(arg, new Set()))) };
    } catch (error) {
      outcome = { error: (error as Error).message };
    }
    if (ignoreAnswer && 'value' in outcome && outcome.value === undefined) outcome = { error: 'unknown error' };
    socket.write(encodeAnswer(id, method.result as Codec<Outcome<unknown>>, outcome));
    // The answer to a cue leaves before the step.
    if (key === 'tickCue') setImmediate(() => this.#step(this.settings.fixedDeltaSeconds ?? 0.05));
  }

  #calls = 0;
  /** At once, or as late as a busy thread would: a fixed sequence, so that a test fails twice. */
  #later(run: () => void, delayMs: number): void {
    const spread = ((++this.#calls * 7919) % 97) / 97;
    const wait = delayMs + spread * (this.#options.jitterMs ?? 0);
    if (wait > 0) setTimeout(run, wait);
    else run();
  }

  #subscribe(socket: Socket): void {
    this.#keep(socket);
    socket.once('data', (chunk) => {
      const id = new DataView(chunk.buffer, chunk.byteOffset).getUint32(0, true);
      if (id !== EPISODE_STREAM && ![...this.#bodies.values()].some(({ actor }) => streamOf(actor) === id)) {
        return socket.destroy();
      }
      const set = this.#subscribers.get(id) ?? new Set();
      this.#subscribers.set(id, set);
      socket.on('close', () => set.delete(socket));
      this.#later(() => set.add(socket), 0);
    });
  }

  readonly #handlers: Handlers = {
    version: () => this.#version,
    getEpisodeInfo: () => ({ id: this.episodeId, token: { bytes: this.#token(EPISODE_STREAM) } }),
    getSensorToken: (stream) => {
      if (stream === this.refusedStream) throw new Error('unable to find sensor');
      return { bytes: this.#token(stream) };
    },
    getMapInfo: () => ({ name: this.#map, spawnPoints: this.#options.spawnPoints ?? SPAWN_POINTS }),
    getMapData: () => this.#options.openDrive ?? '<OpenDRIVE></OpenDRIVE>',
    getAvailableMaps: () => ['/Game/Carla/Maps/Town01', '/Game/Carla/Maps/Town02'],
    loadNewEpisode: (name, reset) => {
      if (!name.startsWith('Town')) throw new Error('map not found');
      this.#map = `Carla/Maps/${name}`;
      if (reset) this.settings = { ...this.settings, synchronousMode: false, fixedDeltaSeconds: null };
      this.#newEpisode();
    },
    getEpisodeSettings: () => this.settings,
    setEpisodeSettings: (settings) => {
      this.settings = settings;
      return this.frame;
    },
    tickCue: () => this.frame + 1,
    getActorDefinitions: () => this.#definitions,
    getActorsById: (ids) => ids.flatMap((id) => this.#bodies.get(id)?.actor ?? []),
    spawnActor: (description, place) => this.#spawn(description, place, 0),
    spawnActorWithParent: (description, place, parent) => this.#spawn(description, place, parent),
    destroyActor: (id) => this.#destroy(id),
    setActorTargetVelocity: (id, { x, y }) => void (this.#body(id).speed = Math.hypot(x, y)),
    setActorTransform: (id, place) => void (this.#body(id).place = place),
    applyControlToVehicle: (id, control) => void (this.#body(id).control = control),
    setVehicleLightState: (id, { flags }) => void (this.#body(id).lamps = flags),
    getVehicleLightStates: () =>
      [...this.#bodies].flatMap(([id, { actor, lamps = 0 }]) =>
        actor.description.id.startsWith('vehicle.') ? [{ id, flags: lamps }] : [],
      ),
    setTrafficLightState: (id, state) => void (this.#body(id).light = state),
    resetAllTrafficLights: () => this.#resetLights(),
    freezeAllTrafficLights: (frozen) => void (this.frozen = frozen),
    getWeather: () => this.weather,
    setWeather: (weather) => void (this.weather = weather),
    applyBatch: (commands) => commands.map((command) => this.#run(command)),
  };

  #run(command: CarlaCommand): Outcome<number> {
    try {
      if (command.kind === 'spawnActor') {
        return { value: this.#spawn(command.description, command.transform, command.parent ?? 0).id };
      }
      if (command.kind === 'destroyActor') {
        this.#destroy(command.id);
        return { value: command.id };
      }
      if (command.kind === 'applyVehicleControl') {
        this.#body(command.id).control = command.control;
        return { value: command.id };
      }
      if (command.kind === 'setVehicleLightState') {
        this.#body(command.id).lamps = command.flags;
        return { value: command.id };
      }
      if (command.kind === 'applyTransform') {
        this.#body(command.id).place = command.transform;
        return { value: command.id };
      }
      if (command.kind === 'applyTargetVelocity') {
        this.#body(command.id).speed = Math.hypot(command.velocity.x, command.velocity.y);
        return { value: command.id };
      }
      if (command.kind === 'applyWalkerControl') {
        this.#body(command.id).walker = command.control;
        return { value: command.id };
      }
      throw new Error(`the stand-in has no ${command.kind}`);
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  #token(streamId: number): Uint8Array {
    return encodeToken({ streamId, port: this.#portOf(this.#streams), protocol: 'tcp', address: null });
  }

  #body(id: number): Body {
    const body = this.#bodies.get(id);
    if (!body) throw new Error('unable to find actor: not found');
    return body;
  }

  #spawn(description: ActorDescription, place: Transform, parentId: number, signal?: string, light = 0): Actor {
    const sensor = description.id.startsWith('sensor.');
    if (parentId) this.#body(parentId);
    const taken = [...this.#bodies.values()].some(
      (body) => body.actor.description.id.startsWith('vehicle.') && near(body.place, place),
    );
    if (taken && !sensor) throw new Error('Spawn failed because of collision at spawn position');
    const box = {
      location: { x: 0, y: 0, z: 0.75 },
      extent: { x: 2.4, y: 1.08, z: 0.75 },
      rotation: LEVEL,
      actorId: 0,
    };
    const actor: Actor = {
      id: this.#nextActor++,
      parentId,
      description,
      boundingBox: box,
      semanticTags: new Uint8Array(sensor ? 0 : 1),
      streamToken: sensor ? this.#token(this.#nextStream++) : new Uint8Array(0),
    };
    const control = this.#methods.applyControlToVehicle.args[1].zero();
    const still = { speed: 0, accel: 0, yawRate: 0 };
    this.#bodies.set(actor.id, { actor, place, ...still, control, light, signal: signal ?? `${900 + actor.id}` });
    return actor;
  }

  #destroy(id: number): true {
    if (!this.#bodies.has(id)) throw new Error('unable to destroy actor: not found');
    for (const [child, { actor }] of this.#bodies) if (actor.parentId === id) this.#destroy(child);
    const stream = streamOf(this.#body(id).actor);
    this.#bodies.delete(id);
    for (const socket of this.#subscribers.get(stream) ?? []) socket.destroy();
    return true;
  }

  #newEpisode(): void {
    this.episodeId++;
    this.#bodies = new Map();
    this.frozen = false;
    // The episode's stream goes on with the next one.
    for (const [stream, sockets] of this.#subscribers) {
      if (stream !== EPISODE_STREAM) for (const socket of sockets) socket.destroy();
    }
    this.#populate();
  }

  #populate(): void {
    if (this.#options.lacks?.includes('get_spectator')) return;
    this.#spawn({ uid: 0, id: 'spectator', attributes: [] }, { location: ZERO, rotation: LEVEL }, 0);
    for (const { place, signal, state } of this.#options.lights ?? LIGHTS)
      this.#spawn({ uid: 0, id: 'traffic.traffic_light', attributes: [] }, place, 0, signal, state);
    for (const { place, halfSize } of this.#options.stops ?? []) {
      const { id } = this.#spawn({ uid: 0, id: 'traffic.stop', attributes: [] }, place, 0);
      Object.assign(this.#body(id).actor.boundingBox.extent, halfSize);
    }
  }

  #resetLights(): void {
    const lit = [...this.#bodies.values()].filter(({ actor }) => actor.description.id === 'traffic.traffic_light');
    const { lights = LIGHTS } = this.#options;
    for (const [i, body] of lit.entries()) body.light = lights[i].state ?? 0;
  }

  #step(deltaSeconds: number): void {
    this.frame++;
    this.#elapsed += deltaSeconds;
    for (const body of this.#bodies.values()) move(this.#bodies, body, deltaSeconds);
    const actors = [...this.#bodies.values()].map((body) => stateOf(body, this.frozen));
    const head = this.#header(this.#dialect.worldObserverType, { location: ZERO, rotation: LEVEL });
    const state = encodeEpisodeState({
      ...head,
      episodeId: this.episodeId + (this.#options.episodeOffset ?? 0n),
      platformTimestamp: this.#elapsed,
      deltaSeconds,
      mapOrigin: [0, 0, 0],
      simulationState: 0,
      actors,
    });
    this.#options.onSend?.(this.frame);
    this.#publish(EPISODE_STREAM, state);
    for (const body of this.#bodies.values()) {
      if (body.actor.streamToken.length === 0) continue;
      const { walls = [] } = this.#options;
      const header = (type: number, place: Transform) => this.#header(type, place);
      const message = measure({ bodies: this.#bodies, walls }, this.#sensors, body, header);
      if (message) this.#publish(streamOf(body.actor), message);
    }
  }

  #header(sensorType: number, { location, rotation }: Transform): SensorHeader {
    return { sensorType, frame: this.frame, timestamp: this.#elapsed, location, rotation };
  }

  #publish(stream: number, message: Uint8Array): void {
    const bytes = framed(message);
    for (const socket of this.#subscribers.get(stream) ?? []) {
      // As CARLA does: an asynchronous server leaves a message out when the last one is still being written.
      if (this.settings.synchronousMode || socket.writableLength === 0) socket.write(bytes);
    }
  }
}
