/** From the kernels' sums over a batch to its losses (defined in engine.ts): shared by one thread and several. */
import type { PolicyConfig } from './config.ts';
import type { SftBatch, SftOptions, SftResult } from './engine.ts';

/** What a part of a batch must know of the whole. */
export interface SftWhole {
  /** Sequences. */
  readonly batch: number;
  /** Σ of the weights of all predicted tokens. */
  readonly weightSum: number;
}

/** Sums of the token, waypoint and confidence losses over sequences. */
export type SftSums = readonly [token: number, waypoint: number, confidence: number];

export function wholeOf(config: PolicyConfig, { batch, maxTokens, lengths, tokenWeights }: SftBatch): SftWhole {
  const first = config.prefix > 0 ? 0 : 1;
  let weightSum = 0;
  for (let b = 0; b < batch; b++) for (let i = first; i < lengths[b]; i++) weightSum += tokenWeights[b * maxTokens + i];
  return { batch, weightSum };
}

export function sftLosses(
  config: PolicyConfig,
  { batch, weightSum }: SftWhole,
  [token, waypoint, confidence]: SftSums,
  weights: Pick<SftOptions, 'waypointWeight' | 'confidenceWeight'>,
): Omit<SftResult, 'gradNorm'> {
  const count = batch * config.waypoints;
  const tokenLoss = weightSum > 0 ? token / weightSum : 0;
  const waypointLoss = count > 0 ? waypoint / (2 * count) : 0;
  const confidenceLoss = count > 0 ? confidence / count : 0;
  const loss = tokenLoss + weights.waypointWeight * waypointLoss + weights.confidenceWeight * confidenceLoss;
  return { loss, tokenLoss, waypointLoss, confidenceLoss };
}
