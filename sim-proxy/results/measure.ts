/** Fair timing: subjects take turns, round after round, in one process; medians with their range, ratios round by round. */
import { availableParallelism, cpus } from 'node:os';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface RateComparison {
  /** Units a second of each subject. */
  readonly rates: Readonly<Record<string, Spread>>;
  /** Rate of the first subject over that of the second, within each round. */
  readonly ratio: Spread;
  readonly rounds: number;
}

/** Work to be timed; returns how many units it did. */
export type TimedWork = () => number | Promise<number>;

/** Median, least and greatest of at least one value. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** Times two subjects in turn after one round of warm-up. */
export async function compareRates(
  [[first, a], [second, b]]: readonly [readonly [string, TimedWork], readonly [string, TimedWork]],
  rounds: number,
): Promise<RateComparison> {
  const rate = async (work: TimedWork) => {
    const started = performance.now();
    const units = await work();
    return (1000 * units) / (performance.now() - started);
  };
  const left: number[] = [];
  const right: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const [l, r] = [await rate(a), await rate(b)];
    if (round < 0) continue;
    left.push(l);
    right.push(r);
  }
  return {
    rates: { [first]: spread(left), [second]: spread(right) },
    ratio: spread(left.map((l, i) => l / right[i])),
    rounds,
  };
}

/** "7743 (4709 … 9883)", to three figures or more; a single value alone. */
export function rangeText({ median, min, max }: Spread): string {
  const figures = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
  return min === max ? figures(median) : `${figures(median)} (${figures(min)} … ${figures(max)})`;
}

/** What the numbers were measured on: "AMD EPYC, 2 cores, Node 20.20.2, linux x64". */
export function machine(): string {
  const model = cpus()[0]?.model.replaceAll(/\s+/g, ' ').trim() || 'unknown processor';
  return `${model}, ${availableParallelism()} cores, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}
