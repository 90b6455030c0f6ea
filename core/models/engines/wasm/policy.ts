/**
 * The policy kernels with their memory, synchronously: what the `wasm` engine, the names run and the benches share. One
 * module instance a policy; arrays below are views of its memory (which never grows after construction), so writing to
 * them is how inputs get in.
 */
import type { KernelInstance } from '../../../kernels/kernels.ts';
import { instantiatePolicyKernels } from '../../../kernels/policy.ts';
import type { AdamOptions } from '../../twin/adam.ts';
import { type PolicyConfig, parameterLayout } from '../../config.ts';
import { RequestError } from '../../request.ts';

interface PolicyExports {
  policy_create(
    vocabSize: number,
    layers: number,
    width: number,
    heads: number,
    context: number,
    prefix: number,
    observationSize: number,
    encoderHidden: number,
    waypoints: number,
    waypointHidden: number,
    residualSize: number,
    residualHidden: number,
    maxBatch: number,
  ): number;
  policy_pack(): void;
  policy_sft(
    rows: number,
    maxTokens: number,
    weightSum: number,
    batch: number,
    waypointWeight: number,
    confidenceWeight: number,
    withDz: number,
  ): void;
  policy_gradient_norm(): number;
  policy_adam(...update: AdamNumbers): void;
  policy_generate(rows: number, maxTokens: number, endToken: number, temperature: number): void;
  policy_next(token: number, position: number): void;
  policy_heads(rows: number): void;
}

/** Arguments of the kernels' Adam: clip, rate, root, β1, 1 − β1, β2, 1 − β2, ε. */
export type AdamNumbers = [number, number, number, number, number, number, number, number];

/** Adam's state of one kernel: two moments in its memory and the number of updates made. */
export interface KernelAdam {
  /** Counts an update and gives the kernel's arguments for it. */
  next(options: AdamOptions, norm: number): AdamNumbers;
  /** [updates made, m…, v…]; a copy. */
  save(): Float32Array;
  /** Continues from `save()`. Throws `RequestError` when the length is another model's. */
  restore(saved: Float32Array): void;
  reset(): void;
}

export function createKernelAdam(m: Float32Array, v: Float32Array): KernelAdam {
  let step = 0;
  return {
    next: (options, norm) => adamNumbers(options, ++step, norm),
    save() {
      const saved = new Float32Array(1 + 2 * m.length);
      saved[0] = step;
      saved.set(m, 1);
      saved.set(v, 1 + m.length);
      return saved;
    },
    restore(saved) {
      if (saved.length !== 1 + 2 * m.length)
        throw new RequestError('optimiser', `needs ${1 + 2 * m.length} numbers, has ${saved.length}`);
      step = saved[0];
      m.set(saved.subarray(1, 1 + m.length));
      v.set(saved.subarray(1 + m.length));
    },
    reset() {
      step = 0;
      m.fill(0);
      v.fill(0);
    },
  };
}

/** What update number `step` (from 1) of Adam comes to, given the gradient norm. */
function adamNumbers(options: AdamOptions, step: number, norm: number): AdamNumbers {
  const { learningRate, beta1, beta2, epsilon, maxGradNorm } = options;
  return [
    norm > maxGradNorm ? maxGradNorm / norm : 1,
    learningRate / (1 - beta1 ** step),
    1 / Math.sqrt(1 - beta2 ** step),
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    epsilon,
  ];
}

export interface WasmPolicy {
  readonly config: PolicyConfig;
  readonly maxBatch: number;
  /** Parameters and their gradient, layout order; call `pack` after writing parameters. */
  readonly params: Float32Array;
  readonly grads: Float32Array;
  /** [maxBatch × observationSize] */
  readonly observations: Float32Array;
  /** [maxBatch × maxTokens] of the call: training tokens in, generated tokens out. */
  readonly tokens: Int32Array;
  readonly lengths: Int32Array;
  /** [maxBatch × maxTokens]: token weights in training, uniforms in generation. */
  readonly numbers: Float32Array;
  readonly forced: Int32Array;
  readonly forcedLengths: Int32Array;
  readonly logProbs: Float32Array;
  /** [maxBatch × width] */
  readonly z: Float32Array;
  /** Waypoint targets [maxBatch × waypoints × 2], m. */
  readonly targets: Float32Array;
  /** Heads' outputs as in HeadsOutput. */
  readonly waypoints: Float32Array;
  readonly residual: Float32Array;
  readonly value: Float32Array;
  /** Sums of the token, waypoint and confidence losses; `sft` adds. */
  readonly losses: Float64Array;
  /** [vocabSize], after `next`. */
  readonly logits: Float32Array;
  /** Gradient on z from elsewhere, [maxBatch × width]; read where `sft` is asked to. */
  readonly dz: Float32Array;
  pack(): void;
  /** Adds losses and gradient of `rows` sequences of a batch of `batch` sequences with token weights `weightSum`. */
  sft(
    rows: number,
    maxTokens: number,
    weightSum: number,
    batch: number,
    waypointWeight: number,
    confidenceWeight: number,
    /** 1: `dz` counts, too. */
    withDz?: 0 | 1,
  ): void;
  /** One Adam update of the imitation model from `grads`, which become 0; returns the norm before clipping. `pack` follows. */
  adam(options: AdamOptions): number;
  readonly optimiser: KernelAdam;
  generate(rows: number, maxTokens: number, endToken: number, temperature: number): void;
  /** `logits` after `token` at `position` of one sequence whose earlier positions came before. */
  next(token: number, position: number): void;
  /** `z` [rows] → waypoints, residual, value. */
  heads(rows: number): void;
}

