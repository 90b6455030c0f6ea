/**
 * The statistics of a report: means with honest intervals.
 *
 * Order of aggregation, everywhere: the mean over the seeds of a scenario first, then the mean over scenarios, so every scenario counts
 * alike. Scenarios are fixed, seeds are the sample: the bootstrap redraws seeds within each scenario and never scenarios
 * (stratified percentile bootstrap, Efron & Tibshirani 1993, ch. 13). Two policies are compared on the same scenarios and
 * seeds, so their difference is taken drive by drive before anything is averaged (paired bootstrap).
 */
import { createRandom } from './random.ts';

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
  /** 0.95 = a 95 % interval. */
  readonly level: number;
}
export const BOOTSTRAP: BootstrapOptions = { resamples: 10_000, seed: 20_240_229, level: 0.95 };

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Standard error of the mean, sample variance with n − 1; NaN below two values. */
export function standardError(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - centre) ** 2;
  return values.length < 2 ? Number.NaN : Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Values by scenario; one plain array is one group. */
export type Sample = ArrayLike<number> | readonly ArrayLike<number>[];

/** Mean of the groups' means: seeds first, then scenarios. */
export function meanOfMeans(groups: readonly ArrayLike<number>[]): number {
  return mean(groups.map(mean));
}

/** `meanOfMeans` with its percentile bootstrap interval. Throws RangeError when there is no group or an empty one. */
export function bootstrapMean(sample: Sample, options: Partial<BootstrapOptions> = {}): Interval {
  const { resamples, seed, level } = { ...BOOTSTRAP, ...options };
  const groups = groupsOf(sample);
  if (groups.length === 0 || groups.some((group) => group.length === 0))
    throw new RangeError('A bootstrap needs at least one value in every group');
  const random = createRandom(seed);
  const values = groups.map((group) => Float64Array.from(group));
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let total = 0;
    for (const group of values) {
      let sum = 0;
      for (let i = 0; i < group.length; i++) sum += group[random.below(group.length)];
      total += sum / group.length;
    }
    means[r] = total / values.length;
  }
  means.sort();
  return { mean: meanOfMeans(groups), low: quantile(means, (1 - level) / 2), high: quantile(means, (1 + level) / 2) };
}

/**
 * Mean of `a − b` over pairs, with its interval. Groups and values of `a` and `b` correspond one to one; throws RangeError
 * when they do not.
 */
export function pairedBootstrap(
  a: Sample,
  b: Sample,
  options: Partial<BootstrapOptions> = {},
): Interval & { readonly pairs: number } {
  const left = groupsOf(a);
  const right = groupsOf(b);
  if (left.length !== right.length || left.some((group, i) => group.length !== right[i].length))
    throw new RangeError('Paired values must come in the same groups of the same sizes');
  const differences = left.map((group, i) => Float64Array.from(group, (value, j) => value - right[i][j]));
  return {
    ...bootstrapMean(differences, options),
    pairs: differences.reduce((count, group) => count + group.length, 0),
  };
}

function groupsOf(sample: Sample): readonly ArrayLike<number>[] {
  const grouped = (values: Sample): values is readonly ArrayLike<number>[] => typeof values[0] === 'object';
  return grouped(sample) ? sample : [sample];
}

/** Quantile of sorted values by linear interpolation (Hyndman & Fan type 7). */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/**
 * Exact interval of a share: `successes` of `trials` (Clopper & Pearson 1934), by inverting the regularised incomplete beta
 * function. Throws RangeError unless 0 ≤ successes ≤ trials and trials > 0.
 */
export function clopperPearson(successes: number, trials: number, level: number = BOOTSTRAP.level): Interval {
  if (!(trials > 0 && successes >= 0 && successes <= trials))
    throw new RangeError(`${successes} of ${trials} is no share`);
  const tail = (1 - level) / 2;
  return {
    mean: successes / trials,
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
}

/** x with I_x(a, b) = p, by bisection to 1e-12. */
function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Regularised incomplete beta I_x(a, b), continued fraction by Lentz's method (Numerical Recipes 3rd ed., 6.4). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  const nonZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** ln Γ(x) for x > 0 (Lanczos, g = 7, n = 9). */
function logGamma(x: number): number {
  let sum = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i] / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
