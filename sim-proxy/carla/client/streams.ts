/**
 * CARLA's streams: a socket to the token's port, four bytes that name the stream, then messages of a length and a body for ever.
 * Here is what the bytes mean; `subscription.ts` owns the socket. Everything is little-endian; positions are metres in CARLA's
 * LEFT-handed frame, rotations degrees.
 *
 * A body is a 48-byte header and a payload. The episode's stream carries the state of every actor once a simulated frame, 119
 * bytes each, the last 54 of which mean something else for each kind of actor. A body that can't be of this layout is a
 * CarlaError that says so: versions after 0.9.16 have longer headers and states. Source: LibCarla `carla/streaming`,
 * `carla/sensor/s11n`, `carla/sensor/data/ActorDynamicState.h`.
 */
import { f32, struct, type Value } from './codec.ts';
import type { Dialect } from './dialect.ts';
import { CarlaError } from './errors.ts';
import { decodeOne } from './msgpack.ts';
import { carlaTypes, geoLocation, type Rotation, type Vector3, vector3 } from './types.ts';

export const HEADER_BYTES = 48;
export const EPISODE_BYTES = 36;
export const ACTOR_BYTES = 119;
export const UNION_BYTES = 54;
/** Largest stream message: a 4096 × 4096 camera. */
const MAX_STREAM_MESSAGE_BYTES = 64 * 2 ** 20 + 64;

export interface StreamToken {
  readonly streamId: number;
  readonly port: number;
  readonly protocol: 'unset' | 'tcp' | 'udp';
  /** Null from a normal server: the RPC host serves. */
  readonly address: string | null;
}

/** A token's 24 bytes. The address is read only when its type says that it is one; else those bytes are stray memory. */
export function readToken(bytes: Uint8Array): StreamToken {
  if (bytes.length !== 24) throw new CarlaError('wrong-type', `A stream token has ${bytes.length} bytes, expected 24.`);
  const view = viewOf(bytes);
  const protocol = (['unset', 'tcp', 'udp'] as const)[view.getUint8(6)];
  if (!protocol) throw new CarlaError('wrong-type', `A stream token names protocol ${view.getUint8(6)}.`);
  const named = view.getUint8(7) === 1 ? [...bytes.subarray(8, 12)].join('.') : null;
  // A server that listens everywhere may say so here, which is no place to go to.
  const address = named === '0.0.0.0' ? null : named;
  return { streamId: view.getUint32(0, true), port: view.getUint16(4, true), protocol, address };
}

/** Cuts a stream's bytes into messages; a length beyond `maxBytes` is refused at once (`too-large`). */
export class StreamFramer {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #have = 0;

