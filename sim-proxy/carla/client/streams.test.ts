import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialectOf } from './dialect.ts';
import { CarlaError } from './errors.ts';
import {
  readCamera,
  readEpisodeState,
  readHeader,
  readMeasurement,
  readToken,
  readTrafficLight,
  readVehicle,
  readWalker,
  sensorCodecs,
  StreamFramer,
} from './streams.ts';
import {
  encodeCamera,
  encodeEpisodeState,
  encodeMeasurement,
  encodeToken,
  encodeTrafficLight,
  encodeVehicle,
  framed,
} from '../testing/encode-streams.ts';

const VECTORS = '../shared/data/carla/streams-0.9.15.json';
const present = existsSync(VECTORS);
if (!present) {
  if (process.env.CI) throw new Error(`${VECTORS} is missing`);
  console.warn(`SKIPPED: ${VECTORS} is missing; no real stream message is read.`);
}
interface Vectors {
  readonly ids: { readonly hero: number; readonly obstacle: number; readonly walker: number };
  /** uint32 length + message, hex. */
  readonly frames: Readonly<Record<string, readonly string[]>>;
}
const codecs = sensorCodecs(dialectOf('0.9.15'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const f = Math.fround;

describe.skipIf(!present)('stream messages of a LibCarla 0.9.15 server', () => {
  const { ids, frames } = present ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as Vectors) : ({} as Vectors);
  const messages = (stream: string): Uint8Array[] =>
    frames[stream].flatMap((hex) => new StreamFramer().push(new Uint8Array(Buffer.from(hex, 'hex'))));

  test('every message is read and written back byte for byte', () => {
    let equal = 0;
    const check = (stream: string, again: (message: Uint8Array) => Uint8Array) =>
      messages(stream).forEach((message, i) => {
        expect(hexOf(framed(again(message)))).toBe(frames[stream][i]);
        equal++;
      });
    check('episode_state', (message) => encodeEpisodeState(readEpisodeState(message)));
    check('sensor.camera.rgb', (message) => encodeCamera(readHeader(message), readCamera(message)));
    for (const kind of ['gnss', 'imu', 'collision'] as const) {
      check(`sensor.other.${kind}`, (message) =>
        encodeMeasurement(readHeader(message), codecs[kind] as never, readMeasurement(codecs, kind, message) as never),
      );
    }
    const total = Object.values(frames).reduce((sum, list) => sum + list.length, 0);
    console.info(`stream messages equal: ${equal} of ${total}`);
    expect([equal, total]).toEqual([16, 16]);
  });

  /** Of the hero in six frames: x, y (m), yaw (degrees), speed along x (m/s), turn (deg/s), acceleration along x (m/s²). */
  const HERO = [
    [5.010000228881836, 1.534999966621399, 0.006036359816789627, 0.20000000298023224, 0.12072718888521194, 4],
    [
      5.029975414276123, 1.5350021123886108, 0.018093988299369812, 0.3994999825954437, 0.2411525696516037,
      3.989999532699585,
    ],
    [
      5.059900283813477, 1.5350115299224854, 0.03615783527493477, 0.5985011458396912, 0.36127689480781555,
      3.980023145675659,
    ],
    [
      5.099750518798828, 1.5350366830825806, 0.0602128766477108, 0.7970045804977417, 0.48110082745552063,
      3.9700686931610107,
    ],
    [
      5.149501323699951, 1.5350890159606934, 0.09024414420127869, 0.9950112104415894, 0.6006252765655518,
      3.960132598876953,
    ],
    [
      5.209127426147461, 1.5351829528808594, 0.126236692070961, 1.1925220489501953, 0.7198509573936462,
      3.950216770172119,
    ],
  ];
  test('the episode of six frames', () => {
    messages('episode_state').forEach((message, i) => {
      const state = readEpisodeState(message);
      expect(state).toMatchObject({
        sensorType: 16,
        frame: 68 + i,
        episodeId: 1n,
        deltaSeconds: f(0.05),
        simulationState: 0,
      });
      expect(state.timestamp).toBeCloseTo(3.543025 + 0.05 * i, 6);
      expect(state.actors.map(({ id, state }) => [id, state])).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((id) => [id, 1]));
      const actor = (id: number) => state.actors[state.actors.findIndex((each) => each.id === id)];
      const hero = actor(ids.hero);
      const { location, rotation, velocity, angularVelocity, acceleration } = hero;
      expect([location.x, location.y, rotation.yaw, velocity.x, angularVelocity.z, acceleration.x]).toEqual(HERO[i]);
      expect([location.z, rotation.pitch, rotation.roll]).toEqual([f(0.6), 0, 0]);
      expect(readVehicle(hero.union)).toEqual({
        throttle: 1,
        steer: f(0.05),
        brake: 0,
        handBrake: false,
        reverse: false,
        manualGearShift: false,
        gear: 1,
        speedLimitKmh: 30,
        trafficLightState: 2,
        hasTrafficLight: false,
        trafficLightId: 0,
        failure: 0,
      });
      expect(actor(ids.obstacle).location).toEqual({ x: 17, y: f(1.535), z: f(0.6) });
      const walker = actor(ids.walker);
      expect(readWalker(walker.union)).toEqual({ direction: { x: 1, y: 0, z: 0 }, speed: f(1.4), jump: false });
      expect(walker.location.x).toBeCloseTo(35.07 + 0.07 * i, 4);
    });
  });

  test('the sensors on the hero', () => {
    const latitudes = [37.35427962325271, 37.354279623233424, 37.35427962314881];
    const longitudes = [-122.08592314705975, -122.08592292132016, -122.0859225831392];
    messages('sensor.other.gnss').forEach((message, i) => {
      const place = { latitude: latitudes[i], longitude: longitudes[i], altitude: 1.600000023841858 };
      expect(readHeader(message)).toMatchObject({ sensorType: 4, frame: 68 + i, location: { x: HERO[i][0] } });
      expect(readMeasurement(codecs, 'gnss', message)).toEqual(place);
    });
    messages('sensor.other.imu').forEach((message, i) => {
      const { accelerometer, gyroscope, compass } = readMeasurement(codecs, 'imu', message);
      expect(readHeader(message)).toMatchObject({ sensorType: 5, frame: 68 + i });
      expect(accelerometer).toEqual({
        x: HERO[i][5],
        y: [0.00042141741141676903, 0.0021018220577389, 0.005030722822993994][i],
        z: f(9.81),
      });
      expect(gyroscope.z).toBeCloseTo((HERO[i][4] * Math.PI) / 180, 7);
      expect(compass).toBeCloseTo(Math.PI / 2 + (HERO[i][2] * Math.PI) / 180, 6);
    });
    const [crash] = messages('sensor.other.collision');
    expect(readHeader(crash)).toMatchObject({ sensorType: 0, frame: 109 });
    expect(readMeasurement(codecs, 'collision', crash)).toMatchObject({
      actor: {
        id: ids.hero,
        description: { id: 'vehicle.tesla.model3', attributes: [{ id: 'role_name', value: 'hero' }] },
      },
      other: { id: ids.obstacle, description: { id: 'vehicle.audi.tt' } },
      normalImpulse: { x: 11924.6552734375, y: 1099.7440185546875, z: 0 },
    });
  });

  test('the camera: blue across, green down, red the frame', () => {
    messages('sensor.camera.rgb').forEach((message, i) => {
      const { width, height, fov, bgra } = readCamera(message);
      expect([width, height, fov, bgra.length]).toEqual([8, 6, 90, 192]);
      for (let y = 0; y < 6; y++) {
        for (let x = 0; x < 8; x++) {
          const at = 4 * (8 * y + x);
          expect([...bgra.subarray(at, at + 4)]).toEqual([
            Math.floor((x * 255) / 8),
            Math.floor((y * 255) / 6),
            68 + i,
            255,
          ]);
        }
      }
    });
  });
});

