/**
 * Starting values. The language model as in microgpt, N(0, 0.08), with a smaller head when it is the driving policy so
 * that the loss starts at ln V; ReLU MLPs after He et al. 2015; RL heads orthogonal with gains √2, 0.01 (policy) and
 * 1 (value) as in CleanRL's PPO, so that RL starts from the imitation model's own plan.
 */
import type { Random } from '../base/random.ts';
import { type PolicyConfig, parameterLayout } from './config.ts';

/** ln σ of the residual coefficients at the start: exploration of about 0.6 of the bound. */
const INITIAL_LOG_STD = -0.5;

/** All parameters in layout order; the same `random` state gives the same parameters. */
export function initParameters(config: PolicyConfig, random: Random): Float32Array {
  const layout = parameterLayout(config);
  const flat = new Float32Array(layout.size);
  for (const { name, offset, shape } of layout.views) {
    const [rows, cols = 0] = shape;
    const part = flat.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
    const gaussian = (std: number) => {
      for (let i = 0; i < part.length; i++) part[i] = std * random.normal();
    };
    if (name === 'residual.log_std') part.fill(INITIAL_LOG_STD);
    else if (shape.length === 1) part.fill(0);
    else if (name === 'residual.w1' || name === 'value.w1') orthogonal(part, rows, cols, Math.SQRT2, random);
    else if (name === 'residual.w2') orthogonal(part, rows, cols, 0.01, random);
    else if (name === 'value.w2') orthogonal(part, rows, cols, 1, random);
    else if (name === 'waypoint.w2') gaussian(0.1 * Math.sqrt(2 / cols));
    else if (name.startsWith('encoder.') || name.startsWith('waypoint.')) gaussian(Math.sqrt(2 / cols));
    else if (name === 'lm_head' && config.prefix > 0) gaussian(0.02);
    else gaussian(0.08);
  }
  return flat;
}

/**
 * The same parameters with a residual that is zero whatever is seen: what a policy carries whose imitation model has changed since a
 * residual was learned on it, so that it drives the same with and without. A copy.
 */
export function withZeroResidual(config: PolicyConfig, flat: Float32Array): Float32Array {
  const { byName } = parameterLayout(config);
  const out = flat.slice();
  for (const name of ['residual.w2', 'residual.b2']) {
    const view = byName.get(name);
    if (view) out.fill(0, view.offset, view.offset + view.shape.reduce((a, b) => a * b, 1));
  }
  return out;
}

/** Orthonormal rows (or columns, when there are more rows) times `gain`: Gram–Schmidt on Gaussian vectors. */
function orthogonal(out: Float32Array, rows: number, cols: number, gain: number, random: Random): void {
  const tall = rows > cols;
  const count = tall ? cols : rows;
  const length = tall ? rows : cols;
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const v = Float64Array.from({ length }, () => random.normal());
    for (const b of basis) {
      const dot = v.reduce((sum, x, i) => sum + x * b[i], 0);
      for (let i = 0; i < length; i++) v[i] -= dot * b[i];
    }
    const norm = Math.hypot(...v);
    if (norm > 1e-6) basis.push(v.map((x) => x / norm));
  }
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < cols; c++) out[r * cols + c] = gain * (tall ? basis[c][r] : basis[r][c]);
}
