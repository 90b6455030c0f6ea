// The lanes ahead of a vehicle, who is next on them, and car following. Twins: twin-path.ts, twin-idm.ts in core/world.
import {
  GRAVITY, IDM_CLIP, L_LENGTH, L_NEXT, L_NEXT_COUNT, L_PREVIOUS, L_PREVIOUS_COUNT, LINE_HEADWAY, LOOKAHEAD, MOBIL_BEHIND,
  P_ACCEL, P_BRAKE, P_CLOSING, P_GAP, P_HEADWAY, P_LANES, P_LANES_COUNT, PATH_LANES, S_FRICTION, SIDE_MARGIN,
} from '../../../abi/world-fields';
import { entry, laneAt } from './lanes';
import {
  firstAhead, laneBegin, laneEnd, laneUsed, member, memberHalfLength, memberHalfWidth, memberLateral, memberS,
  memberSpeed, memberWho,
} from './members';
import { field, param } from './state';

/* A path: PATH_LANES × (lane i32, then the offset f64 at which it begins, from the beginning of the vehicle's own lane). */
const PATH_ENTRY = 16;
export const ownPath = memory.data(PATH_LANES * PATH_ENTRY, 8);
export const otherPath = memory.data(PATH_LANES * PATH_ENTRY, 8);

// @ts-ignore: decorator
@inline
export function pathLane(path: usize, k: i32): i32 { return load<i32>(path + <usize>k * PATH_ENTRY); }
// @ts-ignore: decorator
@inline
export function pathOffset(path: usize, k: i32): f64 { return load<f64>(path + <usize>k * PATH_ENTRY, 8); }

/** Place of a lane in a vehicle's `lanes` from `from` on, or -1; `p` is the vehicle's parameters. */
export function indexInLanes(p: usize, lane: i32, from: i32): i32 {
  const lanes = <usize>field(p, P_LANES);
  const count = <i32>field(p, P_LANES_COUNT);
  for (let k = from; k < count; k++) if (<i32>field(lanes, k) == lane) return k;
  return -1;
}

/** What `follow` found as the place in `lanes`: -1 = the lane is not there, their number = past the last. */
export let followRouteAt: i32 = -1;

/** The lane after `lane`: the next of `lanes`, else a successor among them, else the first successor; -1 at a dead end. */
export function follow(p: usize, lane: i32, routeAt: i32): i32 {
  const row = laneAt(lane);
  const nexts = <i32>field(row, L_NEXT_COUNT);
  followRouteAt = -1;
  if (nexts == 0) return -1;
  const count = <i32>field(p, P_LANES_COUNT);
  const more = routeAt + 1 < count;
  if (more) {
    if (routeAt >= 0) {
      const wanted = <i32>field(<usize>field(p, P_LANES), routeAt + 1);
      for (let k = 0; k < nexts; k++)
        if (entry(row, L_NEXT, k) == wanted) {
          followRouteAt = routeAt + 1;
          return wanted;
        }
    }
    for (let k = 0; k < nexts; k++) {
      const at = indexInLanes(p, entry(row, L_NEXT, k), routeAt + 1);
      if (at < 0) continue;
      followRouteAt = at;
      return entry(row, L_NEXT, k);
    }
  }
  followRouteAt = more ? -1 : count;
  return entry(row, L_NEXT, 0);
}

/** Writes the own lane and those after it that begin within LOOKAHEAD of `s`; returns how many. */
export function makePath(path: usize, p: usize, lane: i32, s: f64, routeAt: i32): i32 {
  store<i32>(path, lane);
  store<f64>(path, 0.0, 8);
  let offset = field(laneAt(lane), L_LENGTH);
  let count = 1;
  while (count < PATH_LANES && offset - s <= LOOKAHEAD) {
    lane = follow(p, lane, routeAt);
    if (lane < 0) break;
    routeAt = followRouteAt;
    store<i32>(path + <usize>count * PATH_ENTRY, lane);
    store<f64>(path + <usize>count * PATH_ENTRY, offset, 8);
    offset += field(laneAt(lane), L_LENGTH);
    count++;
  }
  return count;
}

