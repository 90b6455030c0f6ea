// From a plan (waypoints in the world frame) to a control in counts. Twin with the reasoning: core/world/tracker.ts.
import { ACCEL_MAX_Q, ACCEL_MIN_Q, ACCEL_QUANTUM, DT, STEER_MAX_Q, STEER_QUANTUM, WAYPOINTS, WHEELBASE } from '../../world/layout';
import {
  D_ACCEL, D_HEADING, D_PLAN, D_PLAN_STEP, D_SPEED, D_STEER, D_STEP, D_X, D_Y,
  PURSUIT_AHEAD, PURSUIT_HOLD, PURSUIT_NEAR, STEER_RATE_STEP, TRACK_EMERGENCY, TRACK_FAR_FROM, TRACK_FAR_TO, TRACK_FROM,
  TRACK_HOLD, TRACK_JERK_STEP, TRACK_LOST, TRACK_POSITION_GAIN, TRACK_STAND_REF, TRACK_STAND_SPEED, TRACK_TIME, TRACK_TO,
} from './world-fields';
import { get, set } from './world-state';

export let accelCounts: f64 = 0;
export let steerCounts: f64 = 0;

let cos: f64 = 1;
let sin: f64 = 0;
let aheadM: f64 = 0;
let leftM: f64 = 0;

/** Waypoint `k` (1..WAYPOINTS; later ones are the last) in the present ego frame. */
function waypoint(world: i32, k: i32): void {
  const field = D_PLAN + 2 * (min(k, WAYPOINTS) - 1);
  const dx = get(world, field) - get(world, D_X);
  const dy = get(world, field + 1) - get(world, D_Y);
  aheadM = dx * cos + dy * sin;
  leftM = dy * cos - dx * sin;
}

/** Mean speed of the plan between two waypoints, negative when it goes backwards; near the end the last pair as far apart. */
function planSpeed(world: i32, from: i32, to: i32): f64 {
  const last = min(to, WAYPOINTS);
  const first = last - (to - from);
  waypoint(world, first);
  const x = aheadM;
  const y = leftM;
  waypoint(world, last);
  const dx = aheadM - x;
  const dy = leftM - y;
  const speed = sqrt(dx * dx + dy * dy) / (<f64>(to - from) * DT);
  return dx < 0.0 ? -speed : speed;
}

function wantedAcceleration(world: i32, elapsed: i32): f64 {
  const speed = get(world, D_SPEED);
  const reference = planSpeed(world, elapsed + TRACK_FROM, elapsed + TRACK_TO);
  if (
    speed < TRACK_STAND_SPEED && reference < TRACK_STAND_REF &&
    planSpeed(world, elapsed + TRACK_FAR_FROM, elapsed + TRACK_FAR_TO) < TRACK_STAND_REF
  ) return TRACK_HOLD;
  let position = 0.0;
  if (elapsed > 0) {
    waypoint(world, elapsed);
    position = aheadM;
  }
  return (max(0.0, reference) - speed) / TRACK_TIME + TRACK_POSITION_GAIN * position;
}

function wantedSteering(world: i32, elapsed: i32): f64 {
  const rear = WHEELBASE / 2.0;
  const present = Math.tan(get(world, D_STEER)) / WHEELBASE;
  let weight = PURSUIT_HOLD;
  let sum = PURSUIT_HOLD * present;
  for (let k = elapsed + 1; k <= WAYPOINTS; k++) {
    waypoint(world, k);
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

/** Leaves the control of this step in accelCounts and steerCounts. */
export function track(world: i32): void {
  const planStep = <i32>get(world, D_PLAN_STEP);
  const elapsed = <i32>get(world, D_STEP) - planStep;
  const before = get(world, D_ACCEL);
  const steerBefore = get(world, D_STEER);
  let accel = TRACK_LOST;
  let steer = steerBefore;
  if (planStep >= 0 && elapsed < WAYPOINTS) {
    cos = Math.cos(get(world, D_HEADING));
    sin = Math.sin(get(world, D_HEADING));
    accel = wantedAcceleration(world, elapsed);
    if (accel != TRACK_HOLD || get(world, D_SPEED) > 0.0) steer = wantedSteering(world, elapsed);
  }
  const lowest = accel < TRACK_EMERGENCY ? accel : before - TRACK_JERK_STEP;
  accel = max(lowest, min(before + TRACK_JERK_STEP, accel));
  steer = max(steerBefore - STEER_RATE_STEP, min(steerBefore + STEER_RATE_STEP, steer));
  accelCounts = counts(accel, ACCEL_QUANTUM, ACCEL_MIN_Q, ACCEL_MAX_Q);
  steerCounts = counts(steer, STEER_QUANTUM, -STEER_MAX_Q, STEER_MAX_Q);
}

/** Stores a plan given in the ego frame of now (WAYPOINTS × (x, y), f64 at `plan`) in the world frame. */
export function storePlan(world: i32, plan: usize): void {
  const x = get(world, D_X);
  const y = get(world, D_Y);
  const c = Math.cos(get(world, D_HEADING));
  const s = Math.sin(get(world, D_HEADING));
  for (let k = 0; k < WAYPOINTS; k++) {
    const px = load<f64>(plan + <usize>(k << 4), 0);
    const py = load<f64>(plan + <usize>(k << 4), 8);
    set(world, D_PLAN + 2 * k, x + px * c - py * s);
    set(world, D_PLAN + 2 * k + 1, y + px * s + py * c);
  }
  set(world, D_PLAN_STEP, get(world, D_STEP));
}
