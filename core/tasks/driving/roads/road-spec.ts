/**
 * The lines of a world as the step reads them, every range drawn. Plain data, SI units, radians, right-handed.
 *
 * Two kinds of lines: the ego's *route* (`road`), sampled from start to goal and beyond, and the *lanes* that traffic drives on
 * (`network`). Route coordinates are (s, lateral) along the route, lane coordinates the same along one lane.
 */
/** The ego's route sampled every `ds` metres; equal spacing makes lookup by arc length a division. All columns have one length. */
export interface RoadSpec {
  readonly ds: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly curvature: Float64Array;
  /** Distance from the route to the left and right edge of the drivable area, junctions' extra width included, m. */
  readonly edgeLeft: Float64Array;
  readonly edgeRight: Float64Array;
  /** Lateral (left +) beyond which lanes belong to oncoming traffic, m; Infinity where there are none. */
  readonly oncomingFrom: Float64Array;
  readonly speedLimitMps: Float64Array;
  readonly laneWidth: number;
  /** Lanes to the left and right of the ego's lane, for drawing a road that has no map. */
  readonly lanesLeft: number;
  readonly lanesRight: number;
  /** Stretches of the route that lie inside junctions. */
  readonly junctions: readonly { readonly from: number; readonly to: number }[];
  /** Arc lengths where a zebra crossing is painted, m; drawn, not simulated. */
  readonly crossings: readonly number[];
  /** Stop signs that rule the route, by the arc length of their lines, m: the ego is scored by them, no kernel reads them. */
  readonly stopSigns?: readonly { readonly id: string; readonly s: number }[];
}

/** Where two lanes cross or join: the stretch of each that the other one's traffic sweeps, m along each lane. */
export interface LaneConflict {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
  readonly otherFrom: number;
  readonly otherTo: number;
  /** Whether traffic on this lane gives way to traffic on the other. */
  readonly yields: boolean;
}

/** One lane as traffic sees it, sampled every `ds` metres in its direction of travel; the last sample lies at or beyond `length`. */
export interface LaneSpec {
  readonly id: string;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly length: number;
  readonly width: number;
  readonly speedLimitMps: number;
  /** Lanes beside it that traffic may change to, and the oncoming lane beside it on the left; -1 = none. */
  readonly left: number;
  readonly right: number;
  readonly oncoming: number;
  readonly next: readonly number[];
  readonly previous: readonly number[];
  /** Stop line, m along the lane, and what rules it: index in `WorldSpec.signals`, -1 = a stop or yield sign, or no line (NaN). */
  readonly stopLineS: number;
  readonly signal: number;
  readonly conflicts: readonly LaneConflict[];
}

/** The lanes of a world. Worlds share one object where they can: kernels keep it in memory once. */
export interface LaneNetwork {
  readonly ds: number;
  readonly lanes: readonly LaneSpec[];
}

/** From `fromS` of the route on, the ego drives on `lane`, whose arc length there is `laneS`. Ascending, begins at 0. */
export interface RouteLane {
  readonly fromS: number;
  readonly lane: number;
  readonly laneS: number;
}

/** A traffic light's cycle: green → yellow → red, s; step 0 stands `offset` s into it. */
export interface SignalSpec {
  readonly green: number;
  readonly yellow: number;
  readonly red: number;
  readonly offset: number;
}

/** A light that rules the ego: arc length of its stop line along the route, index in `signals`. */
export interface LightSpec {
  readonly stopLineS: number;
  readonly signal: number;
}
