// Traffic: vehicles that follow lanes. Each decides from where everybody stood at the start of the actor phase: from the lists
// of world-lanes.ts, which do not change while the vehicles move. Rules and reasons: core/tasks/driving/world/twin/traffic.ts.
import { DT, LIGHT_RED, LIGHT_YELLOW } from '../../../abi/layout';
import { claim, besideLane, besideS, clearClaims, cutsIn, lookBeside, mobil } from './mobil';
import { conflictCloseness, conflictWaits, lookAtConflicts } from './conflicts';
import {
  clearSignals, desired, halfLength, hasLeader, lane, lateral as bandLateral, leaderGap, leaderSpeed, pathCount, s as driverS, setDesired, setDriver, setLeader, setPath,
  signalNow, speed as driverSpeed,
} from './driver';
import {
  A_DRIFT, A_HEADING, A_LANE, A_LATERAL, A_PHASE, A_PRESENT, A_ROUTE_AT, A_S, A_SPEED, A_TIMER, A_X, A_Y, A_YAW_RATE,
  ACTOR_FIELDS, BEHAVIOUR_PARKED, BEHAVIOUR_TRAFFIC, BEND_BRAKE, CLEAR_SPEED, D_STEP, DRIFT_ACCEL, DRIFT_GAIN, DRIFT_SLOPE,
  DRIFT_SPEED, GRAVITY, L_LEFT, L_LENGTH, L_LIMIT, L_POINTS, L_RIGHT, L_SAMPLES, L_SIGNAL, L_STOP_LINE, L_WIDTH, LANE_OVER,
  LANE_STRIDE, LOOK_ASIDE, MOBIL_SETTLED, MOBIL_SPEED, MOBIL_STEPS, P_BEHAVIOUR, P_BRAKE_AT, P_BRAKE_FOR, P_CHANGES_LANES,
  P_CUT_IN_SIDE, P_DESIRED_SPEED, P_GAP, P_HARD_BRAKE, P_LANE, P_LATERAL, P_LENGTH, P_OBEYS_SIGNALS, P_S, P_SPEED, P_WIDTH,
  Q_BEND_SPEED, S_ACTOR_COUNT, S_FRICTION, S_LANE_DS, STOP_SHORT, YELLOW_BRAKE,
} from '../../../abi/world-fields';
import { addBody, addVehicle, beginMembers, laneAt, lanePose, useNetwork } from './lanes';
import { endMembers, sortMembers } from './members';
import { poseHeading, poseX, poseY } from './line';
import {
  findLeader, follow, followRouteAt, hardestBraking, idm, idmCloseness, idmFree, indexInLanes, lineCloseness, makePath,
  neighbourGap, neighbourSpeed, otherPath, ownPath, pathLane, pathOffset,
} from './path';
import { actorAt, actorSpec, field, get, param, setField, wrapAngle } from './state';

/** A vehicle at the start of its drive; all fields of `a` are 0. */
export function resetTraffic(a: usize, p: usize): void {
  useNetwork();
  const on = <i32>field(p, P_LANE);
  lanePose(laneAt(on), field(p, P_S), field(p, P_LATERAL));
  setField(a, A_X, poseX);
  setField(a, A_Y, poseY);
  setField(a, A_HEADING, poseHeading);
  setField(a, A_SPEED, field(p, P_SPEED));
  setField(a, A_S, field(p, P_S));
  setField(a, A_LATERAL, field(p, P_LATERAL));
  setField(a, A_PRESENT, 1.0);
  setField(a, A_LANE, <f64>on);
  setField(a, A_ROUTE_AT, <f64>indexInLanes(p, on, 0));
}

/** Half the way that is left to the own place in the lane, where that is more than settled: the band's middle is there. */
// @ts-ignore: decorator
@inline
function bandOf(a: usize, p: usize): f64 {
  const rest = field(a, A_LATERAL) - field(p, P_LATERAL);
  return abs(rest) > MOBIL_SETTLED ? rest / 2.0 : 0.0;
}

