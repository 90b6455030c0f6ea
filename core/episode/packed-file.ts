/**
 * Files inside an episode: deflate and base64, so that a recording and its map travel in one JSON file. Unpacking is hostile-input code:
 * it runs piece by piece and stops at a limit, whatever the text claims to hold.
 */
import { Inflate } from 'fflate';
import type { PackedFile } from './episode.ts';
import { EpisodeError } from './json.ts';
import { MAX_PACKED_CHARS, MAX_UNPACKED_BYTES } from './limits.ts';

/** Deflate expands at most 1032-fold, so one slice overshoots the limit by little. */
const SLICE = 4096;

/** Packs deflated bytes; null when they are too many to keep. */
export function packDeflated(name: string, deflated: Uint8Array): PackedFile | null {
  if (Math.ceil(deflated.length / 3) * 4 > MAX_PACKED_CHARS) return null;
  return { name, deflated: toBase64(deflated) };
}

/** Hands the file's bytes to `take`, piece by piece. @throws EpisodeError, and what `take` throws */
export function unpackFile({ name, deflated }: PackedFile, take: (piece: Uint8Array) => void): void {
  const bytes = fromBase64(deflated, name);
  let size = 0;
  let refused: unknown;
  const inflater = new Inflate((piece) => {
    size += piece.length;
    try {
      take(piece);
    } catch (error) {
      refused = error;
    }
  });
  for (let at = 0; at < bytes.length; at += SLICE) {
    try {
      inflater.push(bytes.subarray(at, at + SLICE), at + SLICE >= bytes.length);
    } catch {
      throw new EpisodeError(name, `cannot be unpacked at byte ${at}`);
    }
    if (refused) throw refused;
    if (size > MAX_UNPACKED_BYTES)
      throw new EpisodeError(name, `unpacks to more than ${MAX_UNPACKED_BYTES / 2 ** 20} MiB`);
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function toBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(61);
  for (let i = 0, out = 0; i < bytes.length; i += 3, out += 4) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let k = 0; k <= Math.min(3, bytes.length - i); k++)
      codes[out + k] = ALPHABET.charCodeAt((word >> (18 - 6 * k)) & 63);
  }
  return new TextDecoder().decode(codes);
}

function fromBase64(text: string, name: string): Uint8Array {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < 64; i++) values[ALPHABET.charCodeAt(i)] = i;
  const length = text.replace(/=+$/, '').length;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let [held, bits, count] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    const value = values[text.charCodeAt(i)] ?? -1;
    if (value < 0) throw new EpisodeError(name, `character ${i} is not base64`);
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[count++] = (held >> bits) & 0xff;
    }
  }
  return bytes;
}
