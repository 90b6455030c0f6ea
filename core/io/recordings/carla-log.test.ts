import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromCarlaPose, headingOfCompass, toCarlaPose } from './carla-frame.ts';
import { CarlaLogParser, isCarlaLog, parseCarlaLog } from './carla-log.ts';
import { MAX_CARLA_ACTORS } from './carla-log-reader.ts';
import { type CarlaRecording, rowAt, type Series } from './carla-log-recording.ts';
import { ImportError } from '../../base/import-error.ts';
import { actor, joined, Log, log } from './testing-carla-log.ts';

const REAL = '../shared/data/carla/DistanceToLaneCenter.log';
const present = existsSync(REAL);
if (!present) {
  if (process.env.CI) throw new Error(`${REAL} is missing`);
  console.warn(`SKIPPED: ${REAL} is missing; no real recording is read.`);
}
const rowOf = (series: Series, frame: number): number[] => {
  const row = rowAt(series, frame);
  return [...series.values.subarray(row * series.width, (row + 1) * series.width)];
};

describe.skipIf(!present)('DistanceToLaneCenter.log', () => {
  const bytes = present ? new Uint8Array(readFileSync(REAL)) : new Uint8Array(0);
  const recording = present ? parseCarlaLog(bytes) : (null as unknown as CarlaRecording);
  const hero = () => {
    const found = recording.actors.find(({ attributes }) => attributes.role_name === 'hero');
    if (!found) throw new Error('no hero');
    return found;
  };

  test('is read to its last byte', () => {
    expect(isCarlaLog(bytes)).toBe(true);
    expect(recording).toMatchObject({
      map: 'Town01',
      recordedAtUnixS: 1637671165,
      bytes: 1_712_229,
      bytesUnaccounted: 0,
    });
    expect(recording.frameIds.length).toBe(432);
    expect([...recording.frameIds]).toEqual(Array.from({ length: 432 }, (_, i) => i + 1));
    expect(recording.times[431]).toBeCloseTo(12.5282, 4);
    expect(recording.durations[431]).toBeNaN();
    const counts = Object.fromEntries(recording.packets.map(({ id, count }) => [id, count]));
    expect(counts).toEqual({
      0: 432,
      1: 432,
      2: 432,
      3: 432,
      4: 432,
      5: 432,
      6: 432,
      7: 432,
      8: 432,
      9: 432,
      10: 432,
      12: 431,
      13: 432,
      14: 432,
      15: 1,
      16: 1,
    });
    const header = 34;
    const packets = recording.packets.reduce((sum, packet) => sum + packet.bytes + 5 * packet.count, 0);
    expect(header + packets).toBe(bytes.length);
    expect(recording.packets.filter(({ read }) => !read).map(({ name }) => name)).toEqual([
      'PlatformTime',
      'PhysicsControl',
    ]);
  });

  test('has 36 traffic lights and a Lincoln as its hero', () => {
    const lights = recording.actors.filter(({ kind }) => kind === 'traffic-light');
    expect(lights.length).toBe(36);
    expect(lights.every(({ lights, lightTimes }) => lights.rows > 0 && lightTimes.rows === 1)).toBe(true);
    expect(rowOf(lights[0].lightTimes, 0)).toEqual([10, 3, 2]);
    const car = hero();
    expect(car).toMatchObject({
      id: 234,
      kind: 'vehicle',
      blueprint: 'vehicle.lincoln.mkz_2017',
      uid: 26,
      removedFrame: 431,
    });
    expect(car.box?.slice(3).map((half) => +half.toFixed(3))).toEqual([2.451, 1.064, 0.755]);
    const sensor = recording.actors.find(({ blueprint }) => blueprint === 'sensor.other.imu');
    expect(sensor).toMatchObject({ kind: 'sensor', parentId: 234, firstFrame: 238 });
  });

  test('positions, velocities and rates of turn agree with one another in our frame', () => {
    const car = hero();
    const start = rowOf(car.poses, 0);
    expect(start.slice(0, 2)).toEqual([392.5, -195]);
    expect(start[3]).toBeCloseTo(-Math.PI / 2, 5);
    let [moved, said, turned, saidTurned, tilt] = [0, 0, 0, 0, 0];
    for (let frame = 250; frame < 425; frame++) {
      const dt = recording.times[frame + 1] - recording.times[frame - 1];
      const [before, after] = [rowOf(car.poses, frame - 1), rowOf(car.poses, frame + 1)];
      const velocity = rowOf(car.velocities, frame);
      moved += ((after[1] - before[1]) / dt) * velocity[1];
      said += velocity[1] ** 2;
      turned += ((after[3] - before[3]) / dt) * velocity[5];
      saidTurned += velocity[5] ** 2;
      // The car heads for −y, so its left is +x: the rate of pitch is the spin about x, which fixes the mirror's sign there.
      tilt += ((after[4] - before[4]) / dt) * velocity[3];
    }
    expect(moved / said).toBeCloseTo(1, 1);
    expect(turned / saidTurned).toBeCloseTo(1, 1);
    expect(tilt).toBeGreaterThan(0);
  });

  test('reads the same in pieces of any size, and refuses every cut with the place', () => {
    for (const size of [7, 4096, 1_000_000]) {
      const parser = new CarlaLogParser();
      const end = size === 7 ? 60_000 : bytes.length;
      for (let at = 0; at < end; at += size) parser.push(bytes.subarray(at, Math.min(end, at + size)));
      if (size > 7) expect(parser.finish()).toEqual(recording);
      else expect(() => parser.finish()).toThrow(/^byte 60000 \(State\): the recording is cut off inside this packet$/);
    }
    expect(() => parseCarlaLog(bytes.subarray(0, 20))).toThrow(ImportError);
  });
});

