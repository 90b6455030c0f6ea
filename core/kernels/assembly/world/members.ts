// Who is on which lane: the lists that traffic looks others up in, made anew each step and sorted by lane, arc length and order
// of entry. Filled by world-lanes.ts.
//
// Members are structs in order of entry. A counting sort puts pointers to them into one bucket a lane, a Shell sort orders each
// bucket. The tables by lane are all zero between steps: what a step touched it clears.
import { MAX_ACTORS } from '../../../abi/layout';
import { alloc } from '../memory';
import { LANE_HOPS } from '../../../abi/world-fields';

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
/** The lane it goes on to, once somebody has asked: NEXT_UNKNOWN before, NEXT_ANY for who has no lanes in mind. */
const M_NEXT = 56;
const MEMBER_BYTES = 64;
export const NEXT_UNKNOWN = -2;
export const NEXT_ANY = -3;

let members: usize = 0;
let membersEnd: usize = 0;
/** Pointers to members, sorted: u32. */
let sorted: usize = 0;
/** By lane, i32: how many members, and where its bucket in `sorted` ends. */
let counts: usize = 0;
let ends: usize = 0;
/** By lane, u8: what a rule has found out about everybody on it in this step, 0 = nothing yet. */
let notes: usize = 0;
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
    notes = alloc(lanes);
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

/** Largest half length of a member. */
export let longestHalf: f64 = 0;

/** Begins the lists of a step. */
export function clearMembers(): void {
  membersEnd = members;
  longestHalf = 0.0;
}

/** The first that was added. */
export function firstMember(): usize {
  return members;
}

/** Adds a member; `home` is the lane it is on itself. */
export function push(
  who: i32, lane: i32, home: i32, routeAt: i32, s: f64, lateral: f64, halfLength: f64, halfWidth: f64, speed: f64,
): void {
  store<f64>(membersEnd, s, M_S);
  store<f64>(membersEnd, lateral, M_LATERAL);
  store<f64>(membersEnd, halfLength, M_HALF_LENGTH);
  store<f64>(membersEnd, halfWidth, M_HALF_WIDTH);
  store<f64>(membersEnd, speed, M_SPEED);
  store<i32>(membersEnd, who, M_WHO);
  store<i32>(membersEnd, lane, M_LANE);
  store<i32>(membersEnd, home, M_HOME);
  store<i32>(membersEnd, routeAt, M_ROUTE_AT);
  store<i32>(membersEnd, NEXT_UNKNOWN, M_NEXT);
  membersEnd += MEMBER_BYTES;
  longestHalf = max(longestHalf, halfLength);
  const count = counts + (<usize>lane << 2);
  store<i32>(count, load<i32>(count) + 1);
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
    store<u8>(notes + (lane >> 2), 0);
  }
  usedCount = 0;
}

// @ts-ignore: decorator
@inline
export function laneNote(lane: i32): i32 { return <i32>load<u8>(notes + lane); }
/** Only for lanes that somebody is on. */
export function setLaneNote(lane: i32, note: i32): void { store<u8>(notes + lane, <u8>note); }

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
// @ts-ignore: decorator
@inline
export function memberNext(m: usize): i32 { return load<i32>(m, M_NEXT); }
// @ts-ignore: decorator
@inline
export function setMemberNext(m: usize, lane: i32): void { store<i32>(m, lane, M_NEXT); }
