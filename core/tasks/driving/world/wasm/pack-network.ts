/**
 * A `LaneNetwork` as the kernel reads it: one block of float64 with a row of LANE_FIELDS numbers a lane, then every lane's
 * samples and lists. Lists are named by address and length, so the block must be packed where it will lie.
 */
import * as F from '../../../../abi/world-fields.ts';
import { laneTables } from '../lane-tables.ts';
import type { LaneNetwork, LaneSpec } from '../../roads/road-spec.ts';

function laneNumbers({ x, next, previous, conflicts }: LaneSpec): number {
  return x.length * F.LANE_STRIDE + next.length + previous.length + conflicts.length * F.CONFLICT_FIELDS;
}

/** Numbers of a network's block. */
export function networkSize({ lanes }: LaneNetwork): number {
  return lanes.reduce((sum, lane) => sum + laneNumbers(lane), lanes.length * F.LANE_FIELDS);
}

/** Most branches that one lane is next to at forks: how many shadows of one actor the kernel must hold there. */
export function largestFork({ lanes }: LaneNetwork): number {
  return lanes.reduce((most, { previous }) => {
    const branches = previous.reduce((sum, before) => sum + lanes[before].next.length, 0);
    return Math.max(most, branches);
  }, 0);
}

/** Fills `table`, which lies at `at`; the kernel fills in cos and sin of every sample's heading. */
export function packNetwork(network: LaneNetwork, table: Float64Array, at: number): void {
  const { bendMps, mutual, joins } = laneTables(network);
  let used = network.lanes.length * F.LANE_FIELDS;
  const address = () => at + used * 8;
  const list = (numbers: readonly number[]) => {
    const where = address();
    table.set(numbers, used);
    used += numbers.length;
    return where;
  };
  network.lanes.forEach((lane, index) => {
    const row = table.subarray(index * F.LANE_FIELDS, (index + 1) * F.LANE_FIELDS);
    row[F.L_SAMPLES] = address();
    row[F.L_POINTS] = lane.x.length;
    row[F.L_LENGTH] = lane.length;
    row[F.L_WIDTH] = lane.width;
    row[F.L_LIMIT] = lane.speedLimitMps;
    row[F.L_LEFT] = lane.left;
    row[F.L_RIGHT] = lane.right;
    row[F.L_ONCOMING] = lane.oncoming;
    row[F.L_STOP_LINE] = lane.stopLineS;
    row[F.L_SIGNAL] = lane.signal;
    for (let i = 0; i < lane.x.length; i++, used += F.LANE_STRIDE) {
      table[used + F.Q_X] = lane.x[i];
      table[used + F.Q_Y] = lane.y[i];
      table[used + F.Q_HEADING] = lane.headingRad[i];
      table[used + F.Q_BEND_SPEED] = bendMps[index][i];
    }
    row[F.L_NEXT] = list(lane.next);
    row[F.L_NEXT_COUNT] = lane.next.length;
    row[F.L_PREVIOUS] = list(lane.previous);
    row[F.L_PREVIOUS_COUNT] = lane.previous.length;
    row[F.L_CONFLICTS] = address();
    row[F.L_CONFLICT_COUNT] = lane.conflicts.length;
    lane.conflicts.forEach((conflict, k) => {
      table[used + F.C_LANE] = conflict.lane;
      table[used + F.C_FROM] = conflict.from;
      table[used + F.C_TO] = conflict.to;
      table[used + F.C_OTHER_FROM] = conflict.otherFrom;
      table[used + F.C_OTHER_TO] = conflict.otherTo;
      table[used + F.C_YIELDS] = +conflict.yields;
      table[used + F.C_MUTUAL] = +mutual[index][k];
      table[used + F.C_JOINS] = +joins[index][k];
      used += F.CONFLICT_FIELDS;
    });
  });
}
