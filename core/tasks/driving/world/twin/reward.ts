/**
 * What one step of a drive came to, wherever it was driven: reward, time to collision, off the road. Our own world's twin
 * (twin-outcome.ts) and an environment in CARLA both ask here, so a reward means the same in either.
 *
 * Reward of a step, so that the return of a drive that reaches the goal without infraction is its score (core/tasks/driving/scores/lab/score.ts):
 *   gain in route completion − [5·(ttc < 1 s) + 4·(above the limit + 0.5 m/s) + 2·(uncomfortable)] / 16 / maxSteps,
 * −1 for a collision or leaving the road (both end the drive), −1 for running a red light (which does not). Nothing is paid for
 * merely being there: a learner that bootstraps at the time limit would otherwise learn to loiter.
 *
 * Comfortable, strict bounds as in nuPlan, on the driven step: acceleration in (−4.05, 2.40) m/s², |speed · yaw rate| < 4.89 m/s²,
 * change of acceleration a second below 8.37 m/s³. (nuPlan's own lateral term is identically 0 for simulated states, which is
 * why v · yaw rate is used.)
 */
import * as F from '../../../../abi/world-fields.ts';
import { type Box, contactTime, corners, type MovingBox } from '../../../../base/geometry.ts';
import { projectToRoute, routeColumn } from '../../roads/routes/route-geometry.ts';
import { DT } from '../../../../abi/layout.ts';
import type { RoadSpec } from '../../roads/road-spec.ts';

export interface StepFacts {
  /** Gain in route completion, 0..1. */
  readonly gain: number;
  /** Time limit of the drive, steps. */
  readonly maxSteps: number;
  /** Hit somebody, or left the road. */
  readonly failed: boolean;
  readonly ranRed: boolean;
  /** Seconds, `timeToContact`. */
  readonly ttc: number;
  readonly speedMps: number;
  readonly limitMps: number;
  readonly accelMps2: number;
  /** Of the step before. */
  readonly accelBeforeMps2: number;
  readonly yawRateRadps: number;
}
export interface StepReward {
  readonly reward: number;
  readonly tooClose: boolean;
  readonly speeding: boolean;
  readonly comfortable: boolean;
}

export function rewardStep(facts: StepFacts): StepReward {
  const { gain, maxSteps, failed, ranRed, speedMps, accelMps2 } = facts;
  const tooClose = facts.ttc < F.TTC_MIN;
  const speeding = speedMps > facts.limitMps + F.SPEED_TOLERANCE;
  const comfortable =
    accelMps2 > F.COMFORT_ACCEL_MIN &&
    accelMps2 < F.COMFORT_ACCEL_MAX &&
    Math.abs(speedMps * facts.yawRateRadps) < F.COMFORT_LATERAL &&
    Math.abs((accelMps2 - facts.accelBeforeMps2) / DT) < F.COMFORT_JERK;
  const lost = (tooClose ? 5 : 0) + (speeding ? 4 : 0) + (comfortable ? 0 : 2);
  const reward = gain - lost / 16 / maxSteps - (failed ? 1 : 0) - (ranRed ? 1 : 0);
  return { reward, tooClose, speeding, comfortable };
}

/** Whether a place on a route lies beyond the edges of the drivable area there. */
export const isBeyondEdge = (road: RoadSpec, s: number, lateral: number): boolean =>
  lateral > routeColumn(road, road.edgeLeft, s) || lateral < -routeColumn(road, road.edgeRight, s);

/** Whether a corner of the box lies beyond the drivable edges where that corner is; `index` is the road's sample near it. */
export function isOffRoad(road: RoadSpec, box: Box, index: number): boolean {
  return corners(box).some(({ x, y }) => {
    const { s, lateral } = projectToRoute(road, x, y, index);
    return isBeyondEdge(road, s, lateral);
  });
}

/**
 * Seconds until the ego touches an actor when both keep their present velocity; Infinity beyond TTC_HORIZON. A standing ego
 * runs into nobody, and actors behind its rear bumper do not count.
 */
export function timeToContact(ego: MovingBox & { readonly steerRad: number }, actors: readonly MovingBox[]): number {
  if (ego.speedMps < F.TTC_STANDING) return Number.POSITIVE_INFINITY;
  const course = ego.headingRad + Math.atan(0.5 * Math.tan(ego.steerRad));
  const times = actors.map((actor) => {
    const [dx, dy] = [actor.x - ego.x, actor.y - ego.y];
    const reach = F.TTC_HORIZON * (ego.speedMps + actor.speedMps) + F.TTC_MARGIN;
    if (dx * dx + dy * dy > reach * reach) return Number.POSITIVE_INFINITY;
    const ahead = dx * Math.cos(ego.headingRad) + dy * Math.sin(ego.headingRad);
    if (ahead < -ego.length / 2) return Number.POSITIVE_INFINITY;
    return contactTime(ego, actor, {
      x: actor.speedMps * Math.cos(actor.headingRad) - ego.speedMps * Math.cos(course),
      y: actor.speedMps * Math.sin(actor.headingRad) - ego.speedMps * Math.sin(course),
    });
  });
  const soonest = Math.min(...times);
  return soonest <= F.TTC_HORIZON ? soonest : Number.POSITIVE_INFINITY;
}
