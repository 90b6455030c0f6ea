/**
 * Savitzky–Golay filter, sample for sample as `scipy.signal.savgol_filter(mode='interp')` does it.
 *
 * Each output is the value, or a derivative, of the polynomial that fits a window best (Savitzky & Golay 1964). Near both ends
 * the polynomial of the outermost window is evaluated instead of shifting the window ('interp').
 * **Quirk of even windows.** scipy evaluates the polynomial half way between the two middle samples and stores it at the
 * left of them, so an even window delays nothing but shifts everything by half a sample; NAVSIM's window of 8 does that.
 */
import { solvePositive } from '../../../base/solve.ts';

export interface SavgolOptions {
  /** Samples in a window, and the polynomial's order < window. */
  readonly window: number;
  readonly order: number;
  /** Which derivative, and the spacing of samples for it. */
  readonly derivative?: number;
  readonly spacing?: number;
}

/** Weights by window, order, derivative and position: a drive filters a dozen series with the same few. */
const known = new Map<string, Float64Array>();
const MOST_KNOWN = 4096;

function weightsAt(window: number, order: number, derivative: number, position: number): Float64Array {
  const key = `${window} ${order} ${derivative} ${position}`;
  let weights = known.get(key);
  if (!weights) {
    if (known.size >= MOST_KNOWN) known.clear();
    weights = fitWeights(window, order, derivative, position);
    known.set(key, weights);
  }
  return weights;
}

/**
 * Weights w with Σ w_j·y_j = d-th derivative, at `position` (in samples from the window's first), of the least-squares polynomial.
 * Fitted in t ∈ [−1, 1] so that the normal equations stay well conditioned.
 */
function fitWeights(window: number, order: number, derivative: number, position: number): Float64Array {
  const half = Math.max(1, (window - 1) / 2);
  const scaled = (sample: number) => (sample - (window - 1) / 2) / half;
  const terms = order + 1;
  const normal = new Float64Array(terms * terms);
  for (let j = 0; j < window; j++)
    for (let a = 0; a < terms; a++) for (let b = 0; b < terms; b++) normal[a * terms + b] += scaled(j) ** (a + b);
  const wanted = Float64Array.from({ length: terms }, (_, k) => {
    let factor = 1;
    for (let i = 0; i < derivative; i++) factor *= k - i;
    return k < derivative ? 0 : factor * scaled(position) ** (k - derivative);
  });
  const solved = solvePositive(normal, wanted);
  return Float64Array.from({ length: window }, (_, j) => {
    let sum = 0;
    for (let k = 0; k < terms; k++) sum += solved[k] * scaled(j) ** k;
    return sum / half ** derivative;
  });
}

/** The filtered series, as long as `values`. Throws RangeError unless order < window ≤ values. */
export function savgol(values: ArrayLike<number>, options: SavgolOptions): Float64Array {
  const { window, order, derivative = 0, spacing = 1 } = options;
  const n = values.length;
  if (!(order < window && window <= n))
    throw new RangeError(`A Savitzky–Golay window of ${window} fits neither order ${order} nor ${n} samples`);
  const scale = spacing ** -derivative;
  const apply = (weights: Float64Array, from: number) => {
    let sum = 0;
    for (let j = 0; j < window; j++) sum += weights[j] * values[from + j];
    return sum * scale;
  };
  const half = window >> 1;
  const before = window % 2 === 1 ? half : half - 1;
  const middle = weightsAt(window, order, derivative, (window - 1) / 2);
  const out = new Float64Array(n);
  for (let i = half; i < n - half; i++) out[i] = apply(middle, i - before);
  for (let i = 0; i < half; i++) {
    out[i] = apply(weightsAt(window, order, derivative, i), 0);
    const end = window - half + i;
    out[n - half + i] = apply(weightsAt(window, order, derivative, end), n - window);
  }
  return out;
}
