/**
 * The packets of CARLA's recorder: names, sizes, and a cursor over one packet's body that refuses to read beyond it.
 * Lengths are centimetres, rotations Euler triples (roll, pitch, yaw) in degrees; little-endian.
 */
import type { Point3 } from './carla-frame.ts';
import { ImportError } from '../../base/import-error.ts';

/** By id; from 21 on as they are after VehicleDoor came in. */
export const PACKET_NAMES: readonly string[] = [
  'FrameStart',
  'FrameEnd',
  'EventAdd',
  'EventDel',
  'EventParent',
  'Collision',
  'Position',
  'State',
  'AnimVehicle',
  'AnimWalker',
  'VehicleLight',
  'SceneLight',
  'Kinematics',
  'BoundingBox',
  'PlatformTime',
  'PhysicsControl',
  'TrafficLightTime',
  'TriggerVolume',
  'FrameCounter',
  'WalkerBones',
  'VisualTime',
  'VehicleDoor',
  'AnimVehicleWheels',
  'AnimBiker',
];

interface Shape {
  /** Bytes of the whole body. */
  readonly exact?: number;
  /** Bytes of each record, after a count of 16 bits. */
  readonly record?: number;
  /** False: stepped over, since no part of a drive. */
  readonly read?: false;
}
/** What a body's size must be; a name that is absent has records of varying size. */
export const FIXED: Readonly<Record<string, Shape>> = {
  FrameStart: { exact: 24 },
  FrameEnd: { exact: 0 },
  EventDel: { record: 4 },
  EventParent: { record: 8 },
  Collision: { record: 14 },
  Position: { record: 28 },
  State: { record: 10 },
  AnimVehicle: { record: 21 },
  AnimWalker: { record: 8 },
  VehicleLight: { record: 8 },
  SceneLight: { record: 26, read: false },
  Kinematics: { record: 28 },
  BoundingBox: { record: 28 },
  PlatformTime: { exact: 8, read: false },
  PhysicsControl: { read: false },
  TrafficLightTime: { record: 16 },
  TriggerVolume: { record: 28 },
  FrameCounter: { exact: 8, read: false },
  WalkerBones: { read: false },
  VisualTime: { exact: 8, read: false },
  VehicleDoor: { read: false },
  AnimVehicleWheels: { read: false },
  AnimBiker: { read: false },
};

/** Whether a body is exactly records of {u32 id, u32 m, m × 9 bytes}. Its count has been read; the cursor is left where it was. */
export function wheelsFit(body: PacketReader): boolean {
  const records = body.peekU16(0);
  let at = 2;
  for (let i = 0; i < records; i++) {
    if (at + 8 > body.size) return false;
    at += 8 + 9 * body.peekU32(at + 4);
    if (at > body.size) return false;
  }
  return at === body.size;
}

/** Reads one body; every read is bounded by it, and every number finite. @throws ImportError with the byte in the file */
export class PacketReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #name: string;
  at = 0;

  constructor(bytes: Uint8Array, start: number, name: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#name = name;
  }

  get size(): number {
    return this.#bytes.length;
  }

  error(problem: string): ImportError {
    return new ImportError(`byte ${this.#start + this.at} (${this.#name})`, problem);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }
  u64(): number {
    return this.#safe(this.#view.getBigUint64(this.#take(8), true));
  }
  i64(): number {
    return this.#safe(this.#view.getBigInt64(this.#take(8), true));
  }
  f32(): number {
    return this.#finite(this.#view.getFloat32(this.#take(4), true));
  }
  /** A float that may be infinite or no number. */
  anyF32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }
  f64(): number {
    return this.#finite(this.#view.getFloat64(this.#take(8), true));
  }
  triple(): [number, number, number] {
    return [this.f32(), this.f32(), this.f32()];
  }
  vector(): Point3 {
    const [x, y, z] = this.triple();
    return { x, y, z };
  }
  /** 16-bit length and UTF-8. */
  text(): string {
    const length = this.u16();
    const at = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }
  /** 16-bit count, then that many records. */
  each(read: () => void): void {
    for (let left = this.u16(); left > 0; left--) read();
  }
  peekU16(at: number): number {
    return this.#view.getUint16(at, true);
  }
  peekU32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** The whole body must have been read. */
  end(): void {
    if (this.at < this.size) throw this.error(`${this.size - this.at} bytes are left over in the packet`);
  }

  #take(count: number): number {
    const at = this.at;
    if (at + count > this.size) throw this.error('what it says it holds goes beyond its end');
    this.at += count;
    return at;
  }

  #finite(value: number): number {
    if (Number.isFinite(value)) return value;
    throw this.error('a number is not finite');
  }

  #safe(value: bigint): number {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw this.error(`${value} is out of range`);
  }
}
