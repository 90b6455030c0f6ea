/**
 * Frames ⇄ FrameBatch. Encoding joins columns; decoding, for frames that somebody pushes, checks every length and number before
 * anything is kept.
 */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { FrameBatchSchema, type FrameBatch } from '../generated/traceway/v1/frame_pb.ts';
import { ACTOR_COLUMNS, EGO_COLUMNS, type EgoRow, type FrameContent, LIGHT_COLUMNS } from './columns.ts';
import { ProxyError } from './errors.ts';
import type { Frame } from './feed.ts';

export const MAX_BATCH_FRAMES = 32;
export const MAX_FRAME_ACTORS = 65_535;
const MAX_EVENTS = 1024;
const MAX_EVENT_TEXT = 1000;

const EMPTY = new Uint8Array(0);
const bytesOf = (array: Float64Array | Float32Array | Uint32Array | Uint16Array) => new Uint8Array(array.buffer);

/** Frames of one episode that follow each other. */
export function encodeBatch(frames: readonly Frame[]): MessageInitShape<typeof FrameBatchSchema> {
  const { episode, sequence } = frames[0];
  const actorRows = Uint16Array.from(frames, (frame) => frame.actorRows);
  const lightRows = Uint16Array.from(frames, (frame) => frame.lightRows);
  return {
    episode: BigInt(episode.number),
    firstSequence: BigInt(sequence),
    frameCount: frames.length,
    step: bytesOf(Uint32Array.from(frames, (frame) => frame.step)),
    simTime: bytesOf(Float64Array.from(frames, (frame) => frame.simTimeS)),
    serverTime: bytesOf(Float64Array.from(frames, (frame) => frame.serverTimeMs)),
    actorRows: bytesOf(actorRows),
    lightRows: bytesOf(lightRows),
    actors: join(frames, ACTOR_COLUMNS, 'actors', actorRows),
    lights: join(frames, LIGHT_COLUMNS, 'lights', lightRows),
    ...(frames.some(({ ego }) => ego) && { ego: joinEgo(frames) }),
    events: frames.flatMap(({ events, sequence }) => events.map((event) => ({ ...event, sequence: BigInt(sequence) }))),
  };
}

function join(
  frames: readonly Frame[],
  table: Readonly<Record<string, number>>,
  part: 'actors' | 'lights',
  rows: Uint16Array,
): Record<string, Uint8Array> {
  const total = rows.reduce((sum, n) => sum + n, 0);
  const joined: Record<string, Uint8Array> = {};
  for (const [name, size] of Object.entries(table)) {
    let column: Uint8Array | null = null;
    let at = 0;
    frames.forEach((frame, i) => {
      const piece = (frame[part] as Readonly<Record<string, Uint8Array | null>>)[name];
      if (piece) (column ??= new Uint8Array(total * size)).set(piece, at * size);
      at += rows[i];
    });
    joined[name] = column ?? EMPTY;
  }
  return joined;
}

function joinEgo(frames: readonly Frame[]): Record<string, Uint8Array> {
  const joined: Record<string, Uint8Array> = {};
  for (const [name, size] of Object.entries(EGO_COLUMNS)) {
    const numbers = frames.map(({ ego }) => ego?.[name as keyof EgoRow] ?? 0);
    if (numbers.every((value) => value === 0)) joined[name] = EMPTY;
    else joined[name] = size === 1 ? Uint8Array.from(numbers) : bytesOf(Float32Array.from(numbers));
  }
  return joined;
}

