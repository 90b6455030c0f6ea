/**
 * Tracker: what a plan means for the pedals and the wheel, ten times a second.
 *
 * Speed, as in nuPlan's one-step LQR (nuplan-devkit, `lqr.py`, after Bar-Shalom): the acceleration that brings the speed to
 * the plan's speed half a second ahead, so a constant acceleration is followed without lag; plus a term on the position
 * error along the plan. Its change a step stays inside the comfort bound on jerk, except for emergency braking. A plan that
 * stands still, now and a second ahead, holds the brake: no creeping.
 *
 * Steering is pure pursuit (Coulter 1992) fitted to many points: every waypoint ahead asks for the curvature of the arc
 * that leaves along the vehicle and passes through it, and least squares settles on one, so noise in single waypoints averages out. A prior
 * on the present curvature holds the wheel when the plan is too short to say. For the box centre, which a bicycle moves
 * along heading + slip, the arc through (x, y) has curvature 2y / m with m = x(x + 2r) + y², r = WHEELBASE / 2: the distance
 * from the rear axle squared less r².
 */
import * as F from '../../../../abi/world-fields.ts';
import { type Pose, roundEven, toEgo, type WorldPoint } from '../../../../base/geometry.ts';
import {
  ACCEL_MAX_Q,
  ACCEL_MIN_Q,
  ACCEL_QUANTUM,
  DT,
  STEER_MAX_Q,
  STEER_QUANTUM,
  WAYPOINTS,
  WHEELBASE,
} from '../../../../abi/layout.ts';

/** Control in integer counts of ACCEL_QUANTUM and STEER_QUANTUM. */
export interface ControlCounts {
  readonly accel: number;
  readonly steer: number;
}

export interface TrackedEgo extends Pose {
  readonly speedMps: number;
  readonly accelMps2: number;
  readonly steerRad: number;
}

export interface Plan {
  /** Step at which the plan was made; waypoint k (from 1) is where to be at step + k. */
  readonly step: number;
  /** WAYPOINTS points, world frame. */
  readonly points: readonly WorldPoint[];
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** Nearest integer within limits; `+ 0` because -0 would hash unlike 0. */
const counts = (value: number, low: number, high: number) => clamp(roundEven(value), low, high) + 0;

/** Control for the step after `step`. Without a plan, or after its last waypoint, the ego brakes gently to a stop. */
export function track(ego: TrackedEgo, plan: Plan | undefined, step: number): ControlCounts {
  let accel: number = F.TRACK_LOST;
  let steer = ego.steerRad;
  if (plan && step - plan.step < WAYPOINTS) {
    const elapsed = step - plan.step;
    const waypoint = (k: number) => toEgo(ego, plan.points[Math.min(k, WAYPOINTS) - 1]);
    accel = wantedAcceleration(ego, elapsed, waypoint);
    if (accel !== F.TRACK_HOLD || ego.speedMps > 0) steer = wantedSteering(ego, elapsed, waypoint);
  }
  const lowest = accel < F.TRACK_EMERGENCY ? accel : ego.accelMps2 - F.TRACK_JERK_STEP;
  accel = clamp(accel, lowest, ego.accelMps2 + F.TRACK_JERK_STEP);
  steer = clamp(steer, ego.steerRad - F.STEER_RATE_STEP, ego.steerRad + F.STEER_RATE_STEP);
  return {
    accel: counts(accel / ACCEL_QUANTUM, ACCEL_MIN_Q, ACCEL_MAX_Q),
    steer: counts(steer / STEER_QUANTUM, -STEER_MAX_Q, STEER_MAX_Q),
  };
}

type Waypoint = (k: number) => { readonly x: number; readonly y: number };

/** Mean speed of the plan between two waypoints, negative when it goes backwards; near the end the last pair as far apart. */
function planSpeed(waypoint: Waypoint, from: number, to: number): number {
  const last = Math.min(to, WAYPOINTS);
  const a = waypoint(last - (to - from));
  const b = waypoint(last);
  const speed = Math.hypot(b.x - a.x, b.y - a.y) / ((to - from) * DT);
  return b.x < a.x ? -speed : speed;
}

function wantedAcceleration(ego: TrackedEgo, elapsed: number, waypoint: Waypoint): number {
  const reference = planSpeed(waypoint, elapsed + F.TRACK_FROM, elapsed + F.TRACK_TO);
  const farther = planSpeed(waypoint, elapsed + F.TRACK_FAR_FROM, elapsed + F.TRACK_FAR_TO);
  const stands = ego.speedMps < F.TRACK_STAND_SPEED && Math.max(reference, farther) < F.TRACK_STAND_REF;
  if (stands) return F.TRACK_HOLD;
  const positionError = elapsed > 0 ? waypoint(elapsed).x : 0;
  return (Math.max(0, reference) - ego.speedMps) / F.TRACK_TIME + F.TRACK_POSITION_GAIN * positionError;
}

function wantedSteering(ego: TrackedEgo, elapsed: number, waypoint: Waypoint): number {
  let weight: number = F.PURSUIT_HOLD;
  let sum = (F.PURSUIT_HOLD * Math.tan(ego.steerRad)) / WHEELBASE;
  for (let k = elapsed + 1; k <= WAYPOINTS; k++) {
    const { x, y } = waypoint(k);
    if (k > elapsed + F.PURSUIT_AHEAD && x * x + y * y > F.PURSUIT_NEAR ** 2) break;
    if (x <= 0) continue;
    const m = x * (x + WHEELBASE) + y * y;
    sum += 2 * y * m;
    weight += m * m;
  }
  return Math.atan((WHEELBASE * sum) / weight);
}
