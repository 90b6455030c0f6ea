/**
 * What learns a policy's parameters, group by group. Inference is the engine's (engine.ts).
 *
 * Every objective on tokens is Σ wₜ · (−log p(tokenₜ)) over a batch, divided by a sum of weights that the caller names: SFT has mask
 * weights, rejection sampling 0 or 1, GRPO a signed advantage times a clipped ratio minus its KL term, DPO ±β·σ(·). So one gradient
 * serves them all. Plans are imitated beside it (waypoint and confidence loss) where the batch has targets and weights for them; `dz`
 * of a batch is the gradient of whatever else is read from the trace's hidden state.
 *
 * Groups are stretches of the flat parameters: `base` (language model, encoder, waypoint head), `residual` and `value` (the heads that
 * RL learns on a frozen base).
 */
import type { AdamOptions } from './twin/adam.ts';
import type { GroupName, PolicyConfig } from './config.ts';
import type { SftBatch, SftOptions, SftResult } from './engine.ts';

export interface TokenLoss extends Pick<SftOptions, 'waypointWeight' | 'confidenceWeight'> {
  /** What Σ wₜ · (−log p) is divided by; absent: the sum of the weights, as in SFT. */
  readonly weightSum?: number;
}

/** Learns the base from tokens. */
export interface Learner {
  readonly config: PolicyConfig;
  readonly groups: readonly GroupName[];
  /** All parameters in layout order; a copy. */
  parameters(): Float32Array;
  /** Log-probability of each token of the batch, [batch × maxTokens], nats; 0 beyond a row's length. Rows end at `endToken`. */
  logProbs(batch: SftBatch, endToken: number): Promise<Float32Array>;
  /** Adds the gradient of a batch's loss; the token weights may have either sign. Returns the losses. */
  gradient(batch: SftBatch, loss: TokenLoss): Promise<Omit<SftResult, 'gradNorm'>>;
  /** One Adam update from the gradients added since the last; the norm of their sum before clipping. */
  step(options: AdamOptions): Promise<number>;
  /** [updates made, first moments, second moments]; a copy. */
  optimiser(): Float32Array;
  /** Continues from `optimiser()`. Throws `RequestError` when it belongs to another size. */
  setOptimiser(saved: Float32Array): void;
}

/** Learns the heads that read the frozen base's `z`: a Gaussian over residual coefficients, and a value. */
export interface HeadLearner {
  readonly groups: readonly GroupName[];
  readonly width: number;
  readonly residualSize: number;
  /** ln σ of the coefficients, [residualSize]; a copy. */
  logStd(): Float32Array;
  setLogStd(value: number): void;
  /** z [rows × width] → mean [rows × residualSize] and value [rows]. */
  forward(z: Float32Array, rows: number): { readonly mean: Float32Array; readonly value: Float32Array };
  /** Adds the gradient of a loss with these derivatives; belongs to the `forward` just before. */
  backward(dMean: ArrayLike<number>, dLogStd: ArrayLike<number>, dValue: ArrayLike<number>): void;
  /** One Adam update; returns the gradient norm before clipping. */
  adamStep(options: AdamOptions): number;
  /** Writes the heads into `flat` (all parameters) and returns it. */
  writeParameters(flat: Float32Array): Float32Array;
  optimiser(): Float32Array;
  setOptimiser(saved: Float32Array): void;
}
