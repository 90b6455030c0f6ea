// Lanes and who is on them: the lists that traffic looks others up in, made anew each step. Rules: core/world/twin-lanes.ts.
//
// Members are structs in order of entry. A counting sort puts pointers to them into one bucket a lane, a Shell sort orders
// each bucket by arc length and then by order of entry. Tables by lane are all zero between steps: what a step touched it clears.
import { EGO_LENGTH, EGO_WIDTH, MAX_ACTORS } from '../../world/layout';
import { alloc } from './memory';
import {
  D_HEADING, D_S, D_SPEED, D_X, D_Y, FORK_RANGE, L_LEFT, L_LENGTH, L_NEXT, L_NEXT_COUNT, L_ONCOMING, L_POINTS, L_PREVIOUS,
  L_PREVIOUS_COUNT, L_RIGHT, L_SAMPLES, L_WIDTH, LANE_FIELDS, LANE_HOPS, LANE_OVER, LANE_STRIDE, ROUTE_LANE_STRIDE,
  S_LANE_DS, S_NETWORK, S_ROUTE_LANE_COUNT, S_ROUTE_LANES,
} from './world-fields';
import { linePose, poseCos, poseHeading, poseSin, poseX, poseY } from './world-line';
import { field, get, param } from './world-state';

/** `who` of the ego among members. */
export const MEMBER_EGO = -1;
/* One member. */
const M_S = 0;
const M_LATERAL = 8;
const M_HALF_LENGTH = 16;
const M_HALF_WIDTH = 24;
const M_SPEED = 32;
const M_WHO = 40;
const M_LANE = 44;
/** The lane it is on itself, other than M_LANE for shadows, and traffic's place in its `lanes` when the step began. */
const M_HOME = 48;
const M_ROUTE_AT = 52;
const MEMBER_BYTES = 56;

let members: usize = 0;
let membersEnd: usize = 0;
/** Pointers to members, sorted: u32. */
let sorted: usize = 0;
/** By lane, i32: how many members, and where its bucket in `sorted` ends. */
let counts: usize = 0;
let ends: usize = 0;
/** Lanes that somebody is on: i32. */
let usedLanes: usize = 0;
let usedCount: i32 = 0;
let lanesReserved: i32 = 0;
let membersReserved: i32 = 0;

/** Makes room for networks of `lanes` lanes, at most `forks` of which one lane may be a branch together with. */
export function world_reserve_lanes(lanes: i32, forks: i32): void {
  if (lanes > lanesReserved) {
    lanesReserved = lanes;
    counts = alloc(<usize>lanes * 4);
    ends = alloc(<usize>lanes * 4);
  }
  const most = (MAX_ACTORS + 1) * (1 + 2 * LANE_HOPS + forks);
  if (most > membersReserved) {
    membersReserved = most;
    members = alloc(<usize>most * MEMBER_BYTES);
    sorted = alloc(<usize>most * 4);
    usedLanes = alloc(<usize>most * 4);
    membersEnd = members;
  }
}

/** Lane table and spacing of its samples in the present world. */
let network: usize = 0;
let laneDs: f64 = 1;
/** Largest half length of a member. */
export let longestHalf: f64 = 0;
/** The ego's own place; lane -1 when it is on none. */
export let egoLane: i32 = -1;
export let egoLaneS: f64 = 0;

// @ts-ignore: decorator
@inline
export function laneAt(lane: i32): usize {
  return network + <usize>lane * (LANE_FIELDS * 8);
}
/** Entry `index` of one of a lane's lists. */
// @ts-ignore: decorator
@inline
export function entry(laneRow: usize, list: i32, index: i32): i32 {
  return <i32>field(<usize>field(laneRow, list), index);
}
// @ts-ignore: decorator
@inline
export function lanePose(laneRow: usize, s: f64, lateral: f64): void {
  linePose(<usize>field(laneRow, L_SAMPLES), <i32>field(laneRow, L_POINTS), LANE_STRIDE * 8, laneDs, s, lateral);
}
export function useNetwork(): void {
  network = <usize>param(S_NETWORK);
  laneDs = param(S_LANE_DS);
}

