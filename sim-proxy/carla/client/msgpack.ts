/**
 * msgpack as CARLA's RPC uses it: a writer that produces the very bytes of LibCarla's C++ client (integers in their shortest
 * form, floats in the width their type has), and a decoder for an endless sequence of values that arrives in pieces.
 *
 * The decoder treats its input as hostile: nothing is allocated for what is only declared, a value's bytes, depth and number
 * of parts are bounded, and a violation is a CarlaError (`too-large`, `too-deep`, `too-many-values`, `garbage`). Work is linear
 * in the bytes received, whatever the pieces. Format: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import { CarlaError } from './errors.ts';

/** An extension value; CARLA sends none, but a decoder must be able to step over one. */
interface MsgExt {
  readonly extension: number;
  readonly data: Uint8Array;
}
/** Pairs in the order they came; CARLA sends none. */
interface MsgMap {
  readonly pairs: readonly (readonly [MsgValue, MsgValue])[];
}
/** Integers that a double can't hold exactly are bigint. */
export type MsgValue = null | boolean | number | bigint | string | Uint8Array | MsgExt | MsgMap | readonly MsgValue[];

export interface DecodeLimits {
  /** Bytes of one top-level value. */
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Values in one top-level value, itself included. */
  readonly maxValues: number;
}
/** Room for the navigation mesh and all blueprints of a large map. */
const DEFAULT_LIMITS: DecodeLimits = { maxBytes: 64 * 2 ** 20, maxDepth: 32, maxValues: 2 ** 20 };

const UTF8 = new TextEncoder();
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });
const U32 = 2 ** 32;

export class MsgWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  nil(): void {
    this.#byte(0xc0);
  }

  bool(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2);
  }

  /** Shortest form, unsigned where it is not negative. @throws RangeError unless an integer in [−2^63, 2^64). */
  int(value: number | bigint): void {
    if (typeof value === 'bigint') {
      if (value >= -0x80000000n && value < 0x100000000n) return this.int(Number(value));
      return this.#int64(value);
    }
    if (!Number.isInteger(value)) throw new RangeError(`${value} is not an integer`);
    if (value < -0x80000000 || value >= U32) return this.#int64(BigInt(value));
    if (value >= 0) {
      if (value < 0x80) this.#byte(value);
      else if (value < 0x100) this.#number(0xcc, 1, value);
      else if (value < 0x10000) this.#number(0xcd, 2, value);
      else this.#number(0xce, 4, value);
    } else if (value >= -0x20) this.#byte(value & 0xff);
    else if (value >= -0x80) this.#number(0xd0, 1, value & 0xff);
    else if (value >= -0x8000) this.#number(0xd1, 2, value & 0xffff);
    else this.#number(0xd2, 4, value >>> 0);
  }

  f32(value: number): void {
    const at = this.#grow(5);
    this.#bytes[at] = 0xca;
    this.#view.setFloat32(at + 1, value);
  }

  f64(value: number): void {
    const at = this.#grow(9);
    this.#bytes[at] = 0xcb;
    this.#view.setFloat64(at + 1, value);
  }

  str(value: string): void {
    const bytes = UTF8.encode(value);
    if (bytes.length < 32) this.#byte(0xa0 | bytes.length);
    else this.#sized(0xd9, bytes.length);
    this.raw(bytes);
  }

  bin(bytes: Uint8Array): void {
    this.#sized(0xc4, bytes.length);
    this.raw(bytes);
  }

  /** The head of an array; its `length` values follow. */
  array(length: number): void {
    if (length < 16) this.#byte(0x90 | length);
    else if (length < 0x10000) this.#number(0xdc, 2, length);
    else this.#number(0xdd, 4, length);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** A copy of what was written. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #int64(value: bigint): void {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) throw new RangeError(`${value} does not fit into 64 bits`);
    const at = this.#grow(9);
    this.#bytes[at] = value < 0n ? 0xd3 : 0xcf;
    this.#view.setBigUint64(at + 1, BigInt.asUintN(64, value));
  }

  /** Head with an 8-, 16- or 32-bit length: `tag`, `tag + 1`, `tag + 2`. */
  #sized(tag: number, length: number): void {
    if (length < 0x100) this.#number(tag, 1, length);
    else if (length < 0x10000) this.#number(tag + 1, 2, length);
    else this.#number(tag + 2, 4, length);
  }

  #byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  #number(tag: number, width: 1 | 2 | 4, value: number): void {
    const at = this.#grow(1 + width);
    this.#bytes[at] = tag;
    if (width === 1) this.#view.setUint8(at + 1, value);
    else if (width === 2) this.#view.setUint16(at + 1, value);
    else this.#view.setUint32(at + 1, value);
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

