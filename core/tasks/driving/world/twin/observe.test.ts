import { describe, expect, it } from 'vitest';
import { OBS_ACTOR, OBS_ACTOR_STRIDE, OBS_DIM, OBS_EDGE, OBS_WEATHER } from '../../../../abi/layout.ts';
import { KIND_EMERGENCY } from '../../kinds/kinds.ts';
import { OBSERVATION_SLICES } from '../../observe/observation.ts';
import type { WorldSpec } from '../spec/spec.ts';
import { CLEAR, PERFECT, testBuiltRoad, testParked, testSpec, testTraffic, testWalker } from '../testing.ts';
import { createTwinWorlds } from './twin.ts';
import { gaussian, mix32 } from './noise.ts';

function observed(more: Partial<WorldSpec>, steps = 0): Float32Array {
  const worlds = createTwinWorlds(1);
  worlds.reset(0, testSpec(more));
  for (let step = 0; step < steps; step++) worlds.stepControls([0, 0]);
  return worlds.observe().slice();
}
const slot = (seen: Float32Array, i: number) => [
  ...seen.subarray(OBS_ACTOR + i * OBS_ACTOR_STRIDE, OBS_ACTOR + (i + 1) * OBS_ACTOR_STRIDE),
];
const shown = (seen: Float32Array) => [0, 1, 2, 3, 4, 5].map((i) => slot(seen, i)[0]);

describe('the observation', () => {
  it('is covered by its slices', () => {
    const end = OBSERVATION_SLICES.reduce((at, { start, size }) => {
      expect(start).toBe(at);
      return start + size;
    }, 0);
    expect(end).toBe(OBS_DIM);
  });

  it('measures the edges, the oncoming lanes and the narrowest place ahead from where the ego is', () => {
    const drawn = testBuiltRoad([{ length: 200, curvature: 0 }], { lanesLeft: 2, oncomingLeft: 1 });
    const edgeLeft = drawn.road.edgeLeft.map((edge, i) => (i >= 30 ? 3 : edge));
    const ego = { s: 5, lateral: 0.5, headingErrorRad: 0, speedMps: 0 };
    const edges = (more: Partial<WorldSpec>) => [
      ...observed({ ...drawn, ego, ...more }).subarray(OBS_EDGE, OBS_EDGE + 5),
    ];
    const close = (numbers: number[]) => numbers.map((value) => expect.closeTo(value, 6));
    expect(edges({})).toEqual(close([(8.75 - 0.5) / 5, (1.75 + 0.5) / 5, 1.45, (5.25 - 0.5) / 5, 8.75 / 5]));
    expect(edges({ road: { ...drawn.road, edgeLeft } })[4]).toBeCloseTo(3 / 5, 6);
    const none = drawn.road.oncomingFrom.map(() => Number.POSITIVE_INFINITY);
    expect(edges({ road: { ...drawn.road, oncomingFrom: none } })[3]).toBe(2);
  });

  it('says the weather', () => {
    const weather = { ...CLEAR, friction: 0.5, sightM: 40, light: 0.25 };
    expect([...observed({ weather }).subarray(OBS_WEATHER, OBS_WEATHER + 3)]).toEqual([0.5, 0.5, 0.25]);
  });

  it('fog and darkness hide what is far, lit things less than unlit ones', () => {
    const weather = { ...CLEAR, sightM: 50, sightUnlitM: 25 };
    const actors = [
      testTraffic({ s: 45, speedMps: 0 }),
      testTraffic({ s: 65, speedMps: 0 }),
      testWalker({ s: 27, fromLateral: -4 }),
      testWalker({ s: 35, fromLateral: 4 }),
    ];
    expect(shown(observed({ weather, actors }))).toEqual([1, 0, 1, 0, 0, 0]);
    expect(shown(observed({ actors }))).toEqual([1, 0, 1, 1, 0, 0]);
  });

  it('names emergency vehicles and how fast somebody turns', () => {
    const drawn = testBuiltRoad([
      { length: 40, curvature: 0 },
      { length: 60, curvature: 0.04 },
    ]);
    const actors = [testTraffic({ kind: KIND_EMERGENCY, lane: 1, s: 5, speedMps: 6, desiredSpeedMps: 6 })];
    const seen = slot(observed({ ...drawn, goalS: 90, actors }, 20), 0);
    expect(seen.slice(0, 6)).toEqual([1, 0, 0, 0, 0, 1]);
    expect(seen[14]).toBeCloseTo(6 * 0.04, 2);
  });

  it('keeps the six nearest, those behind counting twice as far, in the order of the scenario', () => {
    const at = (id: string, s: number) => testParked({ id, s, lateral: s % 2 ? 3 : -3 });
    const actors = [60, 41, 26, 90, 80, 71, 49, 57, 38, 62].map((s, i) => at(`${i}`, s));
    const ego = { s: 50, lateral: 0, headingErrorRad: 0, speedMps: 0 };
    const seen = observed({ ego, actors });
    const ahead = [0, 1, 2, 3, 4, 5].map((i) => Math.round(slot(seen, i)[6] * 40 + 50));
    expect(ahead).toEqual([60, 41, 71, 49, 57, 62]);
  });
});

