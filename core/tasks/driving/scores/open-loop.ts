/**
 * Open-loop errors of predicted paths against the path that was driven: ADE, FDE, their minima over modes, miss rates, brier scores.
 *
 * ADE is the mean over time of the distance, FDE the last one. "Minimum over K modes" hides a choice, made explicit here: each metric takes
 * its own best mode ('each'), or one mode is picked for all, by endpoint (Argoverse 2's leaderboard) or by ADE (Alpamayo).
 * Miss: AV2 FDE > 2.0 m; Waymo a box along and across the true heading, scaled by the initial speed (½ at ≤ 1.4 m/s … 1 at ≥ 11 m/s); nuPlan the
 * largest distance above 6, 8, 16 m at 3, 5, 8 s. Brier adds (1 − p)² of the picked mode (Argoverse 2).
 */

/** x and y in turn, [2 × points], m. */
export type Trajectory = ArrayLike<number>;

export interface TrajectoryPrediction {
  readonly path: Trajectory;
  /** 0..1; only the brier scores read it. */
  readonly probability?: number;
}

/** Distances point by point, [points]. Throws RangeError when the paths differ in length or are empty. */
export function displacements(path: Trajectory, truth: Trajectory): Float64Array {
  if (path.length !== truth.length || path.length === 0 || path.length % 2 !== 0)
    throw new RangeError(`Paths of ${path.length} and ${truth.length} numbers cannot be compared`);
  return Float64Array.from({ length: path.length / 2 }, (_, i) =>
    Math.hypot(path[2 * i] - truth[2 * i], path[2 * i + 1] - truth[2 * i + 1]),
  );
}

/** Average and final displacement error, m. */
export function averageDisplacement(path: Trajectory, truth: Trajectory): number {
  const errors = displacements(path, truth);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
export function finalDisplacement(path: Trajectory, truth: Trajectory): number {
  const errors = displacements(path, truth);
  return errors[errors.length - 1];
}

export type ModeChoice = 'each' | 'endpoint' | 'ade';
export const MISS_METRES = 2;

export interface OpenLoopScore {
  readonly minAde: number;
  readonly minFde: number;
  /** FDE of the picked mode above 2 m. */
  readonly missed: boolean;
  /** minFDE + (1 − p)² and minADE + (1 − p)²; NaN without probabilities. */
  readonly brierMinFde: number;
  readonly brierMinAde: number;
  /** Index of the mode that gave minFDE. */
  readonly mode: number;
}

/** Scores of K modes of one agent. Throws RangeError without any. */
export function openLoopScore(
  modes: readonly TrajectoryPrediction[],
  truth: Trajectory,
  choice: ModeChoice = 'each',
): OpenLoopScore {
  if (modes.length === 0) throw new RangeError('A prediction needs at least one mode');
  const ades = modes.map(({ path }) => averageDisplacement(path, truth));
  const fdes = modes.map(({ path }) => finalDisplacement(path, truth));
  const best = (errors: readonly number[]) => errors.indexOf(Math.min(...errors));
  const byFde = choice === 'ade' ? best(ades) : best(fdes);
  const byAde = choice === 'endpoint' ? byFde : best(ades);
  const brier = (mode: number) => (1 - (modes[mode].probability ?? Number.NaN)) ** 2;
  return {
    minAde: ades[byAde],
    minFde: fdes[byFde],
    missed: fdes[byFde] > MISS_METRES,
    brierMinFde: fdes[byFde] + brier(byFde),
    brierMinAde: ades[byAde] + brier(byAde),
    mode: byFde,
  };
}

/** Means over agents of each one's own scores, and the share missed. Throws RangeError without agents. */
export function openLoopMean(
  scores: readonly OpenLoopScore[],
): Omit<OpenLoopScore, 'missed' | 'mode'> & { readonly missRate: number } {
  if (scores.length === 0) throw new RangeError('A mean needs at least one agent');
  const mean = (of: (score: OpenLoopScore) => number) =>
    scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
  return {
    minAde: mean((score) => score.minAde),
    minFde: mean((score) => score.minFde),
    brierMinFde: mean((score) => score.brierMinFde),
    brierMinAde: mean((score) => score.brierMinAde),
    missRate: mean((score) => +score.missed),
  };
}

/** Waymo's miss box at full scale, m: seconds → [across, along] (motion metrics proto defaults). */
const WAYMO_MISS: Readonly<Record<3 | 5 | 8, readonly [lateral: number, longitudinal: number]>> = {
  3: [1, 2],
  5: [1.8, 3.6],
  8: [3, 6],
};

/** Scale of the box, ½..1. */
export function waymoMissScale(speedMps: number): number {
  return 0.5 + 0.5 * Math.max(0, Math.min(1, (speedMps - 1.4) / (11 - 1.4)));
}

export interface WaymoTruth {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  /** At the time of the prediction. */
  readonly initialSpeedMps: number;
}

/** Whether a predicted position misses the true one `seconds` ahead. */
export function waymoMissed(
  predicted: { readonly x: number; readonly y: number },
  truth: WaymoTruth,
  seconds: 3 | 5 | 8,
): boolean {
  const [dx, dy] = [predicted.x - truth.x, predicted.y - truth.y];
  const [cos, sin] = [Math.cos(truth.headingRad), Math.sin(truth.headingRad)];
  const scale = waymoMissScale(truth.initialSpeedMps);
  const [lateral, longitudinal] = WAYMO_MISS[seconds];
  return Math.abs(dx * cos + dy * sin) > scale * longitudinal || Math.abs(dy * cos - dx * sin) > scale * lateral;
}

/** nuPlan's open-loop bounds: ADE and FDE 8 m, mean and final heading error 0.8 rad, misses in under 30 % of scenes. */
const NUPLAN_OPEN_LOOP = {
  horizons: [3, 5, 8],
  displacementMetres: 8,
  headingRad: 0.8,
  missMetres: [6, 8, 16],
  missRate: 0.3,
} as const;

export interface NuplanOpenLoop {
  /** Means over the three horizons, m. */
  readonly ade: number;
  readonly fde: number;
  readonly ok: boolean;
  /** By horizon: whether the largest distance exceeds 6, 8, 16 m. */
  readonly missed: readonly boolean[];
}

/** One plan sampled at 1 Hz from 1 s on, at least 8 points. Throws RangeError below that. */
export function nuplanOpenLoop(plan: Trajectory, truth: Trajectory): NuplanOpenLoop {
  const errors = displacements(plan, truth);
  const { horizons, missMetres, displacementMetres } = NUPLAN_OPEN_LOOP;
  if (errors.length < 8) throw new RangeError(`nuPlan's open-loop score needs 8 points at 1 Hz, not ${errors.length}`);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ade = mean(horizons.map((seconds) => mean([...errors.subarray(0, seconds)])));
  const fde = mean(horizons.map((seconds) => errors[seconds - 1]));
  return {
    ade,
    fde,
    ok: ade < displacementMetres && fde < displacementMetres,
    missed: horizons.map((seconds, i) => Math.max(...errors.subarray(0, seconds)) > missMetres[i]),
  };
}
