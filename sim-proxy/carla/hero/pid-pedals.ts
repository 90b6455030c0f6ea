/**
 * Acceleration and wheel angle as CARLA's pedals and steering wheel.
 *
 * Feed-forward plus an integral on the acceleration that is missing: a car of unknown mass on an unknown slope gets what the
 * tracker asked for within a second. One pedal at a time; at a stand the brake is held. CARLA's steering of 1 is the front
 * wheels' largest angle, MAX_STEER_RAD (PhysX default of its vehicles, 70°).
 */
import type { DriveControl } from '../client/client-types.ts';

export const MAX_STEER_RAD = (70 * Math.PI) / 180;
/** m/s² at full throttle and full brake, about what CARLA's cars do in town. */
const FULL_THROTTLE = 4;
const FULL_BRAKE = 8;
/** Throttle that holds 1 m/s against drag and rolling resistance. */
const DRAG = 0.012;
const INTEGRAL_GAIN = 0.15;
const INTEGRAL_MAX = 0.4;
/** Slower than this with no wish to go is standing, m/s. */
const STANDING = 0.2;
const HOLD_BRAKE = 0.6;

export interface PedalRequest {
  /** From the tracker, m/s². */
  readonly accelMps2: number;
  /** Front wheels, left +. */
  readonly steerRad: number;
  readonly speedMps: number;
  /** As driven over the last step. */
  readonly measuredAccelMps2: number;
  readonly dtSeconds: number;
}

export class PidPedals {
  #integral = 0;

  press(request: PedalRequest): DriveControl {
    const { accelMps2, steerRad, speedMps, measuredAccelMps2, dtSeconds } = request;
    const steer = clamp(steerRad / MAX_STEER_RAD, -1, 1);
    if (speedMps < STANDING && accelMps2 <= 0) {
      this.#integral = 0;
      return { throttle: 0, brake: HOLD_BRAKE, steer };
    }
    const wanted = accelMps2 / (accelMps2 > 0 ? FULL_THROTTLE : FULL_BRAKE) + DRAG * speedMps + this.#integral;
    const missing = accelMps2 - measuredAccelMps2;
    const saturated = (wanted >= 1 && missing > 0) || (wanted <= -1 && missing < 0);
    if (!saturated)
      this.#integral = clamp(this.#integral + INTEGRAL_GAIN * missing * dtSeconds, -INTEGRAL_MAX, INTEGRAL_MAX);
    return wanted >= 0
      ? { throttle: Math.min(1, wanted), brake: 0, steer }
      : { throttle: 0, brake: Math.min(1, -wanted), steer };
  }
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value)) + 0;
