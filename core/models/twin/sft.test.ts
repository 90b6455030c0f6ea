import { describe, expect, it } from 'vitest';
import type { SftBatch } from '../engine.ts';
import { createRandom } from '../../base/random.ts';
import { drivingConfig, type PolicyConfig } from '../config.ts';
import { initParameters } from '../initialise.ts';
import { rmsNorm } from './linear.ts';
import { createActivations, forwardPosition, microgptOf } from './microgpt.ts';
import { mlpForward, mlpOf } from './mlp.ts';
import { sftGradient } from './sft.ts';
import { exampleBatch, TINY } from './testing.ts';

const WEIGHTS = { waypointWeight: 0.7, confidenceWeight: 0.3 };

/** Numerical derivatives of `loss` at up to `count` indices of each parameter, against `grads`. */
function checkGradients(config: PolicyConfig, params: Float64Array, grads: Float64Array, loss: () => number) {
  const { layout } = microgptOf(config);
  for (const { name, offset, shape } of layout.views) {
    if (offset >= layout.imitationSize) continue;
    const size = shape.reduce((a, b) => a * b, 1);
    let strongest = 0;
    for (let k = 0; k < 12; k++) {
      const i = offset + Math.floor((k * size) / 12);
      const kept = params[i];
      const h = 1e-5;
      params[i] = kept + h;
      const up = loss();
      params[i] = kept - h;
      const down = loss();
      params[i] = kept;
      const numeric = (up - down) / (2 * h);
      strongest = Math.max(strongest, Math.abs(numeric));
      expect(Math.abs(numeric - grads[i]), `${name}[${i - offset}]`).toBeLessThan(1e-6 * (1 + Math.abs(numeric)));
    }
    if (name !== 'wte' && name !== 'wpe') expect(strongest, `${name} matters`).toBeGreaterThan(1e-7);
  }
}

/** A batch whose waypoint targets are constants of the loss: confidence targets move with the prediction otherwise. */
function frozen(config: PolicyConfig, params: Float64Array, batch: SftBatch) {
  const gpt = microgptOf(config);
  const grads = new Float64Array(params.length);
  return {
    gpt,
    grads,
    run: (p: Float64Array, w: typeof WEIGHTS) => sftGradient(gpt, p, batch, w, new Float64Array(p.length)),
  };
}

