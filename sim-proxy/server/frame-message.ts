/**
 * Frames as a WatchResponse. The FrameBatch in it, which is nearly all of the traffic, is written here by hand: every column goes from
 * the frames straight to its place in one buffer, where the general writer would copy it at each level of nesting (measured: a
 * third of the server's time). The rest of the message is the general writer's: it is handed the batch as a field it need not
 * know. A test holds these bytes to the general writer's own.
 *
 * Format: protobuf wire format. A field is a varint of (number << 3 | wire type), wire type 0 a varint, 2 a length and bytes.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  ActorColumnsSchema,
  EgoColumnsSchema,
  EventSchema,
  FrameBatchSchema,
  LightColumnsSchema,
} from '../generated/traceway/v1/frame_pb.ts';
import { type WatchResponse, WatchResponseSchema } from '../generated/traceway/v1/source_pb.ts';
import { ACTOR_COLUMNS, EGO_COLUMNS, type EgoRow, LIGHT_COLUMNS } from '../feed/columns.ts';
import type { FeedEpisode, FeedFrame } from '../feed/feed.ts';

const VARINT = 0;
const BYTES = 2;
const FRAMES_FIELD = WatchResponseSchema.field.frames.number;
const BATCH = FrameBatchSchema.field;

/** A column: bytes by frame, null for zeros; all null means that it is not sent. */
interface Column {
  readonly field: number;
  readonly bytes: number;
  /** Piece of frame i, at `at[i]`. */
  readonly pieces: readonly (Uint8Array | null)[];
  readonly at: ArrayLike<number>;
}

class Writer {
  readonly buffer: Uint8Array;
  at = 0;
  constructor(bytes: number) {
    this.buffer = new Uint8Array(bytes);
  }
  varint(value: number): void {
    for (; value >= 128; value = Math.floor(value / 128)) this.buffer[this.at++] = (value % 128) | 128;
    this.buffer[this.at++] = value;
  }
  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }
  number(field: number, value: number): void {
    if (value === 0) return;
    this.tag(field, VARINT);
    this.varint(value);
  }
  bytes(field: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.head(field, bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }
  head(field: number, bytes: number): void {
    this.tag(field, BYTES);
    this.varint(bytes);
  }
  column({ field, bytes, pieces, at }: Column): void {
    this.head(field, bytes);
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i];
      if (piece) this.buffer.set(piece, this.at + at[i]);
    }
    this.at += bytes;
  }
}

const varintBytes = (value: number): number => (value < 128 ? 1 : 1 + varintBytes(Math.floor(value / 128)));
const headBytes = (field: number, bytes: number) => varintBytes(field * 8) + varintBytes(bytes);
const columnBytes = (columns: readonly Column[]) =>
  columns.reduce((sum, { field, bytes }) => sum + headBytes(field, bytes) + bytes, 0);

type Fields = Readonly<Record<string, { readonly number: number }>>;

/** Columns of one part that are not all zeros. */
function columnsOf(
  frames: readonly FeedFrame[],
  part: 'actors' | 'lights',
  rows: Uint16Array,
  table: Readonly<Record<string, number>>,
  fields: Fields,
): Column[] {
  const total = rows.reduce((sum, n) => sum + n, 0);
  const columns: Column[] = [];
  for (const name in table) {
    const size = table[name];
    let used = false;
    const pieces = frames.map(({ content }) => {
      const piece = (content[part] as Readonly<Record<string, Uint8Array | null>>)[name];
      if (piece) used = true;
      return piece;
    });
    if (!used) continue;
    const at = new Uint32Array(frames.length);
    for (let i = 1; i < frames.length; i++) at[i] = at[i - 1] + rows[i - 1] * size;
    columns.push({ field: fields[name].number, bytes: total * size, pieces, at });
  }
  return columns;
}

