/**
 * What a CARLA recording holds, in our frame and units (metres, radians, seconds, right-handed), column by column.
 *
 * A series keeps one row for each change: the row at or before a frame is what held then, so actors that stand still cost
 * nothing and nothing is lost. Frames are counted from 0; `frameIds` has the simulator's own numbers.
 */
export const ACTOR_KINDS = ['other', 'vehicle', 'walker', 'traffic-light', 'traffic-sign', 'sensor'] as const;
type RecordedKind = (typeof ACTOR_KINDS)[number];
/** The recorder's numbering, which is the simulator's. */
export const LIGHT_STATES = ['red', 'yellow', 'green', 'off', 'unknown'] as const;

/** Rows of `width` numbers, each with the frame from which it holds. */
export interface Series {
  readonly width: number;
  readonly rows: number;
  /** Non-decreasing. */
  readonly frames: Int32Array;
  /** rows × width */
  readonly values: Float64Array;
}

export interface RecordedActor {
  readonly id: number;
  readonly kind: RecordedKind;
  readonly blueprint: string;
  /** Blueprint's number in the simulator that recorded. */
  readonly uid: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** False for an actor that is spoken of but was never added. */
  readonly added: boolean;
  readonly firstFrame: number;
  /** The frame that removed it; null when it stayed. */
  readonly removedFrame: number | null;
  readonly parentId: number | null;
  /** Centre in the actor's frame and half sizes, m; null without additional data. */
  readonly box: readonly [number, number, number, number, number, number] | null;
  readonly triggerVolume: readonly [number, number, number, number, number, number] | null;
  /** x, y, z (m), heading, pitch, roll (rad). */
  readonly poses: Series;
  /** Steering (−1 … 1, positive to the left), throttle, brake, handbrake (0 or 1), gear. */
  readonly controls: Series;
  /** State (index into LIGHT_STATES), frozen (0 or 1), seconds in this state. */
  readonly lights: Series;
  /** Velocity (m/s) and angular velocity (rad/s). */
  readonly velocities: Series;
  /** Vehicle light flags. */
  readonly lamps: Series;
  /** Walking speed, m/s. */
  readonly walking: Series;
  /** Green, yellow, red, s. */
  readonly lightTimes: Series;
}

export interface RecordedCollision {
  readonly frame: number;
  readonly actors: readonly [number, number];
  /** Whether each is a hero. */
  readonly heroes: readonly [boolean, boolean];
}

export interface PacketCount {
  readonly id: number;
  /** "unknown" for ids that this reader has never heard of. */
  readonly name: string;
  readonly count: number;
  /** Packet heads not counted. */
  readonly bytes: number;
  /** Whether its contents are in the recording; else they were stepped over by size. */
  readonly read: boolean;
}

export interface CarlaRecording {
  /** "Town01", or a path whose last part is the map's name. */
  readonly map: string;
  readonly recordedAtUnixS: number;
  /** `door` when VehicleDoor stands at packet 21 (after 0.9.15), `wheels` in 0.9.15, null when the file does not tell. */
  readonly layout: 'wheels' | 'door' | null;
  readonly frameIds: Float64Array;
  /** Simulation time at each frame's start, s. */
  readonly times: Float64Array;
  /** Length of the last frame is unknown: NaN. */
  readonly durations: Float64Array;
  readonly actors: readonly RecordedActor[];
  readonly collisions: readonly RecordedCollision[];
  readonly packets: readonly PacketCount[];
  readonly bytes: number;
  /** Bytes that belong to no header, packet head or packet: 0, or the file would have been refused. */
  readonly bytesUnaccounted: number;
}

/** Row that holds at `frame`, or −1 before the first. */
export function rowAt({ frames, rows }: Series, frame: number): number {
  let [low, high] = [0, rows];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle] <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A series that grows; a row equal to the one before it is not kept. */
export class SeriesBuilder {
  readonly #width: number;
  #frames = new Int32Array(4);
  #values: Float64Array;
  #rows = 0;

  constructor(width: number) {
    this.#width = width;
    this.#values = new Float64Array(4 * width);
  }

  push(frame: number, row: readonly number[]): void {
    const width = this.#width;
    const last = (this.#rows - 1) * width;
    if (last >= 0 && row.every((value, i) => this.#values[last + i] === value)) return;
    if (this.#rows === this.#frames.length) {
      this.#frames = grown(this.#frames, new Int32Array(2 * this.#rows));
      this.#values = grown(this.#values, new Float64Array(2 * this.#rows * width));
    }
    this.#frames[this.#rows] = frame;
    this.#values.set(row, this.#rows * width);
    this.#rows++;
  }

  build(): Series {
    const rows = this.#rows;
    return {
      width: this.#width,
      rows,
      frames: this.#frames.slice(0, rows),
      values: this.#values.slice(0, rows * this.#width),
    };
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

const NO_ROWS: readonly Series[] = Array.from({ length: 8 }, (_, width) => new SeriesBuilder(width).build());

type SeriesKey = 'poses' | 'controls' | 'lights' | 'velocities' | 'lamps' | 'walking' | 'lightTimes';
const WIDTHS: Readonly<Record<SeriesKey, number>> = {
  poses: 6,
  controls: 5,
  lights: 3,
  velocities: 6,
  lamps: 1,
  walking: 1,
  lightTimes: 3,
};

/** An actor while the file is read. */
export class ActorBuilder {
  readonly #fixed: Pick<RecordedActor, 'id' | 'kind' | 'blueprint' | 'uid' | 'attributes' | 'added' | 'firstFrame'>;
  readonly #series = new Map<SeriesKey, SeriesBuilder>();
  removedFrame: number | null = null;
  parentId: number | null = null;
  box: RecordedActor['box'] = null;
  triggerVolume: RecordedActor['box'] = null;

  constructor(fixed: Pick<RecordedActor, 'id' | 'kind' | 'blueprint' | 'uid' | 'attributes' | 'added' | 'firstFrame'>) {
    this.#fixed = fixed;
  }

  push(key: SeriesKey, frame: number, row: readonly number[]): void {
    let series = this.#series.get(key);
    if (!series) this.#series.set(key, (series = new SeriesBuilder(WIDTHS[key])));
    series.push(frame, row);
  }

  build(): RecordedActor {
    const of = (key: SeriesKey) => this.#series.get(key)?.build() ?? NO_ROWS[WIDTHS[key]];
    const { removedFrame, parentId, box, triggerVolume } = this;
    return {
      ...this.#fixed,
      removedFrame,
      parentId,
      box,
      triggerVolume,
      poses: of('poses'),
      controls: of('controls'),
      lights: of('lights'),
      velocities: of('velocities'),
      lamps: of('lamps'),
      walking: of('walking'),
      lightTimes: of('lightTimes'),
    };
  }
}
