/**
 * Numbers that a seed draws: fixed, uniform between two ends, normal, or one of a list.
 *
 * Every number takes exactly one uniform draw whatever it is written as (a normal one through the inverse of its distribution
 * function), so turning one into the other shifts no other. Only + − × ÷ √ are used: the same bits in every engine.
 */
import { createRandom, mixSeed } from '../../../../base/random.ts';
import { normalQuantile } from '../../../../base/normal-quantile.ts';

/** A number of a scenario: fixed, `[low, high]`, or a distribution. */
export type Range =
  | number
  | readonly [number, number]
  | { readonly uniform: readonly [number, number] }
  | { readonly normal: readonly [number, number]; readonly min?: number | undefined; readonly max?: number | undefined }
  | { readonly choice: readonly number[] };

/** A normal distribution ends this many standard deviations from its mean, or at its own `min` and `max`. */
const NORMAL_REACH = 4;

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
export function rangeQuantile(range: Range, u: number): number {
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
export interface Sampler {
  number(range: Range): number;
  /** True with this probability (default 1); takes a draw either way. */
  chance(probability?: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** The draws of `stream` of `seed`; streams of one seed are independent. */
export function createSampler(seed: number, stream: number): Sampler {
  const random = createRandom(mixSeed(seed, stream));
  return {
    number: (range) => rangeQuantile(range, random.next()),
    chance: (probability = 1) => random.next() < probability,
    pick: (list) => list[random.below(list.length)],
  };
}
