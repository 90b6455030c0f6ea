/**
 * Trace generation in TensorFlow.js: a key/value cache that grows by `concat`, one forward pass of a single position a token,
 * tokens chosen on the GPU, nothing read back inside the loop.
 */
import type { Rank, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { PolicyConfig } from '../../config.ts';
import type { GenerateRequest } from '../../engine.ts';
import type { Tf } from './loader.ts';
import type { Cache, TfPolicy, Weights } from './policy.ts';

/**
 * Tokens [batch, maxTokens], their log-probabilities, and the states at the tokens
 * [maxTokens, batch, width]. Every row gets maxTokens tokens; must be called inside `tf.tidy`.
 */
export function tfDecode(
  tf: Tf,
  policy: TfPolicy,
  config: PolicyConfig,
  w: Weights,
  request: GenerateRequest,
): { tokens: Tensor2D; logP: Tensor2D; states: Tensor3D } {
  const { batch: B, maxTokens: M, temperature, uniforms, forced, forcedLengths } = request;
  const { width: E, prefix: P, vocabSize: V } = config;
  const column = (array: Int32Array, i: number) => Int32Array.from({ length: B }, (_, b) => array[b * M + i]);
  const logits: Tensor2D[] = [];
  const tokens: Tensor1D[] = [];
  const states: Tensor2D[] = [];
  let state: Tensor2D | undefined;
  let cache: Cache | undefined;
  if (P > 0) {
    const observations = tf.tensor2d(request.observations.slice(0, B * config.observationSize), [
      B,
      config.observationSize,
    ]);
    const start = tf.tidy(() => {
      const { x, cache } = policy.forward(w, policy.encode(w, observations), 0);
      return {
        state: tf.reshape(tf.slice(x, [0, P - 1, 0], [B, 1, E]), [B, E]) as Tensor2D,
        cache: cache as Cache[number][],
      };
    });
    state = start.state;
    cache = start.cache;
  }
  for (let i = 0; i < M; i++) {
    const before = cache;
    const made = tf.tidy(() => {
      // Without a prefix nothing predicts token 0; it is forced, and its log-probability is 0.
      const logit = state ? policy.linear(state, w.lm_head) : tf.zeros<Rank.R2>([B, V]);
      let token: Tensor1D;
      if (temperature > 0) {
        const below = tf.cumsum(tf.softmax(tf.div(logit, temperature)), 1);
        const u = tf.tensor2d(
          Float32Array.from({ length: B }, (_, b) => (uniforms as Float32Array)[b * M + i]),
          [B, 1],
        );
        token = tf.minimum(tf.sum(tf.cast(tf.lessEqual(below, u), 'int32'), 1), tf.scalar(V - 1, 'int32'));
      } else token = tf.argMax(logit, 1);
      if (forced && forcedLengths?.some((n) => n > i)) {
        const given = tf.tensor1d(
          Array.from(forcedLengths.subarray(0, B), (n) => n > i),
          'bool',
        );
        token = tf.where(given, tf.tensor1d(column(forced, i), 'int32'), token);
      }
      const embedding = tf.reshape(tf.gather(w.wte as Tensor2D, token), [B, 1, E]) as Tensor3D;
      const next = policy.forward(w, embedding, P + i, cache);
      return { logit, token, state: tf.reshape(next.x, [B, E]) as Tensor2D, cache: next.cache as Cache[number][] };
    });
    logits.push(made.logit);
    tokens.push(made.token);
    states.push(made.state);
    state = made.state;
    cache = made.cache;
    if (before) tf.dispose(before as Cache[number][]);
  }
  const written = tf.stack(tokens, 1) as Tensor2D;
  const all = tf.reshape(tf.logSoftmax(tf.stack(logits, 1)), [B * M, V]);
  const chosen = tf.mul(all, tf.oneHot(tf.reshape(written, [B * M]), V));
  const logP = tf.reshape(tf.sum(chosen, 1), [B, M]) as Tensor2D;
  if (P > 0) return { tokens: written, logP, states: tf.stack(states, 0) as Tensor3D };
  const known = tf.concat([tf.zeros([B, 1]), tf.ones([B, M - 1])], 1);
  return { tokens: written, logP: tf.mul(logP, known), states: tf.stack(states, 0) as Tensor3D };
}
