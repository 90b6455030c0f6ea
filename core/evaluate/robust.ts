/**
 * Aggregates that one lucky run cannot move, after rliable (Agarwal et al. 2021, "Deep RL at the Edge of the Statistical Precipice").
 *
 * Order of aggregation: a score is computed whole for every drive, and these functions take all of them, drives × scenarios, at
 * once. IQM trims the pooled drives, never the scenarios' means; `probabilityOfImprovement` compares within a scenario and averages the
 * scenarios' probabilities; the bootstrap redraws drives within scenarios and aggregates anew each time.
 */
import { createRandom } from '../base/random.ts';
import { BOOTSTRAP, type BootstrapOptions, type Interval, mean, quantile } from '../base/statistics.ts';

/** Values by scenario. */
export type Groups = readonly ArrayLike<number>[];

/** Mean of what is left when the lowest and the highest ⌊n/4⌋ values are cut off (scipy `trim_mean(…, 0.25)`). Throws RangeError of nothing. */
export function interquartileMean(groups: Groups): number {
  const pooled = Float64Array.from(groups.flatMap((group) => Array.from(group))).sort();
  if (pooled.length === 0) throw new RangeError('An interquartile mean needs at least one value');
  const cut = Math.floor(pooled.length / 4);
  return mean(pooled.subarray(cut, pooled.length - cut));
}

/** How far short of `target` the values fall on average: target − mean(min(x, target)), over all drives pooled. */
export function optimalityGap(groups: Groups, target = 1): number {
  const pooled = groups.flatMap((group) => Array.from(group));
  if (pooled.length === 0) throw new RangeError('An optimality gap needs at least one value');
  return target - mean(pooled.map((value) => Math.min(value, target)));
}

/**
 * P(X > Y), ties half: the mean over scenarios of the Mann–Whitney U statistic over n_x·n_y. Throws RangeError unless both have the
 * same scenarios, none of them empty.
 */
export function probabilityOfImprovement(x: Groups, y: Groups): number {
  if (x.length === 0 || x.length !== y.length || [...x, ...y].some((group) => group.length === 0))
    throw new RangeError('Both policies need values in the same scenarios');
  return mean(x.map((xs, i) => winRate(Float64Array.from(xs).sort(), Float64Array.from(y[i]).sort())));
}

/** Share of pairs in which x wins, ties half; both ascending. */
function winRate(xs: Float64Array, ys: Float64Array): number {
  let [wins, below, upTo] = [0, 0, 0];
  for (const value of xs) {
    while (below < ys.length && ys[below] < value) below++;
    while (upTo < ys.length && ys[upTo] <= value) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (xs.length * ys.length);
}

/** `statistic` with its stratified percentile bootstrap interval; `mean` is the statistic of the values themselves. */
export function bootstrapStatistic(
  groups: Groups,
  statistic: (groups: Groups) => number,
  options: Partial<BootstrapOptions> = {},
): Interval {
  const { resamples, seed, level } = { ...BOOTSTRAP, ...options };
  const random = createRandom(seed);
  const drawn = groups.map((group) => new Float64Array(group.length));
  const values = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    groups.forEach((group, g) => {
      for (let i = 0; i < group.length; i++) drawn[g][i] = group[random.below(group.length)];
    });
    values[r] = statistic(drawn);
  }
  values.sort();
  return {
    mean: statistic(groups),
    low: quantile(values, (1 - level) / 2),
    high: quantile(values, (1 + level) / 2),
  };
}
