/**
 * The states of one drive as columns: what a viewer draws and a test compares. Row = step (0..steps); all SI, radians, world
 * frame. Made by replaying an episode's controls (replay.ts), never stored.
 */
export interface DriveFrames {
  readonly steps: number;
  readonly dt: number;
  /** Per step FRAME_STRIDE numbers: x, y, heading, speed, acceleration, steering, s, lateral, ttc, reward, light (FRAME_*). */
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
  readonly road: {
    readonly ds: number;
    readonly x: Float64Array;
    readonly y: Float64Array;
    readonly heading: Float64Array;
    readonly laneWidth: number;
    readonly lanesLeft: number;
    readonly lanesRight: number;
    readonly speedLimitMps: number;
    readonly stopLineS?: number;
    readonly goalS: number;
    readonly junction?: { readonly from: number; readonly to: number };
    /** Arc lengths where a zebra crossing is drawn. */
    readonly crossings: readonly number[];
  };
  /** True when every stored state hash equals the recomputed one; otherwise the step of the first difference. */
  readonly verified: true | { readonly divergedAtStep: number };
}

export const FRAME_X = 0;
export const FRAME_Y = 1;
export const FRAME_HEADING = 2;
export const FRAME_SPEED = 3;
export const FRAME_ACCEL = 4;
export const FRAME_STEER = 5;
export const FRAME_S = 6;
export const FRAME_LATERAL = 7;
export const FRAME_TTC = 8;
export const FRAME_REWARD = 9;
export const FRAME_LIGHT = 10;
export const FRAME_STRIDE = 11;
export const ACTOR_STRIDE = 6;
