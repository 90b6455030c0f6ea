import { expect, test } from 'vitest';
import { css, mix, parseColor } from './theme.ts';

test('computed colours are read in either notation', () => {
  expect(parseColor('rgb(255, 0, 51)')).toEqual([1, 0, 0.2]);
  expect(parseColor('color(srgb 0.5 0.25 1e-1)')).toEqual([0.5, 0.25, 0.1]);
  expect(parseColor('transparent')).toBeNull();
  expect(parseColor('oklch(0.7 0.1 200)')).toBeNull();
});

test('mixing takes the share of the first colour', () => {
  expect(mix([1, 0, 0], [0, 1, 0], 0.25)).toEqual([0.25, 0.75, 0]);
  expect(css([1, 0.5, 0], 0.5)).toBe('rgb(255 128 0 / 0.5)');
});
