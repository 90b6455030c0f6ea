/** Small models and made-up batches for tests and benches of everything that computes the policy. */
import type { SftBatch } from '../engine.ts';
import { createRandom } from '../../base/random.ts';
import type { PolicyConfig } from '../config.ts';

/** Every part present, sizes small; multiples of 8 where the kernels ask for it, odd where they must cope. */
export const TINY: PolicyConfig = {
  vocabSize: 13,
  layers: 2,
  width: 16,
  heads: 2,
  context: 21,
  prefix: 2,
  observationSize: 5,
  encoderHidden: 8,
  waypoints: 3,
  waypointHidden: 16,
  residualSize: 4,
  residualHidden: 8,
};

/** `batch` rows of 1..maxTokens random tokens with random observations, weights and targets; row 0 has full length. */
export function exampleBatch(config: PolicyConfig, batch: number, maxTokens: number, seed: number): SftBatch {
  const random = createRandom(seed);
  const lengths = Int32Array.from({ length: batch }, (_, b) => (b === 0 ? maxTokens : 1 + random.below(maxTokens)));
  return {
    batch,
    maxTokens,
    lengths,
    observations: Float32Array.from({ length: batch * config.observationSize }, () => random.normal()),
    tokens: Int32Array.from({ length: batch * maxTokens }, (_, i) =>
      i % maxTokens < lengths[Math.floor(i / maxTokens)] ? random.below(config.vocabSize) : -1,
    ),
    tokenWeights: Float32Array.from({ length: batch * maxTokens }, () => random.between(0.5, 1.5)),
    waypoints: Float32Array.from({ length: batch * config.waypoints * 2 }, (_, i) =>
      i % 2 === 0 ? random.between(0, 20) : random.normal(),
    ),
  };
}
