/**
 * The expert's longitudinal plan and its waypoints.
 *
 * Every reason to drive slower than the limit is a `Constraint`; each gives an acceleration at a planned moment, and the
 * smallest one counts. Rolled out over the 2 s of the plan with bounded jerk, starting from the observed speed and
 * acceleration, that is the speed profile; laid along the lane centre, with the ego's lateral offset eased out, it is the
 * plan. Following distance: the Intelligent Driver Model (Treiber, Hennecke & Helbing 2000).
 */
import type { Cause, Longitudinal } from './decision.ts';
import { routeAt, type Scene } from './expert-scene.ts';
import { DT, WAYPOINTS } from './layout.ts';

/** m/s² */
const ACCEL = 2;
const COMFORTABLE_BRAKE = 2;
const HARDEST_BRAKE = 7.5;
/** Deceleration of an unhurried approach to a stop. */
const APPROACH_BRAKE = 1.6;
/** Change of acceleration a step, m/s²; the second when braking harder than EMERGENCY is called for. */
const JERK_STEP = 0.55;
const EMERGENCY_STEP = 2;
const EMERGENCY = 4;
const IDM_BRAKE = 2.5;
/** Gap kept at a stand, m, and the hardest braking reckoned with in a leader, m/s². */
const STANDING_GAP = 2;
const LEADER_BRAKE = 7.5;
/** A constraint shapes the plan when it takes this much off, m/s² summed over the plan's steps. */
const NOTICEABLE = 4;

/** Arc lengths here are those of the ego's centre, counted from where it is now. */
interface ConstraintBase {
  readonly longitudinal: Longitudinal;
  readonly cause: Cause;
}
/** No faster than `speed` between two points. */
export interface SpeedCap extends ConstraintBase {
  readonly kind: 'cap';
  readonly from: number;
  readonly to: number;
  readonly speed: number;
}
/** Stand at `at`, or reach it no earlier than `until` s from now. */
export interface StopPoint extends ConstraintBase {
  readonly kind: 'stop';
  readonly at: number;
  readonly until: number;
}
/** Keep behind something `gap` m away (bumper to bumper) that drives at `speed`. */
export interface Leader extends ConstraintBase {
  readonly kind: 'leader';
  readonly gap: number;
  readonly speed: number;
  readonly headway: number;
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
 * IDM, which brakes harder than it must when the gap closes fast; so never harder than what stops short of a leader that
 * brakes at LEADER_BRAKE from now on.
 */
function followAcceleration(leader: Leader, s: number, speed: number, time: number, free: number): number {
  const gap = Math.max(0.1, leader.gap + leader.speed * time - s);
  const wanted =
    STANDING_GAP +
    0.5 +
    Math.max(0, speed * leader.headway + (speed * (speed - leader.speed)) / (2 * Math.sqrt(ACCEL * IDM_BRAKE)));
  const closeness = wanted / gap;
  const idm = ACCEL * (1 - closeness * closeness) - Math.max(0, ACCEL - free);
  const room = Math.max(0.3, gap - STANDING_GAP + (leader.speed * leader.speed) / (2 * LEADER_BRAKE));
  return Math.min(free, Math.max(idm, -0.2 - (speed * speed) / (2 * room)));
}

function capAcceleration(cap: SpeedCap, s: number, speed: number, free: number): number {
  if (s > cap.to) return free;
  if (s < cap.from) return brakeTo(speed, cap.speed, cap.from - s, free);
  return Math.min(free, clamp((cap.speed - speed) * 1.5, -3, ACCEL));
}

function accelerationUnder(constraint: Constraint, s: number, speed: number, time: number, free: number): number {
  switch (constraint.kind) {
    case 'cap':
      return capAcceleration(constraint, s, speed, free);
    case 'stop':
      return stopAcceleration(constraint, s, speed, time, free);
    case 'leader':
      return followAcceleration(constraint, s, speed, time, free);
  }
}

/** Rolls the plan out under all constraints. */
export function planSpeed(scene: Scene, constraints: readonly Constraint[]): SpeedPlan {
  const s = new Float64Array(WAYPOINTS);
  const taken = new Float64Array(constraints.length);
  let position = 0;
  let speed = scene.speed;
  let accel = clamp(scene.accel, -HARDEST_BRAKE, ACCEL);
  for (let k = 0; k < WAYPOINTS; k++) {
    const free = clamp((scene.limit - speed) * 1.2, -COMFORTABLE_BRAKE, ACCEL);
    let wanted = free;
    let reason = -1;
    constraints.forEach((constraint, i) => {
      const under = accelerationUnder(constraint, position, speed, k * DT, free);
      if (under >= wanted) return;
      wanted = under;
      reason = i;
    });
    if (reason >= 0) taken[reason] += free - Math.max(wanted, -HARDEST_BRAKE);
    const fall = wanted < -EMERGENCY ? EMERGENCY_STEP : JERK_STEP;
    accel = clamp(Math.max(wanted, -HARDEST_BRAKE), accel - fall, accel + JERK_STEP);
    const next = Math.max(0, speed + accel * DT);
    if (next === 0) accel = 0;
    position += (speed + next) * 0.5 * DT;
    speed = next;
    s[k] = position;
  }
  let most = -1;
  taken.forEach((amount, i) => {
    if (amount > NOTICEABLE && (most < 0 || amount > taken[most])) most = i;
  });
  return { s, endSpeed: speed, ...(most >= 0 && { binding: constraints[most] }) };
}

/**
 * Lays arc lengths along the lane centre: WAYPOINTS × (x, y), ego frame, m. The offset from the centre leaves the ego's pose
 * along its heading and eases to zero by a cubic.
 */
export function layWaypoints(scene: Scene, s: Float64Array): Float32Array {
  const waypoints = new Float32Array(2 * WAYPOINTS);
  const blend = clamp(6 + 1.8 * scene.speed, 9, 28);
  for (let k = 0; k < WAYPOINTS; k++) {
    const point = routeAt(scene.route, s[k]);
    const t = Math.min(1, s[k] / blend);
    const offset = (1 - t) * (1 - t) * ((1 + 2 * t) * scene.lateral + t * blend * scene.slope);
    waypoints[2 * k] = point.x - offset * point.ty;
    waypoints[2 * k + 1] = point.y + offset * point.tx;
  }
  return waypoints;
}