describe('a recording', () => {
  test('of an unknown packet is stepped over by size and listed, however it is cut', () => {
    const body = new Log();
    for (let i = 0; i < 1000; i++) body.number('Uint8', i & 255);
    const bytes = log().frame().packet(77, body).packet(1).bytes();
    const parser = new CarlaLogParser();
    for (const byte of bytes) parser.push(Uint8Array.of(byte));
    const { packets, bytesUnaccounted } = parser.finish();
    expect(packets.find(({ id }) => id === 77)).toEqual({
      id: 77,
      name: 'unknown',
      count: 1,
      bytes: 1000,
      read: false,
    });
    expect(bytesUnaccounted).toBe(0);
    expect(() => parseCarlaLog(log().frame().packet(77, body, 4e9).bytes())).toThrow(/unknown packet.*cut off/);
  });

  test('with doors is told apart from one without by the size of its records', () => {
    const wheels = joined(
      new Log().number('Uint32', 5).number('Uint32', 1).number('Uint8', 0).number('Float32', 1).number('Float32', 2),
    );
    const doors = joined(new Log().number('Uint32', 5).number('Uint8', 2));
    const biker = joined(new Log().number('Uint32', 5).number('Float32', 1).number('Float32', 2));
    const names = (built: Log) => {
      const { layout, packets } = parseCarlaLog(built.bytes());
      return [layout, ...packets.slice(1).map(({ name }) => name)];
    };
    expect(names(log().frame().packet(21, wheels).packet(22, biker))).toEqual([
      'wheels',
      'AnimVehicleWheels',
      'AnimBiker',
    ]);
    expect(names(log().frame().packet(21, doors).packet(22, wheels).packet(23, biker))).toEqual([
      'door',
      'VehicleDoor',
      'AnimVehicleWheels',
      'AnimBiker',
    ]);
    expect(names(log().frame().packet(21, joined()).packet(22, wheels))[0]).toBe('door');
    expect(names(log().frame().packet(21, joined()))).toEqual([null, 'VehicleDoor or AnimVehicleWheels']);
    expect(() => parseCarlaLog(log().frame().packet(21, doors).packet(22, doors).bytes())).toThrow(
      /byte \d+ .*records/,
    );
  });

  test('adds, removes and adds again under one id; turns frame and units over', () => {
    const at = (x: number, y: number) => {
      const body = new Log().number('Uint32', 7);
      for (const value of [x, y, 50, 10, 20, 30]) body.number('Float32', value);
      return joined(body);
    };
    const control = new Log().number('Uint32', 7).number('Float32', 0.5).number('Float32', 1).number('Float32', 0);
    const collision = new Log()
      .number('Uint32', 1)
      .number('Uint32', 7)
      .number('Uint32', 8)
      .number('Uint8', 1)
      .number('Uint8', 0);
    const bytes = log()
      .frame(1, 0)
      .packet(2, joined(actor(7)))
      .packet(6, at(100, 200))
      .packet(8, joined(control.number('Uint8', 1).number('Int32', -1)))
      .packet(5, joined(collision))
      .frame(2, 0.05)
      .packet(6, at(100, 200))
      .packet(3, joined(new Log().number('Uint32', 7)))
      .frame(3, 0.1)
      .packet(2, joined(actor(7)))
      .bytes();
    const { actors, collisions } = parseCarlaLog(bytes);
    expect(actors.map(({ id, firstFrame, removedFrame }) => [id, firstFrame, removedFrame])).toEqual([
      [7, 0, 1],
      [7, 2, null],
    ]);
    const [first] = actors;
    expect(first.poses.rows).toBe(2);
    const expected = [1, -2, 0.5, -Math.PI / 6, -Math.PI / 9, Math.PI / 18];
    rowOf(first.poses, 1).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
    expect(rowOf(first.controls, 0)).toEqual([-0.5, 1, 0, 1, -1]);
    expect(collisions).toEqual([{ frame: 0, actors: [7, 8], heroes: [true, false] }]);
  });

  test('that claims what it has not is refused by name', () => {
    const cases: [Log, RegExp][] = [
      [
        log().frame().packet(2, new Log().number('Uint16', 65535)),
        /EventAdd\): what it says it holds goes beyond its end/,
      ],
      [
        log().frame().packet(2, new Log().number('Uint16', 65535), 4e9),
        /EventAdd\): the packet declares 4000000000 bytes/,
      ],
      [
        log().frame().packet(6, new Log().number('Uint16', 65535)),
        /Position\): 65535 records of 28 bytes do not make its 2/,
      ],
      [log().frame().packet(6, new Log().number('Uint16', 0).number('Uint8', 0)), /Position\): 0 records/],
      [log().packet(0, new Log().long(1)), /FrameStart\): the packet declares 8 bytes, expected 24/],
      [log().packet(3, joined()), /EventDel\): the packet comes before the first frame/],
      [log().frame(1, 1).frame(2, 0.5), /FrameStart\): time runs backwards/],
      [log().frame(1, Number.NaN), /FrameStart\): a number is not finite/],
      [
        log()
          .frame()
          .packet(7, joined(new Log().number('Uint32', 1).number('Uint8', 0).number('Float32', 0).number('Uint8', 9))),
        /State\): a traffic light in state 9/,
      ],
      [log(), /holds no frame/],
      [new Log().number('Uint16', 2).text('CARLA_RECORDER').long(0).text(''), /recorder version 2/],
      [new Log().text('{"format": "comma2k19-lite/1"}'), /does not begin as a CARLA recording/],
    ];
    for (const [built, message] of cases) {
      expect(() => parseCarlaLog(built.bytes())).toThrow(ImportError);
      expect(() => parseCarlaLog(built.bytes())).toThrow(message);
    }
  });

  test('of 10⁹ actors is refused at the limit, having kept no more than that', () => {
    const parser = new CarlaLogParser();
    parser.push(log().frame().bytes());
    const speak = (from: number) => {
      const body = new Uint8Array(5 + 2 + 60_000 * 8);
      const view = new DataView(body.buffer);
      body[0] = 10;
      view.setUint32(1, body.length - 5, true);
      view.setUint16(5, 60_000, true);
      for (let i = 0; i < 60_000; i++) view.setUint32(7 + 8 * i, from + i, true);
      return body;
    };
    parser.push(speak(0));
    expect(() => parser.push(speak(1e9))).toThrow(`VehicleLight): more than ${MAX_CARLA_ACTORS} actors`);
  });

  test('of noise ends in an ImportError or a recording', () => {
    const start = log()
      .frame()
      .packet(2, joined(actor(7)))
      .bytes();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(start.length), (noise, keep) => {
        const bytes = new Uint8Array(keep + noise.length);
        bytes.set(start.subarray(0, keep));
        bytes.set(noise, keep);
        try {
          expect(parseCarlaLog(bytes).bytesUnaccounted).toBe(0);
        } catch (error) {
          if (!(error instanceof ImportError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("CARLA's frame", () => {
  test('and ours turn into one another', () => {
    const pose = fromCarlaPose({ x: 1, y: 2, z: 3 }, { pitch: 10, yaw: 90, roll: -20 });
    expect([pose.x, pose.y, pose.z]).toEqual([1, -2, 3]);
    expect(pose.headingRad).toBeCloseTo(-Math.PI / 2, 12);
    const back = toCarlaPose(pose);
    expect(
      [back.location.y, back.rotation.pitch, back.rotation.yaw, back.rotation.roll].map((v) => +v.toFixed(9)),
    ).toEqual([2, 10, 90, -20]);
    expect(headingOfCompass(Math.PI / 2)).toBe(0);
  });
});
