/**
 * What traffic needs to know of a lane network beyond what it says itself; derived once a network, the same for both worlds.
 *
 * Bend speed of a sample: √(BEND_LATERAL / |curvature|), curvature over two samples to each side, and no more than braking
 * with BEND_BRAKE towards the rest of the lane allows, √(v² + 2·b·ds) from the next sample backwards.
 */
import * as F from '../../../abi/world-fields.ts';
import { wrapAngle } from '../../../base/geometry.ts';
import type { LaneConflict, LaneNetwork, LaneSpec } from '../roads/road-spec.ts';

export interface LaneTables {
  /** A column beside the samples of each lane, m/s. */
  readonly bendMps: readonly Float64Array[];
  /** For each conflict of each lane: whether both lanes yield or neither does, and whether both lead into one lane. */
  readonly mutual: readonly (readonly boolean[])[];
  readonly joins: readonly (readonly boolean[])[];
}

const known = new WeakMap<LaneNetwork, LaneTables>();

/** Samples to each side over which curvature is taken, and the least curvature that slows anybody down, 1/m. */
const CURVATURE_REACH = 2;
const STRAIGHT = 1e-3;

function bendSpeeds(lane: LaneSpec, ds: number): Float64Array {
  const last = lane.headingRad.length - 1;
  const speeds = new Float64Array(last + 1);
  for (let i = last; i >= 0; i--) {
    const from = Math.max(0, i - CURVATURE_REACH);
    const to = Math.min(last, i + CURVATURE_REACH);
    const curvature = Math.abs(wrapAngle(lane.headingRad[to] - lane.headingRad[from])) / ((to - from) * ds);
    speeds[i] = Math.sqrt(F.BEND_LATERAL / Math.max(STRAIGHT, curvature));
    if (i < last) speeds[i] = Math.min(speeds[i], Math.sqrt(speeds[i + 1] * speeds[i + 1] + 2 * F.BEND_BRAKE * ds));
  }
  return speeds;
}

/** The tables of a network; made at the first call, kept as long as the network. */
export function laneTables(network: LaneNetwork): LaneTables {
  const before = known.get(network);
  if (before) return before;
  const { lanes, ds } = network;
  const each = (rule: (conflict: LaneConflict, lane: number) => boolean) =>
    lanes.map(({ conflicts }, lane) => conflicts.map((conflict) => rule(conflict, lane)));
  const tables: LaneTables = {
    bendMps: lanes.map((lane) => bendSpeeds(lane, ds)),
    mutual: each(({ lane: other, yields }, lane) =>
      lanes[other].conflicts.some((c) => c.lane === lane && c.yields === yields),
    ),
    joins: each(({ lane: other }, lane) => lanes[lane].next.some((next) => lanes[other].next.includes(next))),
  };
  known.set(network, tables);
  return tables;
}
