/**
 * How two measures of the same things go together: Pearson, Spearman, and McNemar's test on paired outcomes.
 *
 * Spearman (1904) is Pearson of the ranks, ties sharing their mean rank. It answers whether an offline error ranks checkpoints as
 * closed-loop driving does. McNemar (1947), exact: of the pairs in which exactly one of two drivers failed, the number where the first
 * did is binomial with ½ if they are equally good.
 */

/** −1..1; NaN when either side is constant. Throws RangeError unless both have the same length ≥ 2. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  if (n !== y.length || n < 2) throw new RangeError(`${n} and ${y.length} values have no correlation`);
  let [mx, my] = [0, 0];
  for (let i = 0; i < n; i++) [mx, my] = [mx + x[i] / n, my + y[i] / n];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i] - mx, y[i] - my];
    [xy, xx, yy] = [xy + dx * dy, xx + dx * dx, yy + dy * dy];
  }
  return xx === 0 || yy === 0 ? Number.NaN : xy / Math.sqrt(xx * yy);
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) out[order[i]] = (from + to + 1) / 2;
    from = to;
  }
  return out;
}

/** Spearman's ρ, −1..1; NaN when either side is constant. @throws RangeError as `pearson` */
export const spearman = (x: ArrayLike<number>, y: ArrayLike<number>): number => pearson(ranks(x), ranks(y));

export interface Correlation {
  readonly spearman: number;
  readonly pearson: number;
  readonly points: readonly { readonly id: string; readonly offline: number; readonly closedLoop: number }[];
}

/** Offline error against closed-loop score over checkpoints, with the points of the scatter plot. */
export function offlineVersusClosedLoop(points: Correlation['points']): Correlation {
  const offline = points.map((point) => point.offline);
  const closedLoop = points.map((point) => point.closedLoop);
  return { spearman: spearman(offline, closedLoop), pearson: pearson(offline, closedLoop), points };
}

export interface McNemar {
  /** Pairs in which only the first, only the second failed. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Probability, if both are equally good, of a split at least this uneven; and of the first failing alone at least this often. */
  readonly twoSided: number;
  readonly firstWorse: number;
}

/** Exact McNemar on failures (true) of two drivers on the same drives. Throws RangeError unless they pair up. */
export function mcNemar(first: readonly boolean[], second: readonly boolean[]): McNemar {
  if (first.length !== second.length)
    throw new RangeError(`${first.length} and ${second.length} outcomes do not pair up`);
  const onlyFirst = first.filter((failed, i) => failed && !second[i]).length;
  const onlySecond = second.filter((failed, i) => failed && !first[i]).length;
  const n = onlyFirst + onlySecond;
  return {
    onlyFirst,
    onlySecond,
    twoSided: n === 0 ? 1 : Math.min(1, 2 * halfBinomialTail(Math.max(onlyFirst, onlySecond), n)),
    firstWorse: halfBinomialTail(onlyFirst, n),
  };
}

/** P(K ≥ k), K binomial(n, ½), summed from the largest term down in logarithms so that n may be large. */
function halfBinomialTail(k: number, n: number): number {
  if (k <= 0) return 1;
  let term = -n * Math.LN2;
  let sum = 0;
  for (let i = n; i >= k; i--) {
    sum += Math.exp(term);
    term += Math.log(i) - Math.log(n - i + 1);
  }
  return Math.min(1, sum);
}
