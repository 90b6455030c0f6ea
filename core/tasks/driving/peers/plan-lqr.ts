/**
 * nuPlan's LQR tracker as NAVSIM runs it: poses → speed and curvature profile → acceleration and steering-rate commands.
 *
 * 1. Profile: v₀ and accelerations by least squares on the displacements between poses, with a penalty λ·|D·a|² on jerk, then
 *    curvature and its rate by least squares on the heading changes (`tracker_utils.py`, `batch_lqr_utils.py`).
 *    **Quirk.** NAVSIM builds D by writing −I over the +I it has just written: D = −I with one +1 in the last row, which
 *    penalises acceleration, not its change. `difference: 'navsim-exact'` reproduces it; `'corrected'` is nuPlan's true difference.
 * 2. Longitudinal: one step over the horizon, B = N·dt: a = −(B·q)(v − v_ref)/(B·q·B + 1), q = 10.
 * 3. Lateral state (e_y, e_ψ, δ) linearised about v_i = v + i·dt·a: e_y += v·dt·e_ψ, e_ψ += v·dt/L·δ − v·dt·κ, δ += dt·u; rolled over N steps,
 *    u = −(BᵀQ·e)/(BᵀQ·B + 1), Q = diag(1, 10, 0). At or below 0.2 m/s (car and reference): a = −½(v − v_ref), u = 0.
 */
import { wrapAngle } from '../../../base/geometry.ts';
import {
  PACIFICA,
  type RearAxleCommand,
  type RearAxleState,
  type RearAxleVehicle,
  stepRearAxle,
} from './rear-axle-bicycle.ts';
import { leastSquares } from '../../../base/solve.ts';

export type PlanPose = readonly [x: number, y: number, headingRad: number];
export type DifferenceMatrix = 'corrected' | 'navsim-exact';

const LQR_DEFAULTS = {
  dt: 0.1,
  horizon: 10,
  speedWeight: 10,
  lateralWeights: [1, 10, 0],
  controlWeight: 1,
  jerkPenalty: 1e-4,
  curvatureRatePenalty: 1e-2,
  initialCurvaturePenalty: 1e-10,
  stoppingGain: 0.5,
  stoppingSpeedMps: 0.2,
} as const;

export interface PlanProfile {
  /** [poses − 1] m/s and 1/m. */
  readonly speedMps: Float64Array;
  readonly curvature: Float64Array;
}

/** [x₀, x₀ + Σ dt·rates]. */
function integrate(fit: Float64Array, dt: number): Float64Array {
  const out = Float64Array.from(fit);
  for (let i = 1, sum = 0; i < fit.length; i++) {
    sum += fit[i] * dt;
    out[i] = fit[0] + sum;
  }
  return out;
}

/** λ·DᵀD over the unknowns [v₀, a₀ … a_{n−2}]; v₀ is not penalised. */
function jerkPenalty(n: number, lambda: number, difference: DifferenceMatrix): Float64Array {
  const penalty = new Float64Array(n * n);
  for (let row = 0; row < n - 2; row++) {
    const [here, next] = [row + 1, row + 2];
    penalty[here * n + here] += lambda;
    if (difference === 'navsim-exact' && row < n - 3) continue;
    penalty[next * n + next] += lambda;
    penalty[here * n + next] -= lambda;
    penalty[next * n + here] -= lambda;
  }
  return penalty;
}

/** Speed and curvature that a plan of at least 4 poses asks for. Throws RangeError below that. */
export function fitProfile(
  poses: readonly PlanPose[],
  difference: DifferenceMatrix = 'corrected',
  dt: number = LQR_DEFAULTS.dt,
): PlanProfile {
  const n = poses.length - 1;
  if (n < 3) throw new RangeError(`A profile needs at least 4 poses, not ${poses.length}`);
  const rows = new Float64Array(2 * n * n);
  const moved = new Float64Array(2 * n);
  for (let k = 0; k < n; k++)
    for (const axis of [0, 1]) {
      const along = axis === 0 ? Math.cos(poses[k][2]) : Math.sin(poses[k][2]);
      const row = 2 * k + axis;
      moved[row] = poses[k + 1][axis] - poses[k][axis];
      rows[row * n] = along * dt;
      for (let j = 1; j <= k; j++) rows[row * n + j] = along * dt * dt;
    }
  const speedMps = integrate(leastSquares(rows, moved, jerkPenalty(n, LQR_DEFAULTS.jerkPenalty, difference)), dt);

  const turning = new Float64Array(n * n);
  const turned = Float64Array.from({ length: n }, (_, k) => wrapAngle(poses[k + 1][2] - poses[k][2]));
  const penalty = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    turning[k * n] = speedMps[k] * dt;
    for (let j = 1; j <= k; j++) turning[k * n + j] = speedMps[k] * dt * dt;
    penalty[k * n + k] = k === 0 ? LQR_DEFAULTS.initialCurvaturePenalty : LQR_DEFAULTS.curvatureRatePenalty;
  }
  return { speedMps, curvature: integrate(leastSquares(turning, turned, penalty), dt) };
}

