/**
 * Codecs: one description of a CARLA type that both writes it (in the widths LibCarla uses) and reads it back.
 *
 * LibCarla packs a struct as the array of its fields in order and accepts arrays that are shorter (the rest keep their defaults)
 * or longer (the rest is ignored); so do we, but a length that this version should not have is noted as a difference, so that
 * a half-matching server is named instead of misread. A value of the wrong type is a CarlaError that says where.
 */
import { CarlaError } from './errors.ts';
import type { MsgValue, MsgWriter } from './msgpack.ts';

/** Sentences on how what was read differs from what its version should send. */
export type Differences = Set<string>;

export interface Codec<T> {
  write(out: MsgWriter, value: T): void;
  /** @throws CarlaError `wrong-type` */
  read(value: MsgValue, differences: Differences): T;
  /** What a field that was not sent holds. */
  zero(): T;
}
export type Value<C> = C extends Codec<infer T> ? T : never;

const wrong = (value: MsgValue, expected: string) => new WrongType(shown(value), expected);

/** Grows its path on the way out, so that reading costs nothing while it goes well. */
class WrongType extends CarlaError {
  #path = '';
  readonly #got: string;
  readonly #expected: string;
  constructor(got: string, expected: string) {
    super('wrong-type', `got ${got}, expected ${expected}`);
    this.#got = got;
    this.#expected = expected;
  }
  within(step: string): this {
    this.#path = this.#path && !this.#path.startsWith('[') ? `${step}.${this.#path}` : step + this.#path;
    this.message = `${this.#path}: got ${this.#got}, expected ${this.#expected}`;
    return this;
  }
}

/** Runs `read`, adding `step` to the path of a wrong type. */
function at<T>(step: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof WrongType ? error.within(step) : error;
  }
}

function integer(name: string, min: number, max: number): Codec<number> {
  return {
    write: (out, value) => {
      if (!(value >= min && value <= max)) throw new RangeError(`${value} is outside ${name}`);
      out.int(value);
    },
    read: (value) => {
      if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
      throw wrong(value, name);
    },
    zero: () => 0,
  };
}
export const u8 = integer('u8', 0, 0xff);
export const u16 = integer('u16', 0, 0xffff);
export const u32 = integer('u32', 0, 0xffffffff);
export const i32 = integer('i32', -0x80000000, 0x7fffffff);
/** A 64-bit count that stays far below 2^53: frames. */
export const count64 = integer('u64 below 2^53', 0, Number.MAX_SAFE_INTEGER);
/** 64 random bits: episode ids. */
export const u64: Codec<bigint> = {
  write: (out, value) => out.int(value),
  read: (value) => {
    if (typeof value === 'bigint' && value >= 0n) return value;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return BigInt(value);
    throw wrong(value, 'u64');
  },
  zero: () => 0n,
};

const readFloat = (value: MsgValue): number => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw wrong(value, 'number');
};
export const f32: Codec<number> = { write: (out, value) => out.f32(value), read: readFloat, zero: () => 0 };
export const f64: Codec<number> = { write: (out, value) => out.f64(value), read: readFloat, zero: () => 0 };

export const bool: Codec<boolean> = {
  write: (out, value) => out.bool(value),
  read: (value) => {
    if (typeof value === 'boolean') return value;
    throw wrong(value, 'bool');
  },
  zero: () => false,
};

export const str: Codec<string> = {
  write: (out, value) => out.str(value),
  read: (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Uint8Array) return new TextDecoder().decode(value);
    throw wrong(value, 'text');
  },
  zero: () => '',
};

export const bin: Codec<Uint8Array> = {
  write: (out, value) => out.bin(value),
  read: (value) => {
    if (value instanceof Uint8Array) return value;
    if (typeof value === 'string') return new TextEncoder().encode(value);
    throw wrong(value, 'bytes');
  },
  zero: () => new Uint8Array(0),
};

export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    write: (out, values) => {
      out.array(values.length);
      for (const value of values) item.write(out, value);
    },
    read: (value, differences) => {
      if (!Array.isArray(value)) throw wrong(value, 'list');
      return value.map((each: MsgValue, i) => at(`[${i}]`, () => item.read(each, differences)));
    },
    zero: () => [],
  };
}

/** A struct as the array of its first `length` fields (all of them by default); fields beyond are read when they are there. */
export function struct<T extends object>(
  name: string,
  fields: { readonly [K in keyof T]: Codec<T[K]> },
  length = Object.keys(fields).length,
): Codec<Readonly<T>> {
  const entries = Object.entries<Codec<unknown>>(fields);
  const written = entries.slice(0, length);
  return {
    write: (out, value) => {
      out.array(written.length);
      for (const [key, codec] of written) codec.write(out, (value as Record<string, unknown>)[key]);
    },
    read: (value, differences) => {
      if (!Array.isArray(value)) throw wrong(value, `${name} as a list`);
      if (value.length !== length) {
        differences.add(`${name} has ${value.length} fields, this version should have ${length}.`);
      }
      const got: Record<string, unknown> = {};
      entries.forEach(([key, codec], i) => {
        got[key] = i < value.length ? at(key, () => codec.read(value[i], differences)) : codec.zero();
      });
      return got as T;
    },
    zero: () => Object.fromEntries(entries.map(([key, codec]) => [key, codec.zero()])) as T,
  };
}

/** `[false]` or `[true, value]`; nil or the bare value is read too (as other clients of 0.10 report it) and `form` keeps which it was. */
export function optional<T>(item: Codec<T>, form: { nil: boolean } = { nil: false }): Codec<T | null> {
  return {
    write: (out, value) => {
      if (form.nil) return value === null ? out.nil() : item.write(out, value);
      out.array(value === null ? 1 : 2);
      out.bool(value !== null);
      if (value !== null) item.write(out, value);
    },
    read: (value, differences) => {
      form.nil = !Array.isArray(value);
      if (value === null) return null;
      if (!Array.isArray(value)) return item.read(value, differences);
      if (value[0] === false && value.length === 1) return null;
      if (value[0] === true && value.length === 2) return item.read(value[1], differences);
      throw wrong(value, 'optional as [false] or [true, value]');
    },
    zero: () => null,
  };
}

function shown(value: MsgValue): string {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  return typeof value === 'object' ? 'a map or extension' : String(value);
}
