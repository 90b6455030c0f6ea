/** Test only: stream messages as a CARLA server writes them, the inverse of `streams.ts`. */
import type { Codec } from '../client/codec.ts';
import { MsgWriter } from '../client/msgpack.ts';
import {
  ACTOR_BYTES,
  type CameraImage,
  EPISODE_BYTES,
  type EpisodeState,
  HEADER_BYTES,
  type SensorHeader,
  type StreamToken,
  type TrafficLightDetail,
  UNION_BYTES,
  type VehicleState,
} from '../client/streams.ts';
import type { Rotation, Vector3 } from '../client/types.ts';

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const putVector = (view: DataView, at: number, { x, y, z }: Vector3) =>
  [x, y, z].forEach((value, i) => view.setFloat32(at + 4 * i, value, true));
const putRotation = (view: DataView, at: number, { pitch, yaw, roll }: Rotation) =>
  putVector(view, at, { x: pitch, y: yaw, z: roll });

export function encodeToken({ streamId, port }: StreamToken): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(24).fill(0x2d, 8);
  const view = viewOf(bytes);
  view.setUint32(0, streamId, true);
  view.setUint16(4, port, true);
  bytes[6] = 1;
  return bytes;
}

/** A body with its length before it. */
export function framed(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + body.length);
  viewOf(bytes).setUint32(0, body.length, true);
  bytes.set(body, 4);
  return bytes;
}

function withHeader(header: SensorHeader, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payloadBytes);
  const view = viewOf(bytes);
  view.setBigUint64(0, BigInt(header.sensorType), true);
  view.setBigUint64(8, BigInt(header.frame), true);
  view.setFloat64(16, header.timestamp, true);
  putVector(view, 24, header.location);
  putRotation(view, 36, header.rotation);
  return bytes;
}

export function encodeEpisodeState(state: EpisodeState): Uint8Array<ArrayBuffer> {
  const bytes = withHeader(state, EPISODE_BYTES + state.actors.length * ACTOR_BYTES);
  const view = viewOf(bytes);
  view.setBigUint64(48, state.episodeId, true);
  view.setFloat64(56, state.platformTimestamp, true);
  view.setFloat32(64, state.deltaSeconds, true);
  state.mapOrigin.forEach((value, i) => view.setInt32(68 + 4 * i, value, true));
  view.setUint32(80, state.simulationState, true);
  state.actors.forEach((actor, i) => {
    const at = HEADER_BYTES + EPISODE_BYTES + i * ACTOR_BYTES;
    view.setUint32(at, actor.id, true);
    bytes[at + 4] = actor.state;
    putVector(view, at + 5, actor.location);
    putRotation(view, at + 17, actor.rotation);
    putVector(view, at + 29, actor.velocity);
    putVector(view, at + 41, actor.angularVelocity);
    putVector(view, at + 53, actor.acceleration);
    bytes.set(actor.union, at + 65);
  });
  return bytes;
}

export function encodeVehicle(state: VehicleState): Uint8Array<ArrayBuffer> {
  const union = new Uint8Array(UNION_BYTES);
  const view = viewOf(union);
  [state.throttle, state.steer, state.brake].forEach((value, i) => view.setFloat32(4 * i, value, true));
  union.set([state.handBrake, state.reverse, state.manualGearShift].map(Number), 12);
  view.setInt32(15, state.gear, true);
  view.setFloat32(19, state.speedLimitKmh, true);
  union[23] = state.trafficLightState;
  union[24] = Number(state.hasTrafficLight);
  view.setUint32(25, state.trafficLightId, true);
  union[29] = state.failure;
  return union;
}

export function encodeTrafficLight(detail: TrafficLightDetail): Uint8Array<ArrayBuffer> {
  const union = new Uint8Array(UNION_BYTES);
  const view = viewOf(union);
  union.set(new TextEncoder().encode(detail.signId).subarray(0, 32));
  [detail.greenTime, detail.yellowTime, detail.redTime, detail.elapsedTime].forEach((value, i) =>
    view.setFloat32(32 + 4 * i, value, true),
  );
  view.setUint32(48, detail.poleIndex, true);
  union[52] = Number(detail.frozen);
  union[53] = detail.state;
  return union;
}

export function encodeCamera(header: SensorHeader, { width, height, fov, bgra }: CameraImage): Uint8Array<ArrayBuffer> {
  const bytes = withHeader(header, 12 + bgra.length);
  const view = viewOf(bytes);
  view.setUint32(48, width, true);
  view.setUint32(52, height, true);
  view.setFloat32(56, fov, true);
  bytes.set(bgra, 60);
  return bytes;
}

export function encodeMeasurement<T>(header: SensorHeader, codec: Codec<T>, value: T): Uint8Array<ArrayBuffer> {
  const out = new MsgWriter();
  codec.write(out, value);
  const payload = out.take();
  const bytes = withHeader(header, payload.length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}
