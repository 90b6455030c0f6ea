/**
 * Consistent: do the waypoints do what the trace says? Speed, acceleration and course are measured from the waypoints alone, then
 * held against the decision word and the act words with the fixed thresholds below. Every decision word but `proceed` says
 * that something holds the ego back; which one it is (a leader, a person, a line) no path can tell, that is for the causal checks.
 */
import { type EgoRoute, routeAt } from '../expert/route.ts';
import { readEgoView } from '../expert/ego-view.ts';
import { DECISION_STEPS, DT, WAYPOINTS } from '../../../abi/layout.ts';
import { parseTrace, TraceError } from './grammar.ts';
import { type TraceCheck, unreadable } from './trace-check.ts';
import { numberId, VOCABULARY, type NumberClass } from './vocabulary.ts';

/** Braking harder than this is not `proceed`, m/s². */
const BRAKES = -0.5;
/**
 * A plan is held back when it ends this much below the limit, m/s, slows at all (towards a limit it exceeds), m/s², or comes
 * this much less far than at the limit, m.
 */
const HELD_BACK = 0.05;
const HOLDS = -0.1;
const SHORTER = 0.3;
/** Slack beyond a word's own tolerance: speed m/s, acceleration m/s², stopping point m. */
const SPEED_SLACK = 0.6;
const ACCEL_SLACK = 0.5;
const STOP_SLACK = 1;
/** Hardest braking with which a plan that says `stop` must still be able to, m/s². */
const HARDEST_BRAKE = 8;
/** Offset from the lane centre that still counts as keeping it, m, and what a kept lane may drift. */
const LANE_OFFSET = 0.5;
const LANE_DRIFT = 0.3;

interface PlanMotion {
  /** Path length, m. */
  readonly distance: number;
  /** Speed at the end, m/s, and mean acceleration from the observed speed, m/s². */
  readonly endSpeed: number;
  readonly acceleration: number;
  /** Offset of the last waypoint from the lane centre, left +, m. */
  readonly endLateral: number;
}

/** What a plan does, measured from its waypoints [WAYPOINTS × 2] at `offset`. */
function measurePlan(waypoints: ArrayLike<number>, observation: ArrayLike<number>, offset = 0): PlanMotion {
  const { speed, route } = readEgoView(observation, 0);
  const at = (i: number) => (i < 0 ? [0, 0] : [waypoints[offset + 2 * i], waypoints[offset + 2 * i + 1]]);
  const chord = (from: number, to: number) => Math.hypot(at(to)[0] - at(from)[0], at(to)[1] - at(from)[1]);
  const last = WAYPOINTS - 1;
  const half = DECISION_STEPS;
  let distance = 0;
  for (let i = 0; i < WAYPOINTS; i++) distance += chord(i - 1, i);
  const late = chord(last - half, last) / (half * DT);
  const earlier = chord(last - 2 * half, last - half) / (half * DT);
  const endSpeed = Math.max(0, late + (late - earlier) / 2);
  return {
    distance,
    endSpeed,
    acceleration: (endSpeed - speed) / (WAYPOINTS * DT),
    endLateral: lateralOf(route, at(last)[0], at(last)[1]),
  };
}

/** Holds the trace's decision and act words against the plan that came with them. */
export function consistent(
  tokens: ArrayLike<number>,
  waypoints: ArrayLike<number>,
  observation: ArrayLike<number>,
): TraceCheck {
  const trace = parseTrace(tokens);
  if (trace instanceof TraceError) return unreadable('consistent');
  const { decision } = trace.plan;
  const { speed, acceleration, stop, lateral } = trace.act;
  const { limit, lateral: startLateral } = readEgoView(observation, 0);
  const plan = measurePlan(waypoints, observation);
  const braking = plan.acceleration < BRAKES;
  const far = plan.distance > limit * WAYPOINTS * DT - SHORTER;
  const free = far && plan.acceleration > HOLDS && plan.endSpeed > limit - HELD_BACK;
  const faults: string[] = [];
  if (decision === 'proceed' && braking && plan.endSpeed < limit - HELD_BACK)
    faults.push(`it says proceed and brakes at ${(-plan.acceleration).toFixed(1)} m/s²`);
  if (decision !== 'proceed' && free)
    faults.push(`it says ${decision} and drives on at ${plan.endSpeed.toFixed(1)} m/s`);
  if (decision === 'stop' && stop !== undefined) {
    const left = stop + tolerance('d', stop) + STOP_SLACK - plan.distance;
    if (plan.endSpeed ** 2 > 2 * HARDEST_BRAKE * Math.max(0, left) + 1)
      faults.push(
        `it says stop in ${stop} m and still does ${plan.endSpeed.toFixed(1)} m/s after ${plan.distance.toFixed(1)} m`,
      );
  }
  if (differs('v', speed, plan.endSpeed, SPEED_SLACK))
    faults.push(`it says v:${speed} and ends at ${plan.endSpeed.toFixed(1)} m/s`);
  if (differs('a', acceleration, plan.acceleration, ACCEL_SLACK))
    faults.push(`it says a:${acceleration} and plans ${plan.acceleration.toFixed(1)} m/s²`);
  const drift = Math.abs(plan.endLateral) - Math.abs(startLateral);
  if (lateral === 'recenter' && drift > 0 && plan.distance > 1)
    faults.push('it says recenter and does not come nearer to the lane centre');
  if (lateral === 'keep_lane' && Math.abs(plan.endLateral) > LANE_OFFSET && drift > LANE_DRIFT)
    faults.push(`it says keep_lane and ends ${Math.abs(plan.endLateral).toFixed(1)} m from the lane centre`);
  const moved = plan.endLateral - startLateral;
  if (lateral === 'pass_left' && plan.endLateral < -LANE_OFFSET && moved < -LANE_DRIFT)
    faults.push(`it says pass_left and ends ${(-plan.endLateral).toFixed(1)} m to the right`);
  if (lateral === 'pass_right' && plan.endLateral > LANE_OFFSET && moved > LANE_DRIFT)
    faults.push(`it says pass_right and ends ${plan.endLateral.toFixed(1)} m to the left`);
  if (lateral === 'pull_right' && moved > LANE_DRIFT)
    faults.push(`it says pull_right and moves ${moved.toFixed(1)} m to the left`);
  return faults.length === 0
    ? { name: 'consistent', passed: true, text: `The plan does what the trace says: ${decision}.` }
    : { name: 'consistent', passed: false, text: `The plan differs from the trace: ${faults.join('; ')}.` };
}

function tolerance(name: NumberClass, value: number): number {
  return VOCABULARY[numberId(name, value)].tolerance ?? 0;
}

function differs(name: NumberClass, stated: number, actual: number, slack: number): boolean {
  const word = VOCABULARY[numberId(name, stated)];
  if ((word.open === 'above' && actual > stated) || (word.open === 'below' && actual < stated)) return false;
  return Math.abs(actual - stated) > (word.tolerance ?? 0) + slack;
}

/** Offset of a point from the lane centre, by the nearest of route points 0.25 m apart. */
function lateralOf(route: EgoRoute, x: number, y: number): number {
  let best = Number.POSITIVE_INFINITY;
  let lateral = 0;
  for (let s = 0; s <= route.s[route.s.length - 1]; s += 0.25) {
    const point = routeAt(route, s);
    const squared = (x - point.x) ** 2 + (y - point.y) ** 2;
    if (squared >= best) continue;
    best = squared;
    lateral = (y - point.y) * point.tx - (x - point.x) * point.ty;
  }
  return lateral;
}
