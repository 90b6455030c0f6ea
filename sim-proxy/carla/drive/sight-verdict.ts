/**
 * What a step in CARLA came to, by the sights at its start and its end: the lab's own reward (core/tasks/driving/world/twin/reward.ts), and whether the
 * drive is lost or at its goal. Environments and online learners both ask here.
 */
import { overlaps } from '../../../core/base/geometry.ts';
import { isOffRoad, rewardStep, timeToContact } from '../../../core/tasks/driving/world/twin/reward.ts';
import type { Sight } from '../hero/hero-control.ts';
import type { TownRoute } from '../hero/town-route.ts';

export interface SightFacts {
  /** Of the start of the step; undefined at the start of a drive. */
  readonly before: Sight | undefined;
  readonly sight: Sight;
  readonly route: TownRoute;
  /** Wheel angle that was asked for, rad. */
  readonly steerRad: number;
  /** Whether a collision sensor felt something. */
  readonly felt?: boolean;
  /** Time limit, steps. */
  readonly maxSteps: number;
}

export interface SightVerdict {
  readonly reward: number;
  readonly hit: boolean;
  readonly offRoad: boolean;
  /** Hit somebody or off the road; at a drive's start neither. */
  readonly failed: boolean;
  readonly success: boolean;
  /** s, Infinity beyond the horizon. */
  readonly ttc: number;
}

export function judgeSight({ before, sight, route, steerRad, felt = false, maxSteps }: SightFacts): SightVerdict {
  const { ego, actors } = sight.scene;
  const hit = felt || actors.some((actor) => overlaps(ego, actor));
  const offRoad = isOffRoad(route.road, ego, Math.max(0, Math.floor(sight.s / route.road.ds)));
  const ttc = timeToContact({ ...ego, steerRad }, actors);
  const failed = before !== undefined && (hit || offRoad);
  const success = before !== undefined && !failed && sight.s >= route.goalS;
  const { reward } = rewardStep({
    gain: sight.completion - (before?.completion ?? sight.completion),
    maxSteps,
    failed,
    ranRed: sight.ranRedLight,
    ttc,
    speedMps: ego.speedMps,
    limitMps: sight.speedLimitMps,
    accelMps2: ego.accelMps2,
    accelBeforeMps2: before?.scene.ego.accelMps2 ?? ego.accelMps2,
    yawRateRadps: ego.yawRateRadps,
  });
  return { reward: before ? reward : 0, hit, offRoad, failed, success, ttc };
}
