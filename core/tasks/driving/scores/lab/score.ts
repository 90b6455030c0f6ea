/**
 * The closed-loop score of one drive, openable down to its parts.
 *
 * score = collision · onRoad · redLight · (5·progress + 5·ttc + 4·speed + 2·comfort) / 16
 *
 * Form and weights of nuPlan's closed-loop score (nuplan-devkit, weighted multi-metric aggregation); here `progress` is route
 * completion and the other three are the share of the time limit's steps that kept the bound, so a
 * drive ended early by an infraction is not rewarded for the steps it never drove. Steps after reaching the goal count as kept.
 */
import type { DriveTotals } from '../../world/world.ts';

export interface ScoreBreakdown {
  /** 0..1, the product described above. */
  readonly score: number;
  /** 0 or 1. */
  readonly noCollision: number;
  readonly onRoad: number;
  readonly noRedLight: number;
  /** 0..1 each. */
  readonly progress: number;
  readonly ttc: number;
  readonly speed: number;
  readonly comfort: number;
  /** Sum of step rewards. */
  readonly return: number;
  readonly steps: number;
  readonly success: boolean;
  /** s and m; Infinity is stored as null. */
  readonly minTtc: number | null;
  readonly minGap: number | null;
}

export const SCORE_WEIGHTS = { progress: 5, ttc: 5, speed: 4, comfort: 2 } as const;

/** Score of one drive from what the world added up. `maxSteps` is the scenario's time limit. */
export function scoreDrive(totals: DriveTotals, success: boolean, maxSteps: number): ScoreBreakdown {
  const lived = success ? maxSteps : totals.steps;
  const share = (bad: number) => Math.max(0, (lived - bad) / maxSteps);
  const parts = {
    noCollision: totals.collisions > 0 ? 0 : 1,
    onRoad: totals.offRoad > 0 ? 0 : 1,
    noRedLight: totals.redLights > 0 ? 0 : 1,
    progress: Math.min(1, Math.max(0, totals.routeCompletion)),
    ttc: share(totals.ttcSteps),
    speed: share(totals.speedingSteps),
    comfort: share(totals.uncomfortableSteps),
  };
  const { progress, ttc, speed, comfort } = SCORE_WEIGHTS;
  const weighted =
    (progress * parts.progress + ttc * parts.ttc + speed * parts.speed + comfort * parts.comfort) /
    (progress + ttc + speed + comfort);
  return {
    score: parts.noCollision * parts.onRoad * parts.noRedLight * weighted,
    ...parts,
    return: totals.returnSum,
    steps: totals.steps,
    success,
    minTtc: Number.isFinite(totals.minTtc) ? totals.minTtc : null,
    minGap: Number.isFinite(totals.minGap) ? totals.minGap : null,
  };
}
