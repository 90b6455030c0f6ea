// Giving way where lanes cross or join. Rules and reasons: core/world/twin-conflicts.ts.
import { DT, LIGHT_RED } from '../../world/layout';
import { hasLeader, halfLength, leaderGap, leaderSpeed, onPath, pathCount, s, signalNow, spec, speed, timer, who } from './world-driver';
import {
  BEHAVIOUR_TRAFFIC, C_FROM, C_JOINS, C_LANE, C_MUTUAL, C_OTHER_FROM, C_OTHER_TO, C_TO, C_YIELDS, CLEAR_SPEED, CONFLICT_AHEAD,
  CONFLICT_FIELDS, CONFLICT_ROOM, CONFLICT_SPEED, CONFLICT_START, CONFLICT_TIME, CONFLICT_UPSTREAM, L_CONFLICT_COUNT,
  L_CONFLICTS, L_LENGTH, L_PREVIOUS, L_PREVIOUS_COUNT, L_SIGNAL, L_STOP_LINE, P_ACCEPTED_GAP, P_BEHAVIOUR, P_GAP,
  P_GIVES_WAY, P_OBEYS_SIGNALS, PATIENCE, STOP_SHORT, WAITING_ROOM, WAITING_SPEED, YIELD_BRAKE,
} from './world-fields';
import {
  entry, firstAhead, laneAt, laneEnd, laneUsed, longestHalf, member, MEMBER_EGO, memberHalfLength, memberHome, memberRouteAt, memberS,
  memberSpeed, memberWho,
} from './world-lanes';
import { follow, idmCloseness, lineCloseness, ownPath, pathLane, pathOffset } from './world-path';
import { actorSpec, field } from './world-state';

/* The conflict being looked at, as the driver meets it: distances from its front bumper, times from now. */
let conflict: usize = 0;
let distance: f64 = 0;
let arrive: f64 = 0;
let clear: f64 = 0;

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

/** Whether braking that can be asked of anybody stops a vehicle within `way` m. */
function canStop(pace: f64, way: f64): bool {
  return pace * pace <= 2.0 * YIELD_BRAKE * max(0.1, way);
}

/** Whether `m`, `way` metres before the conflict, is to be let through first. */
function goesFirst(m: usize, way: f64): bool {
  const pace = max(0.0, memberSpeed(m));
  const patience = 1.0 - (timer * DT) / PATIENCE;
  if (pace < WAITING_SPEED && (way > WAITING_ROOM || patience <= 0.0)) return false;
  const nearer = distance < way || (distance == way && who < memberWho(m));
  if (nearer && field(conflict, C_MUTUAL) != 0.0 && canStop(pace, way)) return false;
  const assumed = max(CONFLICT_SPEED, pace);
  const length = field(conflict, C_OTHER_TO) - field(conflict, C_OTHER_FROM);
  const through = way + length + CONFLICT_ROOM + 2.0 * memberHalfLength(m);
  if (through / assumed + CONFLICT_TIME < arrive) return false;
  return way / assumed < clear + field(spec, P_ACCEPTED_GAP) * max(0.0, patience);
}

/**
 * Looks along `lane`, whose beginning is `reach` metres before the conflict, for somebody who goes first. Between it and the
 * conflict lie `first` and `second` (-1 = none), in this order.
 */
function comesAlong(lane: i32, reach: f64, first: i32, second: i32): bool {
  if (!laneUsed(lane)) return false;
  const row = laneAt(lane);
  const end = laneEnd(lane);
  for (let k = firstAhead(lane, reach - CONFLICT_UPSTREAM); k < end; k++) {
    const m = member(k);
    if (memberS(m) > reach) break;
    const front = memberS(m) + memberHalfLength(m);
    const way = reach - front;
    const index = memberWho(m);
    if (way <= 0.0 || memberHome(m) != lane || index == who || onPath(m)) continue;
    if (first >= 0 && index != MEMBER_EGO) {
      const p = actorSpec(index);
      if (field(p, P_BEHAVIOUR) == <f64>BEHAVIOUR_TRAFFIC && follow(p, lane, memberRouteAt(m)) != first) continue;
    }
    if (heldAtRed(m, row, front, reach)) continue;
    if (first >= 0) {
      let begin = reach - field(row, L_LENGTH);
      if (heldAtRed(m, laneAt(first), 0.0, begin)) continue;
      if (second >= 0) {
        begin -= field(laneAt(first), L_LENGTH);
        if (heldAtRed(m, laneAt(second), 0.0, begin)) continue;
      }
    }
    if (goesFirst(m, way)) return true;
  }
  return false;
}

