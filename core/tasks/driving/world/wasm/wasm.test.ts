import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../base/random.ts';
import {
  DECISION_STEPS,
  EGO_LENGTH,
  LIGHT_GREEN,
  LIGHT_RED,
  MAX_ACTORS,
  OBS_ACTOR,
  OBS_ACTOR_STRIDE,
  OBS_DIM,
} from '../../../../abi/layout.ts';
import { REFERENCE_HASHES, referenceDrive } from '../reference-drive.ts';
import type { WorldSpec } from '../spec/spec.ts';
import type { SignalSpec } from '../../roads/road-spec.ts';
import {
  lanePlan,
  randomSpec,
  testBuiltRoad,
  testParked,
  testRoad,
  testSpec,
  testTrack,
  testTraffic,
  testWalker,
} from '../testing.ts';
import { createWasmWorlds } from './wasm.ts';
import type { Worlds } from '../world.ts';
import { WorldError } from '../spec/check.ts';

function single(spec: WorldSpec): Worlds {
  const worlds = createWasmWorlds(1);
  worlds.reset(0, spec);
  return worlds;
}

/** Drives with constant controls until the end or `steps`. */
function coast(worlds: Worlds, steps: number, counts: readonly [number, number] = [0, 0]): Worlds {
  for (let step = 0; step < steps && !worlds.terminated[0]; step++) worlds.stepControls(counts);
  return worlds;
}

/** A straight road of one lane with a light. */
const lit = (light: SignalSpec & { readonly stopLineS: number }, length = 200) =>
  testBuiltRoad([{ length, curvature: 0 }], { light });

const moving = (speedMps: number, s = 5) => ({ s, lateral: 0, headingErrorRad: 0, speedMps });

describe('determinism', () => {
  it('the reference drive hashes to the constant that the browser is held to as well', () => {
    expect(referenceDrive(createWasmWorlds(1))).toBe(REFERENCE_HASHES);
  });

  it('a drive replayed from its controls hashes equal to the drive that followed plans', () => {
    const spec = randomSpec(createRandom(3));
    const [planned, replayed] = [single(spec), single(spec)];
    for (let step = 0; step < 100; step++) {
      if (step % DECISION_STEPS === 0) planned.setPlan(0, lanePlan(planned.observe(), 0, 3 + (step % 4), 2));
      planned.stepPlans();
      replayed.stepControls(planned.controls);
      expect(replayed.hash(0)).toBe(planned.hash(0));
    }
  });

  it('worlds stepped together go exactly as each alone, whatever slots and roads were used before', () => {
    const random = createRandom(9);
    const specs = Array.from({ length: 12 }, () => randomSpec(random));
    const together = createWasmWorlds(12);
    for (let round = 0; round < 3; round++) specs.forEach((_, i) => together.reset(i, specs[(i * 5 + round) % 12]));
    specs.forEach((spec, i) => together.reset(i, spec));
    const counts = Int16Array.from({ length: 24 }, () => random.below(20) - 5);
    for (let step = 0; step < 60; step++) together.stepControls(counts);
    const seen = together.observe().slice();
    specs.forEach((spec, i) => {
      const alone = single(spec);
      for (let step = 0; step < 60; step++) alone.stepControls(counts.subarray(2 * i, 2 * i + 2));
      expect(alone.hash(0)).toBe(together.hash(i));
      expect(alone.observe()).toEqual(seen.slice(i * OBS_DIM, (i + 1) * OBS_DIM));
    });
  });

  it('a restored snapshot has the same future, plan included', () => {
    const worlds = single(randomSpec(createRandom(21)));
    worlds.setPlan(0, lanePlan(worlds.observe(), 0, 8, 2));
    for (let step = 0; step < 3; step++) worlds.stepPlans();
    const saved = worlds.snapshot(0);
    const run = () => {
      for (let step = 0; step < 12; step++) worlds.stepPlans();
      return [worlds.hash(0), worlds.reward[0], ...worlds.observe()];
    };
    const first = run();
    worlds.restore(0, saved);
    expect(run()).toEqual(first);
  });

  it('observing and looking change nothing', () => {
    const worlds = single(randomSpec(createRandom(4)));
    const before = worlds.hash(0);
    worlds.observe();
    worlds.state(0);
    worlds.totals(0);
    expect(worlds.hash(0)).toBe(before);
  });
});