/** Command at step `index` of the plan. */
export function lqrCommand(
  state: RearAxleState,
  poses: readonly PlanPose[],
  profile: PlanProfile,
  index: number,
  vehicle: RearAxleVehicle = PACIFICA,
): RearAxleCommand {
  const { dt, horizon, speedWeight, controlWeight, lateralWeights, stoppingGain, stoppingSpeedMps } = LQR_DEFAULTS;
  const reference = Math.min(index + horizon, profile.speedMps.length - 1);
  const wanted = profile.speedMps[reference];
  const v = state.speedMps;
  if (wanted <= stoppingSpeedMps && v <= stoppingSpeedMps)
    return { accelMps2: -stoppingGain * (v - wanted), steerRateRadps: 0 };
  const reach = horizon * dt;
  const accelMps2 = -((reach * speedWeight) / (reach * speedWeight * reach + controlWeight)) * (v - wanted);

  const [px, py, heading] = poses[index];
  const [dx, dy] = [state.x - px, state.y - py];
  // The free response of the error and, beside it, its response to a unit steering rate held over the horizon.
  let lateral = -dx * Math.sin(heading) + dy * Math.cos(heading);
  let yaw = wrapAngle(state.headingRad - heading);
  let steer = state.steerRad;
  let [byLateral, byYaw, bySteer] = [0, 0, 0];
  for (let i = 0; i < horizon; i++) {
    const step = (v + i * dt * accelMps2) * dt;
    const curvature = profile.curvature[Math.min(index + i, reference)];
    [lateral, yaw] = [lateral + step * yaw, yaw + (step / vehicle.wheelbase) * steer - step * curvature];
    [byLateral, byYaw, bySteer] = [
      byLateral + step * byYaw,
      byYaw + (step / vehicle.wheelbase) * bySteer,
      bySteer + dt,
    ];
  }
  [yaw, steer] = [wrapAngle(yaw), wrapAngle(steer)];
  const [q0, q1, q2] = lateralWeights;
  const pull = q0 * byLateral * lateral + q1 * byYaw * yaw + q2 * bySteer * steer;
  const stiffness = q0 * byLateral ** 2 + q1 * byYaw ** 2 + q2 * bySteer ** 2 + controlWeight;
  return { accelMps2, steerRateRadps: -pull / stiffness };
}

/** A rear-axle state that stands on nothing but pose and speed. */
export function startState(x: number, y: number, headingRad: number, speedMps: number): RearAxleState {
  return {
    x,
    y,
    headingRad,
    speedMps,
    accelMps2: 0,
    steerRad: 0,
    steerRateRadps: 0,
    yawRateRadps: 0,
    yawAccelRadps2: 0,
  };
}

export interface Rollout {
  /** [poses] */
  readonly states: readonly RearAxleState[];
  /** [poses − 1] */
  readonly commands: readonly RearAxleCommand[];
}

/** Drives a plan closed loop: LQR commands through the lagging bicycle, a state for every pose. */
export function rollOut(
  start: RearAxleState,
  poses: readonly PlanPose[],
  difference: DifferenceMatrix = 'corrected',
  vehicle: RearAxleVehicle = PACIFICA,
): Rollout {
  const profile = fitProfile(poses, difference);
  const states = [start];
  const commands: RearAxleCommand[] = [];
  for (let i = 0; i + 1 < poses.length; i++) {
    const command = lqrCommand(states[i], poses, profile, i, vehicle);
    commands.push(command);
    states.push(stepRearAxle(states[i], command, LQR_DEFAULTS.dt, vehicle));
  }
  return { states, commands };
}
