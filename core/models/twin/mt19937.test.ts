import { describe, expect, it } from 'vitest';
import { createPythonRandom } from './mt19937.ts';

// Values printed by CPython 3.11 after random.seed(42).
describe("CPython's random, seed 42", () => {
  it('has its uniforms', () => {
    const random = createPythonRandom(42);
    expect([random.random(), random.random(), random.random()]).toEqual([
      0.6394267984578837, 0.025010755222666936, 0.27502931836911926,
    ]);
  });
  it('has its bits', () => {
    const random = createPythonRandom(42);
    expect([random.getrandbits(32), random.getrandbits(5)]).toEqual([2746317213, 3]);
  });
  it('has its shuffle', () => {
    const items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    createPythonRandom(42).shuffle(items);
    expect(items).toEqual([7, 3, 2, 8, 5, 6, 9, 4, 0, 1]);
  });
  it('has its normal deviates, in pairs', () => {
    const random = createPythonRandom(42);
    expect(random.gauss(0, 1)).toBeCloseTo(-0.14409032957792836, 14);
    expect(random.gauss(0, 1)).toBeCloseTo(-0.1729036003315193, 14);
  });
  it('has its weighted choices', () => {
    const random = createPythonRandom(42);
    expect(Array.from({ length: 10 }, () => random.choice([1, 2, 3, 4]))).toEqual([3, 0, 1, 1, 3, 3, 3, 0, 2, 0]);
  });
});
