// From a plan (waypoints in the world frame) to a control in counts. Twin with the reasoning: core/tasks/driving/world/twin/tracker.ts.
import { ACCEL_MAX_Q, ACCEL_MIN_Q, ACCEL_QUANTUM, DT, STEER_MAX_Q, STEER_QUANTUM, WAYPOINTS, WHEELBASE } from '../../../abi/layout';
import {
  D_ACCEL, D_ACCEL_Q, D_HEADING, D_PLAN, D_PLAN_STEP, D_SPEED, D_STEER, D_STEER_Q, D_STEP, D_X, D_Y,
  PURSUIT_AHEAD, PURSUIT_HOLD, PURSUIT_NEAR, S_LATENCY, STEER_RATE_STEP, TRACK_EMERGENCY, TRACK_FAR_FROM, TRACK_FAR_TO, TRACK_FROM,
  TRACK_HOLD, TRACK_JERK_STEP, TRACK_LOST, TRACK_POSITION_GAIN, TRACK_STAND_REF, TRACK_STAND_SPEED, TRACK_TIME, TRACK_TO,
} from '../../../abi/world-fields';
import { slipTangent } from './ego';
import { direction, EGO, get, param, set } from './state';

export let accelCounts: f64 = 0;
export let steerCounts: f64 = 0;

let cos: f64 = 1;
let sin: f64 = 0;
let aheadM: f64 = 0;
let leftM: f64 = 0;

/** Waypoint `k` (1..WAYPOINTS; later ones are the last) in the present ego frame. */
function waypoint(k: i32): void {
  const field = D_PLAN + 2 * (min(k, WAYPOINTS) - 1);
  const dx = get(field) - get(D_X);
  const dy = get(field + 1) - get(D_Y);
  aheadM = dx * cos + dy * sin;
  leftM = dy * cos - dx * sin;
}

/** Mean speed of the plan between two waypoints, negative when it goes backwards; near the end the last pair as far apart. */
function planSpeed(from: i32, to: i32): f64 {
  const last = min(to, WAYPOINTS);
  const first = last - (to - from);
  waypoint(first);
  const x = aheadM;
  const y = leftM;
  waypoint(last);
  const dx = aheadM - x;
  const dy = leftM - y;
  const speed = sqrt(dx * dx + dy * dy) / (<f64>(to - from) * DT);
  return dx < 0.0 ? -speed : speed;
}

function wantedAcceleration(elapsed: i32): f64 {
  const speed = get(D_SPEED);
  const reference = planSpeed(elapsed + TRACK_FROM, elapsed + TRACK_TO);
  if (
    speed < TRACK_STAND_SPEED && reference < TRACK_STAND_REF &&
    planSpeed(elapsed + TRACK_FAR_FROM, elapsed + TRACK_FAR_TO) < TRACK_STAND_REF
  ) return TRACK_HOLD;
  let position = 0.0;
  if (elapsed > 0) {
    waypoint(elapsed);
    position = aheadM;
  }
  return (max(0.0, reference) - speed) / TRACK_TIME + TRACK_POSITION_GAIN * position;
}

function wantedSteering(elapsed: i32, steer: f64): f64 {
  const rear = WHEELBASE / 2.0;
  const present = (2.0 * slipTangent(steer)) / WHEELBASE;
  let weight = PURSUIT_HOLD;
  let sum = PURSUIT_HOLD * present;
  for (let k = elapsed + 1; k <= WAYPOINTS; k++) {
    waypoint(k);
    const distance2 = aheadM * aheadM + leftM * leftM;
    if (k > elapsed + PURSUIT_AHEAD && distance2 > PURSUIT_NEAR * PURSUIT_NEAR) break;
    if (aheadM <= 0.0) continue;
    const m = aheadM * (aheadM + 2.0 * rear) + leftM * leftM;
    sum += 2.0 * leftM * m;
    weight += m * m;
  }
  return Math.atan((WHEELBASE * sum) / weight);
}

/** Nearest integer number of counts within limits; never -0, which would hash unlike 0. */
// @ts-ignore: decorator
@inline
function counts(value: f64, quantum: f64, low: i32, high: i32): f64 {
  return max(<f64>low, min(<f64>high, nearest(value / quantum))) + 0.0;
}

/** Leaves the control of this step in accelCounts and steerCounts. Where controls act late it goes on from the last command. */
export function track(): void {
  const planStep = <i32>get(D_PLAN_STEP);
  const elapsed = <i32>get(D_STEP) - planStep;
  const late = param(S_LATENCY) > 0.0;
  const before = late ? get(D_ACCEL_Q) * ACCEL_QUANTUM : get(D_ACCEL);
  const steerBefore = late ? get(D_STEER_Q) * STEER_QUANTUM : get(D_STEER);
  let accel = TRACK_LOST;
  let steer = steerBefore;
  if (planStep >= 0 && elapsed < WAYPOINTS) {
    const unit = direction(EGO, get(D_HEADING));
    cos = load<f64>(unit);
    sin = load<f64>(unit, 8);
    accel = wantedAcceleration(elapsed);
    if (accel != TRACK_HOLD || get(D_SPEED) > 0.0) steer = wantedSteering(elapsed, steerBefore);
  }
  const lowest = accel < TRACK_EMERGENCY ? accel : before - TRACK_JERK_STEP;
  accel = max(lowest, min(before + TRACK_JERK_STEP, accel));
  steer = max(steerBefore - STEER_RATE_STEP, min(steerBefore + STEER_RATE_STEP, steer));
  accelCounts = counts(accel, ACCEL_QUANTUM, ACCEL_MIN_Q, ACCEL_MAX_Q);
  steerCounts = counts(steer, STEER_QUANTUM, -STEER_MAX_Q, STEER_MAX_Q);
}

/** Stores a plan given in the ego frame of now (WAYPOINTS × (x, y), f64 at `plan`) in the world frame. */
export function storePlan(plan: usize): void {
  const x = get(D_X);
  const y = get(D_Y);
  const unit = direction(EGO, get(D_HEADING));
  const c = load<f64>(unit);
  const s = load<f64>(unit, 8);
  for (let k = 0; k < WAYPOINTS; k++) {
    const px = load<f64>(plan + <usize>(k << 4), 0);
    const py = load<f64>(plan + <usize>(k << 4), 8);
    set(D_PLAN + 2 * k, x + px * c - py * s);
    set(D_PLAN + 2 * k + 1, y + px * s + py * c);
  }
  set(D_PLAN_STEP, get(D_STEP));
}
