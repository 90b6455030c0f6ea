/**
 * Where a score lost its points: the score read backwards, from the number to the steps that cost it.
 *
 * The drive is replayed, and after every step the world's totals tell which bound it broke; neighbouring steps of one kind are one
 * cost. Score.ts gives the prices: a broken bound costs its weight / 16 / maxSteps a step, missing progress its share of
 * 5/16, and a drive that failed early the steps it never drove. An infraction multiplies by 0, so the first one
 * takes whatever the others left. Invariant, tested: 1 − Σ points = score.
 */
import type { Episode } from '../episode/episode.ts';
import { replaySteps } from '../tasks/driving/world/replay-steps.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import type { DriveTotals, Worlds } from '../tasks/driving/world/world.ts';
import { SCORE_WEIGHTS, scoreDrive } from '../tasks/driving/scores/lab/score.ts';

type CostPart = 'noCollision' | 'onRoad' | 'noRedLight' | 'progress' | 'ttc' | 'speed' | 'comfort' | 'unfinished';

export interface ScoreCost {
  readonly part: CostPart;
  /** First and last step of it; a step is the one that led to that state. */
  readonly from: number;
  readonly to: number;
  /** Points of the score, 0..1. */
  readonly points: number;
}

const WHOLE = SCORE_WEIGHTS.progress + SCORE_WEIGHTS.ttc + SCORE_WEIGHTS.speed + SCORE_WEIGHTS.comfort;
const BOUNDS = [
  ['ttc', 'ttcSteps'],
  ['speed', 'speedingSteps'],
  ['comfort', 'uncomfortableSteps'],
] as const satisfies readonly (readonly [CostPart, keyof DriveTotals])[];
const INFRACTIONS = [
  ['noCollision', 'collisions'],
  ['onRoad', 'offRoad'],
  ['noRedLight', 'redLights'],
] as const satisfies readonly (readonly [CostPart, keyof DriveTotals])[];

/** What each step of a drive cost, dearest first. `spec` is `instantiate(scenario, episode.seed)`; world 0 is used. */
export function scoreCosts(episode: Pick<Episode, 'controls'>, spec: WorldSpec, worlds: Worlds): ScoreCost[] {
  const { maxSteps } = spec;
  const costs: ScoreCost[] = [];
  const open = new Map<CostPart, { from: number; to: number; points: number }>();
  let infraction: { readonly part: CostPart; readonly step: number } | undefined;
  let before: DriveTotals | undefined;
  let success = false;
  const close = (part: CostPart) => {
    const span = open.get(part);
    if (span) costs.push({ part, ...span });
    open.delete(part);
  };
  for (const { step, success: reached } of replaySteps(worlds, spec, episode.controls)) {
    const totals = worlds.totals(0);
    for (const [part, field] of BOUNDS) {
      if (!(totals[field] > (before?.[field] ?? 0))) close(part);
      else {
        const span = open.get(part) ?? { from: step, to: step, points: 0 };
        open.set(part, { from: span.from, to: step, points: span.points + SCORE_WEIGHTS[part] / WHOLE / maxSteps });
      }
    }
    for (const [part, field] of INFRACTIONS) if (totals[field] > (before?.[field] ?? 0)) infraction ??= { part, step };
    success = reached;
    before = totals;
  }
  for (const [part] of BOUNDS) close(part);
  if (!before) return costs;

  const last = before.steps;
  const { progress, score } = scoreDrive(before, success, maxSteps);
  if (progress < 1)
    costs.push({ part: 'progress', from: last, to: last, points: ((1 - progress) * SCORE_WEIGHTS.progress) / WHOLE });
  if (!success && last < maxSteps) {
    const share = (WHOLE - SCORE_WEIGHTS.progress) / WHOLE;
    costs.push({ part: 'unfinished', from: last, to: last, points: (share * (maxSteps - last)) / maxSteps });
  }
  if (infraction) {
    const { part, step } = infraction;
    const left = 1 - score - costs.reduce((sum, { points }) => sum + points, 0);
    costs.push({ part, from: step, to: step, points: left });
  }
  return costs.toSorted((a, b) => b.points - a.points || a.from - b.from);
}