describe('streams', () => {
  const codeOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof CarlaError) return error.code;
      throw error;
    }
    return 'accepted';
  };

  test('a token of a normal server names no address, whatever its stray bytes', () => {
    const token = new Uint8Array(Buffer.from('01000000c15d0100706f7274003234303030002d2d786f64', 'hex'));
    expect(readToken(token)).toEqual({ streamId: 1, port: 24001, protocol: 'tcp', address: null });
    expect(readToken(encodeToken({ streamId: 7, port: 2001, protocol: 'tcp', address: null })).streamId).toBe(7);
    expect(codeOf(() => readToken(token.subarray(1)))).toBe('wrong-type');
  });

  test('messages come out whole however their bytes are cut', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 70 }), (sent, cut) => {
        const all = Buffer.concat(sent.map(framed));
        const framer = new StreamFramer();
        const got: Uint8Array[] = [];
        for (let at = 0; at < all.length; at += cut) got.push(...framer.push(all.subarray(at, at + cut)));
        expect(got.map(hexOf)).toEqual(sent.map(hexOf));
      }),
    );
  });

  test('a declared 4 GB is refused at its length', () => {
    expect(codeOf(() => new StreamFramer().push(new Uint8Array(4).fill(255)))).toBe('too-large');
  });

  test('the layout after 0.9.16 is named instead of misread', () => {
    const newer = new Uint8Array(88 + 36 + 3 * 135);
    expect(() => readEpisodeState(newer)).toThrow(/fits the layout after 0\.9\.16/);
    expect(() => readEpisodeState(new Uint8Array(85))).toThrow(CarlaError);
  });

  test('images that are not what they say are refused', () => {
    const header = {
      sensorType: 13,
      frame: 1,
      timestamp: 0,
      location: { x: 0, y: 0, z: 0 },
      rotation: { pitch: 0, yaw: 0, roll: 0 },
    };
    const image = encodeCamera(header, { width: 2, height: 2, fov: 90, bgra: new Uint8Array(16) });
    expect(codeOf(() => readCamera(image.subarray(0, 70)))).toBe('wrong-type');
    new DataView(image.buffer).setUint32(48, 1e9, true);
    expect(codeOf(() => readCamera(image))).toBe('too-large');
  });

  test('vehicles and traffic lights keep every field', () => {
    const vehicle = {
      throttle: 0.5,
      steer: -1,
      brake: 0.25,
      handBrake: true,
      reverse: true,
      manualGearShift: true,
      gear: -1,
      speedLimitKmh: 90,
      trafficLightState: 1,
      hasTrafficLight: true,
      trafficLightId: 4e9,
      failure: 3,
    };
    expect(readVehicle(encodeVehicle(vehicle))).toEqual(vehicle);
    const light = {
      signId: 's'.repeat(32),
      greenTime: 10,
      yellowTime: 3,
      redTime: 2,
      elapsedTime: 1.5,
      poleIndex: 2,
      frozen: true,
      state: 1,
    };
    expect(readTrafficLight(encodeTrafficLight(light))).toEqual(light);
  });
});
