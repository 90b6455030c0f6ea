/** Messages of the proxy as plain data: frames into typed arrays over one buffer, numbers of enumerations into names. */
import type { ActorInfo, Episode, FrameBatch, LightInfo } from './generated/traceway/v1/frame_pb.ts';
import { EventKind } from './generated/traceway/v1/frame_pb.ts';
import type { LiveActor, LiveEpisode, LiveFrames, LiveOccurrence } from './proxy-protocol.ts';

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

/** A message that contradicts itself. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Takes columns one after the other into one buffer; the widest first keeps every view aligned. */
class Packing {
  readonly buffer: ArrayBuffer;
  #at = 0;
  constructor(bytes: number) {
    this.buffer = new ArrayBuffer(bytes);
  }
  /** `count` numbers of `size` bytes; an empty column is zeros. @throws FrameError */
  take<T>(
    Kind: { new (buffer: ArrayBuffer, at: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
    column: Uint8Array | undefined,
    count: number,
    name: string,
  ): T {
    const size = count * Kind.BYTES_PER_ELEMENT;
    const at = this.#at;
    this.#at += size;
    if (column && column.length > 0) {
      if (column.length !== size) throw new FrameError(`Column ${name} has ${column.length} bytes, expected ${size}.`);
      new Uint8Array(this.buffer, at, size).set(column);
    }
    return new Kind(this.buffer, at, count);
  }
}

/** @throws FrameError when a column does not have as many numbers as the frames have rows */
export function readFrames(batch: FrameBatch): LiveFrames {
  const count = batch.frameCount;
  if (count < 1 || count > 4096) throw new FrameError(`A message of ${count} frames.`);
  const actorStart = starts(batch.actorRows, count, 'actor_rows');
  const lightStart = starts(batch.lightRows, count, 'light_rows');
  const [rows, lightRows] = [actorStart[count], lightStart[count]];
  const { actors, lights, ego } = batch;
  const bytes =
    count * (16 + 4) + rows * (4 + 4 * ACTOR_FLOATS.length) + lightRows * 4 + (ego ? count * 4 * EGO_FLOATS.length : 0);
  const packing = new Packing(bytes + rows + lightRows + (ego ? count : 0));
  const floats = <K extends string>(
    names: readonly K[],
    columns: Readonly<Record<K, Uint8Array>> | undefined,
    n: number,
  ) =>
    Object.fromEntries(names.map((name) => [name, packing.take(Float32Array, columns?.[name], n, name)])) as Record<
      K,
      Float32Array
    >;
  const timeS = packing.take(Float64Array, batch.simTime, count, 'sim_time');
  const serverTimeMs = packing.take(Float64Array, batch.serverTime, count, 'server_time');
  const step = packing.take(Uint32Array, batch.step, count, 'step');
  const id = packing.take(Uint32Array, actors?.actorId, rows, 'actor_id');
  const motion = floats(ACTOR_FLOATS, actors, rows);
  const lightId = packing.take(Uint32Array, lights?.lightId, lightRows, 'light_id');
  const egoFloats = ego && floats(EGO_FLOATS, ego, count);
  const flags = packing.take(Uint8Array, actors?.flags, rows, 'flags');
  const state = packing.take(Uint8Array, lights?.state, lightRows, 'state');
  return {
    episode: Number(batch.episode),
    firstSequence: Number(batch.firstSequence),
    count,
    step,
    timeS,
    serverTimeMs,
    actorStart,
    lightStart,
    actors: { id, ...motion, flags },
    lights: { id: lightId, state },
    ego: ego && egoFloats ? { ...egoFloats, flags: packing.take(Uint8Array, ego.flags, count, 'flags') } : null,
    events: batch.events.map(({ sequence, kind, actorId, otherId, text }) => {
      return { sequence: Number(sequence), kind: OCCURRENCES[kind] ?? 'unknown', actorId, otherId, text };
    }),
  };
}

/** The buffers to hand over with these frames. */
export const buffersOf = ({ timeS, actorStart, lightStart }: LiveFrames): ArrayBuffer[] =>
  [timeS.buffer, actorStart.buffer, lightStart.buffer] as ArrayBuffer[];

/** Running sum of u16 counts, [count + 1]. */
function starts(bytes: Uint8Array, count: number, name: string): Uint32Array {
  if (bytes.length !== 0 && bytes.length !== 2 * count) {
    throw new FrameError(`Column ${name} has ${bytes.length} bytes, expected ${2 * count}.`);
  }
  const start = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) start[i + 1] = start[i] + ((bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8));
  return start;
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
