// The lanes of the present world, and which of them everybody covers: their own, neighbours they lean over to, branches of a
// fork. Rules: core/tasks/driving/world/twin/lanes.ts.
import { EGO_LENGTH, EGO_WIDTH } from '../../../abi/layout';
import {
  D_HEADING, D_S, D_SPEED, D_X, D_Y, FORK_RANGE, L_LEFT, L_LENGTH, L_NEXT, L_NEXT_COUNT, L_ONCOMING, L_POINTS, L_PREVIOUS,
  L_PREVIOUS_COUNT, L_RIGHT, L_SAMPLES, L_WIDTH, LANE_FIELDS, LANE_HOPS, LANE_OVER, LANE_STRIDE, ROUTE_LANE_STRIDE,
  S_LANE_DS, S_NETWORK, S_ROUTE_LANE_COUNT, S_ROUTE_LANES,
} from '../../../abi/world-fields';
import { linePose, poseCos, poseHeading, poseSin, poseX, poseY } from './line';
import { clearMembers, firstMember, MEMBER_EGO, memberLane, memberS, push } from './members';
import { field, get, param } from './state';

/** Lane table and spacing of its samples in the present world. */
let network: usize = 0;
let laneDs: f64 = 1;
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

// @ts-ignore: decorator
@inline
function pushMember(who: i32, home: i32, routeAt: i32): void {
  push(who, mLane, home, routeAt, mS, mLateral, mHalfLength, mHalfWidth, mSpeed);
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
  const home = mLane;
  const s = mS;
  const lateral = mLateral;
  const speed = mSpeed;
  pushMember(who, home, routeAt);
  const row = laneAt(home);
  if (abs(lateral) + mHalfWidth > field(row, L_WIDTH) / 2.0 + LANE_OVER)
    for (let first = 1; first >= -1; first -= 2) {
      let side = first;
      for (let k = 0; k < LANE_HOPS; k++) {
        if (<f64>side * mLateral + mHalfWidth <= field(laneAt(mLane), L_WIDTH) / 2.0 + LANE_OVER) break;
        side = hop(side);
        if (side == 0) break;
        pushMember(who, home, routeAt);
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
      pushMember(who, home, routeAt);
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
  clearMembers();
  const there = addBody(
    MEMBER_EGO, get(D_X), get(D_Y), get(D_HEADING), get(D_SPEED), EGO_LENGTH, EGO_WIDTH, get(D_S), 0.0,
  );
  egoLane = there ? memberLane(firstMember()) : -1;
  egoLaneS = there ? memberS(firstMember()) : 0.0;
}
