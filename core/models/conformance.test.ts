import { describe, expect, it } from 'vitest';
import { drivingConfig, NAMES_CONFIG, type PolicyConfig } from './config.ts';
import { createRandom } from '../base/random.ts';
import { conformanceParameters, maxRelativeError, runConformance } from './conformance.ts';
import type { Engine } from './engine.ts';
import { createTsEngine } from './engines/ts/ts.ts';
import { createWasmEngine } from './engines/wasm/wasm.ts';

const small: PolicyConfig = {
  ...drivingConfig(40, 20),
  width: 32,
  encoderHidden: 24,
  waypointHidden: 24,
  residualHidden: 16,
};

async function suite(config: PolicyConfig, make: (parameters: Float32Array) => Engine) {
  const parameters = conformanceParameters(config, createRandom(7));
  const oracle = createTsEngine(config, parameters);
  return runConformance(make(parameters), oracle, {
    parameters,
    random: createRandom(11),
    maxTokens: 12,
    sftSteps: 20,
  });
}

describe('conformance with the oracle', () => {
  it.each([
    ['a driving policy', small],
    ['a plain language model', NAMES_CONFIG],
  ])('wasm agrees to 1e-4 on %s', async (_, config) => {
    const rows = await suite(config, (parameters) => createWasmEngine(config, parameters));
    expect(rows.filter((row) => !row.passed)).toEqual([]);
    expect(rows.length).toBeGreaterThan(8);
  });

  it('an engine that returns zeros fails every generation row', async () => {
    const rows = await suite(small, (parameters) => {
      const honest = createTsEngine(small, parameters);
      return {
        ...honest,
        sftStep: undefined,
        generate: async (request) => {
          const g = await honest.generate(request);
          return { ...g, logProbs: new Float32Array(g.logProbs.length), z: new Float32Array(g.z.length) };
        },
      };
    });
    const generation = rows.filter((row) => row.name.startsWith('generation'));
    expect(generation.length).toBe(10);
    expect(generation.every((row) => !row.passed)).toBe(true);
  });

  it('an engine that writes another token fails and says where', async () => {
    const rows = await suite(small, (parameters) => {
      const honest = createTsEngine(small, parameters);
      return {
        ...honest,
        sftStep: undefined,
        generate: async (request) => {
          const g = await honest.generate(request);
          g.tokens[1] = (g.tokens[1] + 1) % small.vocabSize;
          return g;
        },
      };
    });
    expect(rows[0]).toMatchObject({ passed: false, maxRelativeError: Number.POSITIVE_INFINITY });
    expect(rows[0].note).toMatch(/^row 0, token 1: \d+ instead of \d+$/);
  });

  it('measures a number near zero against the scale of its array', () => {
    expect(maxRelativeError([1e-9, 10], [0, 10])).toBeLessThan(1e-9);
    expect(maxRelativeError([0, 11], [0, 10])).toBeCloseTo(0.1, 12);
    expect(maxRelativeError([Number.NaN], [1])).toBe(Number.POSITIVE_INFINITY);
    expect(maxRelativeError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  });
});