/** Whoever was found ahead or behind: distance bumper to bumper, speed along the lane, not below 0. */
export let neighbourGap: f64 = 0;
export let neighbourSpeed: f64 = 0;

// @ts-ignore: decorator
@inline
function inTheWay(m: usize, who: i32, lateral: f64, halfWidth: f64): bool {
  return memberWho(m) != who && abs(memberLateral(m) - lateral) < memberHalfWidth(m) + halfWidth + SIDE_MARGIN;
}

/** Finds who is next ahead on a path, within LOOKAHEAD. */
export function findLeader(
  path: usize, count: i32, who: i32, s: f64, lateral: f64, halfLength: f64, halfWidth: f64,
): bool {
  for (let at = 0; at < count; at++) {
    const lane = pathLane(path, at);
    if (!laneUsed(lane)) continue;
    const offset = pathOffset(path, at);
    const end = laneEnd(lane);
    for (let k = offset == 0.0 ? firstAhead(lane, s) : laneBegin(lane); k < end; k++) {
      const m = member(k);
      if (offset + memberS(m) - s > LOOKAHEAD) return false;
      if (!inTheWay(m, who, lateral, halfWidth)) continue;
      neighbourGap = offset + memberS(m) - memberHalfLength(m) - (s + halfLength);
      neighbourSpeed = max(0.0, memberSpeed(m));
      return true;
    }
  }
  return false;
}

/** Finds who is next behind on a lane or the first lane before it, within MOBIL_BEHIND. */
export function findFollower(lane: i32, who: i32, s: f64, lateral: f64, halfLength: f64, halfWidth: f64): bool {
  const row = laneAt(lane);
  for (let level = 0; level < 2; level++) {
    if (level == 1) {
      if (field(row, L_PREVIOUS_COUNT) == 0.0) return false;
      lane = entry(row, L_PREVIOUS, 0);
      s += field(laneAt(lane), L_LENGTH);
    }
    const begin = laneBegin(lane);
    for (let k = firstAhead(lane, s) - 1; k >= begin; k--) {
      const m = member(k);
      if (s - memberS(m) > MOBIL_BEHIND) return false;
      if (!inTheWay(m, who, lateral, halfWidth)) continue;
      neighbourGap = s - halfLength - (memberS(m) + memberHalfLength(m));
      neighbourSpeed = max(0.0, memberSpeed(m));
      return true;
    }
  }
  return false;
}

/** Hardest braking of traffic here, m/s². */
export function hardestBraking(): f64 {
  return min(IDM_CLIP, param(S_FRICTION) * GRAVITY);
}

/** IDM's share of the free road, m/s²: a speed above the desired one alone never brakes harder than P_BRAKE. */
// @ts-ignore: decorator
@inline
export function idmFree(p: usize, speed: f64, desired: f64): f64 {
  const ratio = speed / max(0.1, desired);
  const squared = ratio * ratio;
  return max(-field(p, P_BRAKE), field(p, P_ACCEL) * (1.0 - squared * squared));
}

// @ts-ignore: decorator
@inline
function closeness(p: usize, speed: f64, headway: f64, gap: f64, ahead: f64): f64 {
  const approach = (speed * (speed - ahead)) / field(p, P_CLOSING);
  return (field(p, P_GAP) + max(0.0, speed * headway + approach)) / max(0.1, gap);
}

/** IDM's wanted gap over the gap there is, to something moving at `ahead`. The least acceleration is that of the largest. */
export function idmCloseness(p: usize, speed: f64, gap: f64, ahead: f64): f64 {
  return closeness(p, speed, field(p, P_HEADWAY), gap, ahead);
}
/** The same towards a line to stop at, or to reach at the speed `ahead`. */
export function lineCloseness(p: usize, speed: f64, gap: f64, ahead: f64): f64 {
  return closeness(p, speed, LINE_HEADWAY, gap, ahead);
}

/** IDM acceleration; closeness 0 = free road. */
// @ts-ignore: decorator
@inline
export function idm(p: usize, free: f64, closeness: f64, hardest: f64): f64 {
  return max(-hardest, free - field(p, P_ACCEL) * (closeness * closeness));
}
