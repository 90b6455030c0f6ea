/**
 * nuPlan's and NAVSIM's car: a kinematic bicycle about the rear axle whose actuators lag behind their commands.
 *
 * First-order lags: a' = a + dt/(dt + 0.2)·(a_cmd − a), δ' = δ + dt/(dt + 0.05)·(dt·δ̇_cmd), applied rate (δ' − δ)/dt. Then explicit
 * Euler with the old v, ψ, δ: ẋ = v·cos ψ, ẏ = v·sin ψ, ψ̇ = v·tan δ / L, v̇ = a', δ clipped to ±π/3; the reported yaw rate is
 * v·tan δ / L of the new state (`batch_kinematic_bicycle.py`). Lateral acceleration is not part of the model: the peers report 0
 * for it, which is why their comfort score cannot see a fast bend (core/tasks/driving/scores/comfort.ts).
 */
import { wrapAngle } from '../../../base/geometry.ts';

export interface RearAxleVehicle {
  readonly wheelbase: number;
  readonly maxSteerRad: number;
  /** Time constants of the lags, s. */
  readonly accelTau: number;
  readonly steerTau: number;
  readonly length: number;
  readonly width: number;
  /** Rear axle to the centre of the box, m, forward +. */
  readonly rearAxleToCentre: number;
}

/** nuPlan's `get_pacifica_parameters`: rear overhang 1.127, front length 4.049. */
export const PACIFICA: RearAxleVehicle = {
  wheelbase: 3.089,
  maxSteerRad: Math.PI / 3,
  accelTau: 0.2,
  steerTau: 0.05,
  length: 5.176,
  width: 2.297,
  rearAxleToCentre: 1.461,
};

/** Rear axle, SI. */
export interface RearAxleState {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly speedMps: number;
  readonly accelMps2: number;
  readonly steerRad: number;
  readonly steerRateRadps: number;
  readonly yawRateRadps: number;
  readonly yawAccelRadps2: number;
}
export interface RearAxleCommand {
  readonly accelMps2: number;
  readonly steerRateRadps: number;
}

/** One step of `dt` seconds. */
export function stepRearAxle(
  state: RearAxleState,
  command: RearAxleCommand,
  dt: number,
  vehicle: RearAxleVehicle = PACIFICA,
): RearAxleState {
  const { x, y, headingRad, speedMps: v, steerRad } = state;
  const { wheelbase, maxSteerRad, accelTau, steerTau } = vehicle;
  const accel = state.accelMps2 + (dt / (dt + accelTau)) * (command.accelMps2 - state.accelMps2);
  const wanted = steerRad + (dt / (dt + steerTau)) * (dt * command.steerRateRadps);
  const steerRate = (wanted - steerRad) / dt;
  const speed = v + accel * dt;
  const steer = Math.max(-maxSteerRad, Math.min(maxSteerRad, steerRad + steerRate * dt));
  const yawRate = (speed * Math.tan(steer)) / wheelbase;
  return {
    x: x + v * Math.cos(headingRad) * dt,
    y: y + v * Math.sin(headingRad) * dt,
    headingRad: wrapAngle(headingRad + ((v * Math.tan(steerRad)) / wheelbase) * dt),
    speedMps: speed,
    accelMps2: accel,
    steerRad: steer,
    steerRateRadps: steerRate,
    yawRateRadps: yawRate,
    yawAccelRadps2: (yawRate - state.yawRateRadps) / dt,
  };
}