/* The member being added, as seen from mLane. */
let mS: f64 = 0;
let mLateral: f64 = 0;
let mHalfLength: f64 = 0;
let mHalfWidth: f64 = 0;
let mSpeed: f64 = 0;
let mLane: i32 = 0;

function push(who: i32, home: i32, routeAt: i32): void {
  store<f64>(membersEnd, mS, M_S);
  store<f64>(membersEnd, mLateral, M_LATERAL);
  store<f64>(membersEnd, mHalfLength, M_HALF_LENGTH);
  store<f64>(membersEnd, mHalfWidth, M_HALF_WIDTH);
  store<f64>(membersEnd, mSpeed, M_SPEED);
  store<i32>(membersEnd, who, M_WHO);
  store<i32>(membersEnd, mLane, M_LANE);
  store<i32>(membersEnd, home, M_HOME);
  store<i32>(membersEnd, routeAt, M_ROUTE_AT);
  membersEnd += MEMBER_BYTES;
  const count = counts + (<usize>mLane << 2);
  store<i32>(count, load<i32>(count) + 1);
}

/** Moves the member to how it is seen from the lane on `side`; returns the side that goes on that way there, 0 = no lane. */
function hop(side: i32): i32 {
  const here = laneAt(mLane);
  let to = <i32>field(here, side > 0 ? L_LEFT : L_RIGHT);
  let against = false;
  if (side > 0 && to < 0) {
    to = <i32>field(here, L_ONCOMING);
    against = true;
  }
  if (to < 0) return 0;
  const there = laneAt(to);
  const level = (mS * field(there, L_LENGTH)) / field(here, L_LENGTH);
  const offset = mLateral - (<f64>side * (field(here, L_WIDTH) + field(there, L_WIDTH))) / 2.0;
  mLane = to;
  mS = against ? field(there, L_LENGTH) - level : level;
  mLateral = against ? -offset : offset;
  if (against) mSpeed = -mSpeed;
  return against ? -side : side;
}

/** Adds the member, whose centre is (x, y), and its shadows. */
function add(who: i32, routeAt: i32, x: f64, y: f64): void {
  longestHalf = max(longestHalf, mHalfLength);
  const home = mLane;
  const s = mS;
  const lateral = mLateral;
  const speed = mSpeed;
  push(who, home, routeAt);
  const row = laneAt(home);
  if (abs(lateral) + mHalfWidth > field(row, L_WIDTH) / 2.0 + LANE_OVER)
    for (let first = 1; first >= -1; first -= 2) {
      let side = first;
      for (let k = 0; k < LANE_HOPS; k++) {
        if (<f64>side * mLateral + mHalfWidth <= field(laneAt(mLane), L_WIDTH) / 2.0 + LANE_OVER) break;
        side = hop(side);
        if (side == 0) break;
        push(who, home, routeAt);
      }
      mLane = home;
      mS = s;
      mLateral = lateral;
      mSpeed = speed;
    }
  if (s - mHalfLength < FORK_RANGE) addBranches(who, routeAt, x, y, row);
}

/** Shadows on the other branches of the fork behind it, where it still covers them. */
function addBranches(who: i32, routeAt: i32, x: f64, y: f64, row: usize): void {
  const home = mLane;
  const befores = <i32>field(row, L_PREVIOUS_COUNT);
  for (let k = 0; k < befores; k++) {
    const before = laneAt(entry(row, L_PREVIOUS, k));
    const branches = <i32>field(before, L_NEXT_COUNT);
    for (let j = 0; j < branches; j++) {
      const branch = entry(before, L_NEXT, j);
      const there = laneAt(branch);
      if (branch == home || mS > field(there, L_LENGTH)) continue;
      lanePose(there, mS, 0.0);
      mLateral = poseCos * (y - poseY) - poseSin * (x - poseX);
      if (abs(mLateral) >= field(there, L_WIDTH) / 2.0 + mHalfWidth) continue;
      mLane = branch;
      push(who, home, routeAt);
    }
  }
}

