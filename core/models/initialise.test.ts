import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { drivingConfig, NAMES_CONFIG, parameterLayout } from './config.ts';
import { WasmHeads } from './engines/wasm/heads.ts';
import { initParameters, withZeroResidual } from './initialise.ts';
import { TINY } from './twin/testing.ts';

const config = drivingConfig(120, 82);
const layout = parameterLayout(config);
const flat = initParameters(config, createRandom(5));
const part = (name: string) => {
  const view = layout.byName.get(name) as { offset: number; shape: readonly number[] };
  return flat.subarray(view.offset, view.offset + view.shape.reduce((a, b) => a * b, 1));
};

describe('initial parameters', () => {
  it('are the same for the same seed and fill every matrix', () => {
    expect(initParameters(config, createRandom(5))).toEqual(flat);
    for (const { name, shape } of layout.views)
      if (shape.length === 2) expect(part(name).filter((x) => x === 0).length, name).toBeLessThan(3);
    expect(initParameters(NAMES_CONFIG, createRandom(1))).toHaveLength(4192);
  });

  it('have zero biases and the exploration of RL in log_std', () => {
    for (const name of ['encoder.b1', 'waypoint.b2', 'residual.b1', 'value.b2'])
      expect(part(name).every((x) => x === 0)).toBe(true);
    expect([...part('residual.log_std')]).toEqual([-0.5, -0.5, -0.5, -0.5]);
  });

  it('have orthogonal RL heads with gains √2, 0.01 and 1', () => {
    const gram = (name: string, cols: number, a: number, b: number) => {
      let dot = 0;
      for (let i = 0; i < cols; i++) dot += part(name)[a * cols + i] * part(name)[b * cols + i];
      return dot;
    };
    expect(gram('residual.w1', 64, 3, 3)).toBeCloseTo(2, 4);
    expect(gram('residual.w1', 64, 3, 9)).toBeCloseTo(0, 5);
    expect(gram('residual.w2', 64, 1, 1)).toBeCloseTo(1e-4, 8);
    expect(gram('value.w2', 64, 0, 0)).toBeCloseTo(1, 5);
  });
});

it('a zeroed residual adds nothing to any plan, and nothing else changes', () => {
  const tiny = initParameters(TINY, createRandom(4));
  const zeroed = withZeroResidual(TINY, tiny);
  const { byName } = parameterLayout(TINY);
  const changed = [...byName.values()].filter(({ offset, shape }) =>
    tiny.subarray(offset, offset + shape.reduce((a, b) => a * b, 1)).some((x, i) => x !== zeroed[offset + i]),
  );
  expect(changed.map(({ name }) => name)).toEqual(['residual.w2']);
  const z = Float32Array.from({ length: TINY.width * 3 }, (_, i) => Math.sin(i));
  const heads = new WasmHeads(TINY, zeroed, { maxRows: 3 });
  expect(heads.forward(z, 3).mean.every((x) => x === 0)).toBe(true);
});
