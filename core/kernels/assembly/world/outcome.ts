// What a step came to: infractions, reward, flags, totals. Formulas and reasons: core/tasks/driving/world/twin/outcome.ts.
import { DT, EGO_LENGTH, EGO_WIDTH, LIGHT_RED } from '../../../abi/layout';
import { contactActor, contactGap, contactTtc, findContacts } from './contact';
import {
  COMFORT_ACCEL_MAX, COMFORT_ACCEL_MIN, COMFORT_JERK, COMFORT_LATERAL,
  D_ACCEL, D_COLLISION_ACTOR, D_HEADING, D_INDEX, D_MAX_S, D_MIN_GAP, D_MIN_TTC, D_OFF_ROAD, D_RAN_RED, D_RED_LIGHTS,
  D_RETURN, D_REWARD, D_S, D_SPEED, D_SPEEDING_STEPS, D_STEP, D_SUCCESS, D_TERMINATED, D_TRUNCATED, D_TTC, D_TTC_STEPS,
  D_UNCOMFORTABLE_STEPS, D_X, D_Y, D_YAW_RATE,
  R_EDGE_LEFT, R_EDGE_RIGHT, R_LIMIT, S_GOAL, S_LIGHT_COUNT, S_MAX_STEPS, S_START_S, SPEED_TOLERANCE, TTC_MIN,
} from '../../../abi/world-fields';
import { projLateral, projS, project, routeColumn, routeValue } from './road';
import { lightAt, stopLine } from './signals';
import { direction, EGO, get, param, set } from './state';

/** Whether a corner of the ego lies beyond the edge of the drivable area where that corner is. */
function offRoad(): bool {
  const index = <i32>get(D_INDEX);
  const unit = direction(EGO, get(D_HEADING));
  const cos = load<f64>(unit);
  const sin = load<f64>(unit, 8);
  for (let corner = 0; corner < 4; corner++) {
    const l = corner & 1 ? EGO_LENGTH / 2.0 : -EGO_LENGTH / 2.0;
    const w = corner & 2 ? EGO_WIDTH / 2.0 : -EGO_WIDTH / 2.0;
    project(get(D_X) + l * cos - w * sin, get(D_Y) + l * sin + w * cos, index);
    if (projLateral > 0.0 ? projLateral > routeColumn(R_EDGE_LEFT, projS) : -projLateral > routeColumn(R_EDGE_RIGHT, projS))
      return true;
  }
  return false;
}

/** Whether the front bumper crossed a stop line in this step, with its light red before and after. */
function ranRed(frontBefore: f64, front: f64, step: f64): bool {
  const count = <i32>param(S_LIGHT_COUNT);
  for (let light = 0; light < count; light++) {
    const line = stopLine(light);
    if (frontBefore < line && front >= line && lightAt(light, step - 1.0) == LIGHT_RED && lightAt(light, step) == LIGHT_RED)
      return true;
  }
  return false;
}

function completion(s: f64): f64 {
  const start = param(S_START_S);
  return max(0.0, min(1.0, (s - start) / (param(S_GOAL) - start)));
}

// @ts-ignore: decorator
@inline
function count(index: i32, happened: bool): void {
  if (happened) set(index, get(index) + 1.0);
}

/** Judges the step that began with the ego's arc length and acceleration as given. */
export function judge(sBefore: f64, accelBefore: f64): void {
  const step = get(D_STEP);
  const maxSteps = param(S_MAX_STEPS);
  const s = get(D_S);
  const speed = get(D_SPEED);
  const accel = get(D_ACCEL);

  findContacts(get(D_MIN_GAP));
  const off = offRoad();
  const red = ranRed(sBefore + EGO_LENGTH / 2.0, s + EGO_LENGTH / 2.0, step);
  const tooClose = contactTtc < TTC_MIN;
  const speeding = speed > routeValue(R_LIMIT, <i32>get(D_INDEX)) + SPEED_TOLERANCE;
  const comfortable =
    accel > COMFORT_ACCEL_MIN && accel < COMFORT_ACCEL_MAX && abs(speed * get(D_YAW_RATE)) < COMFORT_LATERAL &&
    abs((accel - accelBefore) / DT) < COMFORT_JERK;

  const before = completion(get(D_MAX_S));
  set(D_MAX_S, max(get(D_MAX_S), s));
  const progress = completion(get(D_MAX_S)) - before;
  const failed = contactActor >= 0 || off;
  const success = !failed && s >= param(S_GOAL);
  const lost = (tooClose ? 5.0 : 0.0) + (speeding ? 4.0 : 0.0) + (comfortable ? 0.0 : 2.0);
  let reward = progress - lost / 16.0 / maxSteps;
  if (failed) reward -= 1.0;
  if (red) reward -= 1.0;

  set(D_TTC, contactTtc);
  set(D_REWARD, reward);
  set(D_RETURN, get(D_RETURN) + reward);
  set(D_COLLISION_ACTOR, <f64>contactActor);
  set(D_OFF_ROAD, off ? 1.0 : 0.0);
  set(D_RAN_RED, red ? 1.0 : 0.0);
  set(D_SUCCESS, success ? 1.0 : 0.0);
  const terminated = failed || success;
  set(D_TERMINATED, terminated ? 1.0 : 0.0);
  set(D_TRUNCATED, !terminated && step >= maxSteps ? 1.0 : 0.0);
  set(D_MIN_TTC, min(get(D_MIN_TTC), contactTtc));
  set(D_MIN_GAP, contactGap);
  count(D_RED_LIGHTS, red);
  count(D_TTC_STEPS, tooClose);
  count(D_SPEEDING_STEPS, speeding);
  count(D_UNCOMFORTABLE_STEPS, !comfortable);
}
