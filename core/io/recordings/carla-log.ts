/**
 * CARLA's recorder file (`.log`): a header, then packets of an id, a size and a body. The parser takes the file in pieces of any
 * size and accounts for every byte: what it knows it reads, what it does not it steps over by size and lists.
 *
 * The file is hostile until read: sizes, counts and numbers are checked against what is there before anything is kept, so a
 * file that claims 10⁹ actors costs no more memory than the bytes that it really has. A violation, or an end inside a packet,
 * is one ImportError with the byte and the packet. Format: `Carla/Recorder/*.h`; checked against real recordings.
 *
 * After 0.9.15 a VehicleDoor packet was put in at id 21, and moved two others up by one without a change of the file's version;
 * the bodies' sizes tell which it is.
 */
import { PacketReader, FIXED, PACKET_NAMES, wheelsFit } from './carla-log-packets.ts';
import { RecordingReader } from './carla-log-reader.ts';
import type { CarlaRecording, PacketCount } from './carla-log-recording.ts';
import { ImportError } from '../../base/import-error.ts';

export const CARLA_LOG_MAGIC = 'CARLA_RECORDER';
/** Largest recording that is read, bytes: what has been read is kept in memory. */
const MAX_CARLA_LOG_BYTES = 512 * 2 ** 20;
/** Largest packet that is read; unknown ones are stepped over whatever their size. */
const MAX_PACKET_BYTES = 64 * 2 ** 20;

/** Whether bytes begin as a CARLA recording does. */
export function isCarlaLog(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes.subarray(4, 4 + CARLA_LOG_MAGIC.length));
  return bytes[2] === CARLA_LOG_MAGIC.length && bytes[3] === 0 && text === CARLA_LOG_MAGIC;
}

/** Refuses a file that is too long before it is read. @throws ImportError */
export function checkLogSize(bytes: number): void {
  if (bytes <= MAX_CARLA_LOG_BYTES) return;
  const [size, limit] = [bytes, MAX_CARLA_LOG_BYTES].map((n) => `${(n / 2 ** 20).toFixed(0)} MiB`);
  throw new ImportError('file', `The recording has ${size}, at most ${limit} are read.`);
}

/** Parses a whole file. @throws ImportError */
export function parseCarlaLog(bytes: Uint8Array): CarlaRecording {
  const parser = new CarlaLogParser();
  parser.push(bytes);
  return parser.finish();
}

export class CarlaLogParser {
  /** Pieces that wait to be read, joined once the packet that they begin has all its bytes. */
  #parts: Uint8Array[] = [];
  #waiting = 0;
  #needed = 0;
  /** Bytes received, and bytes whose meaning is settled. */
  #received = 0;
  #accounted = 0;
  #skip = 0;
  #map = '';
  #recordedAt = 0;
  #started = false;
  #layout: CarlaRecording['layout'] = null;
  readonly #reader = new RecordingReader();
  readonly #packets = new Map<string, { id: number; name: string; count: number; bytes: number; read: boolean }>();

