// Giving way where lanes cross or join. Rules and reasons: core/tasks/driving/world/twin/conflicts.ts.
import { DT, LIGHT_RED } from '../../../abi/layout';
import { hasLeader, halfLength, leaderGap, leaderSpeed, onPath, pathCount, s, signalNow, spec, speed, timer, who } from './driver';
import {
  BEHAVIOUR_TRAFFIC, C_FROM, C_JOINS, C_LANE, C_MUTUAL, C_OTHER_FROM, C_OTHER_TO, C_TO, C_YIELDS, CLEAR_SPEED, CONFLICT_AHEAD,
  CONFLICT_FIELDS, CONFLICT_ROOM, CONFLICT_SPEED, CONFLICT_START, CONFLICT_TIME, CONFLICT_UPSTREAM, L_CONFLICT_COUNT,
  L_CONFLICTS, L_LENGTH, L_PREVIOUS, L_PREVIOUS_COUNT, L_SIGNAL, L_STOP_LINE, P_ACCEPTED_GAP, P_BEHAVIOUR, P_GAP,
  P_GIVES_WAY, P_OBEYS_SIGNALS, PATIENCE, STOP_SHORT, WAITING_ROOM, WAITING_SPEED, YIELD_BRAKE,
} from '../../../abi/world-fields';
import { entry, laneAt } from './lanes';
import {
  firstAhead, laneBegin, laneEnd, laneNote, laneUsed, longestHalf, member, MEMBER_EGO, memberHalfLength, memberHome, memberNext, memberRouteAt, memberS,
  memberSpeed, memberWho, NEXT_ANY, NEXT_UNKNOWN, setLaneNote, setMemberNext,
} from './members';
import { follow, idmCloseness, lineCloseness, ownPath, pathLane, pathOffset } from './path';
import { actorSpec, field } from './state';

/* The conflict being looked at, as the driver meets it: distances from its front bumper, times from now. */
let conflict: usize = 0;
let distance: f64 = 0;
let arrive: f64 = 0;
let clear: f64 = 0;
let mutual: bool = false;
/** Length of the other lane's stretch. */
let otherLength: f64 = 0;
/** Whoever arrives after this many seconds is not waited for; whether the driver has waited enough. */
let patientUntil: f64 = 0;
let impatient: bool = false;

/** Whether somebody means to stop at red between arc lengths `from` and `to` of a lane. */
function heldAtRed(m: usize, lane: usize, from: f64, to: f64): bool {
  const signal = <i32>field(lane, L_SIGNAL);
  const line = field(lane, L_STOP_LINE);
  if (signal < 0 || !(line >= from && line <= to)) return false;
  const index = memberWho(m);
  if (index != MEMBER_EGO) {
    const p = actorSpec(index);
    if (field(p, P_BEHAVIOUR) != <f64>BEHAVIOUR_TRAFFIC || field(p, P_OBEYS_SIGNALS) == 0.0) return false;
  }
  return signalNow(signal) == LIGHT_RED;
}

const ALL_HELD = 1;
const SOME_FREE = 2;

/** Whether everybody on a lane means to stop at its red light. Found out once a step. */
function allHeld(lane: i32, row: usize): bool {
  if (field(row, L_SIGNAL) < 0.0) return false;
  let note = laneNote(lane);
  if (note == 0) {
    note = ALL_HELD;
    const end = laneEnd(lane);
    for (let k = laneBegin(lane); k < end && note == ALL_HELD; k++) {
      const m = member(k);
      if (memberHome(m) == lane && !heldAtRed(m, row, memberS(m) + memberHalfLength(m), field(row, L_LENGTH))) note = SOME_FREE;
    }
    setLaneNote(lane, note);
  }
  return note == ALL_HELD;
}

/** Whether braking that can be asked of anybody stops a vehicle within `way` m. */
function canStop(pace: f64, way: f64): bool {
  return pace * pace <= 2.0 * YIELD_BRAKE * max(0.1, way);
}

