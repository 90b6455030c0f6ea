/**
 * A drive in CARLA as bytes (snapshot-bytes.ts): map, scenario, seed, where the hero stood, and its actions so far as pairs of i16 counts
 * (ACCEL_QUANTUM, STEER_QUANTUM). CARLA's physics cannot be saved; its actions can be done again.
 */
import type { Pose } from '../../../core/base/geometry.ts';
import { badSnapshot, isCount, unpackSnapshot, packSnapshot } from '../snapshot-bytes.ts';

const FORMAT = 'traceway-carla-snapshot/1';

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
  /** Of the generator that draws seeds. */
  readonly random: readonly number[];
  /** What the last reset was asked for. */
  readonly chosen: string | undefined;
}

export function writeDrive({ map, chosen, scenario, seed, stand, counts, random }: CarlaSnapshot): Uint8Array {
  const state = new Uint8Array(2 * counts.length);
  const view = new DataView(state.buffer);
  counts.forEach((count, i) => view.setInt16(2 * i, count, true));
  return packSnapshot(FORMAT, {
    head: { map, chosen },
    worlds: [{ facts: { scenario, seed, stand }, state }],
    random,
  });
}

/** @throws ProxyError `bad-snapshot` for bytes that `writeDrive` did not give */
export function readDrive(bytes: Uint8Array): CarlaSnapshot {
  const { head, worlds, random } = unpackSnapshot(FORMAT, 1, bytes);
  const { map, chosen } = head;
  const { facts, state } = worlds[0];
  const { scenario, seed, stand } = facts;
  if (typeof map !== 'string' || typeof scenario !== 'string') throw badSnapshot('it names no map and scenario');
  if (chosen !== undefined && typeof chosen !== 'string') throw badSnapshot('it names a scenario that is none');
  if (!isCount(seed, 0xffffffff)) throw badSnapshot('its seed is none');
  if (state.length % 4 !== 0) throw badSnapshot('its actions are no pairs');
  const { x, y, headingRad, speedMps } = (stand ?? {}) as Readonly<Record<string, unknown>>;
  const place = [x, y, headingRad, speedMps].map(Number);
  if (!place.every(Number.isFinite)) throw badSnapshot('it does not say where the hero stood');
  const view = new DataView(state.buffer);
  return {
    map,
    scenario,
    seed,
    counts: Array.from({ length: state.length / 2 }, (_, i) => view.getInt16(2 * i, true)),
    stand: { x: place[0], y: place[1], headingRad: place[2], speedMps: place[3] },
    random,
    chosen,
  };
}
