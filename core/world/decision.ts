/**
 * What the expert decides, twice a second, from the observation alone: the shared vocabulary of expert, trace and checks.
 * SI units; ego frame.
 */

/** Longitudinal decision. `proceed` also covers "drive at the limit". */
export type Longitudinal = 'proceed' | 'follow' | 'yield' | 'slow' | 'stop';
export const LONGITUDINALS: readonly Longitudinal[] = ['proceed', 'follow', 'yield', 'slow', 'stop'];

/** Lateral decision: hold the lane centre, or steer back to it from more than 0.5 m away. */
export type Lateral = 'keep_lane' | 'recenter';

/**
 * Why: `A1`..`A4` (an actor slot), the light, the goal's end of road, a curve, an occluding box beside the lane, the speed
 * limit (driving above it), or nothing in the way.
 */
export type Cause =
  | { readonly kind: 'actor'; readonly slot: number }
  | { readonly kind: 'occlusion'; readonly slot: number }
  | { readonly kind: 'light' }
  | { readonly kind: 'curve' }
  | { readonly kind: 'limit' }
  | { readonly kind: 'clear' };

/** How an actor is expected to move over the next seconds, as seen from its observed position and velocity. */
export type Motion = 'keeps' | 'brakes' | 'crosses' | 'waits' | 'stands' | 'leaves';

export interface Prediction {
  /** Observation slot 0..3. */
  readonly slot: number;
  readonly motion: Motion;
  /** Whether it is or will be in the ego's path. */
  readonly inPath: boolean;
  /** Bumper-to-bumper distance along the route, m (negative = behind). */
  readonly gap: number;
  /** Seconds until ego and actor meet at present velocities; Infinity when they do not. */
  readonly ttc: number;
}

export interface Decision {
  readonly longitudinal: Longitudinal;
  readonly lateral: Lateral;
  readonly cause: Cause;
  /** Speed at the end of the plan (2 s), m/s, and the mean acceleration of the plan, m/s². */
  readonly targetSpeedMps: number;
  readonly accelMps2: number;
  /** Distance to the point where the plan means to stand still, m; NaN when it does not stop. */
  readonly stopDistance: number;
  /** Present actors only, most critical first. */
  readonly predictions: readonly Prediction[];
  /** 20 × (x, y), ego frame, m. */
  readonly waypoints: Float32Array;
}
