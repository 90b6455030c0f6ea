import { expect, it } from 'vitest';
import { fnv1a64, hashText } from './hash.ts';

it('gives the published FNV-1a 64 values', () => {
  const text = (s: string) => fnv1a64(new TextEncoder().encode(s));
  expect([text(''), text('a'), text('foobar')]).toEqual(['cbf29ce484222325', 'af63dc4c8601ec8c', '85944171f73967e8']);
});

it('prints signed and small hashes as 16 digits', () => {
  expect([hashText(-1n), hashText(1n)]).toEqual(['f'.repeat(16), '0000000000000001']);
});
