import { describe, expect, it } from 'vitest';
import { createTsEngine } from '../engines/ts/ts.ts';
import { createWasmEngine } from '../engines/wasm/wasm.ts';
import { createRandom } from '../../base/random.ts';
import { drivingConfig } from '../config.ts';
import { initParameters } from '../initialise.ts';
import { attentionOf, introspect, meanAttention, topTokens } from './introspect.ts';
import { exampleBatch, TINY } from './testing.ts';

const sum = (x: Float64Array) => x.reduce((a, b) => a + b, 0);

describe('introspection', () => {
  const config = drivingConfig(40, 82);
  const flat = initParameters(config, createRandom(3)).map((x) => 2 * x);
  const { observations } = exampleBatch(config, 1, 1, 4);

  it('shows what the engines computed: log-probabilities, z and heads', async () => {
    const request = { observations, batch: 1, maxTokens: 24, endToken: -1, temperature: 0 };
    for (const engine of [createTsEngine(config, flat), createWasmEngine(config, flat)]) {
      const { tokens, lengths, logProbs, z } = await engine.generate(request);
      expect(lengths[0]).toBe(24);
      const seen = introspect(config, flat, observations, tokens);
      seen.thoughts.forEach((thought, i) => {
        expect(Math.abs(thought.logProb - logProbs[i])).toBeLessThan(1e-4);
        expect(thought.rank).toBe(0);
      });
      seen.z.forEach((value, i) => expect(Math.abs(value - z[i])).toBeLessThan(1e-4));
      const heads = await engine.heads(z, 1);
      seen.heads?.waypoints.forEach((w, i) => expect(Math.abs(w - heads.waypoints[i])).toBeLessThan(1e-3));
      expect(Math.abs((seen.heads?.value ?? Number.NaN) - heads.value[0])).toBeLessThan(1e-4);
    }
  });

  it('has distributions that sum to 1, entropies within 0..ln V and attention to the past only', () => {
    const tokens = [1, 5, 9, 2];
    const seen = introspect(
      TINY,
      initParameters(TINY, createRandom(1)),
      exampleBatch(TINY, 1, 1, 2).observations,
      tokens,
    );
    expect(seen.positions).toBe(TINY.prefix + 4);
    for (const thought of seen.thoughts) {
      expect(sum(thought.probabilities)).toBeCloseTo(1, 12);
      expect(thought.entropy).toBeGreaterThan(0);
      expect(thought.entropy).toBeLessThanOrEqual(Math.log(TINY.vocabSize));
      expect(Math.exp(thought.logProb)).toBeCloseTo(thought.probabilities[thought.token], 12);
      const best = topTokens(thought, 3);
      expect(best[0].probability).toBe(Math.max(...thought.probabilities));
      expect(best[thought.rank]?.token ?? thought.token).toBe(thought.token);
    }
    for (let position = 0; position < seen.positions; position++) {
      expect(meanAttention(seen, position)).toHaveLength(position + 1);
      for (let head = 0; head < TINY.heads; head++)
        expect(sum(attentionOf(seen, 1, head, position))).toBeCloseTo(1, 12);
    }
    const { attention } = seen.activations.layers[0];
    expect(attention[1 * TINY.heads * seen.positions + 2], 'position 1 does not see position 2').toBe(0);
  });

  it('refuses traces that are empty, too long or of unknown words', () => {
    const params = initParameters(TINY, createRandom(1));
    const { observations: seen } = exampleBatch(TINY, 1, 1, 2);
    expect(() => introspect(TINY, params, seen, [])).toThrow(RangeError);
    expect(() => introspect(TINY, params, seen, new Int32Array(20))).toThrow(RangeError);
    expect(() => introspect(TINY, params, seen, [13])).toThrow(/token 13/);
  });
});