interface OpenList {
  readonly items: MsgValue[];
  readonly isMap: boolean;
  left: number;
}
interface OpenBlob {
  readonly kind: 'str' | 'bin' | 'ext';
  readonly extension: number;
  readonly parts: Uint8Array[];
  left: number;
}

/** Decodes a stream of values. After a throw it stays broken: the connection it belongs to must be given up. */
export class MsgDecoder {
  readonly #limits: DecodeLimits;
  readonly #open: OpenList[] = [];
  #blob: OpenBlob | null = null;
  /** Head of a value whose length bytes have not all arrived (at most 9 bytes). */
  #carry = new Uint8Array(0);
  #bytesOfValue = 0;
  #values = 0;
  #broken: CarlaError | null = null;

  constructor(limits: DecodeLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  /** Whether a value has begun and not ended. */
  get midValue(): boolean {
    return this.#open.length > 0 || this.#blob !== null || this.#carry.length > 0;
  }

  /** The values that `chunk` completes, in order. @throws CarlaError */
  push(chunk: Uint8Array): MsgValue[] {
    if (this.#broken) throw this.#broken;
    try {
      return this.#decode(chunk);
    } catch (error) {
      if (error instanceof CarlaError) this.#broken = error;
      throw error;
    }
  }

  #decode(chunk: Uint8Array): MsgValue[] {
    const done: MsgValue[] = [];
    let bytes = chunk;
    if (this.#carry.length > 0) {
      bytes = new Uint8Array(this.#carry.length + chunk.length);
      bytes.set(this.#carry);
      bytes.set(chunk, this.#carry.length);
      this.#carry = new Uint8Array(0);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at < bytes.length || this.#blob?.left === 0) {
      if (this.#blob) {
        at = this.#fill(bytes, at, done);
        continue;
      }
      const width = headBytes(bytes[at]);
      if (at + width > bytes.length) {
        this.#carry = bytes.slice(at);
        break;
      }
      this.#spend(width);
      if (++this.#values > this.#limits.maxValues) throw tooMany(this.#limits.maxValues);
      this.#head(view, at, done);
      at += width;
    }
    return done;
  }

  /** Reads the head at `at`: a whole scalar, or the beginning of a list or blob. */
  #head(view: DataView, at: number, done: MsgValue[]): void {
    const tag = view.getUint8(at);
    if (tag < 0x80) this.#complete(tag, done);
    else if (tag < 0x90) this.#list(tag & 0x0f, true, done);
    else if (tag < 0xa0) this.#list(tag & 0x0f, false, done);
    else if (tag < 0xc0) this.#begin('str', tag & 0x1f, 0);
    else if (tag >= 0xe0) this.#complete(tag - 0x100, done);
    else if (tag >= 0xc4 && tag <= 0xc6) this.#begin('bin', lengthAt(view, at + 1, tag - 0xc4), 0);
    else if (tag >= 0xc7 && tag <= 0xc9) {
      const width = 1 << (tag - 0xc7);
      this.#begin('ext', lengthAt(view, at + 1, tag - 0xc7), view.getInt8(at + 1 + width));
    } else if (tag >= 0xd4 && tag <= 0xd8) this.#begin('ext', 1 << (tag - 0xd4), view.getInt8(at + 1));
    else if (tag >= 0xd9 && tag <= 0xdb) this.#begin('str', lengthAt(view, at + 1, tag - 0xd9), 0);
    else if (tag === 0xdc || tag === 0xdd) this.#list(lengthAt(view, at + 1, tag - 0xdb), false, done);
    else if (tag === 0xde || tag === 0xdf) this.#list(lengthAt(view, at + 1, tag - 0xdd), true, done);
    else this.#complete(scalarAt(view, at, tag), done);
  }

  #list(length: number, isMap: boolean, done: MsgValue[]): void {
    const values = isMap ? 2 * length : length;
    if (this.#open.length >= this.#limits.maxDepth) {
      throw new CarlaError('too-deep', `The message nests more than ${this.#limits.maxDepth} lists.`);
    }
    if (this.#values + values > this.#limits.maxValues) throw tooMany(this.#limits.maxValues, values);
    if (this.#bytesOfValue + values > this.#limits.maxBytes) throw tooLarge(this.#limits.maxBytes, values);
    if (values === 0) this.#complete(isMap ? { pairs: [] } : [], done);
    else this.#open.push({ items: [], isMap, left: values });
  }

  #begin(kind: OpenBlob['kind'], length: number, extension: number): void {
    if (this.#bytesOfValue + length > this.#limits.maxBytes) throw tooLarge(this.#limits.maxBytes, length);
    this.#blob = { kind, extension, parts: [], left: length };
  }

  #fill(bytes: Uint8Array, at: number, done: MsgValue[]): number {
    const blob = this.#blob as OpenBlob;
    const count = Math.min(blob.left, bytes.length - at);
    // A copy: a view would keep the whole network buffer alive.
    blob.parts.push(bytes.slice(at, at + count));
    blob.left -= count;
    this.#spend(count);
    if (blob.left === 0) {
      this.#blob = null;
      const data = joined(blob.parts);
      if (blob.kind === 'str') this.#complete(TEXT.decode(data), done);
      else this.#complete(blob.kind === 'bin' ? data : { extension: blob.extension, data }, done);
    }
    return at + count;
  }

  /** Puts a finished value where it belongs, and closes the lists it ends. */
  #complete(value: MsgValue, done: MsgValue[]): void {
    let finished = value;
    for (;;) {
      const list = this.#open.at(-1);
      if (!list) break;
      list.items.push(finished);
      if (--list.left > 0) return;
      this.#open.pop();
      finished = list.isMap ? { pairs: pairsOf(list.items) } : list.items;
    }
    done.push(finished);
    this.#bytesOfValue = 0;
    this.#values = 0;
  }

  #spend(count: number): void {
    this.#bytesOfValue += count;
    if (this.#bytesOfValue > this.#limits.maxBytes) throw tooLarge(this.#limits.maxBytes);
  }
}

/** Decodes exactly one value from `bytes`. @throws CarlaError when there is less or more. */
export function decodeOne(bytes: Uint8Array, limits: DecodeLimits = DEFAULT_LIMITS): MsgValue {
  const decoder = new MsgDecoder(limits);
  const values = decoder.push(bytes);
  if (values.length !== 1 || decoder.midValue) {
    throw new CarlaError('garbage', `Expected one msgpack value in ${bytes.length} bytes, got ${values.length}.`);
  }
  return values[0];
}

/** Bytes of a head with its length or scalar: 1, 2, 3, 5 or 9 (up to 6 for extensions). */
function headBytes(tag: number): number {
  if (tag < 0xc4 || tag >= 0xe0) return 1;
  if (tag <= 0xc6) return 1 + (1 << (tag - 0xc4));
  if (tag <= 0xc9) return 2 + (1 << (tag - 0xc7));
  if (tag <= 0xcb) return tag === 0xca ? 5 : 9;
  if (tag <= 0xcf) return 1 + (1 << (tag - 0xcc));
  if (tag <= 0xd3) return 1 + (1 << (tag - 0xd0));
  if (tag <= 0xd8) return 2;
  if (tag <= 0xdb) return 1 + (1 << (tag - 0xd9));
  return tag === 0xdc || tag === 0xde ? 3 : 5;
}

function lengthAt(view: DataView, at: number, log2Width: number): number {
  if (log2Width === 0) return view.getUint8(at);
  return log2Width === 1 ? view.getUint16(at) : view.getUint32(at);
}

function scalarAt(view: DataView, at: number, tag: number): MsgValue {
  switch (tag) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xca:
      return view.getFloat32(at + 1);
    case 0xcb:
      return view.getFloat64(at + 1);
    case 0xcc:
      return view.getUint8(at + 1);
    case 0xcd:
      return view.getUint16(at + 1);
    case 0xce:
      return view.getUint32(at + 1);
    case 0xcf:
      return safe(view.getBigUint64(at + 1));
    case 0xd0:
      return view.getInt8(at + 1);
    case 0xd1:
      return view.getInt16(at + 1);
    case 0xd2:
      return view.getInt32(at + 1);
    case 0xd3:
      return safe(view.getBigInt64(at + 1));
    default:
      throw new CarlaError('garbage', `Byte 0x${tag.toString(16)} begins no msgpack value.`);
  }
}

const safe = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function pairsOf(items: readonly MsgValue[]): [MsgValue, MsgValue][] {
  const pairs: [MsgValue, MsgValue][] = [];
  for (let i = 0; i < items.length; i += 2) pairs.push([items[i], items[i + 1]]);
  return pairs;
}

const tooLarge = (limit: number, declared?: number) =>
  new CarlaError(
    'too-large',
    `The message ${declared === undefined ? 'goes on' : `declares ${declared} bytes or more`}, beyond the limit of ${limit} bytes.`,
  );
const tooMany = (limit: number, declared?: number) =>
  new CarlaError(
    'too-many-values',
    `The message ${declared === undefined ? 'goes on' : `declares a list of ${declared} values`}, beyond the limit of ${limit} values.`,
  );
