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
import { projectToRoute, routeColumn } from './geometry-route.ts';
import { DT, EGO_LENGTH, EGO_WIDTH, LIGHT_RED } from './layout.ts';
import type { WorldSpec } from './spec.ts';
import { signalAt } from './twin-signals.ts';
import { actorBox, egoBox, presentActors, type TwinState } from './twin-state.ts';
import { routeCompletion } from './wasm-state.ts';

/** Whether a corner of the ego lies beyond the drivable edges where it is. */
function isOffRoad({ road }: WorldSpec, { ego }: TwinState): boolean {
  return corners(egoBox(ego)).some(({ x, y }) => {
    const { s, lateral } = projectToRoute(road, x, y, ego.index);
    return lateral > routeColumn(road, road.edgeLeft, s) || lateral < -routeColumn(road, road.edgeRight, s);
  });
}

/** State of each light of the route at a step. */
export function lightsNow({ lights, signals }: WorldSpec, step: number): number[] {
  return lights.map(({ signal }) => signalAt(signals[signal], step));
}

/** Whether the front bumper, coming from `before.s`, has crossed a stop line that was and is red. */
function ranRedLight(spec: WorldSpec, state: TwinState, before: Before): boolean {
  const now = lightsNow(spec, state.step);
  const [from, to] = [before.s + EGO_LENGTH / 2, state.ego.s + EGO_LENGTH / 2];
  return spec.lights.some(
    ({ stopLineS }, k) => from < stopLineS && to >= stopLineS && before.lights[k] === LIGHT_RED && now[k] === LIGHT_RED,
  );
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
    const [dx, dy] = [actor.x - ego.x, actor.y - ego.y];
    const reach = F.TTC_HORIZON * (ego.speedMps + actor.speedMps) + F.TTC_MARGIN;
    if (dx * dx + dy * dy > reach * reach) return Number.POSITIVE_INFINITY;
    const ahead = dx * Math.cos(ego.headingRad) + dy * Math.sin(ego.headingRad);
    if (ahead < -EGO_LENGTH / 2) return Number.POSITIVE_INFINITY;
    return contactTime(egoBox(ego), actorBox(spec, state, i), {
      x: actor.speedMps * Math.cos(actor.headingRad) - ego.speedMps * Math.cos(course),
      y: actor.speedMps * Math.sin(actor.headingRad) - ego.speedMps * Math.sin(course),
    });
  });
  const soonest = Math.min(...times);
  return soonest <= F.TTC_HORIZON ? soonest : Number.POSITIVE_INFINITY;
}

/** A lower bound of the gap to actor `i`: the distance of the centres less half the sides of both boxes. */
function centreGap(spec: WorldSpec, { ego, actors }: TwinState, i: number): number {
  const [dx, dy] = [actors[i].x - ego.x, actors[i].y - ego.y];
  const sides = EGO_LENGTH + EGO_WIDTH + spec.actors[i].length + spec.actors[i].width;
  return Math.sqrt(dx * dx + dy * dy) - sides / 2;
}

/** What was true before the step. */
export interface Before {
  readonly s: number;
  readonly lights: readonly number[];
  readonly accelMps2: number;
}

/** Judges the step that led from `before` to `state` and writes the verdict into it. */
export function judge(spec: WorldSpec, state: TwinState, before: Before): void {
  const { ego } = state;
  const present = presentActors(state);
  const box = egoBox(ego);
  const apart = (i: number) => centreGap(spec, state, i);
  const hit = present.find((i) => apart(i) <= 0 && overlaps(box, actorBox(spec, state, i))) ?? -1;
  const offRoad = isOffRoad(spec, state);
  const ranRed = ranRedLight(spec, state, before);
  const ttc = timeToCollision(spec, state);

  const tooClose = ttc < F.TTC_MIN;
  const speeding = ego.speedMps > spec.road.speedLimitMps[ego.index] + F.SPEED_TOLERANCE;
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
  for (const i of present)
    if (apart(i) < state.minGap) state.minGap = Math.min(state.minGap, boxGap(box, actorBox(spec, state, i)));
  state.redLights += +ranRed;
  state.ttcSteps += +tooClose;
  state.speedingSteps += +speeding;
  state.uncomfortableSteps += +!comfortable;
}
