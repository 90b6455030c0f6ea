import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CarlaError } from './errors.ts';
import { decodeOne, MsgDecoder, type MsgValue, MsgWriter } from './msgpack.ts';

const written = (write: (out: MsgWriter) => void) => {
  const out = new MsgWriter();
  write(out);
  return Buffer.from(out.take()).toString('hex');
};
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof CarlaError) return error.code;
    throw error;
  }
  return 'accepted';
};
const write = (out: MsgWriter, value: unknown): void => {
  if (value === null) out.nil();
  else if (typeof value === 'boolean') out.bool(value);
  else if (typeof value === 'bigint') out.int(value);
  else if (Number.isSafeInteger(value) && !Object.is(value, -0)) out.int(value as number);
  else if (typeof value === 'number') out.f64(value);
  else if (typeof value === 'string') out.str(value);
  else if (value instanceof Uint8Array) out.bin(value);
  else {
    out.array((value as unknown[]).length);
    for (const item of value as unknown[]) write(out, item);
  }
};

describe('msgpack', () => {
  test('integers, texts and lists take their shortest form', () => {
    const ints: [number | bigint, string][] = [
      [0, '00'],
      [127, '7f'],
      [128, 'cc80'],
      [256, 'cd0100'],
      [65536, 'ce00010000'],
      [2 ** 32, 'cf0000000100000000'],
      [2n ** 64n - 1n, 'cfffffffffffffffff'],
      [5n, '05'],
      [-1, 'ff'],
      [-32, 'e0'],
      [-33, 'd0df'],
      [-129, 'd1ff7f'],
      [-32769, 'd2ffff7fff'],
      [-(2 ** 31) - 1, 'd3ffffffff7fffffff'],
    ];
    for (const [value, hex] of ints) {
      expect(written((out) => out.int(value))).toBe(hex);
      expect(decodeOne(bytes(hex))).toEqual(typeof value === 'bigint' && value < 2n ** 53n ? Number(value) : value);
    }
    for (const [length, head] of [
      [31, 'bf'],
      [32, 'd920'],
      [256, 'da0100'],
      [65536, 'db00010000'],
    ] as const)
      expect(written((out) => out.str('a'.repeat(length))).slice(0, head.length)).toBe(head);
    expect(written((out) => out.bin(new Uint8Array(300))).slice(0, 6)).toBe('c5012c');
    expect([15, 16, 65536].map((n) => written((out) => out.array(n)))).toEqual(['9f', 'dc0010', 'dd00010000']);
    expect(() => new MsgWriter().int(1.5)).toThrow(RangeError);
    expect(() => new MsgWriter().int(2n ** 64n)).toThrow(RangeError);
  });

  test('any values come out as they went in, however the bytes are cut', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.double({ noNaN: true }),
        fc.integer(),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
        fc.string({ unit: 'grapheme' }),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(tie('any'), { maxLength: 20 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (values, cut) => {
        const out = new MsgWriter();
        for (const each of values) write(out, each);
        const all = out.take();
        const decoder = new MsgDecoder();
        const got: MsgValue[] = [];
        for (let at = 0; at < all.length; at += cut) got.push(...decoder.push(all.subarray(at, at + cut)));
        expect(got).toEqual(values);
        expect(decoder.midValue).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('maps and extensions are stepped over', () => {
    expect(decodeOne(bytes('82a16101a1629102'))).toEqual({
      pairs: [
        ['a', 1],
        ['b', [2]],
      ],
    });
    expect(decodeOne(bytes('d50701ff'))).toEqual({ extension: 7, data: bytes('01ff') });
    expect(decodeOne(bytes('c703fe010203'))).toEqual({ extension: -2, data: bytes('010203') });
    expect(decodeOne(bytes('c70005'))).toEqual({ extension: 5, data: bytes('') });
  });

  test('a declared 4 GB is refused at its head, as text, bytes, list or map', () => {
    for (const head of ['dbffffffff', 'c6ffffffff', 'c9ffffffff01']) {
      expect(codeOf(() => new MsgDecoder().push(bytes(head)))).toBe('too-large');
    }
    for (const head of ['ddffffffff', 'dfffffffff']) {
      expect(codeOf(() => new MsgDecoder().push(bytes(head)))).toBe('too-many-values');
    }
  });

  test('lists in lists, many values and what begins no value are refused by name, and the decoder stays broken', () => {
    expect(codeOf(() => new MsgDecoder().push(new Uint8Array(100).fill(0x91)))).toBe('too-deep');
    const limits = { maxBytes: 1000, maxDepth: 8, maxValues: 10 };
    expect(codeOf(() => new MsgDecoder(limits).push(bytes('9f')))).toBe('too-many-values');
    expect(codeOf(() => new MsgDecoder({ ...limits, maxBytes: 4 }).push(bytes('a561')))).toBe('too-large');
    const decoder = new MsgDecoder();
    expect(codeOf(() => decoder.push(bytes('c1')))).toBe('garbage');
    expect(codeOf(() => decoder.push(bytes('00')))).toBe('garbage');
    expect(codeOf(() => decodeOne(bytes('0000')))).toBe('garbage');
    expect(codeOf(() => decodeOne(bytes('cd00')))).toBe('garbage');
  });

  test('random bytes end in values or a named refusal, never in anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        expect(['accepted', 'garbage', 'too-large', 'too-deep', 'too-many-values']).toContain(
          codeOf(() => new MsgDecoder().push(noise)),
        );
      }),
      { numRuns: 500 },
    );
  });
});