describe('the SFT loss', () => {
  it('has the gradient of finite differences in every layer', () => {
    const params = Float64Array.from(initParameters(TINY, createRandom(3)), (x) => 2 * x);
    const batch = exampleBatch(TINY, 3, 7, 5);
    // The confidence target is held constant, so finite differences see it only through its own term: test it apart.
    const weights = { ...WEIGHTS, confidenceWeight: 0 };
    const { gpt, grads, run } = frozen(TINY, params, batch);
    sftGradient(gpt, params, batch, weights, grads);
    checkGradients(TINY, params, grads, () => run(params, weights).loss);
  });

  it('has the gradient of finite differences in the confidence when the target cannot move', () => {
    const params = Float64Array.from(initParameters(TINY, createRandom(4)));
    const batch = exampleBatch(TINY, 2, 5, 6);
    // Far targets: exp(−distance) is 0 and stays 0.
    batch.waypoints.fill(1000);
    const weights = { waypointWeight: 0, confidenceWeight: 1 };
    const { gpt, grads, run } = frozen(TINY, params, batch);
    sftGradient(gpt, params, batch, weights, grads);
    const { offset } = gpt.layout.byName.get('waypoint.w1') as { offset: number };
    for (let i = offset; i < gpt.layout.imitationSize; i += 13) {
      const kept = params[i];
      params[i] = kept + 1e-5;
      const up = run(params, weights).loss;
      params[i] = kept - 1e-5;
      const down = run(params, weights).loss;
      params[i] = kept;
      expect(Math.abs((up - down) / 2e-5 - grads[i])).toBeLessThan(1e-7);
    }
  });

  it('carries a gradient on z to every parameter before it, as finite differences of Σ dz · z say', () => {
    const params = Float64Array.from(initParameters(TINY, createRandom(3)), (x) => 2 * x);
    const batch = { ...exampleBatch(TINY, 3, 7, 5), tokenWeights: new Float32Array(3 * 7).fill(1e-30) };
    const dz = Float32Array.from({ length: 3 * TINY.width }, (_, i) => Math.cos(i));
    const gpt = microgptOf(TINY);
    const { width: E, prefix: P, observationSize } = TINY;
    const encoder = mlpOf(gpt.layout, 'encoder');
    const throughZ = () => {
      let sum = 0;
      for (let b = 0; b < 3; b++) {
        const act = createActivations(TINY, TINY.context);
        const seen = new Float64Array(P * E);
        mlpForward(encoder, params, batch.observations, b * observationSize, new Float64Array(8), seen, 0);
        for (let t = 0; t < P; t++) forwardPosition(gpt, params, act, t, seen, t * E);
        const n = batch.lengths[b];
        for (let i = 0; i < n; i++)
          forwardPosition(gpt, params, act, P + i, params, gpt.wte + batch.tokens[b * 7 + i] * E);
        const z = new Float64Array(E);
        rmsNorm(act.x, (P + n - 1) * E, E, z, 0);
        for (let i = 0; i < E; i++) sum += z[i] * dz[b * E + i];
      }
      return sum;
    };
    const none = { waypointWeight: 0, confidenceWeight: 0 };
    const [all, without] = [new Float64Array(params.length), new Float64Array(params.length)];
    sftGradient(gpt, params, { ...batch, dz }, none, all);
    sftGradient(gpt, params, batch, none, without);
    const { layout } = gpt;
    for (const { name, offset, shape } of layout.views) {
      if (offset >= layout.imitationSize) continue;
      const size = shape.reduce((a, b) => a * b, 1);
      for (let k = 0; k < 12; k++) {
        const i = offset + Math.floor((k * size) / 12);
        const kept = params[i];
        params[i] = kept + 1e-5;
        const up = throughZ();
        params[i] = kept - 1e-5;
        const numeric = (up - throughZ()) / 2e-5;
        params[i] = kept;
        expect(Math.abs(numeric - (all[i] - without[i])), `${name}[${i - offset}]`).toBeLessThan(
          1e-6 * (1 + Math.abs(numeric)),
        );
      }
    }
    expect(all.some((x, i) => x !== without[i])).toBe(true);
  });

  it('of a plain language model has the gradient of finite differences', () => {
    const config: PolicyConfig = { ...TINY, prefix: 0, observationSize: 0, waypoints: 0 };
    const params = Float64Array.from(initParameters(config, createRandom(5)), (x) => 3 * x);
    const batch = exampleBatch(config, 2, 6, 8);
    const { gpt, grads, run } = frozen(config, params, batch);
    sftGradient(gpt, params, batch, WEIGHTS, grads);
    checkGradients(config, params, grads, () => run(params, WEIGHTS).loss);
  });

  it('starts at ln V for the driving policy', () => {
    const config = drivingConfig(150, 82);
    const params = Float64Array.from(initParameters(config, createRandom(1)));
    const batch = exampleBatch(config, 4, 20, 2);
    const { tokenLoss } = sftGradient(microgptOf(config), params, batch, WEIGHTS, new Float64Array(params.length));
    expect(Math.abs(tokenLoss - Math.log(150))).toBeLessThan(0.05);
  });

  it('ignores tokens of weight 0 and counts the others by their weight', () => {
    const params = Float64Array.from(initParameters(TINY, createRandom(6)));
    const batch = exampleBatch(TINY, 2, 6, 9);
    const run = () => sftGradient(microgptOf(TINY), params, batch, WEIGHTS, new Float64Array(params.length)).tokenLoss;
    const base = run();
    for (let i = 0; i < batch.tokenWeights.length; i++) batch.tokenWeights[i] *= 2;
    expect(run()).toBeCloseTo(base, 12);
    batch.tokenWeights.fill(0);
    expect(run()).toBe(0);
  });
});
