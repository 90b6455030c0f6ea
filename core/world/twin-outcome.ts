/**
 * What a step came to: infractions, time to collision, comfort, reward, flags and totals.
 *
 * Reward of a step, so that the return of a drive that reaches the goal without infraction is its score (core/evaluate/score.ts):
 *   gain in route completion − [5·(ttc < 1 s) + 4·(above the limit + 0.5 m/s) + 2·(uncomfortable)] / 16 / maxSteps,
 * −1 for a collision or leaving the road (both end the drive), −1 for running a red light (which does not). Nothing is paid for
 * merely being there: a learner that bootstraps at the time limit would otherwise learn to loiter.
 *
 * Comfortable, strict bounds as in nuPlan, on the driven step: acceleration in (−4.05, 2.40) m/s², |speed · yaw rate| < 4.89 m/s²,
 * change of acceleration a second below 8.37 m/s³. (nuPlan's own lateral term is identically 0 for simulated states, which is
 * why v · yaw rate is used.)
 */
import * as F from '../kernels/assembly/world-fields.ts';
import { boxGap, contactTime, corners, overlaps } from './geometry.ts';
import { projectToRoute } from './geometry-route.ts';
import { DT, EGO_LENGTH, LIGHT_RED } from './layout.ts';
import type { WorldSpec } from './spec.ts';
import { actorBox, egoBox, presentActors, type TwinState } from './twin-state.ts';
import { drivableEdges } from './wasm-pack.ts';
import { routeCompletion } from './wasm-state.ts';

/** Extra drivable width on both sides at arc length `s`: room to turn inside a junction. */
export function widening({ road: { junction } }: WorldSpec, s: number): number {
  return junction && s >= junction.from && s <= junction.to ? F.JUNCTION_WIDENING : 0;
}

/** Whether a corner of the ego lies beyond the drivable edges. */
function isOffRoad(spec: WorldSpec, state: TwinState): boolean {
  const edges = drivableEdges(spec.road);
  return corners(egoBox(state.ego)).some(({ x, y }) => {
    const { s, lateral } = projectToRoute(spec.road, x, y, state.ego.index);
    const extra = widening(spec, s);
    return lateral > edges.left + extra || lateral < -edges.right - extra;
  });
}

/**
 * Seconds until the ego touches an actor when both keep their present velocity; Infinity beyond TTC_HORIZON. A standing ego
 * runs into nobody, and actors behind its rear bumper do not count.
 */
export function timeToCollision(spec: WorldSpec, state: TwinState): number {
  const { ego } = state;
  if (ego.speedMps < F.TTC_STANDING) return Number.POSITIVE_INFINITY;
  const course = ego.headingRad + Math.atan(0.5 * Math.tan(ego.steerRad));
  const times = presentActors(state).map((i) => {
    const actor = state.actors[i];
    const ahead = (actor.x - ego.x) * Math.cos(ego.headingRad) + (actor.y - ego.y) * Math.sin(ego.headingRad);
    if (ahead < -EGO_LENGTH / 2) return Number.POSITIVE_INFINITY;
    return contactTime(egoBox(ego), actorBox(spec, state, i), {
      x: actor.speedMps * Math.cos(actor.headingRad) - ego.speedMps * Math.cos(course),
      y: actor.speedMps * Math.sin(actor.headingRad) - ego.speedMps * Math.sin(course),
    });
  });
  const soonest = Math.min(...times);
  return soonest <= F.TTC_HORIZON ? soonest : Number.POSITIVE_INFINITY;
}

/** What was true before the step. */
export interface Before {
  readonly s: number;
  readonly light: number;
  readonly accelMps2: number;
}

/** Judges the step that led from `before` to `state` and writes the verdict into it. */
export function judge(spec: WorldSpec, state: TwinState, before: Before): void {
  const { ego } = state;
  const present = presentActors(state);
  const box = egoBox(ego);
  const hit = present.find((i) => overlaps(box, actorBox(spec, state, i))) ?? -1;
  const offRoad = isOffRoad(spec, state);
  const stopLine = spec.light?.stopLineS ?? Number.NaN;
  const crossed = before.s + EGO_LENGTH / 2 < stopLine && ego.s + EGO_LENGTH / 2 >= stopLine;
  const ranRed = crossed && before.light === LIGHT_RED && state.light === LIGHT_RED;
  const ttc = timeToCollision(spec, state);

  const tooClose = ttc < F.TTC_MIN;
  const speeding = ego.speedMps > spec.road.speedLimitMps + F.SPEED_TOLERANCE;
  const comfortable =
    ego.accelMps2 > F.COMFORT_ACCEL_MIN &&
    ego.accelMps2 < F.COMFORT_ACCEL_MAX &&
    Math.abs(ego.speedMps * ego.yawRateRadps) < F.COMFORT_LATERAL &&
    Math.abs((ego.accelMps2 - before.accelMps2) / DT) < F.COMFORT_JERK;

  const maxS = Math.max(state.maxS, ego.s);
  const progress = routeCompletion(spec, maxS) - routeCompletion(spec, state.maxS);
  const failed = hit >= 0 || offRoad;
  const success = !failed && ego.s >= spec.goalS;
  const lost = (tooClose ? 5 : 0) + (speeding ? 4 : 0) + (comfortable ? 0 : 2);
  const reward = progress - lost / 16 / spec.maxSteps - (failed ? 1 : 0) - (ranRed ? 1 : 0);

  state.maxS = maxS;
  state.ttc = ttc;
  state.reward = reward;
  state.returnSum += reward;
  state.collisionActor = hit;
  state.offRoad = offRoad;
  state.ranRed = ranRed;
  state.success = success;
  state.terminated = failed || success;
  state.truncated = !state.terminated && state.step >= spec.maxSteps;
  state.minTtc = Math.min(state.minTtc, ttc);
  for (const i of present) state.minGap = Math.min(state.minGap, boxGap(box, actorBox(spec, state, i)));
  state.redLights += +ranRed;
  state.ttcSteps += +tooClose;
  state.speedingSteps += +speeding;
  state.uncomfortableSteps += +!comfortable;
}
