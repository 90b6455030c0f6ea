/**
 * Frames that somebody pushes, out of their message: every length and number is checked before anything is kept. The way back is
 * frame-message.ts.
 */
import type { FrameBatch } from '../generated/traceway/v1/frame_pb.ts';
import {
  ACTOR_COLUMNS,
  contentBytes,
  EGO_COLUMNS,
  type EgoRow,
  type FrameContent,
  LIGHT_COLUMNS,
} from '../feed/columns.ts';
import { ProxyError } from '../feed/errors.ts';

export const MAX_BATCH_FRAMES = 32;
const MAX_EVENTS = 1024;
const MAX_EVENT_TEXT = 1000;

const EMPTY = new Uint8Array(0);

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
  return Array.from({ length: n }, (_, i) =>
    weighed({
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
    }),
  );
}

const weighed = (content: Omit<FrameContent, 'bytes'>): FrameContent => ({ ...content, bytes: contentBytes(content) });

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
