/**
 * The states of one drive as columns: what a viewer draws and a test compares. Row = step (0..steps); all SI, radians, world
 * frame. Made by replaying an episode's controls (replay.ts), never stored.
 */
import type { MapDrawing } from '../tasks/driving/roads/drawing/model.ts';
import type { SceneLight, SceneWeather } from './scene-frames.ts';

export interface DriveStates {
  readonly steps: number;
  readonly dt: number;
  /** Per step STATE_STRIDE numbers: x, y, heading, speed, acceleration, steering, s, lateral, ttc, reward, light (FRAME_*). */
  readonly ego: Float64Array;
  /** Per step and actor ACTOR_STRIDE numbers: x, y, heading, speed, visible (0/1), present (0/1). */
  readonly actors: Float64Array;
  readonly actorInfo: readonly {
    readonly id: string;
    readonly label: string;
    readonly kind: number;
    readonly length: number;
    readonly width: number;
    readonly behaviour: string;
  }[];
  /** The recorded human drive for imported logs, per step x, y, heading, speed; drawn as the expert's ghost. */
  readonly human?: Float64Array;
  readonly road: RoadFrames;
  /** Posts of the world's traffic lights, and LIGHT_* of each signal at each step, `signals` a row. */
  readonly lights: readonly LightPost[];
  readonly signals: number;
  readonly signalStates: Uint8Array;
  readonly weather: SceneWeather;
  /** Drawing of the map the road is part of, where it is part of one; sent with the drive, not with its ghosts. */
  readonly map?: MapDrawing;
  /** True when every stored state hash equals the recomputed one; otherwise the step of the first difference. */
  readonly verified: true | { readonly divergedAtStep: number };
}

/** A traffic light's post; which of the world's signals it shows. */
export interface LightPost extends SceneLight {
  readonly signal: number;
}

/** The ego's route as it is drawn and scored: columns of one length, a sample every `ds` metres; m, m/s. */
export interface RoadFrames {
  readonly ds: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly heading: Float64Array;
  /** Distance to the left and right edge of the drivable area, junctions' extra width included. */
  readonly edgeLeft: Float64Array;
  readonly edgeRight: Float64Array;
  /** Lateral (left +) beyond which lanes are oncoming traffic's; Infinity where there are none. */
  readonly oncomingFrom: Float64Array;
  readonly speedLimitMps: Float64Array;
  readonly laneWidth: number;
  /** Lanes beside the ego's, for drawing a road that has no map. */
  readonly lanesLeft: number;
  readonly lanesRight: number;
  readonly goalS: number;
  /** Stretches inside junctions, and where a zebra crossing is drawn. */
  readonly junctions: readonly { readonly from: number; readonly to: number }[];
  readonly crossings: readonly number[];
  /** Lights that rule the route, ascending: stop line and index among the world's signals. */
  readonly lights: readonly { readonly stopLineS: number; readonly signal: number }[];
}

export const STATE_X = 0;
export const STATE_Y = 1;
export const STATE_HEADING = 2;
export const STATE_SPEED = 3;
export const STATE_ACCEL = 4;
export const STATE_STEER = 5;
export const STATE_S = 6;
export const STATE_LATERAL = 7;
export const STATE_TTC = 8;
export const STATE_REWARD = 9;
export const STATE_LIGHT = 10;
export const STATE_STRIDE = 11;
export const ACTOR_STRIDE = 6;
