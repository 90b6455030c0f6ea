import { expect, test } from 'vitest';
import { readFlags, UsageError } from './flags.ts';

const FLAGS = {
  seed: { type: 'integer', help: 'seed', default: 42, min: 0 },
  out: { type: 'string', help: 'folder' },
  json: { type: 'boolean', help: 'json', default: false },
} as const;

test('defaults, values and words are told apart', () => {
  const { values, words } = readFlags('x', FLAGS, ['file', '--seed', '7', '--json']);
  expect(values).toEqual({ seed: 7, out: undefined, json: true });
  expect(words).toEqual(['file']);
  expect(readFlags('x', FLAGS, []).values).toEqual({ seed: 42, out: undefined, json: false });
});

test('an unknown flag, a missing value and a number out of range are usage errors naming the flag', () => {
  expect(() => readFlags('x', FLAGS, ['--nope'])).toThrow(/--nope/);
  expect(() => readFlags('x', FLAGS, ['--seed', '-1'])).toThrow(UsageError);
  expect(() => readFlags('x', FLAGS, ['--seed', '1.5'])).toThrow(/--seed/);
  expect(() => readFlags('x', FLAGS, ['--out'])).toThrow(UsageError);
});