/** Sizes the kernels' register tiles ask for. Throws `RequestError` naming the size that does not fit. */
function checkSizes(config: PolicyConfig): void {
  const multiple = (field: string, n: number, of: number) => {
    if (n % of !== 0) throw new RequestError(field, `the kernels need a multiple of ${of}, not ${n}`);
  };
  multiple('width', config.width, 8);
  multiple('width / heads', config.width / config.heads, 4);
  multiple('encoderHidden', config.encoderHidden, 8);
  multiple('waypointHidden', config.waypointHidden, 8);
  multiple('residualHidden', config.residualHidden, 8);
}

/** A policy in a module instance of its own. Throws `RequestError` when sizes do not fit. */
export function createWasmPolicy(config: PolicyConfig, flat: Float32Array, maxBatch: number): WasmPolicy {
  checkSizes(config);
  const layout = parameterLayout(config);
  if (flat.length !== layout.size)
    throw new RequestError('parameters', `needs ${layout.size} numbers, has ${flat.length}`);
  const kernel: KernelInstance<PolicyExports> = instantiatePolicyKernels<PolicyExports>();
  const { exports } = kernel;
  const table = exports.policy_create(
    config.vocabSize,
    config.layers,
    config.width,
    config.heads,
    config.context,
    config.prefix,
    config.observationSize,
    config.encoderHidden,
    config.waypoints,
    config.waypointHidden,
    config.residualSize,
    config.residualHidden,
    maxBatch,
  );
  const [size, imitationSize, ...at] = kernel.i32(table, 21);
  if (size !== layout.size || imitationSize !== layout.imitationSize)
    throw new Error(`kernel and layout disagree: ${size} and ${layout.size} parameters`);
  const [params, grads, m, v, observations, tokens, lengths, numbers, forced, forcedLengths, ...outputs] = at;
  const [logProbs, z, targets, waypoints, residual, value, losses, logits, dz] = outputs;
  const { width, context } = config;
  const optimiser = createKernelAdam(kernel.f32(m, imitationSize), kernel.f32(v, imitationSize));
  const policy: WasmPolicy = {
    config,
    maxBatch,
    params: kernel.f32(params, size),
    grads: kernel.f32(grads, size),
    observations: kernel.f32(observations, maxBatch * config.observationSize),
    tokens: kernel.i32(tokens, maxBatch * (context + 1)),
    lengths: kernel.i32(lengths, maxBatch),
    numbers: kernel.f32(numbers, maxBatch * (context + 1)),
    forced: kernel.i32(forced, maxBatch * context),
    forcedLengths: kernel.i32(forcedLengths, maxBatch),
    logProbs: kernel.f32(logProbs, maxBatch * context),
    z: kernel.f32(z, maxBatch * width),
    targets: kernel.f32(targets, maxBatch * config.waypoints * 2),
    waypoints: kernel.f32(waypoints, maxBatch * config.waypoints * 3),
    residual: kernel.f32(residual, maxBatch * config.residualSize),
    value: kernel.f32(value, maxBatch),
    losses: kernel.f64(losses, 3),
    logits: kernel.f32(logits, config.vocabSize),
    dz: kernel.f32(dz, maxBatch * width),
    pack: () => exports.policy_pack(),
    sft: (rows, maxTokens, weightSum, batch, waypointWeight, confidenceWeight, withDz = 0) =>
      exports.policy_sft(rows, maxTokens, weightSum, batch, waypointWeight, confidenceWeight, withDz),
    adam(options) {
      const norm = exports.policy_gradient_norm();
      exports.policy_adam(...optimiser.next(options, norm));
      return norm;
    },
    optimiser,
    generate: (...request) => exports.policy_generate(...request),
    next: (token, position) => exports.policy_next(token, position),
    heads: (rows) => exports.policy_heads(rows),
  };
  policy.params.set(flat);
  policy.pack();
  return policy;
}
