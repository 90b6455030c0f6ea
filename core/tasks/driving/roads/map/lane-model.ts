/**
 * The lane graph: what traffic, routes, scores and the screen know of a road network, whatever it was made of.
 *
 * A lane is one lane of one section of one road, as a sampled centre line in its direction of travel. Samples are as dense
 * as CHORD_TOLERANCE asks: between two of them the true centre line strays at most that far from the chord. Lanes are named
 * `road.section.lane` and known by their index in `lanes`; the order follows the file, so it is the same every time.
 * Walking and cycling lanes are in the graph too, with a kind of their own; the index and routes look at driving lanes.
 */
import type { OpenDrive, SkippedElement } from '../opendrive/model.ts';

export type LaneKind = 'driving' | 'cycling' | 'walking' | 'shoulder' | 'parking' | 'other';

/** A value that holds from `s` on; lists ascend and start at 0. */
export interface Step<T> {
  readonly s: number;
  readonly value: T;
}

export interface StopLine {
  /** Along the lane, m. */
  readonly s: number;
  readonly kind: 'light' | 'stop' | 'yield';
  /** Index in `LaneGraph.signals`. */
  readonly signal: number;
}

interface LaneCrossing {
  /** Stretch of the lane that it covers, m. */
  readonly from: number;
  readonly to: number;
  /** Index in `LaneGraph.crossings`. */
  readonly crossing: number;
}

export interface Lane {
  readonly index: number;
  readonly id: string;
  readonly kind: LaneKind;
  readonly road: string;
  readonly section: number;
  readonly laneId: number;
  /** Id of the junction it leads through. */
  readonly junction: string | undefined;
  /** Arc length, m. */
  readonly length: number;
  /** Samples in the direction of travel, all of one length: arc length, pose (heading unwrapped), curvature, width, and s along the road. */
  readonly s: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly curvature: Float64Array;
  readonly width: Float64Array;
  readonly roadS: Float64Array;
  readonly speedLimitMps: readonly Step<number>[];
  /** Indices in `lanes`. */
  readonly successors: readonly number[];
  readonly predecessors: readonly number[];
  /** Lane beside it in the same direction of travel, −1 where there is none, and where one may change to it. */
  readonly left: number;
  readonly right: number;
  readonly mayChangeLeft: readonly Step<boolean>[];
  readonly mayChangeRight: readonly Step<boolean>[];
  /** Oncoming driving lane right beside it, −1 where there is none. */
  readonly oncoming: number;
  readonly stopLines: readonly StopLine[];
  readonly crossings: readonly LaneCrossing[];
}

export type SignalKind = 'trafficLight' | 'pedestrianLight' | 'stop' | 'yield';
export interface GraphSignal {
  readonly id: string;
  readonly kind: SignalKind;
  readonly x: number;
  readonly y: number;
  /** Controller that switches it together with others. */
  readonly controller: string | undefined;
  readonly lanes: readonly number[];
}

/** A pedestrian crossing: corners in order, world frame, m. */
export interface Crossing {
  readonly id: string;
  readonly corners: readonly (readonly [number, number])[];
  readonly lanes: readonly number[];
}

interface GraphJunction {
  readonly id: string;
  readonly lanes: readonly number[];
  readonly controllers: readonly string[];
}

export interface LaneGraph {
  /** The roads it was made of: what a drawing needs beyond lanes. */
  readonly network: OpenDrive;
  readonly lanes: readonly Lane[];
  readonly byId: ReadonlyMap<string, number>;
  readonly signals: readonly GraphSignal[];
  readonly crossings: readonly Crossing[];
  readonly junctions: readonly GraphJunction[];
  /** What the network has and the graph does not use, and what it had to assume. */
  readonly skipped: readonly SkippedElement[];
}

/** Lanes and samples that would not fit in memory. */
export class LaneGraphError extends Error {
  override name = 'LaneGraphError';
}

/** Farthest the centre line strays from the chord between two samples, m. */
export const CHORD_TOLERANCE = 0.005;
export const MAX_LANES = 200_000;
export const MAX_SAMPLES = 1_000_000;
/** Longest step between samples, m. */
export const MAX_STEP = 10;
/** Lanes that one lane leads into. */
export const MAX_SUCCESSORS = 256;
/** A lane while the graph is built. */
export interface LaneDraft extends Omit<Lane, 'successors' | 'predecessors' | 'stopLines' | 'crossings'> {
  readonly forward: boolean;
  /** Whether the file says no speed limit. */
  readonly speedAssumed: boolean;
  readonly successors: number[];
  readonly predecessors: number[];
  readonly stopLines: StopLine[];
  readonly crossings: LaneCrossing[];
}
export interface Notes {
  add(what: string, line: number, why: string): void;
}
export const laneName = (road: string, section: number, lane: number): string => `${road}.${section}.${lane}`;
