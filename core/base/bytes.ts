/**
 * A byte stream of LEB128 varints, zigzag integers, raw bytes and short texts, for the replay codec.
 *
 * The reader treats its input as hostile: every read names the field it is reading and the range it allows, and throws
 * `FormatError` with both. Encodings are canonical: an overlong varint or a malformed text is refused.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** Bytes that do not say what they should. `where` names the field. */
export class FormatError extends Error {
  readonly where: string;
  constructor(where: string, message: string) {
    super(message);
    this.name = 'FormatError';
    this.where = where;
  }
}

export class ByteWriter {
  readonly #bytes: number[] = [];

  /** Unsigned, below 2^32. */
  varint(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.#bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.#bytes.push(rest);
  }

  /** Zigzag: 0, −1, 1, −2 … become 0, 1, 2, 3 …; 31 bits. */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  raw(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  hex(digits: string): void {
    this.raw(hexToBytes(digits));
  }

  float64(value: number): void {
    this.raw(new Uint8Array(new Float64Array([value]).buffer));
  }

  /** UTF-8 with its length in bytes before it. */
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  take(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Unsigned integer in [min, max]. @throws FormatError */
  varint(where: string, max: number, min = 0): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.raw(where, 1)[0];
      if (shift === 28 && byte > 0x0f) throw new FormatError(where, `the number in ${where} is too large`);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw new FormatError(where, `the number in ${where} is not in its shortest form`);
        break;
      }
    }
    if (value < min || value > max) {
      throw new FormatError(where, `${where} is ${value}, outside ${min} to ${max}`);
    }
    return value;
  }

  /** Zigzag integer in [min, max]. @throws FormatError */
  signed(where: string, min: number, max: number): number {
    const raw = this.varint(where, 0xffffffff);
    const value = raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    if (value < min || value > max) throw new FormatError(where, `${where} is ${value}, outside ${min} to ${max}`);
    return value;
  }

  /** The next `count` bytes (a view). @throws FormatError */
  raw(where: string, count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw new FormatError(where, `the data ends inside ${where}`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  hex(where: string, count: number): string {
    return bytesToHex(this.raw(where, count));
  }

  /** A finite number. @throws FormatError */
  float64(where: string): number {
    const value = new Float64Array(this.raw(where, 8).slice().buffer)[0];
    if (!Number.isFinite(value)) throw new FormatError(where, `${where} is not a finite number`);
    return value;
  }

  /** UTF-8 of at most `maxBytes`. @throws FormatError */
  text(where: string, maxBytes: number): string {
    const bytes = this.raw(where, this.varint(`length of ${where}`, maxBytes));
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new FormatError(where, `${where} is not valid UTF-8`);
    }
  }

  /** Everything must have been read. @throws FormatError */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw new FormatError('end', `${left} bytes are left over after the end`);
  }
}