/** Lists who is on which lane, the ego having moved and nobody else. */
export function beginTraffic(): void {
  useNetwork();
  clearClaims();
  clearSignals();
  beginMembers();
  const count = <i32>param(S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    const a = actorAt(i);
    if (field(a, A_PRESENT) == 0.0) continue;
    const p = actorSpec(i);
    const behaviour = <i32>field(p, P_BEHAVIOUR);
    const x = field(a, A_X);
    const y = field(a, A_Y);
    const pace = field(a, A_SPEED);
    if (behaviour == BEHAVIOUR_TRAFFIC) {
      const band = bandOf(a, p);
      addVehicle(
        i, <i32>field(a, A_LANE), <i32>field(a, A_ROUTE_AT), field(a, A_S), field(a, A_LATERAL) - band,
        field(p, P_LENGTH) / 2.0, field(p, P_WIDTH) / 2.0 + abs(band), pace, x, y,
      );
    } else
      addBody(
        i, x, y, field(a, A_HEADING), pace, field(p, P_LENGTH), field(p, P_WIDTH), field(a, A_S),
        behaviour == BEHAVIOUR_PARKED ? 0.0 : LOOK_ASIDE,
      );
  }
  sortMembers();
}

export function endTraffic(): void {
  endMembers();
}

/** Speed the driver would have alone: limits and bends here, and those ahead that braking gently will meet. */
function desiredSpeed(p: usize): f64 {
  const own = field(p, P_DESIRED_SPEED);
  const usual = field(laneAt(<i32>field(p, P_LANE)), L_LIMIT);
  let wish = own;
  for (let k = 0; k < pathCount; k++) {
    const row = laneAt(pathLane(ownPath, k));
    const offset = pathOffset(ownPath, k);
    let sample = 0;
    if (offset == 0.0) sample = min(<i32>field(row, L_POINTS) - 1, <i32>floor(driverS / param(S_LANE_DS)));
    const bend = field(<usize>field(row, L_SAMPLES) + <usize>sample * (LANE_STRIDE * 8), Q_BEND_SPEED);
    const limit = field(row, L_LIMIT);
    const here = min(limit == usual ? own : (own * limit) / usual, bend);
    const square = here * here + 2.0 * BEND_BRAKE * max(0.0, offset - driverS);
    if (square < wish * wish) wish = sqrt(square);
  }
  return wish;
}

/** Closeness of the nearest stop line ahead that says stop, 0 without one. */
function stopLineCloseness(p: usize): f64 {
  let closest = 0.0;
  if (field(p, P_OBEYS_SIGNALS) == 0.0) return closest;
  const front = driverS + halfLength;
  for (let k = 0; k < pathCount; k++) {
    const row = laneAt(pathLane(ownPath, k));
    const signal = <i32>field(row, L_SIGNAL);
    const toLine = pathOffset(ownPath, k) + field(row, L_STOP_LINE) - front;
    if (signal < 0 || !(toLine > 0.0)) continue;
    const state = signalNow(signal);
    if (state == LIGHT_RED || (state == LIGHT_YELLOW && driverSpeed * driverSpeed < 2.0 * YELLOW_BRAKE * toLine))
      closest = max(closest, lineCloseness(p, driverSpeed, toLine + field(p, P_GAP) - STOP_SHORT, 0.0));
  }
  return closest;
}

/** Closeness of the leaders on the neighbouring lanes that the body at `lateral` reaches over to, 0 without any. */
function besideCloseness(who: i32, p: usize, lateral: f64): f64 {
  let closest = 0.0;
  const here = laneAt(lane);
  const half = field(p, P_WIDTH) / 2.0;
  if (abs(lateral) + half <= field(here, L_WIDTH) / 2.0 + LANE_OVER) return closest;
  const side = lateral > 0.0 ? 1 : -1;
  for (let pass = 0; pass < 2; pass++) {
    const to = pass == 0 ? side : -side;
    const beside = <i32>field(here, to > 0 ? L_LEFT : L_RIGHT);
    if (beside < 0 || <f64>to * lateral + half <= field(here, L_WIDTH) / 2.0 + LANE_OVER) continue;
    const there = laneAt(beside);
    store<i32>(otherPath, beside);
    store<f64>(otherPath, 0.0, 8);
    const level = (driverS * field(there, L_LENGTH)) / field(here, L_LENGTH);
    const offset = lateral - (<f64>to * (field(here, L_WIDTH) + field(there, L_WIDTH))) / 2.0;
    if (findLeader(otherPath, 1, who, level, offset, halfLength, half))
      closest = max(closest, idmCloseness(p, driverSpeed, neighbourGap, neighbourSpeed));
  }
  return closest;
}

