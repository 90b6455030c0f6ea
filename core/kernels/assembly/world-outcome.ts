// What a step came to: infractions, reward, flags, totals. Formulas and reasons: core/world/twin-outcome.ts.
import { DT, EGO_LENGTH, EGO_WIDTH, LIGHT_RED } from '../../world/layout';
import { collidingActor, egoCos, egoSin, gapWithin, timeToCollision } from './world-contact';
import {
  COMFORT_ACCEL_MAX, COMFORT_ACCEL_MIN, COMFORT_JERK, COMFORT_LATERAL,
  D_ACCEL, D_COLLISION_ACTOR, D_INDEX, D_LIGHT, D_MAX_S, D_MIN_GAP, D_MIN_TTC, D_OFF_ROAD, D_RAN_RED, D_RED_LIGHTS,
  D_RETURN, D_REWARD, D_S, D_SPEED, D_SPEEDING_STEPS, D_STEP, D_SUCCESS, D_TERMINATED, D_TRUNCATED, D_TTC, D_TTC_STEPS,
  D_UNCOMFORTABLE_STEPS, D_X, D_Y, D_YAW_RATE,
  JUNCTION_WIDENING, S_EDGE_LEFT, S_EDGE_RIGHT, S_GOAL, S_HAS_LIGHT, S_JUNCTION_FROM, S_JUNCTION_TO, S_MAX_STEPS,
  S_SPEED_LIMIT, S_START_S, S_STOP_LINE, SPEED_TOLERANCE, TTC_MIN,
} from './world-fields';
import { projLateral, projS, project } from './world-road';
import { get, param, set } from './world-state';

/** Extra drivable width at arc length `s`. */
export function widening(world: i32, s: f64): f64 {
  return s >= param(world, S_JUNCTION_FROM) && s <= param(world, S_JUNCTION_TO) ? JUNCTION_WIDENING : 0.0;
}

function offRoad(world: i32): bool {
  const index = <i32>get(world, D_INDEX);
  for (let corner = 0; corner < 4; corner++) {
    const l = corner & 1 ? EGO_LENGTH / 2.0 : -EGO_LENGTH / 2.0;
    const w = corner & 2 ? EGO_WIDTH / 2.0 : -EGO_WIDTH / 2.0;
    project(world, get(world, D_X) + l * egoCos - w * egoSin, get(world, D_Y) + l * egoSin + w * egoCos, index);
    const extra = widening(world, projS);
    if (projLateral > param(world, S_EDGE_LEFT) + extra || projLateral < -param(world, S_EDGE_RIGHT) - extra) return true;
  }
  return false;
}

function completion(world: i32, s: f64): f64 {
  const start = param(world, S_START_S);
  return max(0.0, min(1.0, (s - start) / (param(world, S_GOAL) - start)));
}

// @ts-ignore: decorator
@inline
function count(world: i32, field: i32, happened: bool): void {
  if (happened) set(world, field, get(world, field) + 1.0);
}

export function judge(world: i32, frontBefore: f64, lightBefore: f64, accelBefore: f64): void {
  const step = get(world, D_STEP);
  const maxSteps = param(world, S_MAX_STEPS);
  const s = get(world, D_S);
  const speed = get(world, D_SPEED);
  const accel = get(world, D_ACCEL);
  const stopLine = param(world, S_STOP_LINE);

  const hit = collidingActor(world);
  const off = offRoad(world);
  const ranRed =
    param(world, S_HAS_LIGHT) != 0.0 && lightBefore == <f64>LIGHT_RED && get(world, D_LIGHT) == <f64>LIGHT_RED &&
    frontBefore < stopLine && s + EGO_LENGTH / 2.0 >= stopLine;
  const ttc = timeToCollision(world);
  const gap = gapWithin(world, get(world, D_MIN_GAP));
  const tooClose = ttc < TTC_MIN;
  const speeding = speed > param(world, S_SPEED_LIMIT) + SPEED_TOLERANCE;
  const comfortable =
    accel > COMFORT_ACCEL_MIN && accel < COMFORT_ACCEL_MAX && abs(speed * get(world, D_YAW_RATE)) < COMFORT_LATERAL &&
    abs((accel - accelBefore) / DT) < COMFORT_JERK;

  const before = completion(world, get(world, D_MAX_S));
  set(world, D_MAX_S, max(get(world, D_MAX_S), s));
  const progress = completion(world, get(world, D_MAX_S)) - before;
  const failed = hit >= 0 || off;
  const success = !failed && s >= param(world, S_GOAL);
  const lost = (tooClose ? 5.0 : 0.0) + (speeding ? 4.0 : 0.0) + (comfortable ? 0.0 : 2.0);
  let reward = progress - lost / 16.0 / maxSteps;
  if (failed) reward -= 1.0;
  if (ranRed) reward -= 1.0;

  set(world, D_TTC, ttc);
  set(world, D_REWARD, reward);
  set(world, D_RETURN, get(world, D_RETURN) + reward);
  set(world, D_COLLISION_ACTOR, <f64>hit);
  set(world, D_OFF_ROAD, off ? 1.0 : 0.0);
  set(world, D_RAN_RED, ranRed ? 1.0 : 0.0);
  set(world, D_SUCCESS, success ? 1.0 : 0.0);
  const terminated = failed || success;
  set(world, D_TERMINATED, terminated ? 1.0 : 0.0);
  set(world, D_TRUNCATED, !terminated && step >= maxSteps ? 1.0 : 0.0);
  set(world, D_MIN_TTC, min(get(world, D_MIN_TTC), ttc));
  set(world, D_MIN_GAP, gap);
  count(world, D_RED_LIGHTS, ranRed);
  count(world, D_TTC_STEPS, tooClose);
  count(world, D_SPEEDING_STEPS, speeding);
  count(world, D_UNCOMFORTABLE_STEPS, !comfortable);
}
