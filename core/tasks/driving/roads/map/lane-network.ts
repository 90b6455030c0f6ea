/**
 * Lane graph → `LaneNetwork`: the driving lanes as the worlds' traffic sees them, equally spaced, with conflicts.
 *
 * Network lanes keep the graph's order; `networkIndex` translates. Width is taken half-way along a lane; lanes narrower than a
 * car there (the tapers of closing lanes) stay in the network, because the marks rule who may drive where, not the width.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import type { LaneNetwork, LaneSpec } from '../road-spec.ts';
import { findConflicts } from './lane-conflicts.ts';
import type { Lane, LaneGraph } from './lane-model.ts';
import { lanePoseAt } from './lane-index.ts';

/** Spacing of the samples, m. */
const LANE_DS = 1;

export interface BuiltNetwork {
  readonly network: LaneNetwork;
  /** Index in the network by index in the graph; −1 for lanes nobody drives on. */
  readonly networkIndex: readonly number[];
}

/** The driving lanes of `graph`. `signalOf` says which of the world's signals a controller is, −1 for none. */
export function laneNetworkOf(graph: LaneGraph, signalOf: (controller: string | undefined) => number): BuiltNetwork {
  const networkIndex: number[] = [];
  let count = 0;
  for (const { kind } of graph.lanes) networkIndex.push(kind === 'driving' ? count++ : -1);
  const driven = (indices: readonly number[]) => indices.map((i) => networkIndex[i]).filter((i) => i >= 0);
  const conflicts = findConflicts(graph);
  const lanes = graph.lanes
    .filter(({ kind }) => kind === 'driving')
    .map((lane): LaneSpec => {
      const stop = lane.stopLines.at(-1);
      const beside = (index: number, may: Lane['mayChangeLeft']) =>
        index >= 0 && may.some(({ value }) => value) ? networkIndex[index] : -1;
      return {
        id: lane.id,
        ...samples(lane),
        length: lane.length,
        width: lanePoseAt(lane, lane.length / 2).width,
        speedLimitMps: lane.speedLimitMps[0].value,
        left: beside(lane.left, lane.mayChangeLeft),
        right: beside(lane.right, lane.mayChangeRight),
        oncoming: lane.oncoming >= 0 ? networkIndex[lane.oncoming] : -1,
        next: driven(lane.successors),
        previous: driven(lane.predecessors),
        stopLineS: stop?.s ?? Number.NaN,
        signal: stop?.kind === 'light' ? signalOf(graph.signals[stop.signal].controller) : -1,
        conflicts: (conflicts.get(lane.index) ?? []).map((conflict) => ({
          ...conflict,
          lane: networkIndex[conflict.lane],
        })),
      };
    });
  return { network: { ds: LANE_DS, lanes }, networkIndex };
}

/** Poses every LANE_DS; the last sample lies at or beyond the lane's end, straight on. */
function samples(lane: Lane): Pick<LaneSpec, 'x' | 'y' | 'headingRad'> {
  const n = Math.max(2, Math.ceil(lane.length / LANE_DS - 1e-9) + 1);
  const columns = { x: new Float64Array(n), y: new Float64Array(n), headingRad: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    const s = i * LANE_DS;
    const { x, y, headingRad } = lanePoseAt(lane, s);
    const beyond = Math.max(0, s - lane.length);
    columns.x[i] = x + beyond * cos(headingRad);
    columns.y[i] = y + beyond * sin(headingRad);
    columns.headingRad[i] = headingRad;
  }
  return columns;
}
