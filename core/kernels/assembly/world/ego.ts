// The ego: its commands on their way, the kinematic bicycle bounded by friction, its place on the route.
// Twin: stepEgo in core/tasks/driving/world/twin/twin.ts.
import { ACCEL_QUANTUM, DT, MAX_LATENCY, STEER_QUANTUM, WHEELBASE } from '../../../abi/layout';
import {
  D_ACCEL, D_ACCEL_Q, D_DELAY, D_HEADING, D_HEADING_ERROR, D_INDEX, D_LATERAL, D_LIGHT, D_LIGHT_INDEX, D_S, D_SPEED, D_STEER,
  D_STEER_Q, D_STEP, D_X, D_Y, D_YAW_RATE, GRAVITY, S_FRICTION, S_LATENCY,
} from '../../../abi/world-fields';
import { projHeading, projIndex, projLateral, projS, project } from './road';
import { lightAt, nextLight } from './signals';
import { direction, EGO, get, param, set, wrapAngle } from './state';

/** Finds the ego's place on the route, searching from sample `from`. */
export function locate(from: i32): void {
  project(get(D_X), get(D_Y), from);
  set(D_INDEX, <f64>projIndex);
  set(D_S, projS);
  set(D_LATERAL, projLateral);
  set(D_HEADING_ERROR, wrapAngle(get(D_HEADING) - projHeading));
}

/** The next light of the route, as it stands now. */
export function lookAtLight(): void {
  const light = nextLight(get(D_S));
  set(D_LIGHT_INDEX, <f64>light);
  set(D_LIGHT, <f64>lightAt(light, get(D_STEP)));
}

let appliedAccel: f64 = 0;
let appliedSteer: f64 = 0;

/** Puts the command at the end of the delay line and takes from its front what acts now. */
function delay(): void {
  appliedAccel = get(D_ACCEL_Q);
  appliedSteer = get(D_STEER_Q);
  const steps = min(MAX_LATENCY, <i32>param(S_LATENCY));
  if (steps == 0) return;
  const accel = appliedAccel;
  const steer = appliedSteer;
  appliedAccel = get(D_DELAY);
  appliedSteer = get(D_DELAY + 1);
  for (let k = 0; k < 2 * (steps - 1); k++) set(D_DELAY + k, get(D_DELAY + k + 2));
  set(D_DELAY + 2 * (steps - 1), accel);
  set(D_DELAY + 2 * (steps - 1) + 1, steer);
}

let slipSteer: f64 = NaN;
let slipTan: f64 = 0;

/** Tangent of the slip angle at the box centre for a steering angle: ½ tan(steer). */
export function slipTangent(steer: f64): f64 {
  if (steer != slipSteer) {
    slipSteer = steer;
    slipTan = 0.5 * Math.tan(steer);
  }
  return slipTan;
}

/**
 * Kinematic bicycle about the box centre (lf = lr = WHEELBASE / 2), mean speed over the step, no reversing. Acceleration and
 * speed · yaw rate stay within friction · g: beyond it the car turns less than it is steered, along the slip of that turn.
 */
export function stepEgo(): void {
  delay();
  const grip = param(S_FRICTION) * GRAVITY;
  const steer = appliedSteer * STEER_QUANTUM;
  const before = get(D_SPEED);
  const speed = max(0.0, before + max(-grip, min(grip, appliedAccel * ACCEL_QUANTUM)) * DT);
  const way = (before + speed) * 0.5 * DT;
  const tangent = slipTangent(steer);
  let cosSlip = 1.0 / sqrt(1.0 + tangent * tangent);
  let sinSlip = tangent * cosSlip;
  let turn = (way * sinSlip) / (WHEELBASE / 2.0);
  const most = (grip * DT) / max(before, speed);
  if (way > 0.0 && abs(turn) > most) {
    turn = turn > 0.0 ? most : -most;
    sinSlip = (turn * (WHEELBASE / 2.0)) / way;
    cosSlip = sqrt(1.0 - sinSlip * sinSlip);
  }
  const heading = get(D_HEADING);
  const unit = direction(EGO, heading);
  const cos = load<f64>(unit);
  const sin = load<f64>(unit, 8);
  set(D_X, get(D_X) + way * (cos * cosSlip - sin * sinSlip));
  set(D_Y, get(D_Y) + way * (sin * cosSlip + cos * sinSlip));
  set(D_HEADING, heading + turn);
  set(D_SPEED, speed);
  set(D_ACCEL, (speed - before) / DT);
  set(D_STEER, steer);
  set(D_YAW_RATE, turn / DT);
  locate(<i32>get(D_INDEX));
}
