/**
 * One trace thought through again in float64, with everything the model computed on the way: what the debugger shows as
 * probabilities, entropy, attention and named intermediates. It only reads; the numbers agree with every engine to float32.
 */
import type { PolicyConfig } from '../config.ts';
import { encode } from './encoder.ts';
import { type HeadValues, readHeads } from './heads.ts';
import { rmsNorm, softmax } from './linear.ts';
import { type Activations, createActivations, forwardPosition, logitsAt, microgptOf } from './microgpt.ts';

/** What the model thought just before it wrote one token. */
export interface TokenThought {
  /** The token that stands in the trace. */
  readonly token: number;
  /** Position whose hidden state predicted it: prefix − 1 + index. */
  readonly position: number;
  /** [vocabSize]; probabilities = softmax(logits) at temperature 1. */
  readonly logits: Float64Array;
  readonly probabilities: Float64Array;
  /** −Σ p ln p, nats. */
  readonly entropy: number;
  readonly logProb: number;
  /** Tokens the model preferred to this one; 0 = its first choice. */
  readonly rank: number;
}

export interface Introspection {
  /** Prefix positions come first, then one position a token. */
  readonly prefix: number;
  readonly positions: number;
  /** Embeddings made of the observation, [prefix × width]. */
  readonly prefixEmbeddings: Float64Array;
  readonly thoughts: readonly TokenThought[];
  /** Every intermediate of every layer and position. */
  readonly activations: Activations;
  /** Normalised hidden state at the last position, [width]. */
  readonly z: Float64Array;
  /** Absent in a plain language model. */
  readonly heads?: HeadValues;
}

/**
 * Runs `tokens` (1 or more, ids of the vocabulary) after the observation at `observationAt`. A plain language model
 * (prefix 0) has its first token given, so that one has no thought. Throws RangeError when the trace does not fit.
 */
export function introspect(
  config: PolicyConfig,
  flat: ArrayLike<number>,
  observation: Float32Array,
  tokens: ArrayLike<number>,
): Introspection {
  const { width: E, prefix: P, vocabSize: V } = config;
  const positions = P + tokens.length;
  if (tokens.length < 1 || positions > config.context)
    throw new RangeError(`a trace of ${tokens.length} tokens is not in 1..${config.context - P}`);
  if (observation.length < config.observationSize)
    throw new RangeError(`the observation has ${observation.length} numbers instead of ${config.observationSize}`);
  const gpt = microgptOf(config);
  const params = Float64Array.from(flat);
  const act = createActivations(config, positions);
  const prefixEmbeddings = P > 0 ? encode(config, params, observation, 0, gpt.layout) : new Float64Array(0);
  for (let t = 0; t < P; t++) forwardPosition(gpt, params, act, t, prefixEmbeddings, t * E);
  const thoughts: TokenThought[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!(token >= 0 && token < V)) throw new RangeError(`token ${token} at ${i} is outside 0..${V - 1}`);
    if (P + i > 0) {
      const logits = new Float64Array(V);
      logitsAt(gpt, params, act, P + i - 1, logits);
      thoughts.push(thoughtOf(token, P + i - 1, logits));
    }
    forwardPosition(gpt, params, act, P + i, params, gpt.wte + token * E);
  }
  const z = new Float64Array(E);
  rmsNorm(act.x, (positions - 1) * E, E, z, 0);
  const heads = P > 0 ? readHeads(config, params, z, 0, gpt.layout) : undefined;
  return { prefix: P, positions, prefixEmbeddings, thoughts, activations: act, z, heads };
}

function thoughtOf(token: number, position: number, logits: Float64Array): TokenThought {
  const probabilities = logits.slice();
  const logSum = softmax(probabilities, 0, logits.length);
  let entropy = 0;
  let rank = 0;
  for (let v = 0; v < logits.length; v++) {
    entropy -= probabilities[v] * (logits[v] - logSum);
    if (logits[v] > logits[token] || (logits[v] === logits[token] && v < token)) rank++;
  }
  return { token, position, logits, probabilities, entropy, logProb: logits[token] - logSum, rank };
}

/** Attention of `position` to positions 0..position in one layer and head; sums to 1. */
export function attentionOf(thought: Introspection, layer: number, head: number, position: number): Float64Array {
  const { attention } = thought.activations.layers[layer];
  const heads = attention.length / thought.activations.positions ** 2;
  const at = (position * heads + head) * thought.activations.positions;
  return Float64Array.from(attention.subarray(at, at + position + 1));
}

/** `attentionOf` averaged over the heads of `layer` (default: the last). */
export function meanAttention(
  thought: Introspection,
  position: number,
  layer: number = thought.activations.layers.length - 1,
): Float64Array {
  const { attention } = thought.activations.layers[layer];
  const heads = attention.length / thought.activations.positions ** 2;
  const mean = new Float64Array(position + 1);
  for (let h = 0; h < heads; h++)
    attentionOf(thought, layer, h, position).forEach((w, u) => {
      mean[u] += w / heads;
    });
  return mean;
}

/** The `k` likeliest tokens, most likely first (ties: lowest id). */
export function topTokens(thought: TokenThought, k: number): { token: number; probability: number }[] {
  return Array.from(thought.probabilities, (probability, token) => ({ token, probability }))
    .sort((a, b) => b.probability - a.probability || a.token - b.token)
    .slice(0, k);
}
