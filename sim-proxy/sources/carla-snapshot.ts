/**
 * A drive in CARLA as bytes: one line of JSON (format, map, scenario, seed, where the hero stood, the seed generator's state) and then
 * its actions so far as pairs of i16 counts (ACCEL_QUANTUM, STEER_QUANTUM). CARLA's physics cannot be saved; its actions can be done again.
 */
import { createRandom } from '../../core/random.ts';
import type { Pose } from '../../core/world/geometry.ts';
import { ProxyError } from '../server/errors.ts';

const FORMAT = 'traceway-carla-snapshot/1';
const MAX_HEAD_BYTES = 4096;
/** Three hours. */
const MAX_STEPS = 108_000;

/** Where a hero stands, to tell whether it came back there. */
export interface Stand extends Pose {
  readonly speedMps: number;
}
export interface CarlaSnapshot {
  readonly map: string;
  readonly scenario: string;
  readonly seed: number;
  /** Pairs of counts, acceleration and steering, one a step. */
  readonly counts: readonly number[];
  readonly stand: Stand;
  readonly random: readonly number[];
  /** What the last reset was asked for. */
  readonly chosen: string | undefined;
}

export function writeSnapshot({ counts, ...head }: CarlaSnapshot): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify({ format: FORMAT, steps: counts.length / 2, ...head })}\n`);
  const bytes = new Uint8Array(line.length + 2 * counts.length);
  bytes.set(line);
  const view = new DataView(bytes.buffer, line.length);
  counts.forEach((count, i) => view.setInt16(2 * i, count, true));
  return bytes;
}

/** @throws ProxyError `bad-snapshot` for bytes that `writeSnapshot` did not give */
export function readSnapshot(bytes: Uint8Array): CarlaSnapshot {
  const end = bytes.subarray(0, MAX_HEAD_BYTES).indexOf(10);
  let head: Readonly<Record<string, unknown>>;
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, Math.max(0, end)))) ?? {};
  } catch {
    throw badSnapshot('it begins with no header');
  }
  const { format, map, scenario, seed, steps, stand, random, chosen } = head;
  if (format !== FORMAT) throw badSnapshot(`its format is not ${FORMAT}`);
  if (typeof map !== 'string' || typeof scenario !== 'string') throw badSnapshot('it names no map and scenario');
  if (!isCount(seed, 0xffffffff)) throw badSnapshot('its seed is none');
  if (!isCount(steps, MAX_STEPS) || bytes.length !== end + 1 + 4 * steps) throw badSnapshot('it is cut off');
  if (!Array.isArray(random) || random.length !== createRandom(0).state().length)
    throw badSnapshot('it has no generator');
  if (chosen !== undefined && typeof chosen !== 'string') throw badSnapshot('it names a scenario that is none');
  const { x, y, headingRad, speedMps } = (stand ?? {}) as Readonly<Record<string, unknown>>;
  const place = [x, y, headingRad, speedMps].map(Number);
  if (!place.every(Number.isFinite)) throw badSnapshot('it does not say where the hero stood');
  const view = new DataView(bytes.buffer, bytes.byteOffset + end + 1);
  return {
    map,
    scenario,
    seed,
    counts: Array.from({ length: 2 * steps }, (_, i) => view.getInt16(2 * i, true)),
    stand: { x: place[0], y: place[1], headingRad: place[2], speedMps: place[3] },
    // A generator without a number in reserve says so by NaN, which JSON writes as null.
    random: random.map((value: unknown) => (value === null ? Number.NaN : Number(value))),
    chosen,
  };
}

const isCount = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;

export const badSnapshot = (what: string): ProxyError =>
  new ProxyError('invalid', 'bad-snapshot', `This is no snapshot of this environment: ${what}.`, 'snapshot');
