/**
 * Supervised fine-tuning in TensorFlow.js: the loss of engine.ts through TensorFlow.js's own gradients, then one Adam over
 * the flat imitation vector (concatenated gradients), with the global-norm clip on the GPU. One read-back of five numbers.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import {
  type ParameterLayout,
  parameterLayout,
  type PolicyConfig,
  WAYPOINT_SCALE_X,
  WAYPOINT_SCALE_Y,
} from '../../config.ts';
import type { SftBatch, SftOptions } from '../../engine.ts';
import type { Tf } from './loader.ts';
import type { TfPolicy, Weights } from './policy.ts';

export interface TfAdam {
  m: Tensor1D;
  v: Tensor1D;
  step: number;
}

/**
 * One step on `flat`, the imitation parameters: returns the new flat vector and [loss, token, waypoint, confidence,
 * gradient norm]. The moments in `adam` are replaced, the old ones disposed; `flat` is left to the caller.
 */
export function tfSftStep(
  tf: Tf,
  policy: TfPolicy,
  config: PolicyConfig,
  flat: Tensor1D,
  adam: TfAdam,
  batch: SftBatch,
  options: SftOptions,
): { flat: Tensor1D; numbers: Tensor1D } {
  const layout = parameterLayout(config);
  const views = layout.views.filter((view) => view.offset < layout.imitationSize);
  adam.step++;
  const made = tf.tidy(() => {
    const weights = policy.cut(flat, views, 0);
    const parts: { token?: Tensor; waypoint?: Tensor; confidence?: Tensor } = {};
    const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const w = Object.fromEntries(tensors.map((tensor, i) => [views[i].name, tensor]));
      const losses = sftLosses(tf, policy, config, w, batch);
      // Kept past the tidy that valueAndGrads opens; disposed below.
      parts.token = tf.keep(losses.token);
      parts.waypoint = tf.keep(losses.waypoint);
      parts.confidence = tf.keep(losses.confidence);
      return tf.addN([
        losses.token,
        tf.mul(losses.waypoint, options.waypointWeight),
        tf.mul(losses.confidence, options.confidenceWeight),
      ]) as Scalar;
    })(views.map(({ name }) => weights[name]));
    const gradient = tf.concat(grads.map((g) => tf.reshape(g, [-1]))) as Tensor1D;
    const norm = tf.sqrt(tf.sum(tf.square(gradient)));
    const clipped = Number.isFinite(options.maxGradNorm)
      ? tf.mul(gradient, tf.minimum(1, tf.div(options.maxGradNorm, tf.maximum(norm, 1e-30))))
      : gradient;
    const { beta1, beta2, learningRate, epsilon } = options;
    const m = tf.add(tf.mul(adam.m, beta1), tf.mul(clipped, 1 - beta1));
    const v = tf.add(tf.mul(adam.v, beta2), tf.mul(tf.square(clipped), 1 - beta2));
    const spread = tf.add(tf.sqrt(tf.div(v, 1 - beta2 ** adam.step)), epsilon);
    const move = tf.div(tf.mul(m, learningRate / (1 - beta1 ** adam.step)), spread);
    const kept = [parts.token, parts.waypoint, parts.confidence] as Tensor[];
    const numbers = tf.stack([value, ...kept, norm]) as Tensor1D;
    for (const tensor of kept) tensor.dispose();
    return { flat: tf.sub(flat, move) as Tensor1D, m: m as Tensor1D, v: v as Tensor1D, numbers };
  });
  tf.dispose([adam.m, adam.v]);
  adam.m = made.m;
  adam.v = made.v;
  return { flat: made.flat, numbers: made.numbers };
}

