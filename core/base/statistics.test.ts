import { describe, expect, test } from 'vitest';
import { createRandom } from './random.ts';
import {
  bootstrapMean,
  clopperPearson,
  incompleteBeta,
  mean,
  meanOfMeans,
  pairedBootstrap,
  quantile,
  standardError,
} from './statistics.ts';

const normals = (n: number, seed: number, centre = 0) => {
  const random = createRandom(seed);
  return Float64Array.from({ length: n }, () => centre + random.normal());
};

describe('statistics', () => {
  test('mean and standard error of 2, 4, 4, 4, 5, 5, 7, 9', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(standardError(values)).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
    expect(standardError([1])).toBeNaN();
  });

  test('every scenario counts alike, however many seeds it has', () => {
    expect(meanOfMeans([[1, 1, 1, 1], [0]])).toBe(0.5);
  });

  test('quantiles interpolate as R does by default', () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([1, 2, 3, 4], 1)).toBe(4);
  });

  test('the bootstrap interval of a normal sample is mean ± 1.96 standard errors', () => {
    const values = normals(400, 1);
    const { low, high } = bootstrapMean([values]);
    expect(low).toBeCloseTo(mean(values) - 1.96 * standardError(values), 2);
    expect(high).toBeCloseTo(mean(values) + 1.96 * standardError(values), 2);
  });

  test('about 95 % of 95 % intervals cover the truth', () => {
    let covered = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { low, high } = bootstrapMean([normals(40, seed, 3)], { resamples: 1000, seed });
      if (low <= 3 && high >= 3) covered++;
    }
    expect(covered).toBeGreaterThan(178);
    expect(covered).toBeLessThan(200);
  });

  test('the same seed gives the same interval, and scenarios are not redrawn', () => {
    const groups = [normals(20, 1), normals(20, 2, 9)];
    expect(bootstrapMean(groups, { seed: 5 })).toEqual(bootstrapMean(groups, { seed: 5 }));
    expect(
      bootstrapMean([
        [1, 1],
        [5, 5],
      ]),
    ).toEqual({ mean: 3, low: 3, high: 3 });
  });

  test('pairing finds a difference that hides in the spread of the seeds', () => {
    const hard = normals(200, 3).map((x) => 10 * x);
    const noise = normals(200, 4).map((x) => 0.1 * x);
    const better = hard.map((x, i) => x + 0.1 + noise[i]);
    const paired = pairedBootstrap(better, hard);
    expect(pairedBootstrap([better], [hard])).toEqual(paired);
    expect(paired.pairs).toBe(200);
    expect(paired.low).toBeGreaterThan(0.05);
    expect(paired.high).toBeLessThan(0.15);
    expect(bootstrapMean([better]).low).toBeLessThan(bootstrapMean([hard]).high);
    expect(() => pairedBootstrap([[1, 2]], [[1]])).toThrow(RangeError);
    expect(() => bootstrapMean([[]])).toThrow(RangeError);
    expect(() => bootstrapMean([])).toThrow(RangeError);
  });

  test('the incomplete beta function agrees with closed forms', () => {
    for (const x of [0.01, 0.3, 0.5, 0.9]) {
      expect(incompleteBeta(x, 1, 1)).toBeCloseTo(x, 13);
      expect(incompleteBeta(x, 2, 1)).toBeCloseTo(x * x, 13);
      expect(incompleteBeta(x, 2, 3)).toBeCloseTo(6 * x ** 2 - 8 * x ** 3 + 3 * x ** 4, 12);
      expect(incompleteBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 12);
    }
  });

  test('Clopper–Pearson: closed forms at the ends, values from SciPy in between', () => {
    expect(clopperPearson(0, 10).high).toBeCloseTo(1 - 0.025 ** (1 / 10), 10);
    expect(clopperPearson(10, 10).low).toBeCloseTo(0.025 ** (1 / 10), 10);
    const half = clopperPearson(5, 10);
    expect(half.low).toBeCloseTo(0.18709, 4);
    expect(half.high).toBeCloseTo(0.81291, 4);
    const many = clopperPearson(1590, 1600);
    expect(many.low).toBeCloseTo(0.9885361552398404, 9);
    expect(many.high).toBeCloseTo(0.9969989341307494, 9);
    expect(() => clopperPearson(3, 2)).toThrow(RangeError);
  });
});
