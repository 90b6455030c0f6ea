/**
 * Waymax's bicycle: controls are acceleration and path curvature κ, so it can be inverted from two logged states.
 *
 * Forward: x += vx·dt + ½·a·cos ψ·dt², y alike, ψ += κ·(v·dt + ½·a·dt²), v += a·dt, velocity along the new heading.
 * Inverse: a = Δv/dt, κ = Δψ/(v·dt + ½·a·dt²), 0 when either speed is below 0.6 m/s; Δψ is taken from the direction of the new
 * velocity, which is less noisy in logs than the recorded heading (`dynamics/bicycle_model.py`).
 */
import { wrapAngle } from '../../../base/geometry.ts';

export interface VelocityState {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly vx: number;
  readonly vy: number;
}
export interface CurvatureControl {
  readonly accelMps2: number;
  /** 1/m, left +. */
  readonly curvature: number;
}

const WAYMAX_MAX_ACCEL = 6;
const WAYMAX_MAX_CURVATURE = 0.3;
/** Below this speed curvature cannot be told, m/s. */
const MIN_SPEED = 0.6;

const clamp = (value: number, bound: number) => Math.max(-bound, Math.min(bound, value));

/** One step of `dt` seconds, controls clipped to ±6 m/s² and ±0.3 1/m. */
export function stepInvertible(state: VelocityState, control: CurvatureControl, dt = 0.1): VelocityState {
  const accel = clamp(control.accelMps2, WAYMAX_MAX_ACCEL);
  const curvature = clamp(control.curvature, WAYMAX_MAX_CURVATURE);
  const speed = Math.hypot(state.vx, state.vy);
  const headingRad = wrapAngle(state.headingRad + curvature * (speed * dt + 0.5 * accel * dt * dt));
  const next = speed + accel * dt;
  return {
    x: state.x + state.vx * dt + 0.5 * accel * Math.cos(state.headingRad) * dt * dt,
    y: state.y + state.vy * dt + 0.5 * accel * Math.sin(state.headingRad) * dt * dt,
    headingRad,
    vx: next * Math.cos(headingRad),
    vy: next * Math.sin(headingRad),
  };
}

/** The control that leads from `from` to `to`, unclipped. */
export function invertStep(from: VelocityState, to: VelocityState, dt = 0.1): CurvatureControl {
  const speed = Math.hypot(from.vx, from.vy);
  const next = Math.hypot(to.vx, to.vy);
  const accelMps2 = (next - speed) / dt;
  if (speed < MIN_SPEED || next < MIN_SPEED) return { accelMps2, curvature: 0 };
  const turn = wrapAngle(Math.atan2(to.vy, to.vx) - from.headingRad);
  return { accelMps2, curvature: turn / (speed * dt + 0.5 * accelMps2 * dt * dt) };
}
