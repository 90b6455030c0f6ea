import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Differences } from './codec.ts';
import { dialectOf } from './dialect.ts';
import { CarlaError } from './errors.ts';
import {
  carlaMethods,
  encodeAnswer,
  encodeCall,
  type Method,
  type Outcome,
  readAnswer,
  readCall,
  readOutcome,
} from './methods.ts';
import { decodeOne, MsgDecoder, type MsgValue } from './msgpack.ts';

const DATA = '../shared/data';
const TRANSCRIPT = `${DATA}/carla/rpc-cpp-client-0.9.15.jsonl`;
const present = existsSync(TRANSCRIPT);
if (!present) {
  if (process.env.CI) throw new Error(`${TRANSCRIPT} is missing`);
  console.warn(`SKIPPED: ${TRANSCRIPT} is missing; CARLA's own messages are not compared.`);
}

interface Message {
  readonly dir: 'c2s' | 's2c';
  readonly len: number;
  /** Cut at 4,096 bytes or so, with "…" behind. */
  readonly hex: string;
  readonly val: unknown;
}
const transcript = (): Message[] =>
  readFileSync(TRANSCRIPT, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Message);
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/[^0-9a-f]+$/, ''), 'hex'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const methods = carlaMethods(dialectOf('0.9.15'));
const byName = new Map(Object.values(methods).map((method) => [method.name, method as unknown as Method]));

/** A message as another program decoded it: JSON, with {type: "Buffer"} for bytes. */
function plain(value: unknown): MsgValue {
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object') return Uint8Array.from((value as { data: number[] }).data);
  return value as MsgValue;
}

/** The transcript's JSON has lost the sign of −0; the bytes are compared with it. */
const signless = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.skipIf(!present)('the conversation of LibCarla 0.9.15 with its server', () => {
  test('every client message is produced byte for byte from typed calls', () => {
    const differences: Differences = new Set();
    let equal = 0;
    let total = 0;
    for (const { dir, len, hex, val } of transcript()) {
      if (dir !== 'c2s') continue;
      total++;
      // The typed arguments come from the other program's decoding, so that this does not undo what our decoder did.
      const { id, method: name, ignoreAnswer, args } = readCall(plain(val));
      const method = byName.get(name) as Method;
      expect(args.length, name).toBe(method.args.length);
      const typed = args.map((arg, i) => method.args[i].read(arg, differences));
      const bytes = encodeCall(id, method, typed, ignoreAnswer);
      expect(bytes.length).toBe(len);
      expect(hexOf(bytes)).toBe(hex);
      equal++;
    }
    console.info(`client messages equal: ${equal} of ${total}`);
    expect([equal, total]).toEqual([166, 166]);
    expect([...differences]).toEqual([]);
  });

  test('every server message decodes, and re-encodes to the same bytes', () => {
    const differences: Differences = new Set();
    const called = new Map<number, string>();
    const xodr = readFileSync(`${DATA}/opendrive/Town01.xodr`, 'utf8');
    let equal = 0;
    let cut = 0;
    for (const { dir, len, hex, val } of transcript()) {
      if (dir === 'c2s') {
        const { id, method } = readCall(plain(val));
        called.set(id, method);
        continue;
      }
      const there = bytesOf(hex);
      if (there.length < len) {
        // The map: what is there begins a text of a known length, which is Town01's.
        const whole = encodeAnswer(11, methods.getMapData.result, { value: xodr });
        expect(called.get(11)).toBe('get_map_data');
        expect(whole.length).toBe(len);
        expect(hexOf(whole.subarray(0, there.length))).toBe(hexOf(there));
        expect(readOutcome(methods.getMapData, readAnswer(decodeOne(whole)), differences)).toEqual({ value: xodr });
        cut++;
        equal++;
        continue;
      }
      const answer = readAnswer(decodeOne(there));
      expect(signless(answer)).toEqual(signless(readAnswer(plain(val))));
      const method = byName.get(called.get(answer.id) as string) as Method;
      const outcome = readOutcome(method, answer, differences);
      expect(hexOf(encodeAnswer(answer.id, method.result, outcome))).toBe(hex);
      equal++;
    }
    console.info(`server messages equal: ${equal} of 166 (${cut} cut)`);
    expect([equal, cut]).toEqual([166, 1]);
    expect([...differences]).toEqual([]);
  });

  test('decodes the same when the bytes arrive one at a time', () => {
    const whole = transcript().filter(({ dir, len, hex }) => dir === 's2c' && bytesOf(hex).length === len);
    const decoder = new MsgDecoder();
    const got: MsgValue[] = [];
    for (const { hex } of whole) for (const byte of bytesOf(hex)) got.push(...decoder.push(Uint8Array.of(byte)));
    expect(signless(got)).toEqual(signless(whole.map(({ val }) => plain(val))));
  });
});

