/**
 * What the policy costs: one SFT step on 32 sequences of about 36 tokens, writing 64 traces of 40 tokens, one PPO
 * minibatch through the RL heads, and the names run, `wasm` against the `ts` twin. Run: npx vitest bench core/engine.
 */
import { bench, describe } from 'vitest';
import { trainNames } from '../learn/names.ts';
import { drivingConfig } from './config.ts';
import { initParameters } from './initialise.ts';
import { exampleBatch } from './twin/testing.ts';
import { createRandom } from '../base/random.ts';
import type { GenerateRequest, SftOptions } from './engine.ts';
import { createTsEngine } from './engines/ts/ts.ts';
import { createWasmEngine } from './engines/wasm/wasm.ts';
import { WasmHeads } from './engines/wasm/heads.ts';

const config = drivingConfig(150, 82);
const flat = initParameters(config, createRandom(1));
const engines = { wasm: createWasmEngine(config, flat), ts: createTsEngine(config, flat) };
const few = { iterations: 3, warmupIterations: 1, time: 0, warmupTime: 0 };
const options = (name: string) => (name === 'ts' ? few : { time: 1500 });

const sft: SftOptions = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  waypointWeight: 1,
  confidenceWeight: 0.1,
  maxGradNorm: 1,
};
const random = createRandom(7);
const batch = {
  ...exampleBatch(config, 32, 40, 2),
  lengths: Int32Array.from({ length: 32 }, () => 32 + random.below(9)),
};
batch.tokens.forEach((token, i) => {
  if (token < 0) batch.tokens[i] = i % config.vocabSize;
});

describe('SFT Adam step, 32 sequences of about 36 tokens', () => {
  for (const [name, engine] of Object.entries(engines))
    bench(name, async () => void (await engine.sftStep?.(batch, sft)), options(name));
});

const request: GenerateRequest = {
  observations: exampleBatch(config, 64, 1, 3).observations,
  batch: 64,
  maxTokens: 40,
  endToken: -1,
  temperature: 1,
  uniforms: Float32Array.from({ length: 64 * 40 }, () => random.next()),
};

describe('writing 64 traces of 40 tokens', () => {
  for (const [name, engine] of Object.entries(engines))
    bench(name, async () => void (await engine.generate(request)), options(name));
});

describe('one trace of 40 tokens', () => {
  for (const [name, engine] of Object.entries(engines))
    bench(name, async () => void (await engine.generate({ ...request, batch: 1 })), options(name));
});

describe('RL heads, forward, backward and Adam on 256 rows', () => {
  const heads = new WasmHeads(config, flat, { maxRows: 256 });
  const z = Float32Array.from({ length: 256 * config.width }, () => random.normal());
  const dMean = new Float32Array(256 * config.residualSize).fill(0.01);
  const dValue = new Float32Array(256).fill(0.01);
  const dLogStd = new Float32Array(config.residualSize);
  const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-5, maxGradNorm: 0.5 };
  bench('wasm', () => {
    heads.forward(z, 256);
    heads.backward(dMean, dLogStd, dValue);
    heads.adamStep(adam);
  });
});

describe('names, 1000 steps', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const docs = Array.from({ length: 2000 }, () =>
    Array.from({ length: 3 + random.below(7) }, () => letters[random.below(26)]).join(''),
  );
  for (const engine of ['wasm', 'ts'] as const)
    bench(engine, () => void trainNames({ docs, steps: 1000, engine }), { ...few, iterations: 5 });
});
