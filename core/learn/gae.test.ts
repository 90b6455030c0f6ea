import { expect, test } from 'vitest';
import { gae } from './gae.ts';

const run = (over: Partial<Parameters<typeof gae>[0]> = {}) =>
  gae({
    steps: 3,
    worlds: 1,
    rewards: Float32Array.of(1, 2, 3),
    values: Float32Array.of(0.5, 0.25, 0.125),
    nextValues: Float32Array.of(0.25, 0.125, 4),
    terminated: new Uint8Array(3),
    ended: new Uint8Array(3),
    gamma: 0.5,
    lambda: 0.5,
    ...over,
  });

test('matches the sum of discounted TD errors worked by hand', () => {
  const d2 = 3 + 0.5 * 4 - 0.125;
  const d1 = 2 + 0.5 * 0.125 - 0.25 + 0.25 * d2;
  const d0 = 1 + 0.5 * 0.25 - 0.5 + 0.25 * d1;
  const { advantages, returns } = run();
  expect([...advantages]).toEqual([Math.fround(d0), Math.fround(d1), Math.fround(d2)]);
  expect(returns[0]).toBeCloseTo(d0 + 0.5, 6);
});

test('termination drops the next value, truncation keeps it, both stop the carry', () => {
  const terminated = run({ terminated: Uint8Array.of(0, 1, 0), ended: Uint8Array.of(0, 1, 0) }).advantages;
  expect(terminated[1]).toBeCloseTo(2 - 0.25, 6);
  const truncated = run({ ended: Uint8Array.of(0, 1, 0), nextValues: Float32Array.of(0.25, 10, 4) }).advantages;
  expect(truncated[1]).toBeCloseTo(2 + 5 - 0.25, 6);
});

test('lambda 1 and gamma 1 give the undiscounted return', () => {
  const { returns } = run({ gamma: 1, lambda: 1, nextValues: Float32Array.of(0.25, 0.125, 0) });
  expect(returns[0]).toBeCloseTo(6, 6);
});