  constructor(maxBytes = MAX_STREAM_MESSAGE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bodies that `chunk` completes. Memory held is that of the bytes received, not of what is declared. @throws CarlaError */
  push(chunk: Uint8Array): Uint8Array[] {
    const done: Uint8Array[] = [];
    this.#parts.push(chunk);
    this.#have += chunk.length;
    while (this.#have >= 4) {
      if (this.#parts[0].length < 4) this.#join();
      const size = viewOf(this.#parts[0]).getUint32(0, true);
      if (size > this.#maxBytes) {
        throw new CarlaError(
          'too-large',
          `A stream message declares ${size} bytes, beyond the limit of ${this.#maxBytes}.`,
        );
      }
      if (this.#have < 4 + size) break;
      if (this.#parts[0].length < 4 + size) this.#join();
      const [bytes] = this.#parts;
      // A copy: consumers keep messages, and a view would keep the network buffer with them.
      done.push(bytes.slice(4, 4 + size));
      this.#have -= 4 + size;
      this.#parts[0] = bytes.subarray(4 + size);
      if (this.#parts[0].length === 0) this.#parts.shift();
    }
    return done;
  }

  #join(): void {
    const whole = new Uint8Array(this.#have);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.#parts = [whole];
  }
}

export interface SensorHeader {
  /** Index in the server's sensor registry; differs by version. */
  readonly sensorType: number;
  readonly frame: number;
  /** Simulation time, s. */
  readonly timestamp: number;
  /** Sensor in the world. */
  readonly location: Vector3;
  readonly rotation: Rotation;
}

/** @throws CarlaError `wrong-type` */
export function readHeader(message: Uint8Array): SensorHeader {
  if (message.length < HEADER_BYTES) {
    throw new CarlaError(
      'wrong-type',
      `A stream message has ${message.length} bytes, its header alone ${HEADER_BYTES}.`,
    );
  }
  const view = viewOf(message);
  const frame = Number(view.getBigUint64(8, true));
  const sensorType = Number(view.getBigUint64(0, true));
  if (!Number.isSafeInteger(frame) || sensorType > 255) {
    throw new CarlaError('wrong-type', 'A stream message does not begin with a sensor header.');
  }
  return {
    sensorType,
    frame,
    timestamp: view.getFloat64(16, true),
    location: vectorAt(view, 24),
    rotation: rotationAt(view, 36),
  };
}

export interface CarlaActorState {
  readonly id: number;
  /** Invalid 0, active 1, dormant 2, pending kill 3. */
  readonly state: number;
  readonly location: Vector3;
  readonly rotation: Rotation;
  /** m/s */
  readonly velocity: Vector3;
  /** deg/s */
  readonly angularVelocity: Vector3;
  /** m/s² */
  readonly acceleration: Vector3;
  /** 54 bytes that `readVehicle`, `readWalker`, `readTrafficLight` or `readTrafficSign` explain: a view of the message. */
  readonly union: Uint8Array;
}

export interface EpisodeState extends SensorHeader {
  readonly episodeId: bigint;
  readonly platformTimestamp: number;
  readonly deltaSeconds: number;
  /** Origin of large maps, m. */
  readonly mapOrigin: readonly [number, number, number];
  /** 1: the map changed; 2: a light update is pending. */
  readonly simulationState: number;
  readonly actors: readonly CarlaActorState[];
}

/** The state of every actor in one frame. @throws CarlaError `unsupported` when the lengths are not of this layout */
export function readEpisodeState(message: Uint8Array): EpisodeState {
  const header = readHeader(message);
  const start = HEADER_BYTES + EPISODE_BYTES;
  const count = (message.length - start) / ACTOR_BYTES;
  if (!Number.isInteger(count) || count < 0) throw layoutError(message.length);
  const view = viewOf(message);
  const actors: CarlaActorState[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + i * ACTOR_BYTES;
    actors.push({
      id: view.getUint32(at, true),
      state: message[at + 4],
      location: vectorAt(view, at + 5),
      rotation: rotationAt(view, at + 17),
      velocity: vectorAt(view, at + 29),
      angularVelocity: vectorAt(view, at + 41),
      acceleration: vectorAt(view, at + 53),
      union: message.subarray(at + 65, at + ACTOR_BYTES),
    });
  }
  return {
    ...header,
    episodeId: view.getBigUint64(48, true),
    platformTimestamp: view.getFloat64(56, true),
    deltaSeconds: view.getFloat32(64, true),
    mapOrigin: [view.getInt32(68, true), view.getInt32(72, true), view.getInt32(76, true)],
    simulationState: view.getUint32(80, true),
    actors,
  };
}

function layoutError(length: number): CarlaError {
  const newer = length >= 124 && (length - 124) % 135 === 0;
  return new CarlaError(
    'unsupported',
    `The episode's stream sends ${length} bytes, which is no 84 bytes and states of 119` +
      (newer
        ? '; it fits the layout after 0.9.16 (88-byte header, states of 135), which this client does not read.'
        : '.'),
  );
}

export interface VehicleState {
  readonly throttle: number;
  /** Positive to the right. */
  readonly steer: number;
  readonly brake: number;
  readonly handBrake: boolean;
  readonly reverse: boolean;
  readonly manualGearShift: boolean;
  readonly gear: number;
  readonly speedLimitKmh: number;
  readonly trafficLightState: number;
  readonly hasTrafficLight: boolean;
  readonly trafficLightId: number;
  /** None 0, rollover 1, engine 2, tyre puncture 3. */
  readonly failure: number;
}
export function readVehicle(union: Uint8Array): VehicleState {
  const view = viewOf(union);
  return {
    throttle: view.getFloat32(0, true),
    steer: view.getFloat32(4, true),
    brake: view.getFloat32(8, true),
    handBrake: union[12] !== 0,
    reverse: union[13] !== 0,
    manualGearShift: union[14] !== 0,
    gear: view.getInt32(15, true),
    speedLimitKmh: view.getFloat32(19, true),
    trafficLightState: union[23],
    hasTrafficLight: union[24] !== 0,
    trafficLightId: view.getUint32(25, true),
    failure: union[29],
  };
}

export interface WalkerState {
  readonly direction: Vector3;
  readonly speed: number;
  readonly jump: boolean;
}
export function readWalker(union: Uint8Array): WalkerState {
  const view = viewOf(union);
  return { direction: vectorAt(view, 0), speed: view.getFloat32(12, true), jump: union[16] !== 0 };
}

export interface TrafficLightDetail {
  /** OpenDRIVE signal. */
  readonly signId: string;
  readonly greenTime: number;
  readonly yellowTime: number;
  readonly redTime: number;
  readonly elapsedTime: number;
  readonly poleIndex: number;
  readonly frozen: boolean;
  /** Index into TRAFFIC_LIGHT_STATES. */
  readonly state: number;
}
export function readTrafficLight(union: Uint8Array): TrafficLightDetail {
  const view = viewOf(union);
  return {
    signId: readTrafficSign(union),
    greenTime: view.getFloat32(32, true),
    yellowTime: view.getFloat32(36, true),
    redTime: view.getFloat32(40, true),
    elapsedTime: view.getFloat32(44, true),
    poleIndex: view.getUint32(48, true),
    frozen: union[52] !== 0,
    state: union[53],
  };
}

/** The OpenDRIVE signal that a traffic sign stands for. */
export function readTrafficSign(union: Uint8Array): string {
  const end = union.subarray(0, 32).indexOf(0);
  return new TextDecoder().decode(union.subarray(0, end < 0 ? 32 : end));
}

export interface CameraImage {
  readonly width: number;
  readonly height: number;
  /** Horizontal field of view, degrees. */
  readonly fov: number;
  /** width × height × 4 bytes, blue first. */
  readonly bgra: Uint8Array;
}
const MAX_IMAGE_SIDE = 4096;

/** Camera payload: colour, depth or segmentation. @throws CarlaError */
export function readCamera(message: Uint8Array): CameraImage {
  const payload = payloadOf(message);
  if (payload.length < 12) throw new CarlaError('wrong-type', `A camera's message has ${payload.length} bytes.`);
  const view = viewOf(payload);
  const [width, height] = [view.getUint32(0, true), view.getUint32(4, true)];
  if (width > MAX_IMAGE_SIDE || height > MAX_IMAGE_SIDE) {
    throw new CarlaError('too-large', `A camera's image has ${width} × ${height} pixels.`);
  }
  if (payload.length !== 12 + width * height * 4) {
    throw new CarlaError('wrong-type', `A ${width} × ${height} image has ${payload.length - 12} bytes.`);
  }
  return { width, height, fov: view.getFloat32(8, true), bgra: payload.subarray(12) };
}

const imu = struct('IMUMeasurement', {
  /** m/s², CARLA's frame. */
  accelerometer: vector3,
  /** rad/s */
  gyroscope: vector3,
  /** rad, 0 at north. */
  compass: f32,
});

/** The sensors whose payload is msgpack, for one dialect. */
export function sensorCodecs(dialect: Dialect) {
  const { actor } = carlaTypes(dialect);
  return {
    gnss: geoLocation,
    imu,
    /** Once a frame for each pair of actors; impulse in N·s. */
    collision: struct('CollisionEvent', { actor, other: actor, normalImpulse: vector3 }),
    obstacle: struct('ObstacleDetectionEvent', { actor, other: actor, distance: f32 }),
  };
}
export type SensorCodecs = ReturnType<typeof sensorCodecs>;

/** A msgpack sensor's measurement. @throws CarlaError */
export function readMeasurement<K extends keyof SensorCodecs>(
  codecs: SensorCodecs,
  kind: K,
  message: Uint8Array,
): Value<SensorCodecs[K]> {
  return codecs[kind].read(decodeOne(payloadOf(message)), new Set()) as Value<SensorCodecs[K]>;
}

function payloadOf(message: Uint8Array): Uint8Array {
  readHeader(message);
  return message.subarray(HEADER_BYTES);
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const vectorAt = (view: DataView, at: number): Vector3 => ({
  x: view.getFloat32(at, true),
  y: view.getFloat32(at + 4, true),
  z: view.getFloat32(at + 8, true),
});
const rotationAt = (view: DataView, at: number): Rotation => ({
  pitch: view.getFloat32(at, true),
  yaw: view.getFloat32(at + 4, true),
  roll: view.getFloat32(at + 8, true),
});