/** Adds a vehicle on its lane. */
export function addVehicle(
  who: i32, lane: i32, routeAt: i32, s: f64, lateral: f64, halfLength: f64, halfWidth: f64, speed: f64, x: f64, y: f64,
): void {
  mLane = lane;
  mS = s;
  mLateral = lateral;
  mHalfLength = halfLength;
  mHalfWidth = halfWidth;
  mSpeed = speed;
  add(who, routeAt, x, y);
}

/**
 * Adds somebody who follows no lane: found on the route's lane at `routeS`, then on the lane it is really on. It covers what
 * it will sweep across the lane within `ahead` seconds. Returns whether it is on a lane.
 */
export function addBody(
  who: i32, x: f64, y: f64, heading: f64, speed: f64, length: f64, width: f64, routeS: f64, ahead: f64,
): bool {
  const table = <usize>param(S_ROUTE_LANES);
  let low = 0;
  let high = <i32>param(S_ROUTE_LANE_COUNT) - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (field(table, middle * ROUTE_LANE_STRIDE) <= routeS) low = middle;
    else high = middle - 1;
  }
  const at = table + <usize>low * (ROUTE_LANE_STRIDE * 8);
  mLane = <i32>field(at, 1);
  const row = laneAt(mLane);
  const end = field(row, L_LENGTH);
  const near = max(0.0, min(end, field(at, 2) + (routeS - field(at, 0))));
  lanePose(row, near, 0.0);
  const dx = x - poseX;
  const dy = y - poseY;
  const angle = heading - poseHeading;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const sweep = (speed * sin * ahead) / 2.0;
  mS = max(0.0, min(end, near + poseCos * dx + poseSin * dy));
  mLateral = poseCos * dy - poseSin * dx + sweep;
  mHalfLength = (length * abs(cos) + width * abs(sin)) / 2.0;
  mHalfWidth = (length * abs(sin) + width * abs(cos)) / 2.0 + abs(sweep);
  mSpeed = speed * cos;
  for (let k = 0; k < LANE_HOPS; k++) {
    if (abs(mLateral) <= field(laneAt(mLane), L_WIDTH) / 2.0) break;
    if (hop(mLateral > 0.0 ? 1 : -1) == 0) break;
  }
  if (abs(mLateral) > field(laneAt(mLane), L_WIDTH) / 2.0 + mHalfWidth) return false;
  add(who, -1, x, y);
  return true;
}

/** Begins the lists of a step with the ego. */
export function beginMembers(): void {
  membersEnd = members;
  longestHalf = 0.0;
  const there = addBody(
    MEMBER_EGO, get(D_X), get(D_Y), get(D_HEADING), get(D_SPEED), EGO_LENGTH, EGO_WIDTH, get(D_S), 0.0,
  );
  egoLane = there ? memberLane(members) : -1;
  egoLaneS = there ? memberS(members) : 0.0;
}

// @ts-ignore: decorator
@inline
function after(p: usize, q: usize): bool {
  const s = load<f64>(p, M_S);
  const t = load<f64>(q, M_S);
  return s > t || (s == t && p > q);
}

/** Orders `count` pointers from `at` on. Shell sort, Ciura's gaps. */
function sortBucket(at: usize, count: i32): void {
  let gap = count > 132 ? 132 : count > 57 ? 57 : count > 23 ? 23 : count > 10 ? 10 : count > 4 ? 4 : 1;
  while (gap > 0) {
    for (let i = gap; i < count; i++) {
      const p = <usize>load<u32>(at + (<usize>i << 2));
      let j = i;
      for (; j >= gap && after(<usize>load<u32>(at + (<usize>(j - gap) << 2)), p); j -= gap)
        store<u32>(at + (<usize>j << 2), load<u32>(at + (<usize>(j - gap) << 2)));
      store<u32>(at + (<usize>j << 2), <u32>p);
    }
    gap = gap == 132 ? 57 : gap == 57 ? 23 : gap == 23 ? 10 : gap == 10 ? 4 : gap == 4 ? 1 : 0;
  }
}

