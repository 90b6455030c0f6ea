import { beforeAll, describe, expect, it } from 'vitest';
import { drivingConfig, type PolicyConfig, parameterLayout } from '../../config.ts';
import { initParameters } from '../../initialise.ts';
import { microgptOf } from '../../twin/microgpt.ts';
import { mlpBackward, mlpForward, mlpOf } from '../../twin/mlp.ts';
import { sftGradient } from '../../twin/sft.ts';
import { exampleBatch, TINY } from '../../twin/testing.ts';
import { createRandom } from '../../../base/random.ts';
import type { GenerateRequest, Generation, SftOptions } from '../../engine.ts';
import { RequestError } from '../../request.ts';
import { createTsEngine } from '../ts/ts.ts';
import { createWasmEngine } from './wasm.ts';
import { WasmHeads } from './heads.ts';
import { createWasmPolicy } from './policy.ts';

const DRIVING = drivingConfig(47, 82);
const SFT: SftOptions = {
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  waypointWeight: 1,
  confidenceWeight: 0.1,
  maxGradNorm: 1,
};

/** Parameters far enough from the start that every part matters. */
const lively = (config: PolicyConfig, seed: number) =>
  initParameters(config, createRandom(seed)).map((x, i) => 1.5 * x + 0.01 * Math.sin(i));

