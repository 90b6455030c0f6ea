import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TRACE } from '../../../models/config.ts';
import { createRandom } from '../../../base/random.ts';
import { DiffError, decodeAgainst, encodeAgainst } from './diff.ts';
import { readTrace } from './grammar.ts';
import { EXAMPLE, randomTrace } from './testing.ts';
import { VOCABULARY_SIZE } from './vocabulary.ts';

const token = fc.integer({ min: 0, max: VOCABULARY_SIZE - 1 });
const tokens = fc.array(token, { maxLength: MAX_TRACE });
const read = (text: string) => readTrace(text) as number[];

describe('trace diff', () => {
  test('decoding undoes encoding, for related and unrelated traces, at any offset', () => {
    const related = fc
      .tuple(tokens, fc.nat(MAX_TRACE - 1), fc.nat(5), fc.array(token, { maxLength: 5 }))
      .map(([a, at, cut, put]) => {
        return [a, a.toSpliced(at, cut, ...put).slice(0, MAX_TRACE)] as const;
      });
    fc.assert(
      fc.property(fc.oneof(related, fc.tuple(tokens, tokens)), fc.nat(3), ([reference, trace], pad) => {
        const codes = encodeAgainst(reference, trace);
        const stream = [...Array.from({ length: pad }, () => 9), ...codes, 7, 7];
        expect(decodeAgainst(reference, stream, pad)).toEqual({ tokens: trace, next: pad + codes.length });
        for (const code of codes) expect(code >= 0 && code <= 2 * VOCABULARY_SIZE).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('a faithful trace costs one code, a bin one off five small ones', () => {
    const reference = read(EXAMPLE);
    expect(encodeAgainst(reference, reference)).toEqual([0]);
    const other = read(EXAMPLE.replace('a:-3', 'a:-2'));
    expect(encodeAgainst(reference, other)).toEqual([1, reference.length - 4, 1, 1, 2]);
  });

  test('an actor more or less shifts nothing', () => {
    const reference = read(EXAMPLE);
    const without = read(EXAMPLE.replace('A1 box d:10 y:-3 ', '').replace('A1 stands ', ''));
    expect(encodeAgainst(reference, without).length).toBe(1 + 2 * 3);
    expect(encodeAgainst(without, reference).length).toBe(1 + 2 * 3 + 4 + 2);
  });

  test('arbitrary codes decode to at most MAX_TRACE tokens or a DiffError', () => {
    const codes = fc.array(fc.oneof(fc.nat(60), fc.constantFrom(-1, 0.5, Number.NaN, 1e9)), { maxLength: 40 });
    fc.assert(
      fc.property(codes, fc.integer(), (stream, seed) => {
        const reference = randomTrace(createRandom(seed));
        try {
          expect(decodeAgainst(reference, stream).tokens.length).toBeLessThanOrEqual(MAX_TRACE);
        } catch (error) {
          expect(error).toBeInstanceOf(DiffError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