function egoColumns(frames: readonly FeedFrame[]): Column[] {
  const columns: Column[] = [];
  for (const name of Object.keys(EGO_COLUMNS) as (keyof EgoRow)[]) {
    const numbers = frames.map(({ content }) => content.ego?.[name] ?? 0);
    if (numbers.every((value) => value === 0)) continue;
    const bytes = EGO_COLUMNS[name] === 1 ? Uint8Array.from(numbers) : bytesOf(Float32Array.from(numbers));
    columns.push({ field: EgoColumnsSchema.field[name].number, bytes: bytes.length, pieces: [bytes], at: [0] });
  }
  return columns;
}

const bytesOf = (array: Float64Array | Float32Array | Uint32Array | Uint16Array) =>
  new Uint8Array(array.buffer as ArrayBuffer);

/** Frames of one episode that follow each other, as the bytes of a FrameBatch behind their own length. */
function encodeBatch(frames: readonly FeedFrame[]): Uint8Array {
  const [{ episode, sequence }] = frames;
  const actorRows = Uint16Array.from(frames, ({ content }) => content.actorRows);
  const lightRows = Uint16Array.from(frames, ({ content }) => content.lightRows);
  const perFrame = [
    [BATCH.step.number, bytesOf(Uint32Array.from(frames, ({ content }) => content.step))],
    [BATCH.simTime.number, bytesOf(Float64Array.from(frames, ({ content }) => content.simTimeS))],
    [BATCH.serverTime.number, bytesOf(Float64Array.from(frames, ({ serverTimeMs }) => serverTimeMs))],
    [BATCH.actorRows.number, bytesOf(actorRows)],
    [BATCH.lightRows.number, bytesOf(lightRows)],
  ] as const;
  const parts: [number, Column[]][] = [
    [BATCH.actors.number, columnsOf(frames, 'actors', actorRows, ACTOR_COLUMNS, ActorColumnsSchema.field)],
    [BATCH.lights.number, columnsOf(frames, 'lights', lightRows, LIGHT_COLUMNS, LightColumnsSchema.field)],
  ];
  if (frames.some(({ content }) => content.ego)) parts.push([BATCH.ego.number, egoColumns(frames)]);
  const events = frames.flatMap(({ content, sequence }) =>
    content.events.map((event) => toBinary(EventSchema, create(EventSchema, { ...event, sequence: BigInt(sequence) }))),
  );
  const sizes = parts.map(([, columns]) => columnBytes(columns));
  const size =
    40 +
    perFrame.reduce((sum, [, bytes]) => sum + 8 + bytes.length, 0) +
    sizes.reduce((sum, bytes) => sum + 8 + bytes, 0) +
    events.reduce((sum, bytes) => sum + 8 + bytes.length, 0);
  const out = new Writer(size);
  // The length comes first and is known last: room for five bytes is left before it.
  out.at = 5;
  out.number(BATCH.episode.number, episode.number);
  out.number(BATCH.firstSequence.number, sequence);
  out.number(BATCH.frameCount.number, frames.length);
  for (const [field, bytes] of perFrame) out.bytes(field, bytes);
  parts.forEach(([field, columns], i) => {
    out.head(field, sizes[i]);
    for (const column of columns) out.column(column);
  });
  for (const event of events) {
    out.head(BATCH.events.number, event.length);
    out.buffer.set(event, out.at);
    out.at += event.length;
  }
  const end = out.at;
  const start = 5 - varintBytes(end - 5);
  out.at = start;
  out.varint(end - 5);
  return out.buffer.subarray(start, end);
}

interface Written {
  readonly first: FeedFrame;
  readonly count: number;
  readonly message: WatchResponse;
}
/** The last message of each episode: several watchers of the same frames get the same one. */
const written = new WeakMap<FeedEpisode, Written>();

/** Frames of one episode that follow each other, ready to send. */
export function framesMessage(frames: readonly FeedFrame[]): WatchResponse {
  const [first] = frames;
  const last = written.get(first.episode);
  if (last?.first === first && last.count === frames.length) return last.message;
  const message = create(WatchResponseSchema);
  message.$unknown = [{ no: FRAMES_FIELD, wireType: BYTES, data: encodeBatch(frames) }];
  written.set(first.episode, { first, count: frames.length, message });
  return message;
}