describe('the ego', () => {
  it('stands still without controls, and brakes to exactly zero without ever reversing', () => {
    expect(coast(single(testSpec()), 50).state(0)).toMatchObject({ s: 5, speedMps: 0 });
    const worlds = coast(single(testSpec({ ego: moving(3) })), 40, [-60, 0]);
    expect(worlds.state(0).speedMps).toBe(0);
    expect(worlds.state(0).s).toBeCloseTo(5 + 9 / 2 / 3, 1);
  });

  it('drives the circle that its steering asks for', () => {
    const road = testRoad([{ length: 400, curvature: 0 }], { lanesLeft: 20, lanesRight: 20 });
    const worlds = single(testSpec({ road, ego: moving(5, 100), goalS: 390 }));
    coast(worlds, 20, [0, 100]);
    const { yawRateRadps, speedMps } = worlds.state(0);
    const slip = Math.atan(0.5 * Math.tan(0.2));
    expect(yawRateRadps / speedMps).toBeCloseTo(Math.sin(slip) / 1.35, 9);
  });

  it('clips controls beyond the limits', () => {
    const worlds = single(testSpec());
    worlds.stepControls([30_000, -30_000]);
    expect([...worlds.controls]).toEqual([60, -250]);
  });
});

describe('infractions and reward', () => {
  it('a clean drive to the goal returns its score: 1 at best', () => {
    const worlds = coast(single(testSpec({ ego: moving(10), maxSteps: 300 })), 300);
    const totals = worlds.totals(0);
    expect(worlds.state(0)).toMatchObject({ success: true, terminated: true });
    expect(totals).toMatchObject({ routeCompletion: 1, ttcSteps: 0, speedingSteps: 0, uncomfortableSteps: 0 });
    expect(totals.returnSum).toBeCloseTo(1, 9);
  });

  it('counts speeding and discomfort, a step each, and takes their share', () => {
    const worlds = coast(single(testSpec({ ego: moving(14), maxSteps: 300 })), 10);
    expect(worlds.totals(0).speedingSteps).toBe(10);
    expect(worlds.reward[0]).toBeCloseTo(1.4 / 145 - 4 / 16 / 300, 9);
    worlds.stepControls([-100, 0]);
    worlds.stepControls([-100, 0]);
    worlds.stepControls([0, 0]);
    expect(worlds.totals(0).uncomfortableSteps).toBe(3);
  });

  it('hits a parked car, names it, and stays as it was from then on', () => {
    const parked = testParked();
    const beside = testParked({ s: 20, lateral: 3 });
    const worlds = coast(single(testSpec({ ego: moving(10), actors: [beside, parked] })), 100);
    const state = worlds.state(0);
    expect(state).toMatchObject({ collision: true, collisionActor: 1, terminated: true, success: false });
    expect(state.s).toBeGreaterThan(40 - 4.6);
    expect(worlds.totals(0)).toMatchObject({ collisions: 1, minGap: 0 });
    expect(worlds.totals(0).minTtc).toBeLessThan(0.1);
    const before = worlds.hash(0);
    worlds.stepControls([60, 0]);
    expect([worlds.hash(0), worlds.reward[0], worlds.terminated[0]]).toEqual([before, 0, 1]);
  });

  it('sees the collision coming by the exact time', () => {
    const parked = testParked({ s: 60 });
    const ttc = (more: Partial<WorldSpec>) =>
      single(testSpec({ ego: moving(10, 20), actors: [parked], ...more })).state(0).ttc;
    expect(ttc({})).toBeCloseTo((40 - 4.6) / 10, 9);
    expect(ttc({ ego: moving(0, 20) })).toBe(Number.POSITIVE_INFINITY);
    expect(ttc({ ego: moving(4, 20) })).toBe(Number.POSITIVE_INFINITY);
    expect(ttc({ actors: [{ ...parked, lateral: 2 }] })).toBe(Number.POSITIVE_INFINITY);
    expect(ttc({ actors: [{ ...parked, s: 10 }] })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is off the road when a corner leaves the lane, and not inside a junction or where there is another lane', () => {
    const veer = (more: Parameters<typeof testRoad>[1]) => {
      const ego = { s: 20, lateral: 1.2, headingErrorRad: 0, speedMps: 5 };
      return coast(single(testSpec({ road: testRoad([{ length: 200, curvature: 0 }], more), ego })), 5).state(0)
        .offRoad;
    };
    expect(veer({})).toBe(true);
    expect(veer({ lanesLeft: 1 })).toBe(false);
    expect(veer({ lanesRight: 1 })).toBe(true);
    expect(veer({ junction: { from: 10, to: 40 } })).toBe(false);
    expect(veer({ junction: { from: 30, to: 40 } })).toBe(true);
  });

  it('counts a red light once, in the step in which the bumper crosses the line, and drives on', () => {
    const light = { stopLineS: 30, green: 1, yellow: 1, red: 60, offset: 2 };
    const worlds = single(testSpec({ ego: moving(8), ...lit(light) }));
    let crossings = 0;
    for (let step = 0; step < 60; step++) {
      const before = worlds.state(0).s + EGO_LENGTH / 2;
      worlds.stepControls([0, 0]);
      const { ranRedLight, s } = worlds.state(0);
      expect(ranRedLight).toBe(before < 30 && s + EGO_LENGTH / 2 >= 30);
      crossings += +ranRedLight;
      if (ranRedLight) expect(worlds.reward[0]).toBeLessThan(-0.98);
    }
    expect(crossings).toBe(1);
    expect(worlds.totals(0).redLights).toBe(1);
    expect(worlds.terminated[0]).toBe(0);
    const green = coast(single(testSpec({ ego: moving(8), ...lit({ ...light, green: 60, offset: 0 }) })), 60);
    expect(green.totals(0).redLights).toBe(0);
  });
});

describe('actors', () => {
  it('a free lead reaches its desired speed; one behind a parked car stops short of it; one at a red light stops before the line', () => {
    const run = (drawn: ReturnType<typeof testBuiltRoad>, more: Partial<WorldSpec> = {}) => {
      const actor = testTraffic({ s: 40, speedMps: 5 });
      const spec = testSpec({ ...drawn, goalS: 900, maxSteps: 2000, ...more, actors: [actor, ...(more.actors ?? [])] });
      return coast(single(spec), 300).state(0);
    };
    const free = testBuiltRoad([{ length: 900, curvature: 0 }]);
    expect(run(free).actors[0].speedMps).toBeCloseTo(10, 1);
    const behind = run(free, { actors: [testParked({ s: 120 })] }).actors[0];
    expect(behind.speedMps).toBeLessThan(0.1);
    expect(120 - behind.x - 4.6).toBeGreaterThan(1.5);
    expect(120 - behind.x - 4.6).toBeLessThan(3);
    const waiting = run(lit({ stopLineS: 100, green: 1, yellow: 1, red: 100, offset: 2 }, 900)).actors[0];
    expect(waiting.speedMps).toBeLessThan(0.1);
    expect(100 - waiting.x - 2.3).toBeGreaterThan(0);
    expect(100 - waiting.x - 2.3).toBeLessThan(3);
  });

  it('a lead that brakes hard does so at its time, and drives on afterwards', () => {
    const actor = testTraffic({ s: 40, speedMps: 10, brakeAt: 1, hardBrakeMps2: 6, brakeFor: 1 });
    const worlds = single(testSpec({ actors: [actor] }));
    const speeds = Array.from({ length: 60 }, () => coast(worlds, 1).state(0).actors[0].speedMps);
    expect(speeds[8]).toBeCloseTo(10, 1);
    expect(speeds[18]).toBeCloseTo(4, 1);
    expect(speeds[59]).toBeGreaterThan(7);
  });

  it('a vehicle behind the ego keeps its distance', () => {
    const actor = testTraffic({ s: 5 });
    const worlds = coast(single(testSpec({ ego: moving(0, 60), actors: [actor] })), 200);
    expect(worlds.totals(0).collisions).toBe(0);
    expect(worlds.totals(0).minGap).toBeGreaterThan(1);
  });

  it('a pedestrian waits until the ego is near, crosses at its pace, and stops on the other side', () => {
    const walker = testWalker();
    const worlds = single(testSpec({ ego: moving(8), actors: [walker] }));
    coast(worlds, 31);
    expect(worlds.state(0).actors[0]).toMatchObject({ y: -4, speedMps: 0 });
    coast(worlds, 4, [-160, 0]);
    expect(worlds.state(0).actors[0].speedMps).toBe(1.6);
    expect(worlds.state(0).actors[0].headingRad).toBeCloseTo(Math.PI / 2, 12);
    coast(worlds, 60, [-160, 0]);
    expect(worlds.state(0).actors[0]).toMatchObject({ y: 4, speedMps: 0 });
  });

  it('a replayed car is there only where its track says so', () => {
    const worlds = single(testSpec({ actors: [testTrack('r', 100, 20)] }));
    const present = Array.from({ length: 25 }, () => coast(worlds, 1).state(0).actors[0].present);
    expect(present.map(Number).join('')).toBe('0000111111111111111000000');
    const at = single(testSpec({ actors: [testTrack('r', 100, 20)] }));
    expect(coast(at, 10).state(0).actors[0]).toMatchObject({ x: 100, y: -26, speedMps: 4 });
  });

  it('the light runs green, yellow, red and again from its offset', () => {
    const worlds = single(testSpec(lit({ stopLineS: 100, green: 2, yellow: 1, red: 2, offset: 1 })));
    expect(worlds.state(0).light).toBe(LIGHT_GREEN);
    const colours = Array.from({ length: 50 }, () => coast(worlds, 1).state(0).light).join('');
    expect(colours).toBe(`${'1'.repeat(9)}${'2'.repeat(10)}${'3'.repeat(20)}${'1'.repeat(11)}`);
    expect(LIGHT_RED).toBe(3);
  });
});

describe('the observation', () => {
  const van = { length: 5.6, width: 2.1, lateral: -3 };
  const walker = testWalker({ s: 45, triggerDistance: 0 });
  const slot = (observation: Float32Array, i: number) =>
    observation.slice(OBS_ACTOR + i * OBS_ACTOR_STRIDE, OBS_ACTOR + (i + 1) * OBS_ACTOR_STRIDE);

  it('shows a pedestrian beside the road, and all zeros once a van stands in the line of sight', () => {
    const seen = single(testSpec({ actors: [walker] })).observe();
    expect([...slot(seen, 0).subarray(0, 6)]).toEqual([1, 0, 1, 0, 0, 0]);
    expect(slot(seen, 0)[6]).toBeCloseTo(1, 6);
    expect(slot(seen, 0)[7]).toBeCloseTo(-0.4, 6);
    const worlds = single(testSpec({ actors: [walker, testParked({ ...van, s: 41 })] }));
    expect([...slot(worlds.observe(), 0)]).toEqual(Array.from({ length: OBS_ACTOR_STRIDE }, () => 0));
    expect(slot(worlds.observe(), 1)[3]).toBe(1);
    expect(worlds.state(0).actors.map(({ visible }) => visible)).toEqual([false, true]);
  });

  it('shows nothing farther than 80 m', () => {
    const visible = (s: number) =>
      single(testSpec({ actors: [testParked({ ...van, lateral: 0, s })] })).state(0).actors[0].visible;
    expect([visible(84), visible(86)]).toEqual([true, false]);
  });

  it('keeps the six nearest of more actors, in the order of the scenario; what is behind counts as twice as far', () => {
    const at = (s: number) => testParked({ s, lateral: s % 2 ? 3 : -3, length: 2, width: 1 });
    const actors = [60, 21, 50, 40, -4, 12, 31, 25, 55].map(at);
    const ahead = (observation: Float32Array) =>
      [0, 1, 2, 3, 4, 5].map((i) => Math.round(slot(observation, i)[6] * 40));
    expect(ahead(single(testSpec({ actors })).observe())).toEqual([16, 35, -9, 7, 26, 20]);
    const back = [60, 21, 50, 40, -20, 12, 31, 25].map(at);
    expect(ahead(single(testSpec({ actors: back })).observe())).toEqual([16, 45, 35, 7, 26, 20]);
  });

  it('of six actors each keeps its slot, there or not', () => {
    const actors = [testTrack('late', 60), testParked({ ...van, s: 30 })];
    const seen = single(testSpec({ actors })).observe();
    expect([slot(seen, 0)[0], slot(seen, 1)[0]]).toEqual([0, 1]);
  });
});

describe('what a world refuses', () => {
  it('is said by a WorldError and leaves the worlds usable', () => {
    const worlds = single(testSpec());
    const crowd = Array.from({ length: MAX_ACTORS + 1 }, () => testParked());
    expect(() => worlds.reset(0, testSpec({ actors: crowd }))).toThrow(WorldError);
    expect(() => worlds.reset(0, testSpec({ goalS: 5 }))).toThrow(WorldError);
    expect(() => worlds.reset(1, testSpec())).toThrow(WorldError);
    expect(() =>
      worlds.setPlan(
        0,
        Array.from({ length: 40 }, () => Number.NaN),
      ),
    ).toThrow(WorldError);
    expect(() => worlds.setPlan(0, [1, 2, 3])).toThrow(WorldError);
    expect(() => worlds.stepControls([0.5, 0])).toThrow(WorldError);
    expect(() => worlds.restore(0, new Uint8Array(8))).toThrow(RangeError);
    expect(() => createWasmWorlds(2).stepControls([0, 0, 0, 0])).toThrow(WorldError);
    expect(coast(worlds, 3).state(0).step).toBe(3);
  });
});
