import { expect, test } from 'vitest';
import { RecentAges } from './recent-ages.ts';

test('quantiles are of the last five seconds, by nearest rank', () => {
  const ages = new RecentAges();
  expect(ages.quantile(0.5)).toBe(0);
  ages.add(900, 0);
  for (let i = 1; i <= 100; i++) ages.add(i, 5000 + 10 * i);
  expect([ages.quantile(0.5), ages.quantile(0.95), ages.quantile(1)]).toEqual([50, 95, 100]);
});

test('a fast stream keeps its newest', () => {
  const ages = new RecentAges();
  for (let i = 0; i < 5000; i++) ages.add(i < 3000 ? 500 : 5, i);
  expect(ages.quantile(1)).toBe(5);
});
