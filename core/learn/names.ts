/**
 * Karpathy's microgpt run on names, number for number: the same draws (seed 42), one document a step, Adam with linear
 * decay over 1000 steps, then 20 samples at temperature 0.5. The proof that our model and kernels are what they claim:
 * float64 (`ts`) agrees with the reference to 1e-12, float32 (`wasm`) to 1e-6.
 */
import { createWasmPolicy } from '../models/engines/wasm/policy.ts';
import { adamStep, createAdam } from '../models/twin/adam.ts';
import { NAMES_CONFIG } from '../models/config.ts';
import { type Floats, softmax } from '../models/twin/linear.ts';
import {
  backwardPositions,
  createActivations,
  forwardPosition,
  logitsAt,
  microgptOf,
} from '../models/twin/microgpt.ts';
import { createPythonRandom, type PythonRandom } from '../models/twin/mt19937.ts';
import { crossEntropyAt } from '../models/twin/sft.ts';

const SEED = 42;
const BOS = 26;
const TOTAL_STEPS = 1000;
const SAMPLES = 20;
const TEMPERATURE = 0.5;
const ADAM = { beta1: 0.85, beta2: 0.99, epsilon: 1e-8, maxGradNorm: Infinity };

export interface NamesRequest {
  /** Stripped, non-empty lines, in the file's order. */
  readonly docs: readonly string[];
  /** 1..1000: where to stop; the learning rate decays over 1000 steps whatever this is. */
  readonly steps: number;
  readonly engine: 'ts' | 'wasm';
}

export interface NamesResult {
  /** Loss of each step, before its update. */
  readonly losses: number[];
  readonly samples: string[];
  /** All parameters after the last step, layout order of NAMES_CONFIG. */
  readonly parameters: Float64Array;
}

/** What trains and reads the model: float64 TypeScript or the float32 kernels. */
interface NamesModel {
  /** One Adam step on one document, [BOS, …, BOS]; returns the loss before it. */
  step(tokens: readonly number[], learningRate: number): number;
  /** Logits after `tokens`, the last of which is new; starts afresh when `tokens` has length 1. */
  next(tokens: readonly number[]): Floats;
  parameters(): Float64Array;
}

/** The reference's shuffled documents and initial parameters, and the generator as sampling finds it. */
export function namesStart(docs: readonly string[]): {
  docs: string[];
  parameters: Float64Array;
  random: PythonRandom;
} {
  const random = createPythonRandom(SEED);
  const shuffled = [...docs];
  random.shuffle(shuffled);
  const parameters = Float64Array.from({ length: microgptOf(NAMES_CONFIG).layout.size }, () => random.gauss(0, 0.08));
  return { docs: shuffled, parameters, random };
}

/** [BOS] + letters + [BOS], cut so that at most `context` predictions are made. Throws on letters other than a..z. */
export function namesTokens(doc: string): number[] {
  const letters = [...doc].map((letter) => {
    const id = letter.charCodeAt(0) - 97;
    if (!(letter.length === 1 && id >= 0 && id < BOS)) throw new RangeError(`"${doc}" has a letter outside a..z`);
    return id;
  });
  return [BOS, ...letters, BOS].slice(0, NAMES_CONFIG.context + 1);
}

/** Trains for `steps` and draws the reference's 20 samples. Throws RangeError on bad documents or steps. */
export function trainNames(request: NamesRequest): NamesResult {
  const { steps } = request;
  if (!(Number.isInteger(steps) && steps >= 1 && steps <= TOTAL_STEPS))
    throw new RangeError(`steps must be 1..${TOTAL_STEPS}, not ${steps}`);
  if (request.docs.length === 0) throw new RangeError('there are no documents');
  const { docs, parameters, random } = namesStart(request.docs);
  const model = request.engine === 'wasm' ? createWasmNames(parameters) : createTsNames(parameters);
  const losses: number[] = [];
  for (let s = 0; s < steps; s++)
    losses.push(model.step(namesTokens(docs[s % docs.length]), 0.01 * (1 - s / TOTAL_STEPS)));
  const samples: string[] = [];
  while (samples.length < SAMPLES) samples.push(sampleName(model, random));
  return { losses, samples, parameters: model.parameters() };
}

function sampleName(model: NamesModel, random: PythonRandom): string {
  const tokens = [BOS];
  let name = '';
  while (tokens.length <= NAMES_CONFIG.context) {
    const p = Float64Array.from(model.next(tokens));
    softmax(p, 0, p.length, TEMPERATURE);
    const token = random.choice(p);
    if (token === BOS) break;
    name += String.fromCharCode(97 + token);
    tokens.push(token);
  }
  return name;
}

/** Loss of one document and its gradient, added to `grads`. */
export function namesGradient(params: Floats, grads: Floats, tokens: readonly number[]): number {
  const gpt = microgptOf(NAMES_CONFIG);
  const E = NAMES_CONFIG.width;
  const n = tokens.length - 1;
  const act = createActivations(NAMES_CONFIG, n);
  const dx = new Float64Array(n * E);
  let loss = 0;
  for (let t = 0; t < n; t++) {
    forwardPosition(gpt, params, act, t, params, gpt.wte + tokens[t] * E);
    loss += crossEntropyAt(gpt, params, grads, act, t, tokens[t + 1], 1 / n, dx) / n;
  }
  backwardPositions(gpt, params, grads, act, n, dx);
  for (let t = 0; t < n; t++) for (let i = 0; i < E; i++) grads[gpt.wte + tokens[t] * E + i] += dx[t * E + i];
  return loss;
}

function createTsNames(params: Float64Array): NamesModel {
  const gpt = microgptOf(NAMES_CONFIG);
  const grads = new Float64Array(params.length);
  const adam = createAdam(params.length);
  const act = createActivations(NAMES_CONFIG, NAMES_CONFIG.context);
  const logits = new Float64Array(NAMES_CONFIG.vocabSize);
  return {
    step(tokens, learningRate) {
      grads.fill(0);
      const loss = namesGradient(params, grads, tokens);
      adamStep(adam, params, grads, { ...ADAM, learningRate });
      return loss;
    },
    next(tokens) {
      const t = tokens.length - 1;
      forwardPosition(gpt, params, act, t, params, gpt.wte + tokens[t] * NAMES_CONFIG.width);
      logitsAt(gpt, params, act, t, logits);
      return logits;
    },
    parameters: () => params,
  };
}

function createWasmNames(params: Float64Array): NamesModel {
  const policy = createWasmPolicy(NAMES_CONFIG, Float32Array.from(params), 1);
  policy.numbers.fill(1);
  return {
    step(tokens, learningRate) {
      const predictions = tokens.length - 1;
      policy.tokens.set(tokens);
      policy.lengths[0] = tokens.length;
      policy.losses[0] = 0;
      policy.sft(1, tokens.length, predictions, 1, 0, 0);
      policy.adam({ ...ADAM, learningRate });
      policy.pack();
      return policy.losses[0] / predictions;
    },
    next(tokens) {
      const t = tokens.length - 1;
      policy.next(tokens[t], t);
      return policy.logits;
    },
    parameters: () => Float64Array.from(policy.params),
  };
}
