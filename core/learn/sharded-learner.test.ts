import { expect, test } from 'vitest';
import type { SftOptions } from '../models/engine.ts';
import { createWasmEngine } from '../models/engines/wasm/wasm.ts';
import { initParameters } from '../models/initialise.ts';
import { exampleBatch, TINY } from '../models/twin/testing.ts';
import { createRandom } from '../base/random.ts';
import { LocalRollouts } from './worker.ts';
import { sftStep } from './sft.ts';
import { buffersOf, type GradientService, ShardedLearner } from './sharded-learner.ts';

const flat = initParameters(TINY, createRandom(1));
const SFT: SftOptions = {
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  waypointWeight: 20,
  confidenceWeight: 0.1,
  maxGradNorm: 1,
};

/** A worker behind what a message port does: what is sent is gone here. */
async function thread(): Promise<GradientService> {
  const worker = new LocalRollouts();
  const setup = { task: 'driving', engine: 'wasm', config: TINY, parameters: flat, scenarios: [], seed: 1 } as const;
  await worker.configure({ ...setup, index: 0, workers: 1, rows: 64 });
  return {
    logProbs: (request) => worker.logProbs(request),
    async gradient(request) {
      const reply = await worker.gradient(structuredClone(request, { transfer: buffersOf(request) }));
      return structuredClone(reply, { transfer: buffersOf(reply) });
    },
  };
}
const learner = async (threads: number, from = flat) =>
  new ShardedLearner(TINY, from, await Promise.all(Array.from({ length: threads }, thread)));

/** Parameters and losses after `steps` steps on batches of 1, 2, … rows: some have fewer rows than there are parts. */
async function train(learning: ShardedLearner, steps: number, first = 1) {
  const losses: unknown[] = [];
  for (let i = first; i < first + steps; i++) losses.push(await sftStep(learning, exampleBatch(TINY, i, 9, i), SFT));
  return losses;
}

test('one thread and several learn the same parameters, bit for bit', async () => {
  const alone = await learner(1);
  const losses = await train(alone, 12);
  expect(alone.parameters()).not.toEqual(flat);
  for (const threads of [2, 3, 4, 7]) {
    const several = await learner(threads);
    expect(await train(several, 12)).toEqual(losses);
    expect(several.parameters()).toEqual(alone.parameters());
  }
});

test('a step in parts is the step of the whole batch, up to rounding', async () => {
  const engine = createWasmEngine(TINY, flat);
  const sharded = await learner(2);
  const batch = exampleBatch(TINY, 13, 9, 5);
  const parts = await sftStep(sharded, batch, SFT);
  const whole = await engine.sftStep(batch, SFT);
  for (const key of ['loss', 'tokenLoss', 'waypointLoss', 'confidenceLoss', 'gradNorm'] as const)
    expect(Math.abs(parts[key] / whole[key] - 1)).toBeLessThan(1e-5);
  // Adam's first step is ± the learning rate wherever the gradient is not tiny.
  const learned = await engine.getParameters();
  const far = sharded.parameters().filter((x, i) => Math.abs(x - learned[i]) > 1e-2 * SFT.learningRate);
  expect(far.length).toBeLessThan(0.001 * flat.length);
});

test('a saved optimiser goes on as if never stopped', async () => {
  const steady = await learner(2);
  await train(steady, 3);
  const resumed = await learner(4, steady.parameters());
  resumed.setOptimiser(steady.optimiser());
  expect(await train(resumed, 3, 4)).toEqual(await train(steady, 3, 4));
  expect(resumed.parameters()).toEqual(steady.parameters());
});

test('shards of a batch carry their rows of the gradient on z', async () => {
  const batch = exampleBatch(TINY, 9, 9, 4);
  const random = createRandom(8);
  const dz = Float32Array.from({ length: 9 * TINY.width }, () => random.normal());
  const [one, three] = [await learner(1), await learner(3)];
  const plain = await learner(1);
  for (const learning of [one, three]) {
    await learning.gradient({ ...batch, dz }, SFT);
    await learning.step(SFT);
  }
  await sftStep(plain, batch, SFT);
  expect(three.parameters()).toEqual(one.parameters());
  expect(plain.parameters()).not.toEqual(one.parameters());
});
