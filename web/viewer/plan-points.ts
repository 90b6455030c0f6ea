/** A decision's waypoints in the world: where the plan in force lies. */
import type { Episode } from '../../core/episode/episode.ts';
import { addResidual } from '../../core/tasks/driving/policy/residual.ts';
import { DECISION_STEPS, WAYPOINTS } from '../../core/abi/layout.ts';
import { egoAt, type MovingPose, pointInWorld } from './pose.ts';
import type { Drive } from './scene.ts';
import type { Point } from '../../core/base/geometry.ts';

export interface PlanPoints {
  /** World positions, m, and the step each is meant for: the first one step after the decision. */
  readonly points: readonly Point[];
  readonly steps: readonly number[];
  /** 0..1; all 1 where the policy gave none. */
  readonly confidence: readonly number[];
  /** Where the frozen imitation model had put the points, before the residual; null without a residual worth showing. */
  readonly frozen: readonly Point[] | null;
}

/** Residuals that move the plan's end by less are not shown, m. */
const LEAST_RESIDUAL = 0.05;

const known = new WeakMap<object, PlanPoints>();

/** Waypoints of decision `index`, or null when it has none. Kept a decision, so that asking every picture costs nothing. */
export function planPoints(drive: Drive, index: number): PlanPoints | null {
  const decision = drive.episode.decisions[index];
  if (!decision || decision.waypoints.length < 2 * WAYPOINTS) return null;
  let plan = known.get(decision);
  if (!plan) {
    const pose = egoAt(drive.frames, decision.step);
    const each = Array.from({ length: WAYPOINTS }, (_, i) => i);
    plan = {
      points: each.map((i) => pointInWorld(pose, decision.waypoints[2 * i], decision.waypoints[2 * i + 1])),
      steps: each.map((i) => decision.step + i + 1),
      confidence: each.map((i) => decision.confidence?.[i] ?? 1),
      frozen: frozenPoints(decision, pose),
    };
    known.set(decision, plan);
  }
  return plan;
}

/** Final waypoints minus what the residual added to them (core/tasks/driving/policy/residual.ts). */
function frozenPoints({ waypoints, residual }: Episode['decisions'][number], pose: MovingPose): Point[] | null {
  if (!residual) return null;
  const added = new Float64Array(2 * WAYPOINTS);
  addResidual(added, residual, added, 2);
  if (Math.hypot(added[2 * WAYPOINTS - 2], added[2 * WAYPOINTS - 1]) < LEAST_RESIDUAL) return null;
  return Array.from({ length: WAYPOINTS }, (_, i) =>
    pointInWorld(pose, waypoints[2 * i] - added[2 * i], waypoints[2 * i + 1] - added[2 * i + 1]),
  );
}

/** Index of the decision in force at `step`, or -1 before the first. */
export function decisionIndexAt({ decisions }: Episode, step: number): number {
  let index = Math.min(decisions.length - 1, Math.max(0, Math.floor(step / DECISION_STEPS)));
  while (index >= 0 && decisions[index].step > step) index--;
  while (index + 1 < decisions.length && decisions[index + 1].step <= step) index++;
  return index;
}
