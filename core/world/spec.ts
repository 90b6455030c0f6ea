/**
 * A world ready to run: what a scenario and a seed come to once every range has been drawn.
 * `instantiate(scenario, seed)` makes it; both worlds read it. Plain data, SI units, radians, right-handed.
 */

/** Lane centre sampled every `ds` metres; equal spacing makes lookup by arc length a division. */
export interface RoadSpec {
  readonly ds: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly curvature: Float64Array;
  readonly laneWidth: number;
  /** Lanes to the left and right of the ego's lane: with them the drivable area's edges are known. */
  readonly lanesLeft: number;
  readonly lanesRight: number;
  readonly speedLimitMps: number;
  /** Stretch of the route that is a junction: the cross road's arc range and half width; absent when there is none. */
  readonly junction?: { readonly from: number; readonly to: number };
  /** Arc lengths where a zebra crossing is painted, m; drawn, not simulated. */
  readonly crossings?: readonly number[];
}

export interface LightSpec {
  /** Arc length of the stop line, m. */
  readonly stopLineS: number;
  /** Durations, s, and how far into the cycle (green → yellow → red) step 0 stands. */
  readonly green: number;
  readonly yellow: number;
  readonly red: number;
  readonly offset: number;
}

interface ActorBase {
  readonly id: string;
  readonly length: number;
  readonly width: number;
}
/** Follows the route by IDM; may brake hard once. */
export interface LeadSpec extends ActorBase {
  readonly behaviour: 'idm';
  readonly s: number;
  readonly lateral: number;
  readonly speedMps: number;
  readonly desiredSpeedMps: number;
  /** Hard braking: starts at this time (s) with this deceleration (> 0) for this long; duration 0 = never. */
  readonly brakeAt: number;
  readonly brakeMps2: number;
  readonly brakeFor: number;
}
/** Stands until the ego is `triggerDistance` metres (along the route) away, then walks across. */
export interface PedestrianSpec extends ActorBase {
  readonly behaviour: 'cross';
  readonly s: number;
  readonly fromLateral: number;
  readonly toLateral: number;
  readonly speedMps: number;
  readonly triggerDistance: number;
}
export interface ParkedSpec extends ActorBase {
  readonly behaviour: 'parked';
  readonly s: number;
  readonly lateral: number;
  readonly headingOffsetRad: number;
}
/** Replays a recorded track; absent where `present` is 0. */
export interface ReplaySpec extends ActorBase {
  readonly behaviour: 'replay';
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly speedMps: Float64Array;
  readonly present: Uint8Array;
}
export type ActorSpec = LeadSpec | PedestrianSpec | ParkedSpec | ReplaySpec;

export interface WorldSpec {
  readonly scenarioId: string;
  readonly scenarioHash: string;
  readonly seed: number;
  readonly road: RoadSpec;
  readonly ego: {
    readonly s: number;
    readonly lateral: number;
    readonly headingErrorRad: number;
    readonly speedMps: number;
  };
  /** Arc length of the goal, m; the route runs from `ego.s` to here. */
  readonly goalS: number;
  /** Time limit in steps: reaching it truncates. */
  readonly maxSteps: number;
  readonly light?: LightSpec;
  readonly actors: readonly ActorSpec[];
}
