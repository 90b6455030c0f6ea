/**
 * The RL heads for PPO: residual mean, log σ and value over many rows of z, forward, backward and Adam, in SIMD. The
 * imitation model is not even here: only parameters [imitationSize, size) are held and learned.
 */
import { instantiatePolicyKernels } from '../../../kernels/policy.ts';
import type { AdamOptions } from '../../twin/adam.ts';
import { type PolicyConfig, parameterLayout } from '../../config.ts';
import type { HeadLearner } from '../../learner.ts';
import { RequestError } from '../../request.ts';
import { type AdamNumbers, createKernelAdam, type KernelAdam } from './policy.ts';

interface HeadsExports {
  heads_create(width: number, hidden: number, residualSize: number, maxRows: number): number;
  heads_pack(): void;
  heads_forward(rows: number): void;
  heads_backward(rows: number): void;
  heads_gradient_norm(): number;
  heads_adam(...update: AdamNumbers): void;
}

export interface HeadsForward {
  /** Mean of the residual coefficients, [rows × residualSize]. */
  readonly mean: Float32Array;
  /** [rows] */
  readonly value: Float32Array;
}

export class WasmHeads implements HeadLearner {
  readonly groups = ['residual', 'value'] as const;
  readonly maxRows: number;
  readonly width: number;
  readonly residualSize: number;
  private readonly rows8: number;
  private readonly logStdAt: number;
  private readonly imitationSize: number;
  private readonly exports: HeadsExports;
  private readonly params: Float32Array;
  private readonly grads: Float32Array;
  private readonly adam: KernelAdam;
  private readonly z: Float32Array;
  private readonly mean: Float32Array;
  private readonly dMean: Float32Array;
  private readonly value: Float32Array;
  private readonly dValue: Float32Array;
  private rows = 0;

  /** Heads of `flat` (all parameters, layout order) for up to `maxRows` rows a call. Throws `RequestError` on misfits. */
  constructor(config: PolicyConfig, flat: Float32Array, { maxRows }: { readonly maxRows: number }) {
    const layout = parameterLayout(config);
    const { width, residualHidden, residualSize } = config;
    if (config.prefix === 0) throw new RequestError('prefix', 'this model has no heads');
    if (width % 8 || residualHidden % 8) throw new RequestError('width', 'the kernels need sizes in multiples of 8');
    const kernel = instantiatePolicyKernels<HeadsExports>();
    this.exports = kernel.exports;
    const table = kernel.exports.heads_create(width, residualHidden, residualSize, maxRows);
    const [size, params, grads, m, v, z, mean, dMean, value, dValue] = kernel.i32(table, 10);
    this.maxRows = maxRows;
    this.width = width;
    this.residualSize = residualSize;
    this.rows8 = (residualSize + 7) & ~7;
    this.imitationSize = layout.imitationSize;
    this.logStdAt = (layout.byName.get('residual.log_std')?.offset as number) - layout.imitationSize;
    this.params = kernel.f32(params, size);
    this.grads = kernel.f32(grads, size);
    this.adam = createKernelAdam(kernel.f32(m, size), kernel.f32(v, size));
    this.z = kernel.f32(z, maxRows * width);
    this.mean = kernel.f32(mean, maxRows * this.rows8);
    this.dMean = kernel.f32(dMean, maxRows * this.rows8);
    this.value = kernel.f32(value, maxRows * 8);
    this.dValue = kernel.f32(dValue, maxRows * 8);
    this.setParameters(flat);
  }

  /** Takes the heads' part of `flat`; optimiser state is kept. */
  setParameters(flat: Float32Array): void {
    if (flat.length !== this.imitationSize + this.params.length)
      throw new RequestError('parameters', `needs ${this.imitationSize + this.params.length} numbers`);
    this.params.set(flat.subarray(this.imitationSize));
    this.exports.heads_pack();
  }

  /** Writes the heads' part into `flat` (all parameters); the imitation part is untouched. Returns `flat`. */
  writeParameters(flat: Float32Array): Float32Array {
    flat.set(this.params, this.imitationSize);
    return flat;
  }

  /** ln σ of the residual coefficients, [residualSize]; a copy. */
  logStd(): Float32Array {
    return this.params.slice(this.logStdAt, this.logStdAt + this.residualSize);
  }

  /** Sets every coefficient's ln σ. */
  setLogStd(value: number): void {
    this.params.fill(value, this.logStdAt, this.logStdAt + this.residualSize);
  }

  /** z [rows × width] → mean and value. Throws `RequestError` beyond maxRows. */
  forward(z: Float32Array, rows: number): HeadsForward {
    if (!(rows >= 0 && rows <= this.maxRows)) throw new RequestError('rows', `${rows} is not in 0..${this.maxRows}`);
    if (z.length < rows * this.width) throw new RequestError('z', `needs ${rows * this.width} numbers`);
    this.z.set(z.subarray(0, rows * this.width));
    this.exports.heads_forward(rows);
    this.rows = rows;
    const R = this.residualSize;
    const mean = new Float32Array(rows * R);
    const value = new Float32Array(rows);
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < R; i++) mean[r * R + i] = this.mean[r * this.rows8 + i];
      value[r] = this.value[r * 8];
    }
    return { mean, value };
  }

  /**
   * Adds the gradient of a loss whose derivatives are dMean [rows × residualSize], dLogStd [residualSize] and dValue [rows];
   * belongs to the `forward` just before.
   */
  backward(dMean: ArrayLike<number>, dLogStd: ArrayLike<number>, dValue: ArrayLike<number>): void {
    const R = this.residualSize;
    for (let r = 0; r < this.rows; r++) {
      for (let i = 0; i < R; i++) this.dMean[r * this.rows8 + i] = dMean[r * R + i];
      this.dValue[r * 8] = dValue[r];
    }
    for (let i = 0; i < R; i++) this.grads[this.logStdAt + i] += dLogStd[i];
    this.exports.heads_backward(this.rows);
  }

  /** The gradient so far, in the order of parameters [imitationSize, size); a copy. */
  gradient(): Float32Array {
    return this.grads.slice();
  }

  /** One Adam update, after which the gradient is 0; returns the gradient norm before clipping. */
  adamStep(options: AdamOptions): number {
    const norm = this.exports.heads_gradient_norm();
    this.exports.heads_adam(...this.adam.next(options, norm));
    return norm;
  }

  /** [updates made, first moments, second moments]; a copy. */
  optimiser(): Float32Array {
    return this.adam.save();
  }

  /** Continues from `optimiser()`. Throws `RequestError` when it belongs to another size. */
  setOptimiser(saved: Float32Array): void {
    this.adam.restore(saved);
  }
}
