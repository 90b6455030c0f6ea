import { describe, expect, test } from 'vitest';
import { DrivingEnv, VectorEnv } from '../env.ts';
import { LIGHT_GREEN, LIGHT_RED } from '../../../abi/layout.ts';
import { KIND_BICYCLE, KIND_EMERGENCY, KIND_PEDESTRIAN, KIND_STATIC, KIND_VEHICLE } from '../kinds/kinds.ts';
import { RASTER_CHANNELS, type RasterChannel, type RasterOptions, rasterise } from './raster.ts';
import { testBuiltRoad, testSpec } from './testing.ts';
import { createTwinWorlds } from './twin/twin.ts';
import type { ActorState, WorldState } from './world.ts';

const SMALL: RasterOptions = { size: 40, metresPerPixel: 1, behindM: 10, dtype: 'float32' };
const spec = testSpec({ ...testBuiltRoad([{ length: 400, curvature: 0 }]), goalS: 130 });

/** The start of `spec` with the ego at x = 100 on its lane, heading +x. */
function stateAt(change: Partial<WorldState> = {}): WorldState {
  const worlds = createTwinWorlds(1);
  worlds.reset(0, spec);
  return { ...worlds.state(0), x: 100, y: 0, headingRad: 0, s: 100, lateral: 0, actors: [], ...change };
}
const actor = (change: Partial<ActorState>): ActorState => ({
  kind: KIND_VEHICLE,
  x: 110,
  y: 0,
  headingRad: 0,
  speedMps: 0,
  yawRateRadps: 0,
  length: 4,
  width: 2,
  visible: true,
  present: true,
  ...change,
});

/** Pixels of a channel that are set: "row,column". */
function pixels(image: ArrayLike<number>, channel: RasterChannel, size = SMALL.size): string[] {
  const from = RASTER_CHANNELS.indexOf(channel) * size * size;
  return Array.from({ length: size * size }, (_, i) => i)
    .filter((i) => image[from + i] > 0)
    .map((i) => `${Math.floor(i / size)},${i % size}`);
}
const block = (rows: readonly [number, number], columns: readonly [number, number]): string[] => {
  const out: string[] = [];
  for (let row = rows[0]; row <= rows[1]; row++)
    for (let column = columns[0]; column <= columns[1]; column++) out.push(`${row},${column}`);
  return out;
};

describe('the bird’s-eye picture', () => {
  test('an actor 10 m ahead is a block of its own size, and only in its channel', () => {
    const state = stateAt({ actors: [actor({})] });
    // 4 m long about x = 110: rows whose centre is 8 … 12 m ahead; 2 m wide: the two middle columns.
    const image = rasterise(state, spec, SMALL);
    expect(pixels(image, 'vehicle')).toEqual(block([18, 21], [19, 20]));
    expect(pixels(image, 'vulnerable')).toEqual([]);
    expect(pixels(image, 'static')).toEqual([]);
  });

  test('left is left and ahead is up, also for an ego that has turned', () => {
    const left = rasterise(stateAt({ actors: [actor({ x: 100, y: 10 })] }), spec, SMALL);
    expect(pixels(left, 'vehicle')).toEqual(block([28, 31], [9, 10]));
    const turned = stateAt({ headingRad: Math.PI / 2, actors: [actor({ x: 100, y: 10, headingRad: Math.PI / 2 })] });
    expect(pixels(rasterise(turned, spec, SMALL), 'vehicle')).toEqual(block([18, 21], [19, 20]));
  });

  test('kinds have their channels; who is not seen or not there is not drawn', () => {
    const kinds: [number, RasterChannel][] = [
      [KIND_EMERGENCY, 'vehicle'],
      [KIND_PEDESTRIAN, 'vulnerable'],
      [KIND_BICYCLE, 'vulnerable'],
      [KIND_STATIC, 'static'],
    ];
    for (const [kind, channel] of kinds) {
      expect(pixels(rasterise(stateAt({ actors: [actor({ kind })] }), spec, SMALL), channel)).toHaveLength(8);
      for (const hidden of [{ visible: false }, { present: false }])
        expect(pixels(rasterise(stateAt({ actors: [actor({ kind, ...hidden })] }), spec, SMALL), channel)).toEqual([]);
    }
  });

  test('the road is as wide as its edges, its lane has two borders, and the route ends at the goal', () => {
    const image = rasterise(stateAt(), spec, SMALL);
    // 3.5 m wide: centres at ±0.5 and ±1.5 m lie inside.
    expect(pixels(image, 'drivable')).toEqual(block([0, 39], [18, 21]));
    const borders = pixels(image, 'lane_line').map((pixel) => Number(pixel.split(',')[1]));
    expect(new Set(borders)).toEqual(new Set([18, 21]));
    expect(new Set(pixels(image, 'lane_centre').map((pixel) => Number(pixel.split(',')[1])))).toEqual(
      new Set([19, 20]),
    );
    // From the ego (row 30 begins behind it) to 130, 30 m ahead: the whole upper picture; 1.9 m wide.
    expect(pixels(image, 'route')).toEqual(block([0, 29], [19, 20]));
    const near = rasterise(stateAt(), { ...spec, goalS: 112 }, SMALL);
    expect(pixels(near, 'route')).toEqual(block([18, 29], [19, 20]));
  });

  test('the ego is its own box, and the picture follows it', () => {
    expect(pixels(rasterise(stateAt(), spec, SMALL), 'ego')).toEqual(block([28, 31], [19, 20]));
    const moved = rasterise(stateAt({ x: 105, s: 105, actors: [actor({})] }), spec, SMALL);
    expect(pixels(moved, 'vehicle')).toEqual(block([23, 26], [19, 20]));
  });

  test('the stop line says what the light shows', () => {
    const at = (light: number) => rasterise(stateAt({ light, stopLineS: 115.5 }), spec, SMALL);
    const from = RASTER_CHANNELS.indexOf('stop_line') * 1600;
    expect(pixels(at(LIGHT_RED), 'stop_line')).toEqual(block([14, 14], [18, 21]));
    expect(at(LIGHT_RED)[from + 14 * 40 + 19]).toBe(1);
    expect(at(LIGHT_GREEN)[from + 14 * 40 + 19]).toBeCloseTo(1 / 3, 6);
  });

  test('bytes say the same as floats, in the shape that was asked for', () => {
    const state = stateAt({ actors: [actor({ headingRad: 0.3 })] });
    const [bytes, floats] = [rasterise(state, spec, { ...SMALL, dtype: 'uint8' }), rasterise(state, spec, SMALL)];
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect(Array.from(bytes, (value) => value / 255)).toEqual([...floats]);
    expect(rasterise(state, spec, { ...SMALL, size: 17 })).toHaveLength(17 * 17 * RASTER_CHANNELS.length);
    expect(() => rasterise(state, spec, { size: 0 })).toThrow(RangeError);
  });

  test('environments give it beside the vector when asked', () => {
    const make = (seed: number) => testSpec({ seed });
    const env = new DrivingEnv(make, undefined, SMALL);
    const { raster: start } = env.reset(1);
    const { raster: next } = env.step([3, 0]);
    expect([start?.length, next?.length]).toEqual([9 * 1600, 9 * 1600]);
    const pair = new VectorEnv(2, make, undefined, SMALL).reset(1);
    expect(pair.raster?.subarray(0, 9 * 1600)).toEqual(start);
    expect(new DrivingEnv(make).reset(1).raster).toBeUndefined();
  });
});
