/** Worlds for tests: small specs made by hand or drawn at random. No scenario files needed. */
import type { Random } from '../random.ts';
import { DT } from './layout.ts';
export { lanePlan } from './reference-drive.ts';
import { type DrawnPiece, sampleRoad } from './road.ts';
import type { ActorSpec, RoadSpec, WorldSpec } from './spec.ts';

export function testRoad(pieces: readonly DrawnPiece[], more: Partial<RoadSpec> = {}): RoadSpec {
  const shape = sampleRoad(pieces);
  return { ...shape, laneWidth: 3.5, lanesLeft: 0, lanesRight: 0, speedLimitMps: 13, crossings: [], ...more };
}

/** A straight single lane, 200 m, ego at rest at its beginning; anything can be replaced. */
export function testSpec(more: Partial<WorldSpec> = {}): WorldSpec {
  return {
    scenarioId: 'test',
    scenarioHash: '0',
    seed: 0,
    road: testRoad([{ length: 200, curvature: 0 }]),
    ego: { s: 5, lateral: 0, headingErrorRad: 0, speedMps: 0 },
    goalS: 150,
    maxSteps: 400,
    actors: [],
    ...more,
  };
}

export const box = { length: 4.6, width: 1.9 };
export const person = { length: 0.5, width: 0.6 };

/** A recorded car that drives straight along +y at 4 m/s, there from row 5 to row 119. */
export function testTrack(id: string, x: number, rows = 120): ActorSpec {
  const column = (value: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => value(i));
  return {
    behaviour: 'replay',
    id,
    ...box,
    x: column(() => x),
    y: column((i) => -30 + 4 * DT * i),
    headingRad: column(() => Math.PI / 2),
    speedMps: column(() => 4),
    present: Uint8Array.from({ length: rows }, (_, i) => +(i >= 5)),
  };
}

/** A bent road with a junction and a light, and two actors of every kind, all drawn from `random`. */
export function randomSpec(random: Random): WorldSpec {
  const { between } = random;
  const bend = (): DrawnPiece => ({ length: between(20, 40), curvature: between(-0.03, 0.03) });
  const road = testRoad([{ length: between(20, 40), curvature: 0 }, bend(), bend(), { length: 80, curvature: 0 }], {
    lanesLeft: random.below(2),
    lanesRight: random.below(2),
    speedLimitMps: between(6, 14),
    junction: { from: 60, to: 75 },
  });
  const lead = (id: string): ActorSpec => ({
    behaviour: 'idm',
    id,
    ...box,
    s: between(15, 60),
    lateral: between(-0.5, 0.5),
    speedMps: between(0, 10),
    desiredSpeedMps: between(4, 12),
    brakeAt: between(1, 5),
    brakeMps2: between(2, 7),
    brakeFor: between(0, 2),
  });
  const walker = (id: string): ActorSpec => ({
    behaviour: 'cross',
    id,
    ...person,
    s: between(25, 90),
    fromLateral: between(-6, -3),
    toLateral: between(3, 6),
    speedMps: between(0.8, 2),
    triggerDistance: between(10, 40),
  });
  const parked = (id: string): ActorSpec => ({
    behaviour: 'parked',
    id,
    ...box,
    s: between(20, 90),
    lateral: between(2.5, 4) * (random.below(2) ? 1 : -1),
    headingOffsetRad: between(-0.2, 0.2),
  });
  return testSpec({
    road,
    ego: { s: 5, lateral: between(-0.4, 0.4), headingErrorRad: between(-0.05, 0.05), speedMps: between(0, 10) },
    goalS: between(90, 130),
    maxSteps: 150,
    light: { stopLineS: 58, green: between(1, 4), yellow: between(1, 2), red: between(1, 4), offset: between(0, 8) },
    actors: [
      lead('a'),
      walker('b'),
      parked('c'),
      testTrack('d', between(30, 70)),
      lead('e'),
      walker('f'),
      parked('g'),
      testTrack('h', between(30, 70)),
    ].slice(0, 2 + random.below(7)),
  });
}
