/**
 * A world ready to run: what a scenario and a seed come to once every range has been drawn.
 * `instantiate(scenario, seed)` makes it; both worlds read it. Plain data, SI units, radians, right-handed.
 */
import type { LaneGraph } from '../../roads/map/lane-model.ts';
import type { LaneNetwork, LightSpec, RoadSpec, RouteLane, SignalSpec } from '../../roads/road-spec.ts';

/** CARLA's weather parameters (degrees, 0..100 each, m) and what they come to for the world. */
export interface WeatherSpec {
  readonly sunAltitudeDeg: number;
  readonly cloudiness: number;
  readonly precipitation: number;
  readonly fogDensity: number;
  readonly fogDistance: number;
  readonly wetness: number;
  /** Tyre-road friction coefficient, bounds acceleration and cornering at friction · g. */
  readonly friction: number;
  /** How far the ego sees what carries lights (vehicles) and what does not (people, bicycles, fixed things), m. */
  readonly sightM: number;
  readonly sightUnlitM: number;
  /** Daylight, 0 (night) .. 1. */
  readonly light: number;
}

/** Standard deviations of what the ego measures, and the delay of its controls. */
export interface SensorSpec {
  /** Of an actor's position in each ego axis, m; of its velocity, m/s; of the ego's own lateral offset, m. */
  readonly positionM: number;
  readonly velocityMps: number;
  readonly lateralM: number;
  /** Steps between a control and its effect, 0..MAX_LATENCY. */
  readonly latencySteps: number;
}

interface ActorBase {
  readonly id: string;
  /** KIND_* of kinds.ts. */
  readonly kind: number;
  readonly length: number;
  readonly width: number;
}

/** Drives on lanes by IDM, changes lanes by MOBIL, obeys lights, gives way at conflicts. */
export interface TrafficSpec extends ActorBase {
  readonly behaviour: 'traffic';
  /** Lane coordinates at the start; `lateral` from the lane's centre, kept while driving. */
  readonly lane: number;
  readonly s: number;
  readonly lateral: number;
  readonly speedMps: number;
  /** Lanes it means to follow, its own first; beyond them it takes the first successor, and at a dead end it leaves the world. */
  readonly lanes: readonly number[];
  readonly desiredSpeedMps: number;
  /** Intelligent Driver Model: m/s², m/s² (> 0), s, m. */
  readonly accelMps2: number;
  readonly brakeMps2: number;
  readonly headwayS: number;
  readonly gapM: number;
  /** MOBIL: politeness; least advantage, m/s²; hardest braking it asks of others, m/s² (> 0); `changesLanes` false switches it off. */
  readonly politeness: number;
  readonly advantageMps2: number;
  readonly safeBrakeMps2: number;
  readonly changesLanes: boolean;
  readonly obeysSignals: boolean;
  /** Whether it gives way at conflicts with `yields`. */
  readonly givesWay: boolean;
  /** Least time between its arrival at a conflict and that of whoever it yields to, s. */
  readonly acceptedGapS: number;
  /** Hard braking: starts at this time (s) with this deceleration (> 0) for this long; duration 0 = never. */
  readonly brakeAt: number;
  readonly brakeFor: number;
  readonly hardBrakeMps2: number;
  /** Cut-in: changes one lane to this side (+1 left, -1 right, 0 never) once the ego is within `cutInGapM` behind it, safe or not. */
  readonly cutInSide: -1 | 0 | 1;
  readonly cutInGapM: number;
  /** One of many that a scenario's `traffic` spreads, rather than one it names. */
  readonly background?: boolean;
}

/** Stands until the ego is `triggerDistance` metres (along the route) away, then walks across; may stop half-way. Route coordinates. */
export interface PedestrianSpec extends ActorBase {
  readonly behaviour: 'cross';
  readonly s: number;
  readonly fromLateral: number;
  readonly toLateral: number;
  readonly speedMps: number;
  readonly triggerDistance: number;
  /** Stops once at this lateral for this long (s); 0 = never. */
  readonly hesitateAt: number;
  readonly hesitateFor: number;
}

/** Stands still: parked or stalled vehicles, cones, barriers. Route coordinates. */
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
export type ActorSpec = TrafficSpec | PedestrianSpec | ParkedSpec | ReplaySpec;

export interface WorldSpec {
  readonly scenarioId: string;
  readonly scenarioHash: string;
  readonly seed: number;
  readonly road: RoadSpec;
  readonly network: LaneNetwork;
  readonly routeLanes: readonly RouteLane[];
  /** The map the lanes came from, for drawing and routing; absent for roads written as a chain of simple pieces or points. */
  readonly map?: LaneGraph;
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
  readonly signals: readonly SignalSpec[];
  /** Lights on the route, ascending by stop line, at most MAX_LIGHTS. */
  readonly lights: readonly LightSpec[];
  readonly weather: WeatherSpec;
  readonly sensors: SensorSpec;
  readonly actors: readonly ActorSpec[];
}

/** Whether any traffic needs the lanes at all. */
export function hasTraffic(spec: WorldSpec): boolean {
  return spec.actors.some(({ behaviour }) => behaviour === 'traffic');
}