/** Frames of a batch from outside. @throws ProxyError `bad-frames`, saying which field */
export function decodeBatch(batch: FrameBatch): FrameContent[] {
  const n = batch.frameCount;
  if (n < 1 || n > MAX_BATCH_FRAMES) throw bad('frame_count', `must be 1 to ${MAX_BATCH_FRAMES}, not ${n}`);
  const step = new Uint32Array(copied(column(batch.step, n, 4, 'step')));
  const simTime = new Float64Array(copied(column(batch.simTime, n, 8, 'sim_time')));
  if (!simTime.every(Number.isFinite)) throw bad('sim_time', 'is not a number in some frame');
  const actorRows = new Uint16Array(copied(column(batch.actorRows, n, 2, 'actor_rows')));
  const lightRows = new Uint16Array(copied(column(batch.lightRows, n, 2, 'light_rows')));
  const actors = split(batch.actors as Bytes | undefined, ACTOR_COLUMNS, actorRows, 'actors');
  const lights = split(batch.lights as Bytes | undefined, LIGHT_COLUMNS, lightRows, 'lights');
  const ego = egoRows(batch.ego as Bytes | undefined, n);
  if (batch.events.length > MAX_EVENTS) throw bad('events', `are more than ${MAX_EVENTS}`);
  const last = batch.firstSequence + BigInt(n);
  for (const { sequence, text } of batch.events) {
    if (sequence < batch.firstSequence || sequence >= last) throw bad('events', 'belong to no frame of the batch');
    if (text.length > MAX_EVENT_TEXT) throw bad('events', `have a text of more than ${MAX_EVENT_TEXT} characters`);
  }
  return Array.from({ length: n }, (_, i) => ({
    step: step[i],
    simTimeS: simTime[i],
    actorRows: actorRows[i],
    actors: actors[i] as FrameContent['actors'],
    lightRows: lightRows[i],
    lights: lights[i] as FrameContent['lights'],
    ego: ego?.[i] ?? null,
    events: batch.events
      .filter(({ sequence }) => Number(sequence - batch.firstSequence) === i)
      .map(({ kind, actorId, otherId, text }) => ({ kind, actorId, otherId, text })),
  }));
}

type Bytes = Readonly<Record<string, Uint8Array>>;
type Pieces = Record<string, Uint8Array | null>;
const bad = (field: string, what: string) => new ProxyError('invalid', 'bad-frames', `frames.${field} ${what}.`, field);

function column(bytes: Uint8Array, n: number, size: number, field: string): Uint8Array {
  if (bytes.length === 0) return new Uint8Array(n * size);
  if (bytes.length !== n * size) throw bad(field, `has ${bytes.length} bytes, expected ${n * size}`);
  return bytes;
}

function split(
  columns: Bytes | undefined,
  table: Readonly<Record<string, 1 | 4>>,
  rows: Uint16Array,
  field: string,
): Pieces[] {
  const total = rows.reduce((sum, n) => sum + n, 0);
  const pieces: Pieces[] = Array.from(rows, () => ({}));
  for (const [name, size] of Object.entries(table)) {
    const bytes = columns?.[name] ?? EMPTY;
    if (bytes.length > 0) column(bytes, total, size, `${field}.${name}`);
    if (size === 4 && !name.endsWith('Id') && !finite(bytes))
      throw bad(`${field}.${name}`, 'holds what is not a number');
    let at = 0;
    rows.forEach((n, i) => {
      pieces[i][name] = bytes.length > 0 ? new Uint8Array(bytes.subarray(at * size, (at + n) * size)) : null;
      at += n;
    });
  }
  return pieces;
}

/** A Buffer's own `slice` would share its memory. */
const copied = (bytes: Uint8Array) => new Uint8Array(bytes).buffer;

const finite = (bytes: Uint8Array) => new Float32Array(copied(bytes)).every(Number.isFinite);

function egoRows(columns: Bytes | undefined, n: number): EgoRow[] | null {
  if (!columns) return null;
  const rows: Record<string, number>[] = Array.from({ length: n }, () => ({}));
  for (const [name, size] of Object.entries(EGO_COLUMNS)) {
    const bytes = column(columns[name], n, size, `ego.${name}`);
    const numbers = size === 1 ? bytes : new Float32Array(copied(bytes));
    numbers.forEach((value, i) => {
      const infinite = name === 'timeToCollision' && value === Infinity;
      if (!infinite && !Number.isFinite(value)) throw bad(`ego.${name}`, 'holds what is not a number');
      rows[i][name] = value;
    });
  }
  return rows as EgoRow[];
}

/** A batch ready to send. */
export const batchMessage = (frames: readonly Frame[]): FrameBatch => create(FrameBatchSchema, encodeBatch(frames));
