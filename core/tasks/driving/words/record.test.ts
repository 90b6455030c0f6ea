import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { readTrace } from './grammar.ts';
import { readTraceRecord, recordTrace, TraceRecordError } from './record.ts';
import { traceJsonSchema } from './record-json-schema.ts';
import { EXAMPLE, randomTrace } from './testing.ts';

const example = readTrace(EXAMPLE) as number[];

describe('trace record', () => {
  test('public/schemas/trace.schema.json is what the schema says', async () => {
    await expect(traceJsonSchema()).toMatchFileSnapshot('../../../../public/schemas/trace.schema.json');
  });

  test('any trace, valid or cut short, survives JSON', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(52), fc.boolean(), (seed, cut, whole) => {
        const tokens = randomTrace(createRandom(seed)).slice(0, whole ? undefined : cut);
        const record = recordTrace(
          tokens,
          'model',
          tokens.map(() => -0.1),
        );
        expect(readTraceRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
      }),
      { numRuns: 200 },
    );
  });

  test('stages cover the tokens in order', () => {
    const { stages } = recordTrace(example, 'expert');
    expect(stages.map(({ stage }) => stage)).toEqual(['perceive', 'predict', 'plan', 'act']);
    expect(stages[0].start).toBe(0);
    for (let i = 1; i < 4; i++) expect(stages[i].start).toBe(stages[i - 1].end);
    expect(stages[3].end).toBe(example.length);
  });

  test('a record that contradicts itself or the format names where', () => {
    const record = recordTrace(example, 'expert');
    const where = (changed: unknown) => {
      try {
        readTraceRecord(changed);
      } catch (error) {
        return error instanceof TraceRecordError ? error.where : error;
      }
      return 'accepted';
    };
    expect(where({ ...record, words: record.words.with(3, 'lat:1') })).toBe('words');
    expect(where({ ...record, content: null })).toBe('content');
    expect(where({ ...record, tokens: record.tokens.with(2, 9999) })).toBe('tokens.2');
    expect(where({ ...record, probabilities: [1] })).toBe('probabilities');
    expect(where({ ...record, format: 'traceway-trace/2' })).toBe('format');
    expect(where('nonsense')).toBe('');
  });
});
