/**
 * The engine: what does the policy's arithmetic. One narrow interface, four implementations:
 *
 * - `ts`     plain TypeScript, float64 inside: the oracle, and what the debugger shows every intermediate with;
 * - `wasm`   AssemblyScript SIMD: the default everywhere;
 * - `webgpu` hand-written WGSL, few dispatches: generation and heads (no training yet: `sftStep` is absent);
 * - `tfjs`   TensorFlow.js on its webgpu backend, on the same GPUDevice: an independent oracle, loaded only when chosen.
 *
 * Every method takes and returns plain typed arrays, row-major, batch first, so engines can be compared number by number
 * and moved across workers. Async because GPUs are; `ts` and `wasm` resolve at once.
 */
import type { PolicyConfig } from './config.ts';

export type EngineName = 'ts' | 'wasm' | 'webgpu' | 'tfjs';

export interface GenerateRequest {
  /** [batch × observationSize] */
  readonly observations: Float32Array;
  readonly batch: number;
  /** Stop after this many tokens even without `endToken`. */
  readonly maxTokens: number;
  /** Generation of a row ends after this token; it is part of the trace. */
  readonly endToken: number;
  /** 0 = most likely token (ties: lowest id); otherwise sample softmax(logits / temperature). */
  readonly temperature: number;
  /** Uniforms in [0, 1) for sampling, [batch × maxTokens]; required when temperature > 0. Token = first id whose cumulative probability exceeds the uniform. */
  readonly uniforms?: Float32Array;
  /** Tokens fixed beforehand (an edited trace): [batch × maxTokens], with `forcedLengths` tokens valid a row; the model continues after them. */
  readonly forced?: Int32Array;
  readonly forcedLengths?: Int32Array;
}

export interface Generation {
  /** [batch × maxTokens]; beyond a row's length: -1. */
  readonly tokens: Int32Array;
  readonly lengths: Int32Array;
  /** Log-probability (temperature 1) of each token written, [batch × maxTokens]; beyond the length: 0. */
  readonly logProbs: Float32Array;
  /** rms-normalised hidden state at the last token, [batch × width]. */
  readonly z: Float32Array;
}

export interface HeadsOutput {
  /** [batch × waypoints × 3]: x m, y m (ego frame), confidence 0..1. */
  readonly waypoints: Float32Array;
  /** Mean of the residual coefficients, [batch × residualSize], unbounded (see model/residual.ts). */
  readonly residual: Float32Array;
  /** [batch] */
  readonly value: Float32Array;
}

export interface SftBatch {
  readonly batch: number;
  readonly maxTokens: number;
  readonly observations: Float32Array;
  /** [batch × maxTokens], lengths as in Generation. */
  readonly tokens: Int32Array;
  readonly lengths: Int32Array;
  /** Weight of each token's cross-entropy, [batch × maxTokens]; 0 = do not learn to write this token. */
  readonly tokenWeights: Float32Array;
  /** Target waypoints, metres, [batch × waypoints × 2]. */
  readonly waypoints: Float32Array;
  /** Gradient of whatever else is learned through the trace's hidden state z, [batch × width]; `ts` and `wasm` add it, models with a prefix have it. */
  readonly dz?: Float32Array;
}

/**
 * SFT loss, the same in every engine:
 *   token     Σ w·(−log p(token)) / Σ w over the batch
 *   waypoint  mean over batch, waypoint and axis of (prediction − target)² in head units (x/20, y/4)
 *   confidence  mean binary cross-entropy against exp(−‖prediction − target‖ / 1 m), target held constant
 *   loss = token + waypointWeight · waypoint + confidenceWeight · confidence
 */
export interface SftOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly waypointWeight: number;
  readonly confidenceWeight: number;
  /** Global gradient-norm clip; Infinity = off. */
  readonly maxGradNorm: number;
}

export interface SftResult {
  readonly loss: number;
  readonly tokenLoss: number;
  readonly waypointLoss: number;
  readonly confidenceLoss: number;
  readonly gradNorm: number;
}

export interface Engine {
  readonly name: EngineName;
  readonly config: PolicyConfig;
  /** What runs it, for labels: "WASM SIMD, 1 thread", "WebGPU: NVIDIA …", "WebGPU (software): SwiftShader". */
  readonly description: string;
  /** Replaces all parameters (layout order); optimiser state is kept unless `resetOptimiser`. */
  setParameters(flat: Float32Array, resetOptimiser?: boolean): Promise<void>;
  getParameters(): Promise<Float32Array>;
  generate(request: GenerateRequest): Promise<Generation>;
  heads(z: Float32Array, batch: number): Promise<HeadsOutput>;
  /** One Adam step of supervised fine-tuning on the imitation model. Absent where the engine cannot train. */
  sftStep?(batch: SftBatch, options: SftOptions): Promise<SftResult>;
  dispose(): void;
}
