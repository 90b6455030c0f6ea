import { afterAll, expect, test } from 'vitest';
import { LocalRollouts } from '../../core/learn/worker.ts';
import { buffersOf, ShardedLearner } from '../../core/learn/sharded-learner.ts';
import { sftStep } from '../../core/learn/sft.ts';
import type { Learner } from '../../core/models/learner.ts';
import { initParameters } from '../../core/models/initialise.ts';
import { exampleBatch, TINY } from '../../core/models/twin/testing.ts';
import { createRandom } from '../../core/base/random.ts';
import { transferring } from '../../core/base/service.ts';
import { createNodeRollouts } from './rollouts.ts';

const threads = createNodeRollouts(3);
afterAll(() => threads.dispose());

const flat = initParameters(TINY, createRandom(1));
const fixed = { task: 'driving', engine: 'wasm', config: TINY, scenarios: [], rows: 64 } as const;
const setup = { ...fixed, parameters: flat, seed: 1, index: 0, workers: 1 };
const SFT = {
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  waypointWeight: 20,
  confidenceWeight: 0.1,
  maxGradNorm: 1,
};

async function learn(learner: Learner): Promise<Float32Array> {
  for (let step = 1; step <= 10; step++) await sftStep(learner, exampleBatch(TINY, 16, 9, step), SFT);
  return learner.parameters();
}

test('three worker threads learn what one does in place, bit for bit', async () => {
  const alone = new LocalRollouts();
  await alone.configure(setup);
  await Promise.all(threads.workers.map((worker) => worker.configure(setup)));
  const expected = await learn(new ShardedLearner(TINY, flat, [alone]));
  expect(expected).not.toEqual(flat);
  expect(await learn(threads.learners(TINY).learner(flat))).toEqual(expected);
});

test('gradient buffers change hands instead of being copied', async () => {
  await threads.workers[0].configure(setup);
  const gradient = new Float32Array(0);
  const parameters = flat.slice();
  const whole = { batch: 1, weightSum: 1 };
  const request = { parameters, gradients: [gradient], parts: [], whole, weights: SFT };
  const reply = await threads.workers[0].gradient(transferring(request, buffersOf(request)));
  expect(parameters.length).toBe(0);
  expect(reply.parameters).toEqual(flat);
});