/** Seconds until `m`, `way` metres before the conflict, is through; 0 where it need not be let first. */
function letThrough(m: usize, way: f64): f64 {
  const pace = max(0.0, memberSpeed(m));
  if (pace < WAITING_SPEED && (way > WAITING_ROOM || impatient)) return 0.0;
  if (mutual && (distance < way || (distance == way && who < memberWho(m))) && canStop(pace, way)) return 0.0;
  const assumed = max(CONFLICT_SPEED, pace);
  if (way / assumed >= patientUntil) return 0.0;
  const free = (way + otherLength + CONFLICT_ROOM + 2.0 * memberHalfLength(m)) / assumed + CONFLICT_TIME;
  return free < arrive ? 0.0 : free;
}

/** Works out where a member on `lane` goes on to; only traffic is known to have lanes in mind. */
function askNext(m: usize, lane: i32): i32 {
  let next = NEXT_ANY;
  if (memberWho(m) != MEMBER_EGO) {
    const p = actorSpec(memberWho(m));
    if (field(p, P_BEHAVIOUR) == <f64>BEHAVIOUR_TRAFFIC) next = follow(p, lane, memberRouteAt(m));
  }
  setMemberNext(m, next);
  return next;
}

/**
 * Looks along `lane`, whose beginning is `reach` metres before the conflict, for those who go first: seconds until all are
 * through, 0 = nobody does. Between the lane and the conflict lie `first` and `second` (-1 = none), in this order.
 */
function comesAlong(lane: i32, reach: f64, first: i32, second: i32): f64 {
  let until = 0.0;
  if (!laneUsed(lane) || onPath(lane)) return until;
  const row = laneAt(lane);
  if (first >= 0 && allHeld(lane, row)) return until;
  const end = laneEnd(lane);
  for (let k = firstAhead(lane, reach - CONFLICT_UPSTREAM); k < end; k++) {
    const m = member(k);
    if (memberS(m) > reach) break;
    if (memberHome(m) != lane || memberWho(m) == who) continue;
    if (first >= 0) {
      let next = memberNext(m);
      if (next == NEXT_UNKNOWN) next = askNext(m, lane);
      if (next != first && next != NEXT_ANY) continue;
    }
    const front = memberS(m) + memberHalfLength(m);
    const way = reach - front;
    if (way <= -CONFLICT_ROOM) continue;
    const through = letThrough(m, max(0.0, way));
    if (through <= until || heldAtRed(m, row, front, reach)) continue;
    if (first >= 0) {
      let begin = reach - field(row, L_LENGTH);
      if (heldAtRed(m, laneAt(first), 0.0, begin)) continue;
      if (second >= 0) {
        begin -= field(laneAt(first), L_LENGTH);
        if (heldAtRed(m, laneAt(second), 0.0, begin)) continue;
      }
    }
    until = through;
  }
  return until;
}

/** Seconds until all are through who go first, on the other lane or up to two lanes before it; 0 = nobody does. */
function yieldsFor(): f64 {
  const other = <i32>field(conflict, C_LANE);
  const patience = 1.0 - (timer * DT) / PATIENCE;
  impatient = patience <= 0.0;
  patientUntil = clear + field(spec, P_ACCEPTED_GAP) * max(0.0, patience);
  otherLength = field(conflict, C_OTHER_TO) - field(conflict, C_OTHER_FROM);
  mutual = field(conflict, C_MUTUAL) != 0.0;
  const reach = field(conflict, C_OTHER_FROM);
  let until = comesAlong(other, reach, -1, -1);
  if (reach > CONFLICT_UPSTREAM) return until;
  const row = laneAt(other);
  const befores = <i32>field(row, L_PREVIOUS_COUNT);
  for (let k = 0; k < befores; k++) {
    const before = entry(row, L_PREVIOUS, k);
    const beforeRow = laneAt(before);
    const farther = reach + field(beforeRow, L_LENGTH);
    until = max(until, comesAlong(before, farther, other, -1));
    if (farther > CONFLICT_UPSTREAM) continue;
    const earliers = <i32>field(beforeRow, L_PREVIOUS_COUNT);
    for (let j = 0; j < earliers; j++) {
      const earlier = entry(beforeRow, L_PREVIOUS, j);
      until = max(until, comesAlong(earlier, farther + field(laneAt(earlier), L_LENGTH), before, other));
    }
  }
  return until;
}