describe('sensor noise', () => {
  const sensors = { ...PERFECT, positionM: 0.4, velocityMps: 0.5, lateralM: 0.1 };
  const actors = [testTraffic({ s: 45 }), testParked({ s: 30, lateral: 3 })];

  it('is the same when one looks again, on a replay, and after a snapshot; another seed or step has another', () => {
    const noisy = { sensors, actors, seed: 7 };
    expect(observed(noisy, 3)).toEqual(observed(noisy, 3));
    expect(observed({ ...noisy, seed: 8 }, 3)).not.toEqual(observed(noisy, 3));
    const worlds = createTwinWorlds(1);
    worlds.reset(0, testSpec(noisy));
    const first = worlds.observe().slice();
    expect(worlds.observe()).toEqual(first);
    const saved = worlds.snapshot(0);
    worlds.stepControls([0, 0]);
    expect(slot(worlds.observe(), 1)).not.toEqual(slot(first, 1));
    worlds.restore(0, saved);
    expect(worlds.observe()).toEqual(first);
  });

  it('moves only measured positions and velocities, by about its standard deviation, and never the world', () => {
    const worlds = createTwinWorlds(2);
    worlds.reset(0, testSpec({ sensors, actors, seed: 1 }));
    worlds.reset(1, testSpec({ actors, seed: 1 }));
    const errors: number[] = [];
    for (let step = 0; step < 200; step++) {
      const seen = worlds.observe();
      const [noisy, exact] = [seen.subarray(0, OBS_DIM), seen.subarray(OBS_DIM)];
      const moved = [...noisy.keys()].filter((k) => noisy[k] !== exact[k]);
      const allowed = [
        3,
        26,
        27,
        ...[0, 1].flatMap((i) => [6, 7, 8, 9].map((k) => OBS_ACTOR + i * OBS_ACTOR_STRIDE + k)),
      ];
      expect(allowed).toEqual(expect.arrayContaining(moved));
      errors.push((noisy[OBS_ACTOR + OBS_ACTOR_STRIDE + 6] - exact[OBS_ACTOR + OBS_ACTOR_STRIDE + 6]) * 40);
      worlds.stepControls([0, 0, 0, 0]);
    }
    const mean = errors.reduce((a, b) => a + b) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, e) => sum + (e - mean) ** 2, 0) / errors.length);
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(deviation).toBeGreaterThan(0.33);
    expect(deviation).toBeLessThan(0.47);
    expect(worlds.hash(0)).toBe(worlds.hash(1));
  });

  it('is standard normal over seeds, steps, actors and channels, and its hash is a bijection', () => {
    let [sum, squares, n] = [0, 0, 0];
    for (let seed = 0; seed < 20; seed++)
      for (let step = 0; step < 20; step++)
        for (let who = 0; who < 10; who++)
          for (let channel = 0; channel < 4; channel++) {
            const g = gaussian(seed, step, who, channel);
            sum += g;
            squares += g * g;
            n++;
          }
    expect(Math.abs(sum / n)).toBeLessThan(0.02);
    expect(squares / n).toBeCloseTo(1, 1);
    expect(new Set(Array.from({ length: 50_000 }, (_, i) => mix32(i))).size).toBe(50_000);
    expect([mix32(0), mix32(1), mix32(0xffffffff)]).toEqual([0, 1753845952, 1734902346]);
  });
});
