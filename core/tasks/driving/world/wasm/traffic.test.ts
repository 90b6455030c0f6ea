/**
 * Kernel and twin side by side where traffic meets: crossings, merges, crowded roads of several lanes, and every shipped
 * scenario. Differences in a threshold would grow within steps, so agreement to 1e-9 over whole drives covers every rule met.
 */
import { describe, expect, it } from 'vitest';
import { shippedScenarios } from '../../../../../sim-proxy/node/scenarios.ts';
import * as F from '../../../../abi/world-fields.ts';
import { createRandom, type Random } from '../../../../base/random.ts';
import { instantiate } from '../../scenario/instantiate/instantiate.ts';
import { DECISION_STEPS, MAX_ACTORS } from '../../../../abi/layout.ts';
import { junctionSpec } from '../measure.ts';
import type { TrafficSpec, WorldSpec } from '../spec/spec.ts';
import { crossingSpec, lanePlan, mergeSpec, testBuiltRoad, testParked, testSpec, testTraffic } from '../testing.ts';
import { createTwinWorlds } from '../twin/twin.ts';
import { createWasmWorlds } from './wasm.ts';
import type { Worlds } from '../world.ts';

const fields = (worlds: Worlds) => new Float64Array(worlds.snapshot(0).buffer);

/** Where two rows of a world differ by more than 1e-9, in words; undefined when nowhere. */
function differenceOf(a: Float64Array, b: Float64Array): string | undefined {
  for (let i = 0; i < b.length; i++) {
    if (a[i] === b[i] || Math.abs(a[i] - b[i]) <= 1e-9 * Math.max(1, Math.abs(b[i]))) continue;
    const actor = Math.floor((i - F.D_ACTORS) / F.ACTOR_FIELDS);
    const what = i < F.D_ACTORS ? `field ${i}` : `actor ${actor}, field ${(i - F.D_ACTORS) % F.ACTOR_FIELDS}`;
    return `${what}: ${a[i]} and ${b[i]}`;
  }
  return a.length === b.length ? undefined : `${a.length} and ${b.length} fields`;
}

/** Drives both worlds alike and holds them to each other after every step. */
function expectAgreement(name: string, spec: WorldSpec, steps: number, speedMps = 0): void {
  const [kernel, twin] = [createWasmWorlds(1), createTwinWorlds(1)];
  for (const worlds of [kernel, twin]) worlds.reset(0, spec);
  for (let step = 0; step <= steps; step++) {
    const difference = differenceOf(fields(kernel), fields(twin));
    if (difference) expect.fail(`${name}, step ${step}, ${difference}`);
    if (kernel.terminated[0]) break;
    if (step % DECISION_STEPS === 0) {
      const [seen, expected] = [kernel.observe(), twin.observe()];
      const wrong = seen.findIndex((value, i) => !(Math.abs(value - expected[i]) <= 1e-6));
      if (wrong >= 0) expect.fail(`${name}, step ${step}, observation ${wrong}: ${seen[wrong]} and ${expected[wrong]}`);
      const plan = lanePlan(expected, 0, speedMps, 2);
      for (const worlds of [kernel, twin]) worlds.setPlan(0, plan);
    }
    for (const worlds of [kernel, twin]) worlds.stepPlans();
  }
}

/** Traffic of every temper on the lanes given. */
function crowd(random: Random, lanes: readonly { readonly lane: number; readonly length: number }[]): TrafficSpec[] {
  const { between, below } = random;
  return Array.from({ length: 2 + below(24) }, (_, i) => {
    const { lane, length } = lanes[below(lanes.length)];
    return testTraffic({
      id: `car ${i}`,
      lane,
      lanes: [lane],
      s: between(0, length),
      length: between(3, 12),
      lateral: between(-0.6, 0.6),
      speedMps: between(0, 12),
      desiredSpeedMps: between(5, 14),
      changesLanes: below(2) > 0,
      politeness: between(0, 1),
      acceptedGapS: between(0, 3),
      givesWay: below(5) > 0,
      obeysSignals: below(5) > 0,
      cutInSide: ([-1, 0, 1] as const)[below(3)],
      cutInGapM: 15,
    });
  });
}

