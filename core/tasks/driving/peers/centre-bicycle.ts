/**
 * highway-env's car: a kinematic bicycle about its geometric centre, and the cascade that keeps it in a lane.
 *
 * Slip β = atan(½·tan δ); ẋ = v·cos(ψ + β), ẏ = v·sin(ψ + β), ψ̇ = v·sin β / (L/2), v̇ = a, integrated by explicit Euler with the
 * old v and ψ (`vehicle/kinematics.py`). Lane keeping (`vehicle/controller.py`): lateral offset → lateral speed → heading →
 * yaw rate → slip → steering, each by a proportional gain. Numbers agree with the peer's own run to 1e-9 (centre-bicycle.test.ts).
 */
import { wrapAngle } from '../../../base/geometry.ts';
import { idmAcceleration, IDM_PRESETS, type IdmParameters, notZero } from './idm.ts';

/** Centre of the box, rad, m/s. */
export interface CentreBicycleState {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly speedMps: number;
}
export interface BicycleControl {
  readonly accelMps2: number;
  readonly steerRad: number;
}

/** highway-env's car length, m, and top speed, m/s. */
const HIGHWAY_ENV_LENGTH = 5;
const HIGHWAY_ENV_MAX_SPEED = 40;
const TAU_ACCEL = 0.6;
const TAU_HEADING = 0.2;
const TAU_LATERAL = 0.6;
const TAU_PURSUIT = 0.5 * TAU_HEADING;
const MAX_STEER = Math.PI / 3;
const IDM_MAX_ACCEL = 6;

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** One explicit Euler step of `dt` seconds. Beyond the top speed the acceleration is pulled back by 1 /s, as the peer does. */
export function stepCentreBicycle(
  state: CentreBicycleState,
  control: BicycleControl,
  dt: number,
  length: number = HIGHWAY_ENV_LENGTH,
): CentreBicycleState {
  const { x, y, headingRad, speedMps: v } = state;
  const over = Math.abs(v) > HIGHWAY_ENV_MAX_SPEED;
  const pull = Math.sign(v) * HIGHWAY_ENV_MAX_SPEED - v;
  const bounded = v > 0 ? Math.min(control.accelMps2, pull) : Math.max(control.accelMps2, pull);
  const accel = over ? bounded : control.accelMps2;
  const slip = Math.atan(0.5 * Math.tan(control.steerRad));
  return {
    x: x + v * Math.cos(headingRad + slip) * dt,
    y: y + v * Math.sin(headingRad + slip) * dt,
    headingRad: headingRad + ((v * Math.sin(slip)) / (length / 2)) * dt,
    speedMps: v + accel * dt,
  };
}

/** Where a vehicle is in its lane; `headingAheadRad` is the lane's heading at s + 0.1 s · v. */
export interface LaneDeviation {
  /** Offset from the lane centre, m, positive towards increasing lateral coordinate of the lane. */
  readonly lateral: number;
  readonly headingAheadRad: number;
}

/** Distance ahead, m, at which lane keeping reads the lane's heading. */
export const lanePreview = (speedMps: number): number => speedMps * TAU_PURSUIT;

/** Front steering angle of highway-env's lane keeping, rad, within ±π/3. */
export function laneSteering(
  state: CentreBicycleState,
  lane: LaneDeviation,
  length: number = HIGHWAY_ENV_LENGTH,
): number {
  const v = notZero(state.speedMps);
  const lateralSpeed = -lane.lateral / TAU_LATERAL;
  const heading = clamp(Math.asin(clamp(lateralSpeed / v, -1, 1)), -Math.PI / 4, Math.PI / 4);
  const yawRate = wrapAngle(lane.headingAheadRad + heading - state.headingRad) / TAU_HEADING;
  const slip = Math.asin(clamp((length / 2 / v) * yawRate, -1, 1));
  return clamp(Math.atan(2 * Math.tan(slip)), -MAX_STEER, MAX_STEER);
}

/** Proportional speed control, m/s². */
export function speedControl(speedMps: number, targetMps: number): number {
  return (targetMps - speedMps) / TAU_ACCEL;
}

/** highway-env's IDM command behind a lead: gap centre to centre, clipped to ±6 m/s². */
export function idmCommand(
  speedMps: number,
  centreGap: number,
  leadSpeedMps: number,
  parameters: IdmParameters = IDM_PRESETS.highwayEnv,
): number {
  return clamp(idmAcceleration(parameters, speedMps, centreGap, leadSpeedMps), -IDM_MAX_ACCEL, IDM_MAX_ACCEL);
}