/** Sorts what was added. */
export function sortMembers(): void {
  let used = 0;
  usedCount = 0;
  for (let m = members; m < membersEnd; m += MEMBER_BYTES) {
    const lane = load<i32>(m, M_LANE);
    const end = ends + (<usize>lane << 2);
    if (load<i32>(end) == 0) {
      store<i32>(usedLanes + (<usize>usedCount << 2), lane);
      usedCount++;
      store<i32>(end, used + 1);
      used += load<i32>(counts + (<usize>lane << 2));
    }
    const to = load<i32>(end);
    store<u32>(sorted + (<usize>(to - 1) << 2), <u32>m);
    store<i32>(end, to + 1);
  }
  for (let k = 0; k < usedCount; k++) {
    const lane = load<i32>(usedLanes + (<usize>k << 2));
    const count = load<i32>(counts + (<usize>lane << 2));
    if (count > 1) sortBucket(sorted + (<usize>laneBegin(lane) << 2), count);
  }
}

/** Clears the tables by lane. */
export function endMembers(): void {
  for (let k = 0; k < usedCount; k++) {
    const lane = <usize>load<i32>(usedLanes + (<usize>k << 2)) << 2;
    store<i32>(counts + lane, 0);
    store<i32>(ends + lane, 0);
  }
  usedCount = 0;
}

/** Whether anybody is on a lane. */
// @ts-ignore: decorator
@inline
export function laneUsed(lane: i32): bool {
  return load<i32>(counts + (<usize>lane << 2)) != 0;
}
/** Indices of a lane's members among all sorted ones: laneBegin .. laneEnd - 1; equal for an empty lane. */
// @ts-ignore: decorator
@inline
export function laneEnd(lane: i32): i32 {
  return load<i32>(ends + (<usize>lane << 2)) - 1;
}
// @ts-ignore: decorator
@inline
export function laneBegin(lane: i32): i32 {
  return laneEnd(lane) - load<i32>(counts + (<usize>lane << 2));
}

/** Index of the first member on `lane` with arc length above `s`. */
export function firstAhead(lane: i32, s: f64): i32 {
  let high = laneEnd(lane);
  let low = laneBegin(lane);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (memberS(member(middle)) <= s) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The member at a sorted index; below, its fields. */
// @ts-ignore: decorator
@inline
export function member(index: i32): usize {
  return <usize>load<u32>(sorted + (<usize>index << 2));
}
// @ts-ignore: decorator
@inline
export function memberS(m: usize): f64 { return load<f64>(m, M_S); }
// @ts-ignore: decorator
@inline
export function memberLateral(m: usize): f64 { return load<f64>(m, M_LATERAL); }
// @ts-ignore: decorator
@inline
export function memberHalfLength(m: usize): f64 { return load<f64>(m, M_HALF_LENGTH); }
// @ts-ignore: decorator
@inline
export function memberHalfWidth(m: usize): f64 { return load<f64>(m, M_HALF_WIDTH); }
/** Along the lane; negative against it. */
// @ts-ignore: decorator
@inline
export function memberSpeed(m: usize): f64 { return load<f64>(m, M_SPEED); }
// @ts-ignore: decorator
@inline
export function memberWho(m: usize): i32 { return load<i32>(m, M_WHO); }
// @ts-ignore: decorator
@inline
export function memberLane(m: usize): i32 { return load<i32>(m, M_LANE); }
// @ts-ignore: decorator
@inline
export function memberHome(m: usize): i32 { return load<i32>(m, M_HOME); }
// @ts-ignore: decorator
@inline
export function memberRouteAt(m: usize): i32 { return load<i32>(m, M_ROUTE_AT); }
