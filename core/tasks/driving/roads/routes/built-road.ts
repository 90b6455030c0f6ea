/** What a road comes to once drawn: the ego's route, the lanes around it, the lights on it. Chains and networks both make one. */
import type { LaneNetwork, LightSpec, RoadSpec, RouteLane, SignalSpec } from '../road-spec.ts';
import type { LaneGraph } from '../map/lane-model.ts';

export interface BuiltRoad {
  readonly road: RoadSpec;
  readonly network: LaneNetwork;
  readonly routeLanes: readonly RouteLane[];
  readonly map?: LaneGraph;
  readonly signals: readonly SignalSpec[];
  readonly lights: readonly LightSpec[];
}

/** Places of a route that scenario files may count from. */
export interface RouteAnchors {
  readonly junction?: number;
  readonly exit?: number;
  readonly light?: number;
}

/** Named places of a network's route: where its first junction begins and its last one ends, its first stop line. */
export function anchorsOf({ road: { junctions }, lights }: BuiltRoad): RouteAnchors {
  return {
    ...(junctions.length > 0 && { junction: junctions[0].from, exit: junctions[junctions.length - 1].to }),
    ...(lights.length > 0 && { light: lights[0].stopLineS }),
  };
}