  /** Takes the next piece of the file. @throws ImportError */
  push(chunk: Uint8Array): void {
    this.#received += chunk.length;
    checkLogSize(this.#received);
    this.#parts.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting < this.#needed) return;
    const bytes = this.#parts.length === 1 ? chunk : joined(this.#parts, this.#waiting);
    const at = this.#read(bytes);
    // A copy, so that what is left does not keep the whole piece in memory.
    this.#parts = at < bytes.length ? [bytes.slice(at)] : [];
    this.#waiting = bytes.length - at;
  }

  /** Reads the packets that are whole; the bytes read. */
  #read(bytes: Uint8Array): number {
    let at = this.#started ? 0 : this.#header(bytes);
    if (!this.#started) return 0;
    for (;;) {
      if (this.#skip > 0) {
        const stepped = Math.min(this.#skip, bytes.length - at);
        this.#skip -= stepped;
        this.#accounted += stepped;
        at += stepped;
        if (this.#skip > 0) break;
      }
      if (bytes.length - at < 5) break;
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, 5);
      const [id, size] = [view.getUint8(0), view.getUint32(1, true)];
      const name = this.#nameOf(id);
      if (name === undefined) {
        this.#count(id, 'unknown', size, false);
        this.#accounted += 5;
        this.#skip = size;
        at += 5;
        continue;
      }
      this.#checkSize(name, size, bytes.subarray(at + 5, at + 7));
      this.#needed = 5 + size;
      if (bytes.length - at < 5 + size) break;
      this.#needed = 0;
      const body = new PacketReader(bytes.subarray(at + 5, at + 5 + size), this.#accounted + 5, name);
      this.#count(id, this.#packet(id, body), size, FIXED[name]?.read !== false);
      this.#accounted += 5 + size;
      at += 5 + size;
    }
    return at;
  }

  /** The recording. @throws ImportError when the file ends inside its header or a packet, or holds no frame */
  finish(): CarlaRecording {
    if (!this.#started)
      throw new ImportError('byte 0 (header)', 'the file is not a CARLA recording, or ends in its header');
    if (this.#waiting > 0 || this.#skip > 0) {
      const name = (this.#waiting > 0 && this.#nameOf(this.#parts[0][0])) || 'unknown packet';
      throw new ImportError(`byte ${this.#received} (${name})`, 'the recording is cut off inside this packet');
    }
    if (this.#reader.frames === 0) throw new ImportError('file', 'The recording holds no frame.');
    return {
      map: this.#map,
      recordedAtUnixS: this.#recordedAt,
      layout: this.#layout,
      ...this.#reader.build(),
      packets: [...this.#packets.values()].sort((a, b) => a.id - b.id) satisfies PacketCount[],
      bytes: this.#received,
      bytesUnaccounted: this.#received - this.#accounted,
    };
  }

  /** Reads the header when it is all there; its length, else 0. */
  #header(head: Uint8Array): number {
    const probe = head.subarray(2, 4 + CARLA_LOG_MAGIC.length);
    const magic = [CARLA_LOG_MAGIC.length, 0, ...CARLA_LOG_MAGIC].map((c) =>
      typeof c === 'string' ? c.charCodeAt(0) : c,
    );
    if (!probe.every((byte, i) => byte === magic[i])) {
      throw new ImportError('byte 2 (header)', `the file does not begin as a CARLA recording ("${CARLA_LOG_MAGIC}")`);
    }
    if (head.length < 28 || head.length < 28 + (head[26] | (head[27] << 8))) return 0;
    const cursor = new PacketReader(head, 0, 'header');
    const version = cursor.u16();
    if (version !== 1) throw new ImportError('byte 0 (header)', `recorder version ${version}, expected 1`);
    cursor.text();
    this.#recordedAt = cursor.i64();
    this.#map = cursor.text();
    this.#started = true;
    this.#accounted = cursor.at;
    return cursor.at;
  }

  #nameOf(id: number): string | undefined {
    if (id < 21) return PACKET_NAMES[id];
    // 21 is decided by its body; 22 and 23 by what 21 was, or by their own.
    return id <= 23 ? PACKET_NAMES[21] : undefined;
  }

  #checkSize(name: string, size: number, start: Uint8Array): void {
    const fixed = FIXED[name];
    const [min, max] = fixed?.exact === undefined ? [2, MAX_PACKET_BYTES] : [fixed.exact, fixed.exact];
    const where = `byte ${this.#accounted} (${name})`;
    if (size < min) throw new ImportError(where, `the packet declares ${size} bytes, expected ${min}`);
    if (size > max) throw new ImportError(where, `the packet declares ${size} bytes, beyond the limit of ${max}`);
    if (fixed?.record !== undefined && start.length === 2) {
      const records = start[0] | (start[1] << 8);
      if (size !== 2 + records * fixed.record) {
        throw new ImportError(where, `${records} records of ${fixed.record} bytes do not make its ${size} bytes`);
      }
    }
  }

  #count(id: number, name: string, bytes: number, read: boolean): void {
    const key = `${id} ${name}`;
    const entry = this.#packets.get(key) ?? { id, name, count: 0, bytes: 0, read };
    entry.count++;
    entry.bytes += bytes;
    this.#packets.set(key, entry);
  }

  /** Reads one packet; its name, which for 21 to 23 shows only now. */
  #packet(id: number, body: PacketReader): string {
    if (id >= 21) return this.#shifted(id, body);
    const name = PACKET_NAMES[id];
    this.#reader.packet(name, body);
    return name;
  }

  /** 0.9.15: 21 wheels, 22 biker. Later: 21 doors, 22 wheels, 23 biker. None of them is part of a drive, so they are named only. */
  #shifted(id: number, body: PacketReader): string {
    const records = body.u16();
    if (records > 0) {
      const door = id === 21 ? body.size === 2 + 5 * records : id === 23 || wheelsFit(body);
      this.#layout ??= door ? 'door' : 'wheels';
      const [name] = shiftedNames(this.#layout).slice(id - 21);
      if (name === undefined) return 'unknown';
      const fits =
        name === 'AnimVehicleWheels' ? wheelsFit(body) : body.size === 2 + records * (name === 'VehicleDoor' ? 5 : 12);
      if (!fits) throw body.error(`${records} records do not make its ${body.size} bytes`);
      return name;
    }
    return this.#layout
      ? (shiftedNames(this.#layout)[id - 21] ?? 'unknown')
      : PACKET_NAMES.slice(id, id + 2).join(' or ');
  }
}

const shiftedNames = (layout: CarlaRecording['layout']) =>
  layout === 'door' ? PACKET_NAMES.slice(21) : PACKET_NAMES.slice(22);

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
