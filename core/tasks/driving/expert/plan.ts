/**
 * The expert's longitudinal plan and its waypoints.
 *
 * Every reason to drive slower than the limit is a `Constraint`; each gives an acceleration at a planned moment, and the
 * smallest one counts. Rolled out over the 2 s of the plan with bounded jerk, starting from the observed speed and
 * acceleration, that is the speed profile; laid along the lateral path it is the plan. Following distance: the Intelligent
 * Driver Model (Treiber, Hennecke & Helbing 2000). No acceleration exceeds what the tyres bear.
 */
import type { Cause, Longitudinal } from './maneuver.ts';
import { type LateralPath, offsetAt } from './path.ts';
import { routeAt } from './route.ts';
import type { EgoView } from './ego-view.ts';
import { DT, WAYPOINTS } from '../../../abi/layout.ts';

/** m/s² */
const ACCEL = 2;
const COMFORTABLE_BRAKE = 2;
const HARDEST_BRAKE = 7.5;
/** Share of the tyres' grip that a plan uses at most. */
const GRIP_USED = 0.9;
/** Deceleration of an unhurried approach to a stop. */
const APPROACH_BRAKE = 1.6;
/** Change of acceleration a step, m/s²; the second when braking harder than EMERGENCY is called for. */
const JERK_STEP = 0.55;
const EMERGENCY_STEP = 2;
const EMERGENCY = 4;
const IDM_BRAKE = 2.5;
/** Gap kept at a stand, m. */
const STANDING_GAP = 2;
/** Braking, m/s², that is enough behind a leader as fast as the ego however near it is, and more for each m/s it is slower. */
const NEAR_BRAKE = 2.5;
const NEAR_BRAKE_CLOSING = 1.5;
/** A constraint shapes the plan when it takes this much off, m/s² summed over the plan's steps. */
const NOTICEABLE = 4;
/** Step and length of the run ahead, s. */
const RUN_DT = 0.25;
const RUN_STEPS = 40;

/** Arc lengths here are those of the ego's centre, counted from where it is now. */
interface ConstraintBase {
  readonly longitudinal: Longitudinal;
  readonly cause: Cause;
}
/** No faster than `speed` between two points. */
interface SpeedCap extends ConstraintBase {
  readonly kind: 'cap';
  readonly from: number;
  readonly to: number;
  readonly speed: number;
}
/** Stand at `at`, or reach it no earlier than `until` s from now. */
interface StopPoint extends ConstraintBase {
  readonly kind: 'stop';
  readonly at: number;
  readonly until: number;
}
/** Keep behind something `gap` m away (bumper to bumper) that drives at `speed`; at a stand `room` m more than usual. */
export interface Leader extends ConstraintBase {
  readonly kind: 'leader';
  readonly gap: number;
  readonly speed: number;
  readonly headway: number;
  readonly room?: number;
}
export type Constraint = SpeedCap | StopPoint | Leader;

export interface SpeedPlan {
  /** Arc length after each step, m, [WAYPOINTS]. */
  readonly s: Float64Array;
  readonly endSpeed: number;
  /** The constraint that shaped it most; undefined when the way is clear. */
  readonly binding?: Constraint;
}

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));

/** Eases from `free` to the constant deceleration that reaches `target` speed after `distance`, as that becomes necessary. */
function brakeTo(speed: number, target: number, distance: number, free: number): number {
  if (speed <= target) return free;
  const needed = (speed * speed - target * target) / (2 * Math.max(distance, 0.15));
  const weight = clamp((needed / COMFORTABLE_BRAKE - 0.4) / 0.4, 0, 1);
  return (1 - weight) * free - weight * needed;
}

function stopAcceleration(stop: StopPoint, s: number, speed: number, time: number, free: number): number {
  const left = stop.until - time;
  if (left <= 0) return free;
  const distance = stop.at - s;
  if (distance < 0.8 && speed < 0.4) return Math.min(free, -1);
  const onProfile = 2 * (Math.sqrt(2 * APPROACH_BRAKE * Math.max(0, distance)) - speed);
  const standing = brakeTo(speed, 0, distance, Math.min(free, onProfile));
  if (left === Number.POSITIVE_INFINITY || 2 * distance <= speed * left) return standing;
  return Math.min(free, Math.max(standing, (2 * (distance - speed * left)) / (left * left)));
}

/**
 * IDM, which brakes harder than it must when the gap closes fast or somebody cuts in; so never harder than what stops short of
 * a leader that brakes as hard as it can from now on, nor than what opens the gap to a leader about as fast.
 */
function followAcceleration(leader: Leader, s: number, speed: number, time: number, free: number, grip: number) {
  const gap = Math.max(0.1, leader.gap + leader.speed * time - s - (leader.room ?? 0));
  const closing = speed - leader.speed;
  const approach = (speed * closing) / (2 * Math.sqrt(ACCEL * IDM_BRAKE));
  const closeness = (STANDING_GAP + 0.5 + Math.max(0, speed * leader.headway + approach)) / gap;
  const idm = ACCEL * (1 - closeness * closeness) - Math.max(0, ACCEL - free);
  const room = Math.max(0.3, gap - STANDING_GAP + (leader.speed * leader.speed) / (2 * Math.min(HARDEST_BRAKE, grip)));
  const enough = 0.2 + (speed * speed) / (2 * room);
  return Math.min(free, Math.max(idm, -enough, -NEAR_BRAKE - NEAR_BRAKE_CLOSING * Math.max(0, closing)));
}

