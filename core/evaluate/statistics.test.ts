import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { mean } from '../base/statistics.ts';
import { mcNemar, offlineVersusClosedLoop, pearson, ranks, spearman } from './association.ts';
import { bootstrapStatistic, interquartileMean, optimalityGap, probabilityOfImprovement } from './robust.ts';

describe('robust aggregates', () => {
  test('the interquartile mean cuts a quarter off either end, rounded down', () => {
    expect(interquartileMean([[1, 2, 3, 4, 5, 6, 7, 8]])).toBe(4.5);
    expect(interquartileMean([[9, 1, 2, 100, 3, 4, -50]])).toBeCloseTo((1 + 2 + 3 + 4 + 9) / 5, 12);
    expect(interquartileMean([[5]])).toBe(5);
    expect(() => interquartileMean([])).toThrow(RangeError);
  });

  test('it trims drives pooled over scenarios: the mean of the scenarios’ own would be another number', () => {
    const groups = [
      [0, 0, 0, 1],
      [1, 1, 1, 1],
    ];
    expect(interquartileMean(groups)).toBe(0.75);
    expect(mean(groups.map((group) => interquartileMean([group])))).toBe(0.5);
  });

  test('the optimality gap counts what exceeds the target as the target', () => {
    expect(
      optimalityGap([
        [0.5, 2],
        [1, 0],
      ]),
    ).toBeCloseTo(1 - 2.5 / 4, 12);
  });

  test('the probability of improvement is ½ for equals, counts ties half and averages scenarios', () => {
    expect(probabilityOfImprovement([[1, 2, 3]], [[1, 2, 3]])).toBe(0.5);
    expect(probabilityOfImprovement([[3, 4]], [[1, 3]])).toBe(3.5 / 4);
    expect(
      probabilityOfImprovement(
        [
          [3, 4],
          [0, 0, 0],
        ],
        [[1, 3], [1]],
      ),
    ).toBe(3.5 / 8);
    expect(() => probabilityOfImprovement([[1]], [[1], [2]])).toThrow(RangeError);
    expect(() => probabilityOfImprovement([[]], [[1]])).toThrow(RangeError);
  });

  test('the interval of the IQM holds it, is seeded, and draws within scenarios only', () => {
    const random = createRandom(3);
    const groups = [0, 5].map((centre) => Float64Array.from({ length: 30 }, () => centre + random.normal()));
    const options = { resamples: 2000, seed: 9 };
    const interval = bootstrapStatistic(groups, interquartileMean, options);
    expect(interval.low).toBeLessThan(interval.mean);
    expect(interval.high).toBeGreaterThan(interval.mean);
    expect(bootstrapStatistic(groups, interquartileMean, options)).toEqual(interval);
    const constant = bootstrapStatistic(
      [
        [1, 1],
        [7, 7],
      ],
      (drawn) => mean(drawn.map(mean)),
      options,
    );
    expect(constant).toEqual({ mean: 4, low: 4, high: 4 });
  });
});

describe('association', () => {
  test('ranks share ties', () => {
    expect([...ranks([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1]);
  });

  test('Spearman is 1 for any monotone relation, −1 for its mirror, and known in between', () => {
    const x = [1, 2, 3, 4, 5];
    expect(
      spearman(
        x,
        x.map((v) => v ** 3),
      ),
    ).toBeCloseTo(1, 12);
    expect(
      spearman(
        x,
        x.map((v) => -v),
      ),
    ).toBeCloseTo(-1, 12);
    expect(
      pearson(
        x,
        x.map((v) => v ** 3),
      ),
    ).toBeLessThan(0.96);
    // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])
    expect(spearman(x, [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 12);
    // The textbook's IQ and hours of television: −29/165.
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    expect(spearman(iq, [7, 27, 2, 50, 28, 29, 20, 12, 6, 17])).toBeCloseTo(-29 / 165, 12);
    expect(spearman(x, [1, 1, 1, 1, 1])).toBeNaN();
    expect(() => spearman([1], [1])).toThrow(RangeError);
  });

  test('offline against closed loop keeps the points and both correlations', () => {
    const points = [0.2, 0.4, 0.9].map((offline, i) => ({ id: `c${i}`, offline, closedLoop: 1 - offline ** 2 }));
    expect(offlineVersusClosedLoop(points)).toMatchObject({ spearman: expect.closeTo(-1, 12), points });
  });

  test('McNemar’s exact test: 10 against 2 discordant pairs give 0.03857', () => {
    const pairs = (first: number, second: number, both: number): [boolean[], boolean[]] => {
      const fill = (count: number, value: boolean) => Array<boolean>(count).fill(value);
      return [
        [...fill(first, true), ...fill(second, false), ...fill(both, true)],
        [...fill(first, false), ...fill(second, true), ...fill(both, true)],
      ];
    };
    const test102 = mcNemar(...pairs(10, 2, 30));
    expect(test102).toMatchObject({ onlyFirst: 10, onlySecond: 2 });
    expect(test102.twoSided).toBeCloseTo((2 * 79) / 4096, 12);
    expect(test102.firstWorse).toBeCloseTo(79 / 4096, 12);
    expect(mcNemar(...pairs(2, 10, 0)).firstWorse).toBeCloseTo(1 - 13 / 4096, 12);
    expect(mcNemar(...pairs(0, 0, 5))).toMatchObject({ twoSided: 1, firstWorse: 1 });
    expect(mcNemar(...pairs(6, 6, 0)).twoSided).toBe(1);
    expect(mcNemar(...pairs(700, 500, 0)).twoSided).toBeLessThan(1e-7);
    expect(() => mcNemar([true], [])).toThrow(RangeError);
  });
});
