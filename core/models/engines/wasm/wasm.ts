/**
 * The `wasm` engine: the AssemblyScript SIMD kernels behind the Engine interface, float32, one thread. The default
 * everywhere. Batches larger than `maxBatch` run in several calls; the numbers are the same.
 */
import { type PolicyConfig, parameterLayout } from '../../config.ts';
import type {
  Engine,
  GenerateRequest,
  Generation,
  HeadsOutput,
  SftBatch,
  SftOptions,
  SftResult,
} from '../../engine.ts';
import { checkGenerate, checkSft, RequestError } from '../../request.ts';
import { sftLosses, type SftSums, type SftWhole, wholeOf } from '../../sft-losses.ts';
import { createWasmPolicy, type WasmPolicy } from './policy.ts';

type SftWeights = Pick<SftOptions, 'waypointWeight' | 'confidenceWeight'>;

export interface WasmEngineOptions {
  /** Rows computed together; memory grows with it (about 0.1 MB a row at driving size). */
  readonly maxBatch?: number;
}

/** The Engine, and its Adam state for checkpoints. */
export interface WasmEngine extends Engine {
  sftStep(batch: SftBatch, options: SftOptions): Promise<SftResult>;
  /** Writes the gradient that `part` has in the loss of the `whole` batch to `out` [imitationSize] and learns nothing. */
  sftGradient(part: SftBatch, whole: SftWhole, weights: SftWeights, out: Float32Array): SftSums;
  /** [updates made, first moments, second moments]. */
  optimiser(): Float32Array;
  /** Continues from `optimiser()`. Throws `RequestError` when it belongs to another size. */
  setOptimiser(saved: Float32Array): void;
}

