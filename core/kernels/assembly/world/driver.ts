// The vehicle that decides now: its place, its path, and what it has found out so far. Set by world-traffic.ts, read by the rules.
import { MAX_SIGNALS } from '../../../abi/layout';
import { D_STEP, P_LENGTH } from '../../../abi/world-fields';
import { ownPath, pathLane } from './path';
import { signalAt } from './signals';
import { field, get } from './state';

/** Actor number and parameters. */
export let who: i32 = 0;
export let spec: usize = 0;
/** Place on its lane; while it drifts to its own place in the lane it takes up the whole band. */
export let lane: i32 = 0;
export let s: f64 = 0;
export let lateral: f64 = 0;
export let halfLength: f64 = 0;
export let halfWidth: f64 = 0;
export let speed: f64 = 0;
/** Steps spent giving way. */
export let timer: f64 = 0;
/** Lanes of its path. */
export let pathCount: i32 = 0;
export let desired: f64 = 0;
export let hasLeader: bool = false;
export let leaderGap: f64 = 0;
export let leaderSpeed: f64 = 0;

export function setDriver(
  index: i32, at: usize, onLane: i32, arc: f64, offset: f64, half: f64, pace: f64, waited: f64,
): void {
  who = index;
  spec = at;
  lane = onLane;
  s = arc;
  lateral = offset;
  halfLength = field(at, P_LENGTH) / 2.0;
  halfWidth = half;
  speed = pace;
  timer = waited;
}
export function setPath(count: i32): void { pathCount = count; }
export function setDesired(value: f64): void { desired = value; }
export function setLeader(found: bool, gap: f64, pace: f64): void {
  hasLeader = found;
  leaderGap = gap;
  leaderSpeed = pace;
}

/** Whether a lane is one of the driver's path. */
export function onPath(other: i32): bool {
  for (let k = 0; k < pathCount; k++) if (pathLane(ownPath, k) == other) return true;
  return false;
}

/** States of the signals in this step, a byte each, 0 = not asked for yet. */
const signals = memory.data(MAX_SIGNALS, 8);

/** Forgets the signals of the step before. */
export function clearSignals(): void {
  memory.fill(signals, 0, MAX_SIGNALS);
}

/** State of a signal in this step. */
export function signalNow(signal: i32): i32 {
  const known = load<u8>(signals + signal);
  if (known) return known;
  const state = signalAt(signal, get(D_STEP));
  store<u8>(signals + signal, <u8>state);
  return state;
}
