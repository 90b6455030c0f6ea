/**
 * Numbers that a seed draws: fixed, uniform between two ends, normal, or one of a list.
 *
 * Every number takes exactly one uniform draw whatever it is written as (a normal one through the inverse of its distribution
 * function), so turning one into the other shifts no other. Only + − × ÷ √ are used: the same bits in every engine.
 */
import { createRandom, mixSeed } from '../random.ts';

/** A number of a scenario: fixed, `[low, high]`, or a distribution. */
export type Range =
  | number
  | readonly [number, number]
  | { readonly uniform: readonly [number, number] }
  | { readonly normal: readonly [number, number]; readonly min?: number | undefined; readonly max?: number | undefined }
  | { readonly choice: readonly number[] };

/** A normal distribution ends this many standard deviations from its mean, or at its own `min` and `max`. */
export const NORMAL_REACH = 4;

/** Least and greatest number that can be drawn. */
export function endsOf(range: Range): readonly [number, number] {
  if (typeof range === 'number') return [range, range];
  if ('uniform' in range) return range.uniform;
  if ('choice' in range) return [Math.min(...range.choice), Math.max(...range.choice)];
  if (!('normal' in range)) return range;
  const [mean, deviation] = range.normal;
  const reach = NORMAL_REACH * deviation;
  return [Math.max(range.min ?? mean - reach, mean - reach), Math.min(range.max ?? mean + reach, mean + reach)];
}

/** The number at quantile `u` (in [0, 1)) of `range`. */
export function quantile(range: Range, u: number): number {
  if (typeof range === 'number') return range;
  if ('choice' in range) return range.choice[Math.floor(u * range.choice.length)];
  const [low, high] = endsOf(range);
  if (!('normal' in range)) return low + (high - low) * u;
  const [mean, deviation] = range.normal;
  return Math.min(high, Math.max(low, mean + deviation * normalQuantile(u + HALF_STEP)));
}

/** Half of what separates two uniform draws (2⁻³²): keeps 0 out of the quantile. */
const HALF_STEP = 2 ** -33;

/** Draws from one stream of a seed. */
export interface Draws {
  number(range: Range): number;
  /** True with this probability (default 1); takes a draw either way. */
  chance(probability?: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** The draws of `stream` of `seed`; streams of one seed are independent. */
export function createDraws(seed: number, stream: number): Draws {
  const random = createRandom(mixSeed(seed, stream));
  return {
    number: (range) => quantile(range, random.next()),
    chance: (probability = 1) => random.next() < probability,
    pick: (list) => list[random.below(list.length)],
  };
}

/** Natural logarithm of x > 0: x = m · 2ᵏ with m in [√½, √2], then 2 artanh((m − 1)/(m + 1)); error below 1e-15. */
export function ln(x: number): number {
  let [m, k] = [x, 0];
  for (; m > Math.SQRT2; k++) m /= 2;
  for (; m < Math.SQRT1_2; k--) m *= 2;
  const z = (m - 1) / (m + 1);
  const square = z * z;
  let sum = 0;
  for (let n = 25; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return 2 * z * sum + k * Math.LN2;
}

const CENTRE = [
  [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
    1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  [
    5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
    687.1870074920579083, 42.313330701600911252, 1,
  ],
];
const SHOULDER = [
  [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
  ],
];
const TAIL = [
  [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
  ],
  [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
  ],
];
const polynomial = (coefficients: readonly number[], x: number) => coefficients.reduce((sum, c) => sum * x + c, 0);
const rational = ([above, below]: readonly (readonly number[])[], x: number) =>
  polynomial(above, x) / polynomial(below, x);

/**
 * Quantile of the standard normal distribution at p in (0, 1). Source: M. J. Wichura, Algorithm AS 241 (PPND16), Applied
 * Statistics 37 (1988); relative error below 1e-15.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-ln(q < 0 ? p : 1 - p));
  const size = r <= 5 ? rational(SHOULDER, r - 1.6) : rational(TAIL, r - 5);
  return q < 0 ? -size : size;
}
