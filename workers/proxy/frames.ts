/**
 * Messages of the proxy as plain data: frames in one buffer (one thing to hand over between threads, and cheap to hand over), and the
 * typed arrays that lie in it.
 */
import {
  EventKind,
  type ActorInfo,
  type Episode,
  type Event,
  type FrameBatch,
  type LightInfo,
} from '../generated/traceway/v1/frame_pb.ts';
import type { LiveActor, LiveEpisode, LiveFrames, LiveOccurrence, PackedFrames } from '../contracts/proxy-protocol.ts';

const ACTOR_FLOATS = [
  'x',
  'y',
  'z',
  'heading',
  'pitch',
  'roll',
  'velocityX',
  'velocityY',
  'velocityZ',
  'yawRate',
] as const;
const EGO_FLOATS = [
  'acceleration',
  'steering',
  'throttle',
  'brake',
  'reward',
  'timeToCollision',
  'routeS',
  'lateral',
  'routeCompletion',
] as const;

const MAX_FRAMES = 4096;

/** A message that contradicts itself. */
class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Lays columns one after the other into one buffer; the widest first keeps every view aligned. */
class Layout {
  readonly #buffer: ArrayBuffer;
  #at = 0;
  constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer;
  }
  take<T>(Kind: Column<T>, count: number): T {
    const at = this.#at;
    this.#at += count * Kind.BYTES_PER_ELEMENT;
    return new Kind(this.#buffer, at, count);
  }
  floats<K extends string>(names: readonly K[], count: number): Record<K, Float32Array> {
    return Object.fromEntries(names.map((name) => [name, this.take(Float32Array, count)])) as Record<K, Float32Array>;
  }
}
interface Column<T> {
  new (buffer: ArrayBuffer, at: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

const bytesFor = (count: number, rows: number, lightRows: number, ego: boolean) =>
  count * (16 + 12) +
  8 +
  rows * (5 + 4 * ACTOR_FLOATS.length) +
  lightRows * 5 +
  (ego ? count * (1 + 4 * EGO_FLOATS.length) : 0);

/** The arrays of frames that travelled as one buffer. */
export function unpackFrames({ buffer, ...packed }: PackedFrames): LiveFrames {
  const { episode, firstSequence, count, rows, lightRows, events } = packed;
  const layout = new Layout(buffer);
  const timeS = layout.take(Float64Array, count);
  const serverTimeMs = layout.take(Float64Array, count);
  const step = layout.take(Uint32Array, count);
  const actorStart = layout.take(Uint32Array, count + 1);
  const lightStart = layout.take(Uint32Array, count + 1);
  const id = layout.take(Uint32Array, rows);
  const motion = layout.floats(ACTOR_FLOATS, rows);
  const lightId = layout.take(Uint32Array, lightRows);
  const ego = packed.ego ? layout.floats(EGO_FLOATS, count) : null;
  const flags = layout.take(Uint8Array, rows);
  const state = layout.take(Uint8Array, lightRows);
  return {
    episode,
    firstSequence,
    count,
    step,
    timeS,
    serverTimeMs,
    actorStart,
    lightStart,
    events,
    actors: { id, ...motion, flags },
    lights: { id: lightId, state },
    ego: ego && { ...ego, flags: layout.take(Uint8Array, count) },
  };
}

/** @throws FrameError when a column does not have as many numbers as the frames have rows */
export function packFrames(batch: FrameBatch): PackedFrames {
  const count = batch.frameCount;
  if (count < 1 || count > MAX_FRAMES) throw new FrameError(`A message of ${count} frames.`);
  const rows = sum(batch.actorRows, count, 'actor_rows');
  const lightRows = sum(batch.lightRows, count, 'light_rows');
  const packed: PackedFrames = {
    buffer: new ArrayBuffer(bytesFor(count, rows, lightRows, batch.ego !== undefined)),
    episode: Number(batch.episode),
    firstSequence: Number(batch.firstSequence),
    count,
    rows,
    lightRows,
    ego: batch.ego !== undefined,
    events: batch.events.map(readEvent),
  };
  const frames = unpackFrames(packed);
  fill(frames.timeS, batch.simTime, 'sim_time');
  fill(frames.serverTimeMs, batch.serverTime, 'server_time');
  fill(frames.step, batch.step, 'step');
  runningSum(frames.actorStart, batch.actorRows);
  runningSum(frames.lightStart, batch.lightRows);
  const { actors, lights, ego } = batch;
  fill(frames.actors.id, actors?.actorId, 'actor_id');
  for (const name of ACTOR_FLOATS) fill(frames.actors[name], actors?.[name], name);
  fill(frames.actors.flags, actors?.flags, 'flags');
  fill(frames.lights.id, lights?.lightId, 'light_id');
  fill(frames.lights.state, lights?.state, 'state');
  if (!frames.ego || !ego) return packed;
  for (const name of EGO_FLOATS) fill(frames.ego[name], ego[name], name);
  fill(frames.ego.flags, ego.flags, 'flags');
  return packed;
}

/** An empty column is zeros. */
function fill(
  target: Float64Array | Float32Array | Uint32Array | Uint8Array,
  column: Uint8Array | undefined,
  name: string,
): void {
  if (!column || column.length === 0) return;
  if (column.length !== target.byteLength) {
    throw new FrameError(`Column ${name} has ${column.length} bytes, expected ${target.byteLength}.`);
  }
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(column);
}

const u16 = (bytes: Uint8Array, i: number) => (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8);

/** Of u16 counts. */
function sum(bytes: Uint8Array, count: number, name: string): number {
  if (bytes.length !== 0 && bytes.length !== 2 * count) {
    throw new FrameError(`Column ${name} has ${bytes.length} bytes, expected ${2 * count}.`);
  }
  let total = 0;
  for (let i = 0; i < count; i++) total += u16(bytes, i);
  return total;
}

function runningSum(start: Uint32Array, bytes: Uint8Array): void {
  for (let i = 0; i + 1 < start.length; i++) start[i + 1] = start[i] + u16(bytes, i);
}

const OCCURRENCES: Readonly<Partial<Record<EventKind, LiveOccurrence['kind']>>> = {
  [EventKind.COLLISION]: 'collision',
  [EventKind.OFF_ROAD]: 'off-road',
  [EventKind.RED_LIGHT]: 'red-light',
  [EventKind.LANE_INVASION]: 'lane-invasion',
  [EventKind.GOAL_REACHED]: 'goal-reached',
  [EventKind.EPISODE_ENDED]: 'episode-ended',
  [EventKind.NOTE]: 'note',
};

export const readEvent = ({ sequence, kind, actorId, otherId, text }: Event): LiveOccurrence => ({
  sequence: Number(sequence),
  kind: OCCURRENCES[kind] ?? 'unknown',
  actorId,
  otherId,
  text,
});

export const readActor = (info: ActorInfo): LiveActor => ({
  id: info.actorId,
  kind: info.kind,
  type: info.typeId,
  role: info.roleName,
  length: info.length,
  width: info.width,
  height: info.height,
  centre: [info.centreX, info.centreY, info.centreZ],
  parentId: info.parentId,
});

const readLight = ({ lightId, signalId, x, y, z, heading }: LightInfo) => ({ id: lightId, signalId, x, y, z, heading });

export const readEpisode = (message: Episode): LiveEpisode => ({
  number: Number(message.episode),
  name: message.name,
  seed: message.seed,
  mapName: message.mapName,
  mapSha256: message.mapSha256,
  origin: [message.originX, message.originY],
  egoId: message.egoId,
  stepSeconds: message.stepSeconds,
  driver: message.driver,
  actors: message.actors.map(readActor),
  lights: message.lights.map(readLight),
});
