// Changing lanes by MOBIL, and cutting in. Rules and reasons: core/tasks/driving/world/twin/mobil.ts.
import { EGO_LENGTH, MAX_ACTORS } from '../../../abi/layout';
import { desired, halfLength, halfWidth, hasLeader, lane, lateral, leaderGap, leaderSpeed, s, spec, speed, who } from './driver';
import {
  L_LEFT, L_LENGTH, L_NEXT_COUNT, L_PREVIOUS, L_PREVIOUS_COUNT, L_RIGHT, MOBIL_GAP, MOBIL_MUST, P_ADVANTAGE, P_CUT_IN_GAP,
  P_CUT_IN_SIDE, P_LATERAL, P_LENGTH, P_POLITENESS, P_SAFE_BRAKE, P_WIDTH,
} from '../../../abi/world-fields';
import { egoLane, egoLaneS, entry, laneAt } from './lanes';
import {
  findFollower, findLeader, hardestBraking, idm, idmCloseness, idmFree, indexInLanes, makePath, neighbourGap, neighbourSpeed,
  otherPath,
} from './path';
import { field } from './state';

/* Places on lanes that somebody takes in this very step: lane, arc length, half length (f64 each). */
const CLAIM_BYTES = 24;
const claims = memory.data(MAX_ACTORS * CLAIM_BYTES, 8);
let claimCount: i32 = 0;

export function clearClaims(): void {
  claimCount = 0;
}
export function claim(onLane: i32, at: f64): void {
  const p = claims + <usize>claimCount * CLAIM_BYTES;
  store<f64>(p, <f64>onLane);
  store<f64>(p, at, 8);
  store<f64>(p, halfLength, 16);
  claimCount++;
}
function claimed(onLane: i32, at: f64): bool {
  for (let k = 0; k < claimCount; k++) {
    const p = claims + <usize>k * CLAIM_BYTES;
    if (load<f64>(p) == <f64>onLane && abs(load<f64>(p, 8) - at) < load<f64>(p, 16) + halfLength + MOBIL_GAP) return true;
  }
  return false;
}

/** The driver's place on the lane beside it; lane -1 where there is none. */
export let besideLane: i32 = -1;
export let besideS: f64 = 0;

export function lookBeside(side: i32): bool {
  const here = laneAt(lane);
  besideLane = <i32>field(here, side > 0 ? L_LEFT : L_RIGHT);
  if (besideLane < 0) return false;
  besideS = (s * field(laneAt(besideLane), L_LENGTH)) / field(here, L_LENGTH);
  return true;
}

/** Acceleration by the driver's own parameters of somebody at `pace`; without anybody ahead the gap is not looked at. */
function follows(pace: f64, wish: f64, ahead: bool, gap: f64, aheadSpeed: f64): f64 {
  return idm(spec, idmFree(spec, pace, wish), ahead ? idmCloseness(spec, pace, gap, aheadSpeed) : 0.0, hardestBraking());
}

/** Advantage of changing to the place beside, m/s²; -Infinity when it is not safe. */
function advantage(): f64 {
  const safe = -field(spec, P_SAFE_BRAKE);
  const politeness = field(spec, P_POLITENESS);
  const length = field(spec, P_LENGTH);
  const offset = field(spec, P_LATERAL);
  const half = field(spec, P_WIDTH) / 2.0;
  const count = makePath(otherPath, spec, besideLane, besideS, indexInLanes(spec, besideLane, 0));
  const newAhead = findLeader(otherPath, count, who, besideS, offset, halfLength, half);
  const newGap = neighbourGap;
  const newSpeed = neighbourSpeed;
  if (newAhead && newGap < MOBIL_GAP) return -Infinity;
  const after = follows(speed, desired, newAhead, newGap, newSpeed);
  if (after < safe) return -Infinity;
  let worth = after - follows(speed, desired, hasLeader, leaderGap, leaderSpeed);
  if (findFollower(besideLane, who, besideS, offset, halfLength, half)) {
    const gap = neighbourGap;
    const pace = neighbourSpeed;
    const wish = max(desired, pace);
    if (gap < MOBIL_GAP) return -Infinity;
    const behindMe = follows(pace, wish, true, gap, speed);
    if (behindMe < safe) return -Infinity;
    worth += politeness * (behindMe - follows(pace, wish, newAhead, gap + length + newGap, newSpeed));
  }
  if (findFollower(lane, who, s, lateral, halfLength, halfWidth)) {
    const gap = neighbourGap;
    const pace = neighbourSpeed;
    const wish = max(desired, pace);
    const beyondMe = follows(pace, wish, hasLeader, gap + length + leaderGap, leaderSpeed);
    worth += politeness * (beyondMe - follows(pace, wish, true, gap, speed));
  }
  return worth;
}

// @ts-ignore: decorator
@inline
function endsDead(onLane: i32): bool {
  return field(laneAt(onLane), L_NEXT_COUNT) == 0.0;
}

/** The side to change to now (+1 left, -1 right), or 0. */
export function mobil(): i32 {
  const ends = endsDead(lane);
  let best = field(spec, P_ADVANTAGE);
  let chosen = 0;
  for (let side = 1; side >= -1; side -= 2) {
    if (!lookBeside(side) || claimed(besideLane, besideS)) continue;
    const thereEnds = endsDead(besideLane);
    if (thereEnds && !ends) continue;
    const worth = advantage() + (ends && !thereEnds ? MOBIL_MUST : 0.0);
    if (worth >= best && (chosen == 0 || worth > best)) {
      best = worth;
      chosen = side;
    }
  }
  return chosen;
}

/** Whether the ego is behind the driver's place on its cut-in lane, near enough for cutting in. */
export function cutsIn(): bool {
  const side = <i32>field(spec, P_CUT_IN_SIDE);
  if (side == 0 || egoLane < 0 || !lookBeside(side)) return false;
  let ahead = besideS - egoLaneS;
  if (egoLane != besideLane) {
    const row = laneAt(besideLane);
    const befores = <i32>field(row, L_PREVIOUS_COUNT);
    let known = false;
    for (let k = 0; k < befores; k++) known = known || entry(row, L_PREVIOUS, k) == egoLane;
    if (!known) return false;
    ahead = besideS + field(laneAt(egoLane), L_LENGTH) - egoLaneS;
  }
  const gap = ahead - halfLength - EGO_LENGTH / 2.0;
  return gap >= 0.0 && gap < field(spec, P_CUT_IN_GAP);
}
