import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { parameterLayout } from '../models/config.ts';
import { initParameters } from '../models/initialise.ts';
import { createTsEngine } from '../models/engines/ts/ts.ts';
import { exampleBatch, TINY } from '../models/twin/testing.ts';
import { groupAdvantages, grpoWeights, type Thoughts } from './grpo.ts';
import { ShardedLearner } from './sharded-learner.ts';
import { LocalRollouts } from './worker.ts';

const LENGTH = 7;
const ROWS = 6;
const H = { clip: 0.2, klWeight: 0.3 };
const flat = initParameters(TINY, createRandom(1));
const { imitationSize } = parameterLayout(TINY);
const nudged = (by: number, seed: number) => {
  const random = createRandom(seed);
  return flat.map((x) => x + by * random.normal());
};

/** Log-probabilities of every token under some parameters, by the float64 oracle. */
async function logProbsOf(parameters: Float32Array, batch: ReturnType<typeof exampleBatch>): Promise<Float32Array> {
  const engine = createTsEngine(TINY, parameters);
  const { observations, tokens, lengths } = batch;
  const forced = tokens.map((token) => Math.max(0, token));
  const request = { batch: ROWS, maxTokens: LENGTH, endToken: -1, temperature: 0, observations };
  const { logProbs } = await engine.generate({ ...request, forced, forcedLengths: lengths });
  engine.dispose();
  return logProbs;
}

/** The objective itself, written down as it is defined. */
function lossOf(now: Float32Array, thoughts: Thoughts, reference: Float32Array): number {
  let [sum, count] = [0, 0];
  for (let row = 0; row < ROWS; row++)
    for (let t = thoughts.given[row]; t < thoughts.lengths[row]; t++, count++) {
      const at = row * LENGTH + t;
      const ratio = Math.exp(now[at] - thoughts.logProbs[at]);
      const bounded = Math.min(1 + H.clip, Math.max(1 - H.clip, ratio));
      const advantage = thoughts.advantages[row];
      const difference = reference[at] - now[at];
      sum += -Math.min(ratio * advantage, bounded * advantage);
      sum += H.klWeight * (Math.exp(difference) - difference - 1);
    }
  return sum / count;
}

async function fixture() {
  const batch = exampleBatch(TINY, ROWS, LENGTH, 3);
  const thoughts: Thoughts = {
    ...batch,
    logProbs: await logProbsOf(nudged(0.03, 5), batch),
    given: Int32Array.from({ length: ROWS }, (_, row) => row % 2),
    advantages: Float32Array.from([1.2, -0.7, 0.4, -1.5, 0, 0.6]),
  };
  const worker = new LocalRollouts();
  const setup = { task: 'driving', engine: 'wasm', config: TINY, scenarios: [], rows: 64 } as const;
  await worker.configure({ ...setup, parameters: flat, seed: 1, index: 0, workers: 1 });
  return { batch, thoughts, worker, reference: await logProbsOf(nudged(0.03, 6), batch) };
}

test('the learner’s log-probabilities are the oracle’s', async () => {
  const { batch, worker } = await fixture();
  const found = await new ShardedLearner(TINY, flat, [worker]).logProbs(batch, -1);
  const expected = await logProbsOf(flat, batch);
  for (let row = 0; row < ROWS; row++)
    for (let t = 0; t < batch.lengths[row]; t++) {
      const at = row * LENGTH + t;
      expect(Math.abs(found[at] - expected[at])).toBeLessThan(1e-4);
    }
});

test('the gradient of the weights is the gradient of the objective, by finite differences', async () => {
  const { batch, thoughts, worker, reference } = await fixture();
  const tokenWeights = grpoWeights(thoughts, await logProbsOf(flat, batch), reference, H);
  const weightSum = thoughts.lengths.reduce((sum, n, row) => sum + n - thoughts.given[row], 0);
  const gradient = new Float32Array(imitationSize);
  const reply = await worker.gradient({
    parameters: flat.slice(),
    gradients: [gradient],
    parts: [{ ...batch, tokenWeights }],
    whole: { batch: ROWS, weightSum },
    weights: { waypointWeight: 0, confidenceWeight: 0 },
  });
  const [own] = reply.gradients;
  const random = createRandom(9);
  for (let trial = 0; trial < 5; trial++) {
    const direction = Float32Array.from(flat, (_, i) => (i < own.length ? random.normal() : 0));
    const size = 1e-3;
    const at = async (by: number) =>
      lossOf(
        await logProbsOf(
          Float32Array.from(flat, (x, i) => x + by * direction[i]),
          batch,
        ),
        thoughts,
        reference,
      );
    const numeric = ((await at(size)) - (await at(-size))) / (2 * size);
    const analytic = own.reduce((sum, g, i) => sum + g * direction[i], 0);
    expect(Math.abs(numeric - analytic)).toBeLessThan(0.01 * Math.max(0.05, Math.abs(analytic)));
  }
});

test('advantages are each group’s own, and a group that earned the same has none', () => {
  const advantages = groupAdvantages(Float32Array.from([1, 2, 3, 5, 5, 5, 0, 0, 0.03]), 3, 0.1);
  expect(advantages[0]).toBeCloseTo(-1.2247, 3);
  expect(advantages[1]).toBe(0);
  expect(advantages.slice(3, 6)).toEqual(new Float32Array(3));
  expect(advantages[8]).toBeCloseTo(0.2, 3);
});

test('given words and words beyond a clipped ratio carry no weight but the pull to the reference', async () => {
  const { thoughts } = await fixture();
  const far = thoughts.logProbs.map((x) => x + 1);
  const weights = grpoWeights({ ...thoughts, advantages: new Float32Array(ROWS).fill(1) }, far, far, H);
  expect(weights.every((w) => w === 0)).toBe(true);
});