describe('kernel and twin agree to 1e-9', () => {
  it('at crossings and merges', () => {
    const both = [0, 1].map((lane) => ({ lane, length: 100 }));
    for (let seed = 0; seed < 14; seed++) {
      const random = createRandom(seed);
      expectAgreement(`crossing ${seed}`, crossingSpec(crowd(random, both), seed % 2 ? [0, 1] : [1]), 200);
      expectAgreement(`merge ${seed}`, mergeSpec(crowd(random, both)), 200);
    }
  });

  it('on crowded roads of several lanes, with cut-ins, lane changes and a light', () => {
    for (let seed = 0; seed < 12; seed++) {
      const random = createRandom(seed);
      const drawn = testBuiltRoad(
        [
          { length: 150, curvature: 0 },
          { length: 60, curvature: 0.01 },
          { length: 150, curvature: 0 },
        ],
        {
          lanesLeft: 2,
          lanesRight: 1,
          oncomingLeft: seed % 3,
          junction: { from: 100, to: 120 },
          light: { stopLineS: 98, green: 4, yellow: 2, red: 5, offset: random.between(0, 9) },
        },
      );
      const actors = crowd(
        random,
        drawn.network.lanes.map(({ length }, lane) => ({ lane, length })),
      );
      const ego = { s: 30, lateral: 0, headingErrorRad: 0, speedMps: 3 };
      expectAgreement(`road ${seed}`, testSpec({ ...drawn, actors, ego, goalS: 340, maxSteps: 1000 }), 150, 3);
    }
  });

  it('on a junction with lights, turns and as many vehicles as a world holds', () => {
    expectAgreement('junction', junctionSpec(MAX_ACTORS), 150, 2);
  });

  it('in every shipped scenario', () => {
    for (const [id, scenario] of shippedScenarios())
      for (let seed = 0; seed < 2; seed++) expectAgreement(`${id}, seed ${seed}`, instantiate(scenario, seed), 150, 5);
  });
});

describe('a world with traffic', () => {
  const spec = junctionSpec(24);

  it('goes on from a snapshot bit for bit, in another slot of another batch as well', () => {
    const worlds = createWasmWorlds(1);
    worlds.reset(0, spec);
    for (let step = 0; step < 50; step++) worlds.stepControls([0, 0]);
    const saved = worlds.snapshot(0);
    expect(saved.byteLength).toBe((F.D_ACTORS + 24 * F.ACTOR_FIELDS) * 8);
    for (let step = 0; step < 80; step++) worlds.stepControls([1, 0]);
    const others = createWasmWorlds(3);
    others.reset(0, testSpec());
    others.reset(1, testSpec({ actors: [testParked()] }));
    others.reset(2, spec);
    others.restore(2, saved);
    for (let step = 0; step < 80; step++) others.stepControls([0, 0, 0, 0, 1, 0]);
    expect(others.hash(2)).toBe(worlds.hash(0));
    expect(others.snapshot(2)).toEqual(worlds.snapshot(0));
  });

  it('hashes what its actors do, and nothing of the tracker', () => {
    const [a, b] = [createWasmWorlds(1), createWasmWorlds(1)];
    a.reset(0, spec);
    b.reset(0, { ...spec, actors: spec.actors.with(23, { ...spec.actors[23], speedMps: 6.5 } as TrafficSpec) });
    expect(a.hash(0)).not.toBe(b.hash(0));
    const before = a.hash(0);
    a.setPlan(0, new Float64Array(40));
    expect(a.hash(0)).toBe(before);
  });

  it('takes no snapshot whose traffic is on a lane that does not exist', () => {
    const worlds = createWasmWorlds(1);
    worlds.reset(0, spec);
    const before = worlds.hash(0);
    for (const lane of [-1, 0.5, Number.NaN, spec.network.lanes.length]) {
      const forged = fields(worlds);
      forged[F.D_ACTORS + F.A_LANE] = lane;
      expect(() => worlds.restore(0, new Uint8Array(forged.buffer))).toThrow(RangeError);
    }
    expect(worlds.hash(0)).toBe(before);
  });

  it('keeps its lanes in memory once, and uses their place again', () => {
    const worlds = createWasmWorlds(2);
    for (let round = 0; round < 200; round++) {
      const { network } = spec;
      worlds.reset(round % 2, round % 4 === 0 ? { ...spec, network: { ...network } } : testSpec());
    }
    worlds.reset(0, spec);
    worlds.reset(1, spec);
    for (let step = 0; step < 20; step++) worlds.stepControls([0, 0, 0, 0]);
    expect(worlds.hash(0)).toBe(worlds.hash(1));
  });
});
