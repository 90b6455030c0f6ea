/**
 * GPUDrive's "classic" bicycle about the box centre, whose axle distance is the vehicle's whole length.
 *
 * With v_mid = v + ½·a·dt and slip β = atan(½·tan δ): position += v_mid·(cos, sin)(ψ + β)·dt, ψ += v_mid·cos β·tan δ / L·dt, v += a·dt (`src/dynamics.hpp`).
 * **Quirks.** PufferDrive's port has tanh where the textbook has atan (`slip: 'tanh'`). GPUDrive's default steering bins are 13 from −π to
 * π: +90° rounds in float32 to just above π/2, so tan turns negative and the bins +90°, +120° and +150° steer right.
 */
import type { BicycleControl, CentreBicycleState } from './centre-bicycle.ts';

/** GPUDrive's default steering actions, rad, as the float32 numbers they are stored in. */
export const GPUDRIVE_STEER_BINS: Float32Array = Float32Array.from({ length: 13 }, (_, i) => (Math.PI * (i - 6)) / 6);

/** One step of `dt` seconds for a vehicle of `length` metres. */
export function stepClassic(
  state: CentreBicycleState,
  { accelMps2, steerRad }: BicycleControl,
  length: number,
  dt = 0.1,
  slip: 'atan' | 'tanh' = 'atan',
): CentreBicycleState {
  const middle = state.speedMps + 0.5 * accelMps2 * dt;
  const beta = Math[slip](0.5 * Math.tan(steerRad));
  return {
    x: state.x + middle * Math.cos(state.headingRad + beta) * dt,
    y: state.y + middle * Math.sin(state.headingRad + beta) * dt,
    headingRad: state.headingRad + ((middle * Math.cos(beta) * Math.tan(steerRad)) / length) * dt,
    speedMps: state.speedMps + accelMps2 * dt,
  };
}
