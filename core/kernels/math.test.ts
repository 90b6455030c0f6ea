import { describe, expect, it } from 'vitest';
import { instantiatePolicyKernels } from './policy.ts';

interface MathExports {
  math_map(kind: number, x: number, out: number, n: number): void;
}

/** The kernels' function of each x, four lanes at a time. */
function map(kind: number, xs: readonly number[]): { x: Float32Array; y: Float32Array } {
  const kernel = instantiatePolicyKernels<MathExports>();
  const n = (xs.length + 3) & ~3;
  const at = kernel.exports.alloc(8 * n);
  const x = kernel.f32(at, n);
  x.set(xs);
  kernel.exports.math_map(kind, at, at + 4 * n, n);
  return { x, y: kernel.f32(at + 4 * n, n) };
}
const grid = (low: number, high: number) => Array.from({ length: 20000 }, (_, i) => low + ((high - low) * i) / 19999);

describe('exp in the kernels', () => {
  it('is within 1.5e-7 of the true value, relatively', () => {
    const { x, y } = map(0, grid(-87, 88));
    let worst = 0;
    x.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(y[i] / Math.exp(value) - 1));
    });
    expect(worst).toBeLessThan(1.5e-7);
  });
  it('saturates instead of overflowing, keeps NaN, and is exact at 0', () => {
    const { y } = map(0, [1e9, -1e9, Number.NaN, 0]);
    expect(Number.isFinite(y[0])).toBe(true);
    expect(y[1]).toBeLessThan(1e-37);
    expect(y[2]).toBeNaN();
    expect(y[3]).toBe(1);
  });
});

describe('tanh in the kernels', () => {
  it('is within 2e-7 of the true value and within [-1, 1]', () => {
    const { x, y } = map(1, [...grid(-12, 12), 1e30, -1e30, 0, 1e-3]);
    x.forEach((value, i) => {
      expect(Math.abs(y[i] - Math.tanh(value))).toBeLessThan(2e-7);
      expect(Math.abs(y[i])).toBeLessThanOrEqual(1);
    });
  });
});
