import { expect, test } from 'vitest';
import { HyperparameterError, resolveHyperparameters } from './hyperparameters.ts';

const RECORD = { rate: { value: 0.1, min: 0, max: 1, step: 0.01, doc: 'a rate' } } as const;

test('defaults hold where nothing is overridden', () => {
  expect(resolveHyperparameters(RECORD)).toEqual({ rate: 0.1 });
  expect(resolveHyperparameters(RECORD, { rate: 1 })).toEqual({ rate: 1 });
});

test('an unknown name, an inherited name and a value out of range are refused by name', () => {
  for (const bad of [{ speed: 1 }, { constructor: 1 }, { rate: 2 }, { rate: Number.NaN }]) {
    expect(() => resolveHyperparameters(RECORD, bad as unknown as Record<string, number>)).toThrow(HyperparameterError);
  }
});
