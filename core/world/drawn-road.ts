/** What a road comes to once drawn: the ego's route, the lanes around it, the lights on it. Chains and networks both make one. */
import type { LaneNetwork, LightSpec, RoadSpec, RouteLane, SignalSpec } from './spec.ts';
import type { LaneGraph } from './roads/lane-graph.ts';

export interface DrawnRoad {
  readonly road: RoadSpec;
  readonly network: LaneNetwork;
  readonly routeLanes: readonly RouteLane[];
  readonly map?: LaneGraph;
  readonly signals: readonly SignalSpec[];
  readonly lights: readonly LightSpec[];
}