describe('typed calls', () => {
  const errorOf = (run: () => unknown): CarlaError => {
    try {
      run();
    } catch (error) {
      if (error instanceof CarlaError) return error;
      throw error;
    }
    throw new Error('it was accepted');
  };

  test('a vehicle is controlled by the bytes of the C++ client', () => {
    const control = {
      throttle: 0.8,
      steer: 0,
      brake: 0,
      handBrake: false,
      reverse: false,
      manualGearShift: false,
      gear: 0,
    };
    expect(hexOf(encodeCall(30, methods.applyControlToVehicle, [38, control], true))).toBe(
      '94001eb86170706c795f636f6e74726f6c5f746f5f76656869636c659391c32697ca3f4ccccdca00000000ca00000000c2c2c200',
    );
  });

  test('batch commands keep their index across versions, and a version without one says so', () => {
    const kinds = [
      { kind: 'applyTransform', id: 1, transform: methods.setActorTransform.args[1].zero() },
      { kind: 'setVehicleLightState', id: 1, flags: 3 },
    ] as const;
    const indices = (version: string) => {
      const bytes = encodeCall(1, carlaMethods(dialectOf(version)).applyBatch, [kinds, false]);
      return (readCall(decodeOne(bytes)).args[0] as [[number]][]).map(([[index]]) => index);
    };
    expect(indices('0.9.15')).toEqual([6, 18]);
    expect(indices('0.9.13')).toEqual([5, 17]);
    const late = [{ kind: 'consoleCommand', command: 'x' }] as const;
    expect(errorOf(() => encodeCall(1, carlaMethods(dialectOf('0.9.13')).applyBatch, [late, false])).code).toBe(
      'unsupported',
    );
  });

  test('0.9.16 gives a child a socket name, and a box its actor', () => {
    const newer = carlaMethods(dialectOf('0.9.16'));
    const description = { uid: 1, id: 'sensor.other.imu', attributes: [] };
    const place = methods.spawnActor.args[1].zero();
    const args = [description, place, 7, 0, ''] as never;
    expect(readCall(decodeOne(encodeCall(1, newer.spawnActorWithParent, args))).args).toHaveLength(5);
    expect(readCall(decodeOne(encodeCall(1, methods.spawnActorWithParent, args))).args).toHaveLength(4);
    const spawn = [{ kind: 'spawnActor', description, transform: place, parent: null, doAfter: [] }] as const;
    const batch = decodeOne(encodeCall(1, newer.applyBatch, [spawn, false]));
    expect((readCall(batch).args[0] as MsgValue[][][])[0][0][1]).toHaveLength(6);
    expect(newer.applyBatch.args[0].read(readCall(batch).args[0], new Set())).toMatchObject([
      { kind: 'spawnActor', attachment: 0, socketName: '' },
    ]);
  });

  test('a struct of another length is read as far as it goes and noted as a difference', () => {
    const differences: Differences = new Set();
    const box = methods.getLightBoxes.result;
    const outcome = box.read([[1, [[[1, 2, 3], [4, 5, 6], [7, 8, 9], 38], [[1, 2, 3]]]]], differences);
    expect(outcome).toMatchObject({
      value: [
        { extent: { x: 4 }, actorId: 38 },
        { location: { z: 3 }, extent: { x: 0 } },
      ],
    });
    expect([...differences]).toEqual([
      'BoundingBox has 4 fields, this version should have 3.',
      'BoundingBox has 1 fields, this version should have 3.',
    ]);
  });

  test('a wrong type says which method and where', () => {
    const answer = {
      id: 1,
      rpcError: null,
      result: [
        [
          1,
          [
            'Town',
            [
              [
                [0, 0, 0],
                [0, 'x', 0],
              ],
            ],
          ],
        ],
      ],
    };
    const error = errorOf(() => readOutcome(methods.getMapInfo, answer, new Set()));
    expect(error.code).toBe('wrong-type');
    expect(error.message).toBe('get_map_info: spawnPoints[0].rotation.yaw: got "x", expected number');
    expect(errorOf(() => readAnswer(72)).code).toBe('garbage');
  });

  test('errors of methods and of rpclib become outcomes', () => {
    const read = (result: MsgValue, rpcError: string | null = null): Outcome<unknown> =>
      readOutcome(methods.destroyActor, { id: 1, rpcError, result }, new Set());
    expect(read([[0, ['not found']]])).toEqual({ error: 'not found' });
    expect(read(null, 'could not find function')).toEqual({ error: 'could not find function' });
    expect(errorOf(() => read([['x']])).code).toBe('wrong-type');
  });

  test('settings keep the form in which an absent step came', () => {
    const own = carlaMethods(dialectOf('0.10'));
    const fields = [false, false, null, true, 0.01, 10, 0, true, 3000, 2000, true];
    const read = own.getEpisodeSettings.result.read([[1, fields]], new Set()) as { value: never };
    expect(readCall(decodeOne(encodeCall(1, own.setEpisodeSettings, [read.value]))).args[0]).toEqual([
      ...fields.slice(0, 8),
      3000,
      2000,
      true,
    ]);
  });
});

describe('versions', () => {
  test('are recognised with what git adds to them', () => {
    for (const [text, version] of [
      ['0.9.13', '0.9.13'],
      ['0.9.15', '0.9.15'],
      ['0.9.15-dirty', '0.9.15'],
      ['CARLA v0.9.15-226-g5c2d2978a', '0.9.15'],
      ['0.9.16-12-g0123abc-dirty', '0.9.16'],
      ['0.10.0', '0.10'],
    ])
      expect(dialectOf(text).version).toBe(version);
  });

  test('that are not spoken are refused with what differs', () => {
    for (const [text, why] of [
      ['0.9.12', 'before 0.9.13'],
      ['0.9.17', '88 bytes instead of 48'],
      ['1.2.3', 'not known'],
      ['constructor', 'no version number'],
    ]) {
      expect(() => dialectOf(text)).toThrow(CarlaError);
      expect(() => dialectOf(text)).toThrow(why);
    }
  });
});