/** Largest IDM closeness of the obstacles that conflicts make, and whether one of them is there to let somebody through. */
export let conflictCloseness: f64 = 0;
export let conflictWaits: bool = false;

/**
 * Looks at everybody who is on the other lane's stretch: seconds until it is free for a driver who has to wait, 0 = it need
 * not. Whoever joins ahead of the driver becomes its leader. Those on the driver's path are its leaders anyway.
 */
function occupied(offset: f64, front: f64, inside: bool): f64 {
  let until = 0.0;
  const other = <i32>field(conflict, C_LANE);
  if (!laneUsed(other) || onPath(other)) return until;
  const otherFrom = field(conflict, C_OTHER_FROM);
  const otherTo = field(conflict, C_OTHER_TO);
  const joins = field(conflict, C_JOINS) != 0.0;
  const end = laneEnd(other);
  for (let k = firstAhead(other, otherFrom - CONFLICT_UPSTREAM); k < end; k++) {
    const m = member(k);
    const half = memberHalfLength(m);
    if (memberS(m) - longestHalf >= otherTo + CONFLICT_ROOM) break;
    if (memberHome(m) != other || memberWho(m) == who) continue;
    if (memberS(m) + half < otherFrom + CONFLICT_ROOM || memberS(m) - half >= otherTo + CONFLICT_ROOM) continue;
    const pace = max(0.0, memberSpeed(m));
    const leaves = otherTo + CONFLICT_ROOM - (memberS(m) - half);
    const free = leaves / max(CONFLICT_SPEED, pace) + CONFLICT_TIME;
    const gap = offset + field(conflict, C_TO) - (otherTo - memberS(m)) - half - front;
    if (!joins) {
      if (free > arrive) until = max(until, free);
    } else if (gap + half + halfLength <= 0.0) continue;
    else if (!inside && gap < distance + field(spec, P_GAP)) until = max(until, free);
    else conflictCloseness = max(conflictCloseness, idmCloseness(spec, speed, gap, pace));
  }
  return until;
}

/** Looks at every conflict ahead of the driver. */
export function lookAtConflicts(): void {
  conflictCloseness = 0.0;
  conflictWaits = false;
  const front = s + halfLength;
  const gap = field(spec, P_GAP);
  for (let at = 0; at < pathCount; at++) {
    const offset = pathOffset(ownPath, at);
    if (offset - front > CONFLICT_AHEAD) break;
    const row = laneAt(pathLane(ownPath, at));
    const count = <i32>field(row, L_CONFLICT_COUNT);
    conflict = <usize>field(row, L_CONFLICTS);
    for (let k = 0; k < count; k++, conflict += CONFLICT_FIELDS * 8) {
      distance = offset + field(conflict, C_FROM) - front;
      const end = offset + field(conflict, C_TO) - front + 2.0 * halfLength;
      if (distance > CONFLICT_AHEAD || end < 0.0) continue;
      const inside = distance <= -CONFLICT_ROOM;
      const joins = field(conflict, C_JOINS) != 0.0;
      if (!joins && inside) continue;
      arrive = max(0.0, distance) / max(CONFLICT_SPEED, speed);
      let until = occupied(offset, front, inside);
      if (inside) continue;
      if (!joins && hasLeader && leaderSpeed < CLEAR_SPEED && leaderGap > distance && leaderGap < end + gap) until = Infinity;
      const mayYield = field(spec, P_GIVES_WAY) != 0.0 && field(conflict, C_YIELDS) + field(conflict, C_MUTUAL) > 0.0;
      if (until == 0.0 && mayYield && canStop(speed, distance)) {
        clear = end / max(CONFLICT_START, speed);
        until = yieldsFor();
      }
      if (until == 0.0) continue;
      conflictWaits = true;
      const pace = max(0.0, distance - STOP_SHORT) / until;
      conflictCloseness = max(conflictCloseness, lineCloseness(spec, speed, distance + gap - STOP_SHORT, pace));
    }
  }
}
