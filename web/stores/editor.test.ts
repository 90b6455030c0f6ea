import { expect, test } from 'vitest';
import { draftName, isSeed, readDrafts } from './editor.ts';

test('a draft is called by the id its text gives itself', () => {
  expect(draftName('format: traceway-scenario/1\nid: my_street\n')).toBe('my_street');
  expect(draftName('id: "quoted"')).toBe('quoted');
  expect(draftName('actors:\n  - id: van')).toBe('untitled');
  expect(draftName('')).toBe('untitled');
});

test('kept drafts that are none are dropped, never an error', () => {
  const good = { id: 'a', text: 'id: x' };
  expect(readDrafts(JSON.stringify([good, null, 3, { id: 'b' }, { id: 'c', text: 'x'.repeat(200_000) }]))).toEqual([
    good,
  ]);
  for (const damaged of [null, '', '{', '{}', '"text"']) expect(readDrafts(damaged)).toEqual([]);
});

test('a seed is a whole number of 32 bits', () => {
  expect([0, 4294967295].every(isSeed)).toBe(true);
  expect([-1, 1.5, Number.NaN, 4294967296].some(isSeed)).toBe(false);
});
