/**
 * Adam (Kingma & Ba 2015) on one flat array, bias-corrected, ε outside the square root, no decay; with an optional clip
 * of the global gradient norm beforehand.
 */
import type { Floats } from './linear.ts';

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Infinity = off. */
  readonly maxGradNorm: number;
}

export interface AdamState {
  readonly m: Floats;
  readonly v: Floats;
  /** Updates made so far. */
  step: number;
}

/** Zeroed moments for `size` parameters. */
export function createAdam(size: number): AdamState {
  return { m: new Float64Array(size), v: new Float64Array(size), step: 0 };
}

/** Updates params[from, to) in place; returns the gradient norm before clipping. */
export function adamStep(
  state: AdamState,
  params: Floats,
  grads: Floats,
  options: AdamOptions,
  from = 0,
  to = params.length,
): number {
  const { learningRate, beta1, beta2, epsilon, maxGradNorm } = options;
  let squares = 0;
  for (let i = from; i < to; i++) squares += grads[i] * grads[i];
  const norm = Math.sqrt(squares);
  const clip = norm > maxGradNorm ? maxGradNorm / norm : 1;
  state.step++;
  const correction1 = 1 - beta1 ** state.step;
  const correction2 = 1 - beta2 ** state.step;
  for (let i = from; i < to; i++) {
    const g = grads[i] * clip;
    state.m[i] = beta1 * state.m[i] + (1 - beta1) * g;
    state.v[i] = beta2 * state.v[i] + (1 - beta2) * g * g;
    params[i] -= (learningRate * (state.m[i] / correction1)) / (Math.sqrt(state.v[i] / correction2) + epsilon);
  }
  return norm;
}