/** An engine that owns its module instance, starting from `flat` (layout order). Throws `RequestError` on misfits. */
export function createWasmEngine(
  config: PolicyConfig,
  flat: Float32Array,
  options: WasmEngineOptions = {},
): WasmEngine {
  const maxBatch = options.maxBatch ?? 64;
  let owned: WasmPolicy | undefined = createWasmPolicy(config, flat, maxBatch);
  const use = (): WasmPolicy => {
    if (!owned) throw new Error('this engine has been disposed of');
    return owned;
  };
  const { width: E, observationSize, waypoints: W, residualSize } = config;
  const { imitationSize } = parameterLayout(config);

  /** Calls `run(from, rows)` for stretches of at most maxBatch rows. */
  const chunks = (batch: number, run: (from: number, rows: number) => void) => {
    for (let from = 0; from < batch; from += maxBatch) run(from, Math.min(maxBatch, batch - from));
  };

  function generate(request: GenerateRequest): Generation {
    const policy = use();
    checkGenerate(config, request);
    const { batch, maxTokens, temperature, uniforms, forced, forcedLengths } = request;
    const tokens = new Int32Array(batch * maxTokens).fill(-1);
    const lengths = new Int32Array(batch);
    const logProbs = new Float32Array(batch * maxTokens);
    const z = new Float32Array(batch * E);
    chunks(batch, (from, rows) => {
      const begin = from * maxTokens;
      const end = begin + rows * maxTokens;
      policy.observations.set(request.observations.subarray(from * observationSize, (from + rows) * observationSize));
      if (temperature > 0 && uniforms) policy.numbers.set(uniforms.subarray(begin, end));
      if (forced && forcedLengths) {
        policy.forced.set(forced.subarray(begin, end));
        policy.forcedLengths.set(forcedLengths.subarray(from, from + rows));
      } else policy.forcedLengths.fill(0, 0, rows);
      policy.tokens.fill(-1, 0, rows * maxTokens);
      policy.logProbs.fill(0, 0, rows * maxTokens);
      policy.generate(rows, maxTokens, request.endToken, temperature);
      tokens.set(policy.tokens.subarray(0, rows * maxTokens), begin);
      lengths.set(policy.lengths.subarray(0, rows), from);
      logProbs.set(policy.logProbs.subarray(0, rows * maxTokens), begin);
      z.set(policy.z.subarray(0, rows * E), from * E);
    });
    return { tokens, lengths, logProbs, z };
  }

  function heads(z: Float32Array, batch: number): HeadsOutput {
    const policy = use();
    if (z.length < batch * E) throw new RequestError('z', `needs ${batch * E} numbers, has ${z.length}`);
    const waypoints = new Float32Array(batch * W * 3);
    const residual = new Float32Array(batch * residualSize);
    const value = new Float32Array(batch);
    chunks(batch, (from, rows) => {
      policy.z.set(z.subarray(from * E, (from + rows) * E));
      policy.heads(rows);
      waypoints.set(policy.waypoints.subarray(0, rows * W * 3), from * W * 3);
      residual.set(policy.residual.subarray(0, rows * residualSize), from * residualSize);
      value.set(policy.value.subarray(0, rows), from);
    });
    return { waypoints, residual, value };
  }

  /** Adds the gradient of a batch, or of a part of one, to the kernels' gradient. */
  function addGradient(batch: SftBatch, whole: SftWhole, weights: SftWeights): SftSums {
    const policy = use();
    checkSft(config, batch);
    const { maxTokens } = batch;
    policy.losses.fill(0);
    chunks(batch.batch, (from, rows) => {
      const tokens = (all: Int32Array | Float32Array) => all.subarray(from * maxTokens, (from + rows) * maxTokens);
      policy.observations.set(batch.observations.subarray(from * observationSize, (from + rows) * observationSize));
      policy.tokens.set(tokens(batch.tokens));
      policy.numbers.set(tokens(batch.tokenWeights));
      policy.lengths.set(batch.lengths.subarray(from, from + rows));
      policy.targets.set(batch.waypoints.subarray(from * W * 2, (from + rows) * W * 2));
      if (batch.dz) policy.dz.set(batch.dz.subarray(from * E, (from + rows) * E));
      const { waypointWeight, confidenceWeight } = weights;
      policy.sft(rows, maxTokens, whole.weightSum, whole.batch, waypointWeight, confidenceWeight, batch.dz ? 1 : 0);
    });
    const [token, waypoint, confidence] = policy.losses;
    return [token, waypoint, confidence];
  }

  function sftStep(batch: SftBatch, sft: SftOptions): SftResult {
    const policy = use();
    const whole = wholeOf(config, batch);
    const sums = addGradient(batch, whole, sft);
    const gradNorm = policy.adam(sft);
    policy.pack();
    return { ...sftLosses(config, whole, sums, sft), gradNorm };
  }

  function sftGradient(part: SftBatch, whole: SftWhole, weights: SftWeights, out: Float32Array): SftSums {
    const grads = use().grads.subarray(0, out.length);
    if (out.length !== imitationSize)
      throw new RequestError('gradient', `needs ${imitationSize} numbers, has ${out.length}`);
    const sums = addGradient(part, whole, weights);
    out.set(grads);
    grads.fill(0);
    return sums;
  }

  return {
    name: 'wasm',
    config,
    description: 'WASM SIMD, float32, 1 thread',
    async setParameters(values, resetOptimiser = false) {
      const policy = use();
      if (values.length !== policy.params.length)
        throw new RequestError('parameters', `needs ${policy.params.length} numbers, has ${values.length}`);
      policy.params.set(values);
      policy.pack();
      if (resetOptimiser) policy.optimiser.reset();
    },
    getParameters: async () => use().params.slice(),
    generate: async (request) => generate(request),
    heads: async (z, batch) => heads(z, batch),
    sftStep: async (batch, sft) => sftStep(batch, sft),
    sftGradient,
    optimiser: () => use().optimiser.save(),
    setOptimiser: (saved) => use().optimiser.restore(saved),
    dispose() {
      owned = undefined;
    },
  };
}
