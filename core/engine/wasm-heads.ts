/**
 * The RL heads for PPO: residual mean, log σ and value over many rows of z, forward, backward and Adam, in SIMD. The
 * imitation model is only carried along: parameters [imitationSize, size) are all that can change.
 */
import { instantiateKernels } from '../kernels/kernels.ts';
import { type PolicyConfig, parameterLayout } from '../model/config.ts';
import { RequestError } from './request.ts';
import { type AdamNumbers, createKernelAdam } from './wasm-policy.ts';

interface HeadsExports {
  heads_create(width: number, hidden: number, residualSize: number, maxRows: number): number;
  heads_pack(): void;
  heads_forward(rows: number): void;
  heads_backward(rows: number): void;
  heads_gradient_norm(): number;
  heads_adam(...update: AdamNumbers): void;
}

export interface WasmHeads {
  readonly width: number;
  readonly residualSize: number;
  /** z [rows × width] → mean [rows × residualSize] and value [rows]; the views are valid until the next call. */
  forward(z: Float32Array, rows: number): { readonly mean: Float32Array; readonly value: Float32Array };
  /**
   * Adds the gradient of a loss whose derivatives are dMean [rows × residualSize], dLogStd [residualSize] and dValue [rows];
   * belongs to the `forward` just before.
   */
  backward(dMean: Float32Array, dLogStd: Float32Array, dValue: Float32Array): void;
  /** One Adam update (β 0.9, 0.999), after which the gradient is 0; returns its norm before clipping. */
  adamStep(learningRate: number, epsilon: number, maxGradNorm: number): number;
  /** ln σ of the residual coefficients: a live view, writing it sets them. */
  logStd(): Float32Array;
  /** The gradient so far, in the order of parameters [imitationSize, size); a copy. */
  gradient(): Float32Array;
  /** All parameters in layout order, the imitation model as given; a copy. */
  parameters(): Float32Array;
  /** [updates made, first moments, second moments]. */
  optimiser(): Float32Array;
  setOptimiser(saved: Float32Array): void;
  dispose(): void;
}

/** Heads of `flat` (all parameters, layout order) for up to `maxRows` rows a call. Throws `RequestError` on misfits. */
export function createWasmHeads(config: PolicyConfig, flat: Float32Array, maxRows: number): WasmHeads {
  const { imitationSize, size: total, byName } = parameterLayout(config);
  const { width, residualHidden, residualSize: R } = config;
  if (config.prefix === 0) throw new RequestError('prefix', 'this model has no heads');
  if (width % 8 || residualHidden % 8) throw new RequestError('width', 'the kernels need sizes in multiples of 8');
  if (flat.length !== total) throw new RequestError('parameters', `needs ${total} numbers, has ${flat.length}`);
  const kernel = instantiateKernels<HeadsExports>();
  const { exports } = kernel;
  const [size, ...at] = kernel.i32(exports.heads_create(width, residualHidden, R, maxRows), 10);
  const row = (R + 7) & ~7;
  const lengths = [size, size, size, size, maxRows * width, maxRows * row, maxRows * row, maxRows * 8, maxRows * 8];
  const [params, grads, m, v, zIn, meanRows, dMeanRows, valueRows, dValueRows] = lengths.map((n, i) =>
    kernel.f32(at[i], n),
  );
  const logStdAt = (byName.get('residual.log_std')?.offset as number) - imitationSize;
  const logStd = params.subarray(logStdAt, logStdAt + R);
  const adam = createKernelAdam(m, v);
  const imitation = flat.slice(0, imitationSize);
  const mean = new Float32Array(maxRows * R);
  const value = new Float32Array(maxRows);
  let rows = 0;
  params.set(flat.subarray(imitationSize));
  exports.heads_pack();
  return {
    width,
    residualSize: R,
    forward(z, count) {
      if (!(count >= 0 && count <= maxRows)) throw new RequestError('rows', `${count} is not in 0..${maxRows}`);
      if (z.length < count * width) throw new RequestError('z', `needs ${count * width} numbers, has ${z.length}`);
      rows = count;
      zIn.set(z.subarray(0, rows * width));
      exports.heads_forward(rows);
      for (let r = 0; r < rows; r++) {
        for (let i = 0; i < R; i++) mean[r * R + i] = meanRows[r * row + i];
        value[r] = valueRows[r * 8];
      }
      return { mean: mean.subarray(0, rows * R), value: value.subarray(0, rows) };
    },
    backward(dMean, dLogStd, dValue) {
      for (let r = 0; r < rows; r++) {
        for (let i = 0; i < R; i++) dMeanRows[r * row + i] = dMean[r * R + i];
        dValueRows[r * 8] = dValue[r];
      }
      for (let i = 0; i < R; i++) grads[logStdAt + i] += dLogStd[i];
      exports.heads_backward(rows);
    },
    adamStep(learningRate, epsilon, maxGradNorm) {
      const norm = exports.heads_gradient_norm();
      exports.heads_adam(...adam.next({ learningRate, epsilon, maxGradNorm, beta1: 0.9, beta2: 0.999 }, norm));
      return norm;
    },
    logStd: () => logStd,
    gradient: () => grads.slice(),
    parameters() {
      const all = new Float32Array(total);
      all.set(imitation);
      all.set(params, imitationSize);
      return all;
    },
    optimiser: () => adam.save(),
    setOptimiser: (saved) => adam.restore(saved),
    dispose() {},
  };
}