/** Moves a vehicle by one step at `accel`; lane, s and lateral may already be those of a new lane. */
function move(a: usize, p: usize, accel: f64): void {
  const before = field(a, A_SPEED);
  const speed = max(0.0, before + accel * DT);
  const cap = min(DRIFT_SPEED, DRIFT_SLOPE * speed);
  const wanted = max(-cap, min(cap, DRIFT_GAIN * (field(p, P_LATERAL) - field(a, A_LATERAL))));
  const drifted = field(a, A_DRIFT);
  const change = max(-DRIFT_ACCEL * DT, min(DRIFT_ACCEL * DT, wanted - drifted));
  const drift = max(-cap, min(cap, drifted + change));
  const lateral = field(a, A_LATERAL) + drift * DT;
  let on = <i32>field(a, A_LANE);
  let routeAt = <i32>field(a, A_ROUTE_AT);
  let s = field(a, A_S) + ((before + speed) / 2.0) * DT;
  let row = laneAt(on);
  while (s > field(row, L_LENGTH)) {
    s -= field(row, L_LENGTH);
    on = follow(p, on, routeAt);
    if (on < 0) {
      memory.fill(a, 0, ACTOR_FIELDS * 8);
      return;
    }
    routeAt = followRouteAt;
    row = laneAt(on);
  }
  lanePose(row, s, lateral);
  const heading = poseHeading + (drift != 0.0 && speed > 0.0 ? Math.atan(drift / speed) : 0.0);
  setField(a, A_X, poseX);
  setField(a, A_Y, poseY);
  setField(a, A_YAW_RATE, wrapAngle(heading - field(a, A_HEADING)) / DT);
  setField(a, A_HEADING, heading);
  setField(a, A_SPEED, speed);
  setField(a, A_S, s);
  setField(a, A_LATERAL, lateral);
  setField(a, A_LANE, <f64>on);
  setField(a, A_ROUTE_AT, <f64>routeAt);
  setField(a, A_DRIFT, drift);
}

/** Moves a vehicle that is present to the step now in D_STEP. */
export function stepTraffic(i: i32, a: usize, p: usize): void {
  const speed = field(a, A_SPEED);
  const lateral = field(a, A_LATERAL);
  const s = field(a, A_S);
  const band = bandOf(a, p);
  const half = field(p, P_WIDTH) / 2.0 + abs(band);
  setDriver(i, p, <i32>field(a, A_LANE), s, lateral - band, half, speed, field(a, A_TIMER));
  setPath(makePath(ownPath, p, lane, s, <i32>field(a, A_ROUTE_AT)));
  setDesired(desiredSpeed(p));
  setLeader(findLeader(ownPath, pathCount, i, s, bandLateral, halfLength, half), neighbourGap, neighbourSpeed);
  lookAtConflicts();

  const step = get(D_STEP);
  const time = step * DT - field(p, P_BRAKE_AT);
  const brakes = time >= 0.0 && time < field(p, P_BRAKE_FOR);
  let accel = 0.0;
  if (brakes) accel = -min(field(p, P_HARD_BRAKE), param(S_FRICTION) * GRAVITY);
  else accel = accelerate(i, p, lateral);

  const timer = field(a, A_TIMER);
  setField(a, A_TIMER, conflictWaits && speed < CLEAR_SPEED ? timer + 1.0 : max(0.0, timer - 1.0));
  let side = 0;
  if (field(a, A_PHASE) == 0.0 && cutsIn()) {
    side = <i32>field(p, P_CUT_IN_SIDE);
    setField(a, A_PHASE, 1.0);
  } else if (
    field(p, P_CHANGES_LANES) != 0.0 && !brakes && (<i32>step + i) % MOBIL_STEPS == 0 && speed >= MOBIL_SPEED &&
    abs(lateral - field(p, P_LATERAL)) < MOBIL_SETTLED
  ) side = mobil();
  if (side != 0 && lookBeside(side)) {
    const widths = field(laneAt(lane), L_WIDTH) + field(laneAt(besideLane), L_WIDTH);
    setField(a, A_LANE, <f64>besideLane);
    setField(a, A_ROUTE_AT, <f64>indexInLanes(p, besideLane, 0));
    setField(a, A_S, besideS);
    setField(a, A_LATERAL, lateral - (<f64>side * widths) / 2.0);
    claim(besideLane, besideS);
  }
  move(a, p, accel);
}

/** The least that IDM gives for everything ahead. */
function accelerate(i: i32, p: usize, lateral: f64): f64 {
  let closest = max(conflictCloseness, max(stopLineCloseness(p), besideCloseness(i, p, lateral)));
  if (hasLeader) closest = max(closest, idmCloseness(p, driverSpeed, leaderGap, leaderSpeed));
  return idm(p, idmFree(p, driverSpeed, desired), closest, hardestBraking());
}
