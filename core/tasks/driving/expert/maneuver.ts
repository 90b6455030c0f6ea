/**
 * What the expert decides, twice a second, from the observation alone: the shared vocabulary of expert, trace and checks.
 * SI units; ego frame.
 */

/** Longitudinal decision. `proceed` also covers "drive at the limit". */
export type Longitudinal = 'proceed' | 'follow' | 'yield' | 'slow' | 'stop';
export const LONGITUDINALS: readonly Longitudinal[] = ['proceed', 'follow', 'yield', 'slow', 'stop'];

/**
 * Lateral decision: hold the lane centre; steer back to it from more than 0.5 m away; swing out to the left or right past
 * something that stands or rolls in the way; move to the right edge for an emergency vehicle from behind.
 */
export type Lateral = 'keep_lane' | 'recenter' | 'pass_left' | 'pass_right' | 'pull_right';
export const LATERALS: readonly Lateral[] = ['keep_lane', 'recenter', 'pass_left', 'pass_right', 'pull_right'];

/**
 * Why: an actor slot (said `A1`..`A6`), the light, a curve, an occluding box beside the lane, how far one sees, the speed
 * limit (driving above it), or nothing in the way.
 */
export type Cause =
  | { readonly kind: 'actor'; readonly slot: number }
  | { readonly kind: 'occlusion'; readonly slot: number }
  | { readonly kind: 'light' }
  | { readonly kind: 'curve' }
  | { readonly kind: 'sight' }
  | { readonly kind: 'limit' }
  | { readonly kind: 'clear' };
/** Causes that name nobody. */
export type PlainCause = Exclude<Cause['kind'], 'actor' | 'occlusion'>;
export const PLAIN_CAUSES: readonly PlainCause[] = ['light', 'curve', 'sight', 'limit', 'clear'];

/** How an actor is expected to move over the next seconds, as seen from its observed position and velocity (expert-predict.ts). */
export type Motion =
  | 'keeps'
  | 'slower'
  | 'joins'
  | 'overtakes'
  | 'oncoming'
  | 'turns'
  | 'crosses'
  | 'leaves'
  | 'waits'
  | 'stands';
export const MOTIONS: readonly Motion[] = [
  'keeps',
  'slower',
  'joins',
  'overtakes',
  'oncoming',
  'turns',
  'crosses',
  'leaves',
  'waits',
  'stands',
];

export interface Prediction {
  /** Observation slot 0..OBS_ACTORS − 1. */
  readonly slot: number;
  readonly motion: Motion;
  /** Whether it is or will be in the ego's lane, at the height of the ego's tail or ahead of it. */
  readonly inPath: boolean;
  /** Bumper-to-bumper distance along the route, m (negative = behind). */
  readonly gap: number;
  /** Seconds until they meet as the actor is expected to move and the ego holds its speed and lane; Infinity when they do not. */
  readonly ttc: number;
}

export interface Decision {
  readonly longitudinal: Longitudinal;
  readonly lateral: Lateral;
  /** Whom it passes or makes room for; absent for keep_lane and recenter. */
  readonly lateralSlot?: number;
  readonly cause: Cause;
  /** Speed at the end of the plan (2 s), m/s, and the mean acceleration of the plan, m/s². */
  readonly targetSpeedMps: number;
  readonly accelMps2: number;
  /** Distance to the point where the plan means to stand still, m; NaN when it does not stop. */
  readonly stopDistance: number;
  /** Visible actors only, most critical first. */
  readonly predictions: readonly Prediction[];
  /** 20 × (x, y), ego frame, m. */
  readonly waypoints: Float32Array;
}
