import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TRACE } from '../../../models/config.ts';
import { createRandom } from '../../../base/random.ts';
import {
  allowedNext,
  decisionWordIndex,
  formatTrace,
  isValidTrace,
  parseTrace,
  printTrace,
  readTrace,
  stageOf,
  TraceError,
} from './grammar.ts';
import { EXAMPLE, randomTrace } from './testing.ts';
import { END, VOCABULARY_SIZE, wordId } from './vocabulary.ts';

const example = readTrace(EXAMPLE) as number[];
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('grammar', () => {
  test('a trace reads as data', () => {
    expect(parseTrace(example)).toEqual({
      perceive: {
        speed: 6,
        limit: 8,
        lateral: 0,
        road: 'straight',
        light: { state: 1, d: 20 },
        actors: [
          { slot: 1, kind: 2, d: 12, y: -3, v: 0, vy: 1.5 },
          { slot: 0, kind: 3, d: 10, y: -3, v: 0, vy: 0 },
        ],
      },
      predict: [
        { slot: 1, motion: 'crosses', meeting: { ttc: 2, gap: 8 } },
        { slot: 0, motion: 'stands' },
      ],
      plan: { decision: 'yield', cause: { kind: 'actor', slot: 1 } },
      act: { speed: 1, acceleration: -3, stop: 8, lateral: 'keep_lane' },
    });
  });

  test('print undoes parse, and text undoes format, for every sentence of the grammar', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const tokens = randomTrace(createRandom(seed));
        const trace = parseTrace(tokens);
        if (trace instanceof TraceError) throw trace;
        expect(printTrace(trace)).toEqual(tokens);
        expect(readTrace(formatTrace(tokens))).toEqual(tokens);
        expect(tokens.length).toBeLessThanOrEqual(MAX_TRACE);
      }),
      { numRuns: 500 },
    );
  });

  test('the longest sentence has exactly MAX_TRACE tokens', () => {
    const actor = (i: number) => `A${i} veh d:8 y:0 v:4 vy:0`;
    const meets = (i: number) => `A${i} keeps ttc:3 gap:6`;
    const text = `<perceive> v:6 lim:8 lat:0 road:left grip:low dark sight:30 light:red d:20 ${[1, 2, 3].map(actor).join(' ')} <predict> ${[
      1, 2, 3,
    ]
      .map(meets)
      .join(' ')} <plan> slow occlusion A3 <act> v:5 a:-1 d:18 pass_left A1 <end>`;
    const tokens = readTrace(text) as number[];
    expect(isValidTrace(tokens)).toBe(true);
    expect(tokens.length).toBe(MAX_TRACE);
  });

  test('any array of numbers parses to a trace or a TraceError, never to an exception', () => {
    const token = fc.oneof(
      fc.integer({ min: -2, max: VOCABULARY_SIZE + 2 }),
      fc.constantFrom(Number.NaN, 0.5, 2 ** 40, Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), seeds, fc.nat(40), (tokens, seed, at) => {
        const spliced = randomTrace(createRandom(seed));
        spliced.splice(at, 1, ...tokens.slice(0, 2));
        for (const sequence of [tokens, spliced]) {
          const parsed = parseTrace(sequence);
          const valid = !(parsed instanceof TraceError);
          expect(isValidTrace(sequence)).toBe(valid);
          if (valid) expect(printTrace(parsed)).toEqual(sequence);
          else expect(parsed.index).toBeLessThanOrEqual(sequence.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('exactly the allowed words continue a beginning', () => {
    const random = createRandom(7);
    for (let run = 0; run < 20; run++) {
      const tokens = randomTrace(random);
      const prefix = tokens.slice(0, random.below(tokens.length));
      const allowed = new Set(allowedNext(prefix));
      expect(allowed.size).toBeGreaterThan(0);
      for (let id = 0; id < VOCABULARY_SIZE; id++) {
        const parsed = parseTrace([...prefix, id]);
        const accepted = !(parsed instanceof TraceError) || parsed.index > prefix.length;
        expect(accepted).toBe(allowed.has(id));
      }
    }
    expect(allowedNext(example)).toEqual([]);
    expect(allowedNext([END])).toEqual([]);
  });

  test('an error names the token, its index and what could stand there', () => {
    const spoken = example.slice();
    spoken[2] = END;
    const error = parseTrace(spoken) as TraceError;
    expect(error.index).toBe(2);
    expect(error.expected).toContain('lim:8');
    expect(error.message).toBe('Token 2: "<end>", expected lim:4 lim:6 lim:8 lim:10 lim:12 lim:14 … (11 words)');
    expect((parseTrace([]) as TraceError).message).toBe('Token 0: the trace ends, expected <perceive>');
    expect((readTrace('<perceive> speed') as TraceError).index).toBe(1);
  });

  test('nobody is seen twice, and only who was seen is predicted or blamed', () => {
    const start = '<perceive> v:6 lim:8 lat:0 road:straight';
    const rejected = (text: string) => (parseTrace(readTrace(text) as number[]) as TraceError).index;
    expect(rejected(`${start} A1 box d:8 y:2 A1`)).toBe(9);
    expect(rejected(`${start} <predict> A1`)).toBe(6);
    expect(rejected(`${start} <predict> <plan> stop A2`)).toBe(8);
    expect(rejected(`${start} <predict> <plan> slow occlusion A1`)).toBe(8);
    expect(rejected(`${start} <predict> <plan> proceed clear <act> v:6 a:0 pull_right A1 <end>`)).toBe(12);
  });

  test('stages and the decision word are found in whole and broken traces', () => {
    const plan = example.indexOf(wordId('<plan>') as number);
    expect(stageOf(example, 0)).toBe('perceive');
    expect(stageOf(example, plan - 1)).toBe('predict');
    expect(stageOf(example, plan)).toBe('plan');
    expect(stageOf(example, example.length - 1)).toBe('act');
    expect(decisionWordIndex(example)).toBe(plan + 1);
    expect(decisionWordIndex(example.slice(0, plan + 1))).toBe(-1);
    expect(stageOf([], 3)).toBe('perceive');
  });
});
