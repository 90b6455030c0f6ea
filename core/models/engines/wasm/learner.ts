/**
 * Parameters and optimiser of an SFT learner whose gradients come from other threads: sums them and makes Adam's step, in SIMD.
 * Holds all parameters; the imitation model, [0, imitationSize), is what it learns.
 */
import { instantiatePolicyKernels } from '../../../kernels/policy.ts';
import type { AdamOptions } from '../../twin/adam.ts';
import { type PolicyConfig, parameterLayout } from '../../config.ts';
import { RequestError } from '../../request.ts';
import { type AdamNumbers, createKernelAdam, type KernelAdam } from './policy.ts';

interface LearnerExports {
  learner_create(size: number, learned: number): number;
  learner_add(): void;
  learner_gradient_norm(): number;
  learner_adam(...update: AdamNumbers): void;
}

export class WasmLearner {
  /** Layout order; a view that stays valid. */
  readonly params: Float32Array;
  readonly optimiser: KernelAdam;
  readonly #exports: LearnerExports;
  readonly #part: Float32Array;

  /** Throws `RequestError` when `flat` (layout order) does not fit. */
  constructor(config: PolicyConfig, flat: Float32Array) {
    const { size, imitationSize } = parameterLayout(config);
    if (flat.length !== size) throw new RequestError('parameters', `needs ${size} numbers, has ${flat.length}`);
    const kernel = instantiatePolicyKernels<LearnerExports>();
    this.#exports = kernel.exports;
    const [params, , part, m, v] = kernel.i32(kernel.exports.learner_create(size, imitationSize), 5);
    this.params = kernel.f32(params, size);
    this.#part = kernel.f32(part, imitationSize);
    this.optimiser = createKernelAdam(kernel.f32(m, imitationSize), kernel.f32(v, imitationSize));
    this.params.set(flat);
  }

  /** Adds a gradient, [imitationSize]. */
  add(gradient: Float32Array): void {
    this.#part.set(gradient);
    this.#exports.learner_add();
  }

  /** One Adam update from the gradients added since the last; returns the norm of their sum before clipping. */
  adamStep(options: AdamOptions): number {
    const norm = this.#exports.learner_gradient_norm();
    this.#exports.learner_adam(...this.optimiser.next(options, norm));
    return norm;
  }
}
