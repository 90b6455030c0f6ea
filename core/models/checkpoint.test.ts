import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { CheckpointError, imitationHash, parametersHash, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { drivingConfig, NAMES_CONFIG, parameterLayout } from './config.ts';
import { initParameters } from './initialise.ts';
import { TINY } from './twin/testing.ts';

const flat = initParameters(TINY, createRandom(1));
const bytes = writeCheckpoint(TINY, flat, 'first try · SFT');

interface Header {
  [name: string]: Record<string, unknown>;
}
const META = '__metadata__';

/** The header of `from`, changed by `edit`, with the same data. */
function withHeader(edit: (header: Header) => void): Uint8Array {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  edit(header);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + 4 * flat.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(bytes.subarray(8 + length), 8 + json.length);
  return out;
}
function problemOf(input: Uint8Array): string {
  try {
    readCheckpoint(input);
  } catch (error) {
    expect(error).toBeInstanceOf(CheckpointError);
    return (error as CheckpointError).problem;
  }
  return 'none';
}

describe('a checkpoint', () => {
  it('comes back bit for bit, for every configuration', () => {
    for (const config of [TINY, NAMES_CONFIG, drivingConfig(150, 82)]) {
      const parameters = initParameters(config, createRandom(2));
      const back = readCheckpoint(writeCheckpoint(config, parameters, 'n'));
      expect(back.config).toEqual(config);
      expect(back.flat).toEqual(parameters);
    }
    expect(readCheckpoint(bytes).name).toBe('first try · SFT');
  });

  it('is read from the middle of a larger buffer', () => {
    const around = new Uint8Array(bytes.length + 10);
    around.set(bytes, 3);
    expect(readCheckpoint(around.subarray(3, 3 + bytes.length)).flat).toEqual(flat);
  });

  it('is a safetensors file: aligned data, tensors tile it, metadata are texts', () => {
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect((8 + length) % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(Object.values(header[META]).every((v) => typeof v === 'string')).toBe(true);
    let at = 0;
    for (const [name, entry] of Object.entries<{ data_offsets: number[] }>(header)) {
      if (name === META) continue;
      expect(entry.data_offsets[0]).toBe(at);
      at = entry.data_offsets[1];
    }
    expect(at).toBe(bytes.length - 8 - length);
  });

  it('names what is wrong', () => {
    expect(problemOf(new Uint8Array(3))).toBe('truncated');
    expect(problemOf(bytes.subarray(0, bytes.length - 1))).toBe('truncated');
    const huge = bytes.slice();
    new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(problemOf(huge)).toBe('header');
    const nan = bytes.slice();
    new DataView(nan.buffer).setFloat32(bytes.length - 4, Number.NaN, true);
    expect(() => readCheckpoint(nan)).toThrow(/value\.b2\[0\]: NaN is not finite/);
    expect(problemOf(withHeader((h) => delete h.wte))).toBe('tensor');
    expect(problemOf(withHeader((h) => (h.extra = h.wte)))).toBe('tensor');
    expect(problemOf(withHeader((h) => (h.wte.dtype = 'F16')))).toBe('tensor');
    expect(problemOf(withHeader((h) => (h.wpe.data_offsets = h.wte.data_offsets)))).toBe('tensor');
    expect(problemOf(withHeader((h) => (h[META].format = 'other/1')))).toBe('format');
    expect(problemOf(withHeader((h) => delete h[META]))).toBe('header');
    const config = (edit: object) => withHeader((h) => (h[META].config = JSON.stringify({ ...TINY, ...edit })));
    expect(problemOf(config({ width: 1e9 }))).toBe('config');
    expect(problemOf(config({ heads: 3 }))).toBe('config');
    expect(problemOf(config({ layers: 1.5 }))).toBe('config');
    expect(problemOf(config({ vocabSize: 14 }))).toBe('tensor');
  });

  it('with any damage is either refused with a typed error or has finite parameters of its size', () => {
    const damage = fc.oneof(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }).map((edits) => {
        const out = bytes.slice();
        for (const [at, value] of edits) out[at] = value;
        return out;
      }),
      fc.array(fc.tuple(fc.nat(900), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((edits) => {
        const out = bytes.slice();
        for (const [at, value] of edits) out[at] = value;
        return out;
      }),
      fc.nat(bytes.length).map((n) => bytes.slice(0, n)),
      fc.uint8Array({ maxLength: 400 }),
    );
    fc.assert(
      fc.property(damage, (input) => {
        try {
          const { config, flat: read } = readCheckpoint(input);
          expect(read.length).toBe(parameterLayout(config).size);
          expect(read.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
          expect((error as Error).message.length).toBeLessThan(300);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('with parameters that are not finite is not written', () => {
    const bad = flat.slice();
    bad[7] = Infinity;
    expect(() => writeCheckpoint(TINY, bad, 'x')).toThrow(CheckpointError);
  });
});

describe('hashes', () => {
  it('change with any parameter; the imitation hash only with the imitation model', () => {
    const layout = parameterLayout(TINY);
    const other = flat.slice();
    other[layout.imitationSize] += 1;
    expect(parametersHash(other)).not.toBe(parametersHash(flat));
    expect(imitationHash(other, layout)).toBe(imitationHash(flat, layout));
    other[layout.imitationSize - 1] += 1;
    expect(imitationHash(other, layout)).not.toBe(imitationHash(flat, layout));
  });

  it('are SHA-256 of little-endian bytes', () => {
    expect(parametersHash(new Float32Array(0))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });
});