/** Whether somebody on its way to the conflict, on the other lane or up to two lanes before it, goes first. */
function mustYield(): bool {
  const other = <i32>field(conflict, C_LANE);
  const reach = field(conflict, C_OTHER_FROM);
  if (comesAlong(other, reach, -1, -1)) return true;
  if (reach > CONFLICT_UPSTREAM) return false;
  const row = laneAt(other);
  const befores = <i32>field(row, L_PREVIOUS_COUNT);
  for (let k = 0; k < befores; k++) {
    const before = entry(row, L_PREVIOUS, k);
    const beforeRow = laneAt(before);
    const farther = reach + field(beforeRow, L_LENGTH);
    if (comesAlong(before, farther, other, -1)) return true;
    if (farther > CONFLICT_UPSTREAM) continue;
    const earliers = <i32>field(beforeRow, L_PREVIOUS_COUNT);
    for (let j = 0; j < earliers; j++) {
      const earlier = entry(beforeRow, L_PREVIOUS, j);
      if (comesAlong(earlier, farther + field(laneAt(earlier), L_LENGTH), before, other)) return true;
    }
  }
  return false;
}

/** Largest IDM closeness of the obstacles that conflicts make, and whether one of them is there to let somebody through. */
export let conflictCloseness: f64 = 0;
export let conflictWaits: bool = false;

/** Looks at everybody on the other lane's stretch; true when the driver must stop for one of them. */
function occupied(offset: f64, front: f64): bool {
  const other = <i32>field(conflict, C_LANE);
  if (!laneUsed(other)) return false;
  const otherFrom = field(conflict, C_OTHER_FROM);
  const otherTo = field(conflict, C_OTHER_TO);
  const joins = field(conflict, C_JOINS) != 0.0;
  const end = laneEnd(other);
  let stop = false;
  for (let k = firstAhead(other, otherFrom - CONFLICT_UPSTREAM); k < end; k++) {
    const m = member(k);
    const half = memberHalfLength(m);
    if (memberS(m) - longestHalf >= otherTo + CONFLICT_ROOM) break;
    if (memberS(m) + half <= otherFrom || memberS(m) - half >= otherTo + CONFLICT_ROOM) continue;
    if (memberWho(m) == who || onPath(m)) continue;
    const pace = max(0.0, memberSpeed(m));
    if (joins) {
      const level = offset + field(conflict, C_TO) - (otherTo - memberS(m));
      if (level > s) conflictCloseness = max(conflictCloseness, idmCloseness(spec, speed, level - half - front, pace));
    } else {
      const leaves = otherTo + CONFLICT_ROOM - (memberS(m) - half);
      if (leaves / max(CONFLICT_SPEED, pace) + CONFLICT_TIME > arrive) stop = true;
    }
  }
  return stop;
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
      const joins = field(conflict, C_JOINS) != 0.0;
      if (!joins && distance < 0.0) continue;
      arrive = max(0.0, distance) / max(CONFLICT_SPEED, speed);
      clear = end / max(CONFLICT_START, speed);
      let stop = occupied(offset, front);
      if (distance < 0.0) continue;
      if (!joins && hasLeader && leaderSpeed < CLEAR_SPEED && leaderGap > distance && leaderGap < end + gap) stop = true;
      if (!stop && field(conflict, C_YIELDS) != 0.0 && field(spec, P_GIVES_WAY) != 0.0 && canStop(speed, distance))
        stop = mustYield();
      if (!stop) continue;
      conflictWaits = true;
      conflictCloseness = max(conflictCloseness, lineCloseness(spec, speed, distance + gap - STOP_SHORT));
    }
  }
}