/** The three losses as scalars, see engine.ts. */
function sftLosses(tf: Tf, policy: TfPolicy, config: PolicyConfig, w: Weights, batch: SftBatch) {
  const { batch: B, maxTokens: M, lengths } = batch;
  const { width: E, prefix: P, vocabSize: V, waypoints: W } = config;
  const tokens = tf.tensor1d(batch.tokens.subarray(0, B * M), 'int32');
  // A token of −1 has no one-hot: its embedding is zero, and being last in its row nobody attends to it.
  const oneHot = tf.oneHot(tokens, V) as Tensor2D;
  const words = tf.reshape(tf.matMul(oneHot, w.wte as Tensor2D), [B, M, E]) as Tensor3D;
  const observations =
    P > 0
      ? tf.tensor2d(batch.observations.slice(0, B * config.observationSize), [B, config.observationSize])
      : undefined;
  const inputs = observations ? (tf.concat([policy.encode(w, observations), words], 1) as Tensor3D) : words;
  const { x } = policy.forward(w, inputs, 0);

  // States P−1.. predict tokens; without a prefix token 0 is given and the first prediction is token 1.
  const first = P > 0 ? 0 : 1;
  const count = M - first;
  const states = tf.slice(x, [0, Math.max(0, P - 1), 0], [B, count, E]);
  const logP = tf.logSoftmax(policy.linear(tf.reshape(states, [B * count, E]), w.lm_head));
  const targets = tf.reshape(tf.slice(tf.reshape(oneHot, [B, M, V]), [0, first, 0], [B, count, V]), [B * count, V]);
  const weights = Float32Array.from({ length: B * count }, (_, at) => {
    const [b, i] = [Math.floor(at / count), first + (at % count)];
    return i < lengths[b] ? batch.tokenWeights[b * M + i] : 0;
  });
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const weighted = tf.mul(tf.sum(tf.mul(logP, targets), -1), tf.tensor1d(weights));
  const token = tf.div(tf.neg(tf.sum(weighted)), weightSum || 1);
  if (P === 0) return { token, waypoint: tf.scalar(0), confidence: tf.scalar(0) };

  const last = new Float32Array(B * (P + M));
  for (let b = 0; b < B; b++) last[b * (P + M) + P + lengths[b] - 1] = 1;
  const z = policy.rms(tf.reshape(tf.matMul(tf.tensor3d(last, [B, 1, P + M]), x), [B, E]) as Tensor2D);
  const y = policy.waypoints(w, z);
  const scaled = Float32Array.from(
    { length: B * W * 2 },
    (_, i) => batch.waypoints[i] / (i % 2 === 0 ? WAYPOINT_SCALE_X : WAYPOINT_SCALE_Y),
  );
  const target = tf.tensor3d(scaled, [B, W, 2]);
  const error = tf.sub(tf.slice(y, [0, 0, 0], [B, W, 2]), target) as Tensor3D;
  const waypoint = tf.div(tf.sum(tf.square(error)), B * W * 2);
  return { token, waypoint, confidence: confidenceLoss(tf, y, error) };
}

/** Mean binary cross-entropy of the confidence logits; the target is a constant, so only the logit has a gradient. */
function confidenceLoss(tf: Tf, y: Tensor3D, error: Tensor3D): Tensor {
  const [B, W] = y.shape;
  const loss = tf.customGrad((...inputs) => {
    const [y, error] = inputs as [Tensor3D, Tensor3D];
    const metres = tf.mul(error, tf.tensor1d([WAYPOINT_SCALE_X, WAYPOINT_SCALE_Y]));
    const target = tf.exp(tf.neg(tf.sqrt(tf.sum(tf.square(metres), -1, true)))) as Tensor3D;
    const logit = tf.slice(y, [0, 0, 2], [B, W, 1]);
    const stable = tf.add(tf.sub(tf.relu(logit), tf.mul(logit, target)), tf.log1p(tf.exp(tf.neg(tf.abs(logit)))));
    const dLogit = tf.div(tf.sub(tf.sigmoid(logit), target), B * W);
    const dy = tf.concat([tf.zeros([B, W, 2]), dLogit], 2);
    return {
      value: tf.div(tf.sum(stable), B * W),
      gradFunc: (upstream: Tensor) => [tf.mul(dy, upstream), tf.zerosLike(error)],
    };
  });
  return loss(y, error);
}

export function zeroAdam(tf: Tf, layout: ParameterLayout): TfAdam {
  return { m: tf.zeros([layout.imitationSize]), v: tf.zeros([layout.imitationSize]), step: 0 };
}
