import { describe, expect, test } from 'vitest';
import { createSampler, endsOf, rangeQuantile, type Range } from './sample.ts';
import { ln, normalQuantile } from '../../../../base/normal-quantile.ts';

/** Φ(x) by Simpson's rule from 0. */
function normalCdf(x: number): number {
  const n = 2000;
  const f = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = f(0) + f(x);
  for (let i = 1; i < n; i++) sum += (i % 2 === 1 ? 4 : 2) * f((i * x) / n);
  return 0.5 + (sum * x) / n / 3;
}

describe('the normal quantile', () => {
  test('own logarithm agrees with the platform to 1e-14', () => {
    for (const x of [1e-10, 0.003, 0.5, 0.7, 0.99999, 1, 1.5, 3, 1e9]) expect(ln(x)).toBeCloseTo(Math.log(x), 12);
  });

  test('inverts the distribution function, and is odd', () => {
    for (let x = -6; x <= 6; x += 0.173) {
      const p = normalCdf(x);
      if (p > 1e-9 && p < 1 - 1e-9) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 11);
    }
    for (const p of [1e-10, 1e-4, 0.01, 0.0749, 0.0751, 0.3])
      expect(normalQuantile(p)).toBeCloseTo(-normalQuantile(1 - p), 5);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 10);
  });
});

describe('a range', () => {
  const ranges: [Range, number, number][] = [
    [3, 3, 3],
    [[2, 5], 2, 5],
    [{ uniform: [-1, 1] }, -1, 1],
    [{ normal: [10, 2] }, 2, 18],
    [{ normal: [10, 2], min: 7 }, 7, 18],
    [{ choice: [4, 1, 9] }, 1, 9],
  ];

  test('draws only what lies between its ends', () => {
    for (const [range, low, high] of ranges) {
      expect(endsOf(range)).toEqual([low, high]);
      const draws = createSampler(5, 0);
      const values = Array.from({ length: 2000 }, () => draws.number(range));
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
    }
    expect(rangeQuantile({ normal: [0, 1] }, 0)).toBe(-4);
  });

  test('has the mean and spread it says', () => {
    const draws = createSampler(1, 0);
    const values = Array.from({ length: 20_000 }, () => draws.number({ normal: [10, 2] }));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    expect(mean).toBeCloseTo(10, 1);
    expect(deviation).toBeCloseTo(2, 1);
    const picked = Array.from({ length: 3000 }, () => draws.number({ choice: [4, 1, 9] }));
    for (const value of [4, 1, 9]) expect(picked.filter((v) => v === value).length).toBeGreaterThan(900);
  });

  test('takes one draw whatever it is written as', () => {
    for (const [range] of ranges) {
      const draws = createSampler(9, 0);
      draws.number(range);
      const plain = createSampler(9, 0);
      plain.number([0, 1]);
      expect(draws.number([0, 1])).toBe(plain.number([0, 1]));
    }
  });
});
