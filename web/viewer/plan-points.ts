/** A decision's waypoints in the world: where the plan in force lies. */
import type { Episode } from '../../core/episode/episode.ts';
import { DECISION_STEPS, WAYPOINTS } from '../../core/world/layout.ts';
import { egoAt, toWorld } from './pose.ts';
import type { Point } from './road-line.ts';
import type { Drive } from './scene.ts';

export interface PlanPoints {
  /** World positions, m, and the step each is meant for: the first one step after the decision. */
  readonly points: readonly Point[];
  readonly steps: readonly number[];
  /** 0..1; all 1 where the policy gave none. */
  readonly confidence: readonly number[];
}

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
      points: each.map((i) => toWorld(pose, decision.waypoints[2 * i], decision.waypoints[2 * i + 1])),
      steps: each.map((i) => decision.step + i + 1),
      confidence: each.map((i) => decision.confidence?.[i] ?? 1),
    };
    known.set(decision, plan);
  }
  return plan;
}

/** Index of the decision in force at `step`, or -1 before the first. */
export function decisionIndexAt({ decisions }: Episode, step: number): number {
  let index = Math.min(decisions.length - 1, Math.max(0, Math.floor(step / DECISION_STEPS)));
  while (index >= 0 && decisions[index].step > step) index--;
  while (index + 1 < decisions.length && decisions[index + 1].step <= step) index++;
  return index;
}
