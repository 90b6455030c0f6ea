/**
 * Frames in the server's memory: each already in wire form, one block of little-endian numbers a column, so that a message of 32
 * frames is a handful of copies. A column whose numbers are all zero is null and costs nothing. Which columns there are, and in
 * which order, is frame.proto's business; the tables here say how wide each is.
 */
import type { ActorInfo, Event, LightInfo } from '../generated/traceway/v1/frame_pb.ts';

if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw new Error('The proxy needs a little-endian machine.');

/** Column name in ActorColumns and bytes a number. */
export const ACTOR_COLUMNS = {
  actorId: 4,
  x: 4,
  y: 4,
  z: 4,
  heading: 4,
  pitch: 4,
  roll: 4,
  velocityX: 4,
  velocityY: 4,
  velocityZ: 4,
  yawRate: 4,
  flags: 1,
} as const;
export const LIGHT_COLUMNS = { lightId: 4, state: 1 } as const;
export const EGO_COLUMNS = {
  acceleration: 4,
  steering: 4,
  throttle: 4,
  brake: 4,
  reward: 4,
  timeToCollision: 4,
  routeS: 4,
  lateral: 4,
  routeCompletion: 4,
  flags: 1,
} as const;
export type ActorColumnValues = Readonly<Record<keyof typeof ACTOR_COLUMNS, number>>;
export type LightRow = Readonly<Record<keyof typeof LIGHT_COLUMNS, number>>;
export type EgoRow = Readonly<Record<keyof typeof EGO_COLUMNS, number>>;
type Table = Readonly<Record<string, 1 | 4>>;
/** Bytes by column, null for all zeros. */
type Columns<T extends Table = Table> = { readonly [K in keyof T]: Uint8Array | null };
type ActorColumns = Columns<typeof ACTOR_COLUMNS>;
type LightColumns = Columns<typeof LIGHT_COLUMNS>;

/** Bits of an actor's and the ego's flags (frame.proto). */
export const ACTOR_VISIBLE = 1;
export const EGO_TERMINATED = 1;
export const EGO_TRUNCATED = 2;
export const EGO_COLLISION = 4;
export const EGO_OFF_ROAD = 8;
export const EGO_RED_LIGHT = 16;
export const EGO_SUCCESS = 32;

export type FeedEvent = Pick<Event, 'kind' | 'actorId' | 'otherId' | 'text'>;

/** What a source says of an episode; the feed numbers it. */
export interface EpisodeStart {
  readonly name: string;
  readonly seed: number;
  readonly mapName: string;
  readonly mapSha256: string;
  /** Taken from x and y by whoever writes frames, m. */
  readonly originX: number;
  readonly originY: number;
  readonly egoId: number;
  readonly stepSeconds: number;
  readonly driver: string;
  readonly actors: readonly Info<ActorInfo>[];
  readonly lights: readonly Info<LightInfo>[];
}
export type Info<T> = Omit<T, '$typeName' | '$unknown'>;

/** What a source publishes. */
export interface FrameContent {
  readonly step: number;
  readonly simTimeS: number;
  readonly actorRows: number;
  readonly actors: ActorColumns;
  readonly lightRows: number;
  readonly lights: LightColumns;
  readonly ego: EgoRow | null;
  readonly events: readonly FeedEvent[];
  /** What it costs to keep, roughly. */
  readonly bytes: number;
}

/** Column bytes of `table` from rows of numbers. */
class ColumnWriter<T extends Table> {
  readonly #names: readonly (keyof T & string)[];
  readonly #table: T;
  #arrays!: (Uint8Array | Uint32Array | Float32Array)[];
  #used: boolean[];
  #capacity = 0;
  rows = 0;

  constructor(table: T) {
    this.#table = table;
    this.#names = Object.keys(table);
    this.#used = this.#names.map(() => false);
    this.#grow(64);
  }

  add(row: Readonly<Record<keyof T, number>>): void {
    if (this.rows === this.#capacity) this.#grow(2 * this.#capacity);
    for (let c = 0; c < this.#names.length; c++) {
      const value = row[this.#names[c]];
      this.#arrays[c][this.rows] = value;
      if (value !== 0) this.#used[c] = true;
    }
    this.rows++;
  }

  /** The rows so far; begins anew. */
  take(): Columns<T> {
    const columns: Record<string, Uint8Array | null> = {};
    this.#names.forEach((name, c) => {
      const bytes = this.rows * this.#table[name];
      columns[name] = this.#used[c] ? new Uint8Array(this.#arrays[c].buffer.slice(0, bytes)) : null;
      this.#used[c] = false;
    });
    this.rows = 0;
    return columns as Columns<T>;
  }

  #grow(capacity: number): void {
    const before = this.#arrays;
    this.#arrays = this.#names.map((name, c) => {
      const array =
        this.#table[name] === 1
          ? new Uint8Array(capacity)
          : name.endsWith('Id')
            ? new Uint32Array(capacity)
            : new Float32Array(capacity);
      if (before) array.set(before[c]);
      return array;
    });
    this.#capacity = capacity;
  }
}

/** Makes frames of rows: `actor` and `light` for each, then `take`. */
export class FrameWriter {
  readonly #actors = new ColumnWriter(ACTOR_COLUMNS);
  readonly #lights = new ColumnWriter(LIGHT_COLUMNS);

  actor(row: ActorColumnValues): void {
    this.#actors.add(row);
  }
  light(row: LightRow): void {
    this.#lights.add(row);
  }
  take(step: number, simTimeS: number, ego: EgoRow | null = null, events: readonly FeedEvent[] = []): FrameContent {
    const { rows: actorRows } = this.#actors;
    const { rows: lightRows } = this.#lights;
    const [actors, lights] = [this.#actors.take(), this.#lights.take()];
    const content = { step, simTimeS, actorRows, actors, lightRows, lights, ego, events };
    return { ...content, bytes: contentBytes(content) };
  }
}

/** Bytes a frame keeps, roughly. */
export function contentBytes({ actors, lights, events }: Omit<FrameContent, 'bytes'>): number {
  let bytes = 400;
  for (const column of [...Object.values(actors), ...Object.values(lights)]) bytes += column ? column.length + 100 : 0;
  for (const event of events) bytes += 100 + 2 * event.text.length;
  return bytes;
}