/** Largest |a − b| relative to the largest |b|. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  let scale = 0;
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    expect(Number.isFinite(a[i])).toBe(true);
    worst = Math.max(worst, Math.abs(a[i] - b[i]));
    scale = Math.max(scale, Math.abs(b[i]));
  }
  return scale > 0 ? worst / scale : worst;
}

describe.each([
  ['tiny', TINY, 7],
  ['driving', DRIVING, 30],
  ['plain language model', { ...TINY, prefix: 0, observationSize: 0, waypoints: 0, residualSize: 0 }, 9],
] as const)('the kernels on the %s configuration', (_, config, maxTokens) => {
  const flat = lively(config, 11);
  const batch = exampleBatch(config, 5, maxTokens, 12);
  const request: GenerateRequest = {
    observations: batch.observations,
    batch: batch.batch,
    maxTokens,
    endToken: 3,
    temperature: 0.8,
    uniforms: Float32Array.from({ length: batch.batch * maxTokens }, (_, i) => ((i * 0.618034) % 1) * 0.999),
    forced: new Int32Array(batch.batch * maxTokens).fill(5),
    forcedLengths: new Int32Array(batch.batch).fill(config.prefix > 0 ? 0 : 1),
  };
  let sampled: Generation;
  beforeAll(async () => {
    sampled = await createWasmEngine(config, flat).generate(request);
  });

  it.each(config.prefix > 0 ? [false, true] : [false])(
    'have the gradients of the float64 twin in every parameter, with a gradient on z from elsewhere: %s',
    (withDz) => {
      const { layout } = microgptOf(config);
      const dz = withDz ? Float32Array.from({ length: 5 * config.width }, (_, i) => Math.sin(i)) : undefined;
      const expected = new Float64Array(layout.size);
      const losses = sftGradient(
        microgptOf(config),
        Float64Array.from(flat),
        { ...batch, ...(dz && { dz }) },
        SFT,
        expected,
      );
      const policy = createWasmPolicy(config, flat, 5);
      let weightSum = 0;
      for (let b = 0; b < 5; b++)
        for (let i = config.prefix > 0 ? 0 : 1; i < batch.lengths[b]; i++)
          weightSum += batch.tokenWeights[b * maxTokens + i];
      policy.observations.set(batch.observations);
      policy.tokens.set(batch.tokens);
      policy.lengths.set(batch.lengths);
      policy.numbers.set(batch.tokenWeights);
      policy.targets.set(batch.waypoints);
      if (dz) policy.dz.set(dz);
      policy.sft(5, maxTokens, weightSum, 5, SFT.waypointWeight, SFT.confidenceWeight, withDz ? 1 : 0);
      expect(Math.abs(policy.losses[0] / weightSum - losses.tokenLoss)).toBeLessThan(1e-5 * losses.tokenLoss);
      for (const { name, offset, shape } of layout.views) {
        const size = shape.reduce((a, b) => a * b, 1);
        const part = expected.subarray(offset, offset + size);
        expect(distance(policy.grads.subarray(offset, offset + size), part), name).toBeLessThan(1e-4);
      }
    },
  );

  it('train like the float64 twin over ten steps', async () => {
    const wasm = createWasmEngine(config, flat, { maxBatch: 2 });
    const ts = createTsEngine(config, flat);
    for (let step = 0; step < (config === DRIVING ? 3 : 10); step++) {
      const a = await wasm.sftStep?.(batch, SFT);
      const b = await ts.sftStep?.(batch, SFT);
      for (const key of ['loss', 'tokenLoss', 'waypointLoss', 'confidenceLoss', 'gradNorm'] as const)
        expect(Math.abs((a?.[key] ?? 0) - (b?.[key] ?? 1)), `${key} at ${step}`).toBeLessThan(
          1e-4 * (1 + (b?.[key] ?? 0)),
        );
    }
  });

  it('generate like the twin: tokens, lengths, log-probabilities and z', async () => {
    const expected = await createTsEngine(config, flat).generate(request);
    expect(sampled.tokens).toEqual(expected.tokens);
    expect(sampled.lengths).toEqual(expected.lengths);
    expect(distance(sampled.logProbs, expected.logProbs)).toBeLessThan(1e-4);
    expect(distance(sampled.z, expected.z)).toBeLessThan(1e-4);
    expect(new Set(sampled.lengths).size, 'rows end at different times').toBeGreaterThan(1);
  });

  it('decode with the cache what the full forward of training sees', () => {
    const policy = createWasmPolicy(config, flat, 5);
    policy.observations.set(batch.observations);
    policy.tokens.set(sampled.tokens);
    policy.lengths.set(sampled.lengths);
    policy.numbers.fill(1);
    policy.sft(5, maxTokens, 1, 5, 0, 0);
    const written = sampled.logProbs.reduce((a, b) => a + b, 0);
    expect(Math.abs(policy.losses[0] + written)).toBeLessThan(1e-5 * Math.abs(written));
  });

  it('generate the same whatever the size of the calls', async () => {
    const small = await createWasmEngine(config, flat, { maxBatch: 2 }).generate(request);
    expect(small).toEqual(sampled);
  });

  it('continue a forced prefix exactly as if it had been written freely', async () => {
    const forced = sampled.tokens.map((token) => Math.max(token, 0));
    for (const keep of [1, 3]) {
      const forcedLengths = sampled.lengths.map((n) => Math.min(n, keep));
      const again = await createWasmEngine(config, flat).generate({ ...request, forced, forcedLengths });
      expect(again).toEqual(sampled);
    }
  });

  it('take the most likely token at temperature 0, the lowest id among equals', async () => {
    const greedy = await createWasmEngine(config, flat).generate({ ...request, temperature: 0 });
    const expected = await createTsEngine(config, flat).generate({ ...request, temperature: 0 });
    expect(greedy.tokens).toEqual(expected.tokens);
    const level = flat.slice();
    const head = parameterLayout(config).byName.get('lm_head') as { offset: number };
    level.fill(0, head.offset, head.offset + config.vocabSize * config.width);
    const tied = await createWasmEngine(config, level).generate({ ...request, temperature: 0 });
    expect(tied.tokens[maxTokens - 1]).toBe(0);
  });
});

describe('the wasm engine', () => {
  it('reads the heads like the twin', async () => {
    const flat = lively(DRIVING, 2);
    const random = createRandom(4);
    const z = Float32Array.from({ length: 7 * DRIVING.width }, () => random.normal());
    const a = await createWasmEngine(DRIVING, flat, { maxBatch: 3 }).heads(z, 7);
    const b = await createTsEngine(DRIVING, flat).heads(z, 7);
    expect(distance(a.waypoints, b.waypoints)).toBeLessThan(1e-5);
    expect(distance(a.residual, b.residual)).toBeLessThan(1e-5);
    expect(distance(a.value, b.value)).toBeLessThan(1e-5);
  });

  it('overfits one batch', async () => {
    const engine = createWasmEngine(DRIVING, initParameters(DRIVING, createRandom(1)));
    const batch = exampleBatch(DRIVING, 4, 12, 3);
    let last = await engine.sftStep(batch, SFT);
    const first = last?.loss as number;
    for (let step = 0; step < 150; step++) last = await engine.sftStep(batch, SFT);
    expect(first).toBeGreaterThan(3.5);
    expect(last?.tokenLoss).toBeLessThan(0.02);
    expect(last?.waypointLoss).toBeLessThan(0.01);
  });

  it('writes the trace it has learned, so cached decoding is the full forward', async () => {
    const engine = createWasmEngine(DRIVING, initParameters(DRIVING, createRandom(1)));
    const batch = exampleBatch(DRIVING, 3, 10, 3);
    for (let step = 0; step < 150; step++) await engine.sftStep(batch, SFT);
    const { tokens } = await engine.generate({
      observations: batch.observations,
      batch: 3,
      maxTokens: 10,
      endToken: -1,
      temperature: 0,
    });
    for (let b = 0; b < 3; b++)
      for (let i = 0; i < batch.lengths[b]; i++) expect(tokens[b * 10 + i]).toBe(batch.tokens[b * 10 + i]);
  });

  it('goes on from a saved optimiser as if never stopped', async () => {
    const batch = exampleBatch(TINY, 4, 6, 3);
    const steady = createWasmEngine(TINY, lively(TINY, 2));
    await steady.sftStep(batch, SFT);
    const resumed = createWasmEngine(TINY, await steady.getParameters());
    resumed.setOptimiser(steady.optimiser());
    expect(await resumed.sftStep(batch, SFT)).toEqual(await steady.sftStep(batch, SFT));
    expect(await resumed.getParameters()).toEqual(await steady.getParameters());
  });

  it('leaves the RL heads alone in imitation', async () => {
    const flat = lively(TINY, 2);
    const engine = createWasmEngine(TINY, flat);
    await engine.sftStep(exampleBatch(TINY, 4, 6, 3), SFT);
    const { imitationSize } = parameterLayout(TINY);
    const after = await engine.getParameters();
    expect(after.subarray(imitationSize)).toEqual(flat.subarray(imitationSize));
    expect(after.subarray(0, imitationSize)).not.toEqual(flat.subarray(0, imitationSize));
  });

  it('refuses what does not fit', async () => {
    const flat = lively(TINY, 2);
    expect(() => createWasmEngine(TINY, flat.subarray(1))).toThrow(RequestError);
    expect(() => createWasmEngine({ ...TINY, encoderHidden: 9 }, flat)).toThrow(/encoderHidden/);
    const engine = createWasmEngine(TINY, flat);
    const batch = exampleBatch(TINY, 2, 5, 1);
    batch.tokens[0] = TINY.vocabSize;
    await expect(engine.sftStep(batch, SFT)).rejects.toThrow(/tokens: token 13/);
    const request = { observations: new Float32Array(5), batch: 1, maxTokens: 20, endToken: 0, temperature: 0 };
    await expect(engine.generate(request)).rejects.toThrow(/maxTokens/);
    engine.dispose();
    await expect(engine.getParameters()).rejects.toThrow(/disposed/);
  });
});

describe('the RL heads', () => {
  const flat = lively(DRIVING, 8);
  const { imitationSize, size } = parameterLayout(DRIVING);
  const layout = parameterLayout(DRIVING);
  const random = createRandom(5);
  const rows = 37;
  const z = Float32Array.from({ length: rows * DRIVING.width }, () => random.normal());
  const dMean = Float32Array.from({ length: rows * DRIVING.residualSize }, () => random.normal());
  const dValue = Float32Array.from({ length: rows }, () => random.normal());
  const ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-5, maxGradNorm: 0.5 };
  const parametersOf = (heads: WasmHeads) => heads.writeParameters(flat.slice());
  const dLogStd = Float32Array.of(0.1, -0.2, 0.3, 0.4);

  it('compute like the twin, forward and backward', () => {
    const heads = new WasmHeads(DRIVING, flat, { maxRows: 64 });
    const { mean, value } = heads.forward(z, rows);
    heads.backward(dMean, dLogStd, dValue);
    const grads = new Float64Array(size);
    const params = Float64Array.from(flat);
    const expected = { mean: new Float64Array(mean.length), value: new Float64Array(rows) };
    for (const [name, out, d] of [
      ['residual', expected.mean, dMean],
      ['value', expected.value, dValue],
    ] as const) {
      const mlp = mlpOf(layout, name);
      const hidden = new Float64Array(mlp.hidden);
      for (let r = 0; r < rows; r++) {
        mlpForward(mlp, params, z, r * DRIVING.width, hidden, out, r * mlp.outputs);
        mlpBackward(mlp, params, grads, z, r * DRIVING.width, hidden, d, r * mlp.outputs);
      }
    }
    const logStd = (layout.byName.get('residual.log_std') as { offset: number }).offset;
    grads.set(dLogStd, logStd);
    expect(distance(mean, expected.mean)).toBeLessThan(1e-5);
    expect(distance(value, expected.value)).toBeLessThan(1e-5);
    expect(distance(heads.gradient(), grads.subarray(imitationSize))).toBeLessThan(1e-5);
  });

  it('change only their own parameters and clear the gradient', () => {
    const heads = new WasmHeads(DRIVING, flat, { maxRows: 64 });
    heads.forward(z, rows);
    heads.backward(dMean, dLogStd, dValue);
    const norm = heads.adamStep({ ...ADAM, learningRate: 1e-2, epsilon: 1e-8 });
    expect(norm).toBeGreaterThan(0.5);
    expect(heads.gradient().every((g) => g === 0)).toBe(true);
    const after = parametersOf(heads);
    expect(after.subarray(0, imitationSize)).toEqual(flat.subarray(0, imitationSize));
    // The first Adam step moves every parameter by the learning rate against its gradient's sign.
    const logStd = (layout.byName.get('residual.log_std') as { offset: number }).offset;
    expect(after[logStd]).toBeCloseTo(flat[logStd] - 0.01, 4);
    expect(after[logStd + 1]).toBeCloseTo(flat[logStd + 1] + 0.01, 4);
  });

  it('go on from a saved optimiser as if never stopped', () => {
    const steady = new WasmHeads(DRIVING, flat, { maxRows: 64 });
    const update = (heads: typeof steady) => {
      heads.forward(z, rows);
      heads.backward(dMean, dLogStd, dValue);
      heads.adamStep(ADAM);
    };
    update(steady);
    const resumed = new WasmHeads(DRIVING, parametersOf(steady), { maxRows: 64 });
    resumed.setOptimiser(steady.optimiser());
    update(steady);
    update(resumed);
    expect(parametersOf(resumed)).toEqual(parametersOf(steady));
    expect(() => resumed.setOptimiser(new Float32Array(3))).toThrow(RequestError);
  });

  it('stay finite for enormous inputs', () => {
    const heads = new WasmHeads(DRIVING, flat, { maxRows: 4 });
    const { mean, value } = heads.forward(new Float32Array(4 * DRIVING.width).fill(1e6), 4);
    expect([...mean, ...value].every(Number.isFinite)).toBe(true);
  });
});
