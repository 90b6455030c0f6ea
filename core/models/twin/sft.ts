/**
 * Supervised fine-tuning's loss and gradient (defined in models/engine.ts), sequence by sequence, in float64: the oracle
 * for every engine that trains.
 */
import type { SftBatch, SftOptions } from '../engine.ts';
import { WAYPOINT_OUTPUTS, WAYPOINT_SCALE_X, WAYPOINT_SCALE_Y } from '../config.ts';
import { sigmoid } from './heads.ts';
import { type Floats, rmsNorm, rmsNormBackward, softmax } from './linear.ts';
import {
  type Activations,
  backwardPositions,
  createActivations,
  forwardPosition,
  logitsAt,
  type Microgpt,
} from './microgpt.ts';
import { mlpBackward, mlpForward, mlpOf } from './mlp.ts';

export interface SftLosses {
  readonly loss: number;
  readonly tokenLoss: number;
  readonly waypointLoss: number;
  readonly confidenceLoss: number;
}

/**
 * Cross-entropy of one position: adds weight · d(−log p(target)) to `dx` [width at row t] and to `grads`; returns −log p.
 */
export function crossEntropyAt(
  gpt: Microgpt,
  p: Floats,
  grads: Floats,
  act: Activations,
  t: number,
  target: number,
  weight: number,
  dx: Floats,
): number {
  const { vocabSize: V, width: E } = gpt.config;
  const probability = new Float64Array(V);
  logitsAt(gpt, p, act, t, probability);
  const logit = probability[target];
  const loss = softmax(probability, 0, V) - logit;
  for (let v = 0; v < V; v++) {
    const d = weight * (probability[v] - (v === target ? 1 : 0));
    const row = gpt.lmHead + v * E;
    for (let i = 0; i < E; i++) {
      grads[row + i] += d * act.x[t * E + i];
      dx[t * E + i] += d * p[row + i];
    }
  }
  return loss;
}

/** Losses of the batch; their gradient over the imitation model is added to `grads`. */
export function sftGradient(
  gpt: Microgpt,
  p: Floats,
  batch: SftBatch,
  weights: Pick<SftOptions, 'waypointWeight' | 'confidenceWeight'>,
  grads: Floats,
): SftLosses {
  const { config, layout } = gpt;
  const { width: E, prefix: P, waypoints: W } = config;
  const encoder = P > 0 ? mlpOf(layout, 'encoder') : undefined;
  const head = P > 0 ? mlpOf(layout, 'waypoint') : undefined;
  // Without a prefix nothing predicts token 0: it is given (BOS).
  const first = P > 0 ? 0 : 1;
  let weightSum = 0;
  for (let b = 0; b < batch.batch; b++)
    for (let i = first; i < batch.lengths[b]; i++) weightSum += batch.tokenWeights[b * batch.maxTokens + i];
  const sums = { token: 0, waypoint: 0, confidence: 0 };
  const act = createActivations(config, config.context);
  for (let b = 0; b < batch.batch; b++) {
    const n = batch.lengths[b];
    const tokens = batch.tokens.subarray(b * batch.maxTokens, b * batch.maxTokens + n);
    // … and its last token is only a target.
    const inputs = n - first;
    const length = P + inputs;
    const prefix = new Float64Array(P * E);
    const encoderHidden = new Float64Array(config.encoderHidden);
    if (encoder) mlpForward(encoder, p, batch.observations, b * config.observationSize, encoderHidden, prefix, 0);
    for (let t = 0; t < P; t++) forwardPosition(gpt, p, act, t, prefix, t * E);
    for (let i = 0; i < inputs; i++) forwardPosition(gpt, p, act, P + i, p, gpt.wte + tokens[i] * E);

    const dx = new Float64Array(length * E);
    for (let i = first; i < n; i++) {
      const w = batch.tokenWeights[b * batch.maxTokens + i];
      if (w !== 0) sums.token += w * crossEntropyAt(gpt, p, grads, act, P - 1 + i, tokens[i], w / weightSum, dx);
    }
    if (head) {
      const last = (length - 1) * E;
      const z = new Float64Array(E);
      const scale = rmsNorm(act.x, last, E, z, 0);
      const hidden = new Float64Array(head.hidden);
      const y = new Float64Array(head.outputs);
      mlpForward(head, p, z, 0, hidden, y, 0);
      const dy = waypointGradient(y, batch.waypoints, b * W * 2, batch.batch * W, weights, sums);
      const dz = new Float64Array(E);
      mlpBackward(head, p, grads, z, 0, hidden, dy, 0, dz);
      rmsNormBackward(z, 0, scale, dz, 0, E, dx, last);
    }
    if (batch.dz) {
      const last = (length - 1) * E;
      const z = new Float64Array(E);
      const scale = rmsNorm(act.x, last, E, z, 0);
      rmsNormBackward(z, 0, scale, batch.dz, b * E, E, dx, last);
    }
    backwardPositions(gpt, p, grads, act, length, dx);
    for (let i = 0; i < inputs; i++)
      for (let j = 0; j < E; j++) grads[gpt.wte + tokens[i] * E + j] += dx[(P + i) * E + j];
    if (encoder) mlpBackward(encoder, p, grads, batch.observations, b * config.observationSize, encoderHidden, dx, 0);
  }
  const tokenLoss = weightSum > 0 ? sums.token / weightSum : 0;
  const waypointLoss = head ? sums.waypoint / (batch.batch * W * 2) : 0;
  const confidenceLoss = head ? sums.confidence / (batch.batch * W) : 0;
  return {
    loss: tokenLoss + weights.waypointWeight * waypointLoss + weights.confidenceWeight * confidenceLoss,
    tokenLoss,
    waypointLoss,
    confidenceLoss,
  };
}

/** Gradient on the waypoint head's output of one row; `count` is the number of waypoints in the whole batch. */
function waypointGradient(
  y: Float64Array,
  targets: Float32Array,
  at: number,
  count: number,
  weights: Pick<SftOptions, 'waypointWeight' | 'confidenceWeight'>,
  sums: { waypoint: number; confidence: number },
): Float64Array {
  const dy = new Float64Array(y.length);
  for (let i = 0, o = 0; o < y.length; i += 2, o += WAYPOINT_OUTPUTS) {
    const ex = y[o] - targets[at + i] / WAYPOINT_SCALE_X;
    const ey = y[o + 1] - targets[at + i + 1] / WAYPOINT_SCALE_Y;
    sums.waypoint += ex * ex + ey * ey;
    dy[o] = (weights.waypointWeight * ex) / count;
    dy[o + 1] = (weights.waypointWeight * ey) / count;
    const target = Math.exp(-Math.hypot(ex * WAYPOINT_SCALE_X, ey * WAYPOINT_SCALE_Y));
    const logit = y[o + 2];
    sums.confidence += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
    dy[o + 2] = (weights.confidenceWeight * (sigmoid(logit) - target)) / count;
  }
  return dy;
}
