/**
 * A storyboard as read: entities, where they start, and which events make whom do what. Parameters are resolved, numbers checked,
 * references known to exist; positions are still relative to a road network (openscenario-map.ts places them).
 * Right-handed, SI, radians. Source: ASAM OpenSCENARIO 1.1, the subset that esmini's and ScenarioRunner's examples use.
 */
import type { WeatherParameters } from '../../tasks/driving/world/spec/weather.ts';

export interface Orientation {
  readonly rad: number;
  /** To the direction of travel of the lane, or to the entity that a position is relative to; else to the world's x. */
  readonly relative: boolean;
}

/** `t`, `offset`: left of the road's reference line, whichever way the lane is driven. `line` is the file's. */
export type Position = { readonly line: number; readonly heading: Orientation } & (
  | { readonly kind: 'world'; readonly x: number; readonly y: number }
  | {
      readonly kind: 'lane';
      readonly road: string;
      readonly lane: number;
      readonly s: number;
      readonly offset: number;
    }
  | { readonly kind: 'road'; readonly road: string; readonly s: number; readonly t: number }
  | {
      readonly kind: 'relativeLane';
      readonly to: string;
      readonly lanes: number;
      readonly ds: number;
      readonly offset: number;
    }
  | { readonly kind: 'relativeRoad'; readonly to: string; readonly ds: number; readonly dt: number }
  /** `turned`: dx and dy are in the other's frame. */
  | {
      readonly kind: 'relative';
      readonly to: string;
      readonly dx: number;
      readonly dy: number;
      readonly turned: boolean;
    }
  /** A place on a route; without `waypoints` that of a catalogue which is not at hand. */
  | {
      readonly kind: 'route';
      readonly route: string;
      readonly waypoints: readonly Position[] | undefined;
      readonly lane: number | undefined;
      readonly pathS: number;
    }
);

export type EntityType = 'vehicle' | 'pedestrian' | 'object';
export interface Entity {
  readonly id: string;
  /** The file's own word. */
  readonly kind: string;
  readonly type: EntityType;
  /** What a simulator calls it: the name of the vehicle or pedestrian. */
  readonly model: string;
  readonly length: number;
  readonly width: number;
  /** From the reference point (of a vehicle, below its rear axle) forward to the middle of the box, m. */
  readonly centre: number;
  /** Whether the file says its size. */
  readonly sized: boolean;
  readonly marked: boolean;
}

export type Shape = 'linear' | 'cubic' | 'sinusoidal' | 'step';
/** How a change goes: its course, and how long it takes in seconds, in metres driven, or by its rate. */
export interface Dynamics {
  readonly shape: Shape;
  readonly by: 'time' | 'distance' | 'rate';
  readonly value: number;
}

export interface SpeedTarget {
  /** Absolute without `to`. */
  readonly value: number;
  readonly to?: string;
  readonly factor?: boolean;
  /** Never ends by itself. */
  readonly continuous?: boolean;
}

interface Vertex {
  readonly position: Position;
  readonly time: number | undefined;
}

export type Action =
  | { readonly kind: 'speed'; readonly dynamics: Dynamics; readonly target: SpeedTarget }
  /** `lane`: absolute id, or counted to the left (+) of the lane of `to`. */
  | {
      readonly kind: 'laneChange';
      readonly dynamics: Dynamics;
      readonly lane: number;
      readonly to?: string;
      readonly offset: number;
    }
  | {
      readonly kind: 'laneOffset';
      readonly shape: Shape;
      readonly maxLateralAcc: number;
      readonly offset: number;
      readonly to?: string;
    }
  | { readonly kind: 'trajectory'; readonly vertices: readonly Vertex[]; readonly timed: boolean }
  | { readonly kind: 'route'; readonly waypoints: readonly Position[] }
  | { readonly kind: 'teleport'; readonly position: Position }
  | {
      readonly kind: 'synchronize';
      readonly master: string;
      readonly at: Position;
      readonly masterAt: Position;
      readonly tolerance: number;
      readonly masterTolerance: number;
      readonly finalSpeed: number | undefined;
    }
  | { readonly kind: 'weather'; readonly weather: WeatherParameters; readonly friction: number | undefined }
  | { readonly kind: 'remove'; readonly entity: string }
  /** Something the lab does not do: over as soon as it begins. */
  | { readonly kind: 'none' };

export type Rule = 'lessThan' | 'greaterThan' | 'equalTo' | 'lessOrEqual' | 'greaterOrEqual' | 'notEqualTo';
export interface Comparison {
  readonly value: number;
  readonly rule: Rule;
}
/** What a distance is measured along. */
export interface Measure {
  readonly axis: 'euclidean' | 'longitudinal' | 'lateral';
  readonly alongRoad: boolean;
  /** Between boxes rather than reference points. */
  readonly freespace: boolean;
}

export type EntityTest =
  | ({ readonly kind: 'speed' | 'acceleration' } & Comparison)
  | ({ readonly kind: 'relativeSpeed'; readonly to: string } & Comparison)
  | { readonly kind: 'standStill'; readonly seconds: number }
  | { readonly kind: 'traveled'; readonly value: number }
  | { readonly kind: 'reach'; readonly position: Position; readonly tolerance: number }
  | ({ readonly kind: 'distance' | 'headway' | 'collisionTime'; readonly to: string | Position } & Measure & Comparison)
  | { readonly kind: 'collision'; readonly to: string | undefined };

export type ElementState = 'start' | 'end' | 'stop' | 'skip' | 'complete' | 'running' | 'standby';
export type Test =
  | ({ readonly kind: 'time' } & Comparison)
  | { readonly kind: 'element'; readonly type: string; readonly ref: string; readonly state: ElementState }
  | { readonly kind: 'entity'; readonly who: readonly string[]; readonly all: boolean; readonly test: EntityTest }
  | { readonly kind: 'never' };

export interface Condition {
  readonly name: string;
  readonly delay: number;
  readonly edge: 'none' | 'rising' | 'falling' | 'risingOrFalling';
  readonly test: Test;
}
/** Groups are alternatives, the conditions of a group hold together. */
export type Trigger = readonly (readonly Condition[])[];

interface NamedAction {
  readonly name: string;
  readonly action: Action;
}
export interface StoryEvent {
  readonly name: string;
  readonly priority: 'overwrite' | 'skip' | 'parallel';
  readonly times: number;
  readonly start: Trigger;
  readonly actions: readonly NamedAction[];
}
interface Maneuver {
  readonly name: string;
  readonly events: readonly StoryEvent[];
}
export interface ManeuverGroup {
  readonly name: string;
  readonly times: number;
  readonly actors: readonly string[];
  readonly maneuvers: readonly Maneuver[];
}
export interface Act {
  readonly name: string;
  readonly story: string;
  readonly groups: readonly ManeuverGroup[];
  readonly start: Trigger;
  readonly stop: Trigger;
}

export interface Storyboard {
  readonly revision: string;
  readonly description: string;
  /** The road network's file as named, '' without one. */
  readonly roadFile: string;
  readonly entities: readonly Entity[];
  /** Index in `entities`, −1 without entities. */
  readonly ego: number;
  readonly egoWhy: string;
  /** What each entity does before time 0, in order; those of `entity` '' are global. */
  readonly init: readonly { readonly entity: string; readonly action: Action }[];
  readonly acts: readonly Act[];
  readonly stop: Trigger;
}