function capAcceleration(cap: SpeedCap, s: number, speed: number, free: number): number {
  if (s > cap.to) return free;
  if (s < cap.from) return brakeTo(speed, cap.speed, cap.from - s, free);
  return Math.min(free, clamp((cap.speed - speed) * 1.5, -3, ACCEL));
}

function accelerationUnder(c: Constraint, s: number, speed: number, time: number, free: number, grip: number): number {
  switch (c.kind) {
    case 'cap':
      return capAcceleration(c, s, speed, free);
    case 'stop':
      return stopAcceleration(c, s, speed, time, free);
    case 'leader':
      return followAcceleration(c, s, speed, time, free, grip);
  }
}

const freely = (limit: number, speed: number) => clamp((limit - speed) * 1.2, -COMFORTABLE_BRAKE, ACCEL);
const hardestBrake = (scene: EgoView) => Math.min(HARDEST_BRAKE, GRIP_USED * scene.grip);

/** Rolls the plan out under all constraints. */
export function planSpeed(scene: EgoView, constraints: readonly Constraint[]): SpeedPlan {
  const s = new Float64Array(WAYPOINTS);
  const taken = new Float64Array(constraints.length);
  const hardest = hardestBrake(scene);
  let position = 0;
  let speed = scene.speed;
  let accel = clamp(scene.accel, -hardest, ACCEL);
  for (let k = 0; k < WAYPOINTS; k++) {
    const free = freely(scene.limit, speed);
    let wanted = free;
    let reason = -1;
    for (let i = 0; i < constraints.length; i++) {
      const under = accelerationUnder(constraints[i], position, speed, k * DT, free, scene.grip);
      if (under >= wanted) continue;
      wanted = under;
      reason = i;
    }
    if (reason >= 0) taken[reason] += free - Math.max(wanted, -hardest);
    const fall = wanted < -EMERGENCY ? EMERGENCY_STEP : JERK_STEP;
    accel = clamp(Math.max(wanted, -hardest), accel - fall, accel + JERK_STEP);
    const next = Math.max(0, speed + accel * DT);
    if (next === 0) accel = 0;
    position += (speed + next) * 0.5 * DT;
    speed = next;
    s[k] = position;
  }
  let most = -1;
  for (let i = 0; i < taken.length; i++) if (taken[i] > NOTICEABLE && (most < 0 || taken[i] > taken[most])) most = i;
  return { s, endSpeed: speed, ...(most >= 0 && { binding: constraints[most] }) };
}

/** Where the ego would be, were nobody in its way: arc length after each RUN_DT. */
export interface Run {
  readonly s: Float64Array;
  readonly speed: Float64Array;
}

/** Rolls 10 s ahead under `constraints`, more coarsely than a plan. */
export function runAhead(scene: EgoView, constraints: readonly Constraint[]): Run {
  const s = new Float64Array(RUN_STEPS + 1);
  const speeds = new Float64Array(RUN_STEPS + 1);
  let speed = scene.speed;
  let accel = clamp(scene.accel, -3, ACCEL);
  speeds[0] = speed;
  for (let k = 1; k <= RUN_STEPS; k++) {
    const free = freely(scene.limit, speed);
    let wanted = free;
    for (const c of constraints)
      wanted = Math.min(wanted, accelerationUnder(c, s[k - 1], speed, (k - 1) * RUN_DT, free, scene.grip));
    accel = clamp(wanted, Math.min(wanted, accel - 1.2), accel + 1.4);
    const next = Math.max(0, speed + accel * RUN_DT);
    s[k] = s[k - 1] + (speed + next) * 0.5 * RUN_DT;
    speed = next;
    speeds[k] = next;
  }
  return { s, speed: speeds };
}

/** When a run reaches arc length `s`, s; 0 when it is there already, Infinity beyond its end. */
export function timeTo({ s: run }: Run, s: number): number {
  if (s <= 0) return 0;
  let k = 1;
  while (k < run.length && run[k] < s) k++;
  if (k === run.length) return Number.POSITIVE_INFINITY;
  return (k - 1 + (s - run[k - 1]) / Math.max(1e-9, run[k] - run[k - 1])) * RUN_DT;
}

/** Arc length of a run at `time`; goes on at its last speed beyond its end. */
export function arcLengthAt({ s, speed }: Run, time: number): number {
  const k = Math.min(RUN_STEPS - 1, Math.floor(time / RUN_DT));
  const share = time / RUN_DT - k;
  if (share > 1) return s[RUN_STEPS] + speed[RUN_STEPS] * (time - RUN_STEPS * RUN_DT);
  return s[k] + share * (s[k + 1] - s[k]);
}

/** Lays arc lengths along the path: WAYPOINTS × (x, y), ego frame, m. */
export function layWaypoints(scene: EgoView, path: LateralPath, s: Float64Array): Float32Array {
  const waypoints = new Float32Array(2 * WAYPOINTS);
  for (let k = 0; k < WAYPOINTS; k++) {
    const point = routeAt(scene.route, s[k]);
    const offset = offsetAt(path, s[k]);
    waypoints[2 * k] = point.x - offset * point.ty;
    waypoints[2 * k + 1] = point.y + offset * point.tx;
  }
  return waypoints;
}
