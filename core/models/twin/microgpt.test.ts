import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { adamStep, createAdam } from './adam.ts';
import { initParameters } from '../initialise.ts';
import { rmsNorm, rmsNormBackward, softmax } from './linear.ts';
import { createActivations, forwardPosition, logitsAt, microgptOf } from './microgpt.ts';
import { TINY } from './testing.ts';

const gpt = microgptOf(TINY);
const params = Float64Array.from(initParameters(TINY, createRandom(1)), (x) => 2 * x);

/** microgpt written down once more, whole sequence at once with an explicit causal mask: logits of every position. */
function masked(tokens: readonly number[]): number[][] {
  const { width: E, heads: H } = TINY;
  const D = E / H;
  const matrix = (name: string) => {
    const { offset, shape } = gpt.layout.byName.get(name) as { offset: number; shape: readonly number[] };
    return (x: number[]) =>
      Array.from({ length: shape[0] }, (_, i) => x.reduce((s, v, j) => s + v * params[offset + i * shape[1] + j], 0));
  };
  const norm = (x: number[]) => x.map((v) => v / Math.sqrt(x.reduce((s, u) => s + u * u, 0) / x.length + 1e-5));
  let x = tokens.map((token, t) =>
    norm(Array.from({ length: E }, (_, i) => params[gpt.wte + token * E + i] + params[gpt.wpe + t * E + i])),
  );
  for (let l = 0; l < TINY.layers; l++) {
    const h = x.map(norm);
    const [q, k, v] = ['attn_wq', 'attn_wk', 'attn_wv'].map((name) => h.map(matrix(`layer${l}.${name}`)));
    const mixed = x.map((_, t) =>
      Array.from({ length: E }, (_, i) => {
        const head = Math.floor(i / D);
        const scores = x.map((_, u) => {
          if (u > t) return 0;
          let dot = 0;
          for (let d = head * D; d < (head + 1) * D; d++) dot += q[t][d] * k[u][d];
          return Math.exp(dot / Math.sqrt(D));
        });
        const total = scores.reduce((a, b) => a + b, 0);
        return scores.reduce((s, w, u) => s + (w / total) * v[u][i], 0);
      }),
    );
    const o = mixed.map(matrix(`layer${l}.attn_wo`));
    x = x.map((row, t) => row.map((value, i) => value + o[t][i]));
    const m = x.map((row) => matrix(`layer${l}.mlp_fc1`)(norm(row)).map((value) => Math.max(0, value)));
    const y = m.map(matrix(`layer${l}.mlp_fc2`));
    x = x.map((row, t) => row.map((value, i) => value + y[t][i]));
  }
  return x.map(matrix('lm_head'));
}

describe('microgpt', () => {
  it('with its cache computes what a masked full forward computes', () => {
    const tokens = [3, 1, 12, 0, 7, 7, 2];
    const expected = masked(tokens);
    const act = createActivations(TINY, tokens.length);
    const logits = new Float64Array(TINY.vocabSize);
    tokens.forEach((token, t) => {
      forwardPosition(gpt, params, act, t, params, gpt.wte + token * TINY.width);
      logitsAt(gpt, params, act, t, logits);
      logits.forEach((value, i) => expect(value).toBeCloseTo(expected[t][i], 12));
    });
  });

  it('computes the same in float32 arrays, to float32', () => {
    const single = Float32Array.from(params);
    const wide = createActivations(TINY, 3);
    const narrow = createActivations(TINY, 3, (n) => new Float32Array(n));
    for (let t = 0; t < 3; t++) {
      forwardPosition(gpt, params, wide, t, params, gpt.wte + t * TINY.width);
      forwardPosition(gpt, single, narrow, t, single, gpt.wte + t * TINY.width);
    }
    wide.x.forEach((value, i) => expect(narrow.x[i]).toBeCloseTo(value, 4));
  });
});

describe('the building blocks', () => {
  it('softmax survives huge logits and returns the log of the sum', () => {
    const x = Float64Array.of(1000, 999, -1000);
    expect(softmax(x, 0, 3)).toBeCloseTo(1000 + Math.log(1 + Math.exp(-1)), 12);
    expect(x[0] + x[1] + x[2]).toBeCloseTo(1, 14);
  });

  it('rms has the derivative of finite differences', () => {
    const x = Float64Array.of(0.3, -1.2, 0.5, 2);
    const dh = Float64Array.of(1, -0.5, 0.25, 2);
    const h = new Float64Array(4);
    const dx = new Float64Array(4);
    rmsNormBackward(h, 0, rmsNorm(x, 0, 4, h, 0), dh, 0, 4, dx, 0);
    const loss = () => {
      const y = new Float64Array(4);
      rmsNorm(x, 0, 4, y, 0);
      return y.reduce((s, v, i) => s + v * dh[i], 0);
    };
    x.forEach((kept, i) => {
      x[i] = kept + 1e-6;
      const up = loss();
      x[i] = kept - 1e-6;
      const down = loss();
      x[i] = kept;
      expect((up - down) / 2e-6).toBeCloseTo(dx[i], 8);
    });
  });

  it('Adam first moves each parameter by the learning rate, however small its gradient; clipping does not change that', () => {
    for (const maxGradNorm of [Infinity, 1e-3]) {
      const p = Float64Array.of(1, 1, 1);
      const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-12, maxGradNorm };
      expect(adamStep(createAdam(3), p, Float64Array.of(3, -4e-3, 0), options)).toBeCloseTo(3, 5);
      expect(p[0]).toBeCloseTo(0.9, 6);
      expect(p[1]).toBeCloseTo(1.1, 4);
      expect(p[2]).toBe(1);
    }
  });
});
