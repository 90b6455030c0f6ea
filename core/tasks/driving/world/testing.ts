/** Worlds for tests: small specs made by hand or drawn at random. No scenario files needed. */
import type { Random } from '../../../base/random.ts';
import { type ChainRoad, chainRoad } from '../roads/routes/chain-road.ts';
import type { BuiltRoad } from '../roads/routes/built-road.ts';
import { DT } from '../../../abi/layout.ts';
import { KIND_PEDESTRIAN, KIND_STATIC, KIND_VEHICLE } from '../kinds/kinds.ts';
export { lanePlan } from './reference-drive.ts';
import { type LinePiece, joinPieces } from '../roads/road.ts';
import type {
  ActorSpec,
  ParkedSpec,
  PedestrianSpec,
  ReplaySpec,
  SensorSpec,
  TrafficSpec,
  WeatherSpec,
  WorldSpec,
} from './spec/spec.ts';
import type { LaneSpec, RoadSpec, SignalSpec } from '../roads/road-spec.ts';

/** What a test road may say besides its pieces; `speedLimitMps` holds everywhere. */
export type TestRoad = Partial<Omit<ChainRoad, 'shape' | 'speedLimitMps'> & { readonly speedLimitMps: number }>;

/** A road with its lanes; spread it into `testSpec` when there is traffic or a light. */
export function testBuiltRoad(pieces: readonly LinePiece[], { speedLimitMps = 13, ...more }: TestRoad = {}): BuiltRoad {
  const shape = joinPieces(pieces);
  return chainRoad({
    shape,
    laneWidth: 3.5,
    lanesLeft: 0,
    lanesRight: 0,
    oncomingLeft: 0,
    shoulder: 0,
    speedLimitMps: new Float64Array(shape.x.length).fill(speedLimitMps),
    crossings: [],
    ...more,
  });
}

export function testRoad(pieces: readonly LinePiece[], more: TestRoad = {}): RoadSpec {
  return testBuiltRoad(pieces, more).road;
}

/** A clear dry day and perfect sensors. */
export const CLEAR: WeatherSpec = {
  sunAltitudeDeg: 60,
  cloudiness: 0,
  precipitation: 0,
  fogDensity: 0,
  fogDistance: 0,
  wetness: 0,
  friction: 0.9,
  sightM: 80,
  sightUnlitM: 80,
  light: 1,
};
export const PERFECT: SensorSpec = { positionM: 0, velocityMps: 0, lateralM: 0, latencySteps: 0 };

/** A straight single lane, 200 m, ego at rest at its beginning; anything can be replaced. */
export function testSpec(more: Partial<WorldSpec> = {}): WorldSpec {
  return {
    scenarioId: 'test',
    scenarioHash: '0',
    seed: 0,
    ...testBuiltRoad([{ length: 200, curvature: 0 }]),
    ego: { s: 5, lateral: 0, headingErrorRad: 0, speedMps: 0 },
    goalS: 150,
    maxSteps: 400,
    weather: CLEAR,
    sensors: PERFECT,
    actors: [],
    ...more,
  };
}

export const box = { kind: KIND_VEHICLE, length: 4.6, width: 1.9 };
const person = { kind: KIND_PEDESTRIAN, length: 0.5, width: 0.6 };

/** An ordinary driver on lane 0 at `s`; it changes no lanes unless told to. */
export function testTraffic(more: Partial<TrafficSpec> = {}): TrafficSpec {
  return {
    behaviour: 'traffic',
    id: 'traffic',
    ...box,
    lane: 0,
    s: 20,
    lateral: 0,
    speedMps: 8,
    lanes: [more.lane ?? 0],
    desiredSpeedMps: 10,
    accelMps2: 1.5,
    brakeMps2: 2.5,
    headwayS: 1.5,
    gapM: 2,
    politeness: 0.2,
    advantageMps2: 0.2,
    safeBrakeMps2: 2,
    changesLanes: false,
    obeysSignals: true,
    givesWay: true,
    acceptedGapS: 2,
    brakeAt: 0,
    brakeFor: 0,
    hardBrakeMps2: 6,
    cutInSide: 0,
    cutInGapM: 0,
    ...more,
  };
}

export function testWalker(more: Partial<PedestrianSpec> = {}): PedestrianSpec {
  return {
    behaviour: 'cross',
    id: 'walker',
    ...person,
    s: 60,
    fromLateral: -4,
    toLateral: 4,
    speedMps: 1.6,
    triggerDistance: 30,
    hesitateAt: 0,
    hesitateFor: 0,
    ...more,
  };
}

export function testParked(more: Partial<ParkedSpec> = {}): ParkedSpec {
  return {
    behaviour: 'parked',
    id: 'parked',
    ...box,
    kind: KIND_STATIC,
    s: 40,
    lateral: 0,
    headingOffsetRad: 0,
    ...more,
  };
}

/** A recorded car that drives straight along +y at 4 m/s, there from row 5 to row 119. */
export function testTrack(id: string, x: number, rows = 120): ReplaySpec {
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

/** A straight lane made by hand from (x, y) along `headingRad`; neighbours, successors and the rest as given. */
export function testLane(
  id: string,
  start: { readonly x: number; readonly y: number; readonly headingRad: number },
  length: number,
  more: Partial<LaneSpec> = {},
): LaneSpec {
  const samples = Math.ceil(length) + 1;
  const column = (value: (i: number) => number) => Float64Array.from({ length: samples }, (_, i) => value(i));
  return {
    id,
    x: column((i) => start.x + i * Math.cos(start.headingRad)),
    y: column((i) => start.y + i * Math.sin(start.headingRad)),
    headingRad: column(() => start.headingRad),
    length,
    width: 3.5,
    speedLimitMps: 13,
    left: -1,
    right: -1,
    oncoming: -1,
    next: [],
    previous: [],
    stopLineS: Number.NaN,
    signal: -1,
    conflicts: [],
    ...more,
  };
}

/**
 * The ego's road along y = 0 is lane 0; lane 1 crosses it at x = 100, from y = -100 to 100. Lane 1 yields where `yields` says
 * so; the ego stands at the beginning of its road, out of the way.
 */
export function crossingSpec(actors: readonly ActorSpec[], yields: readonly number[] = [1]): WorldSpec {
  const cross = { from: 98, to: 102, otherFrom: 98, otherTo: 102 };
  const straight = { x: 0, y: 0, headingRad: 0 };
  const lanes = [
    testLane('main', straight, 260, { conflicts: [{ ...cross, lane: 1, yields: yields.includes(0) }] }),
    testLane('side', { x: 100, y: -100, headingRad: Math.PI / 2 }, 200, {
      conflicts: [{ ...cross, lane: 0, yields: yields.includes(1) }],
    }),
  ];
  return testSpec({ network: { ds: 1, lanes }, routeLanes: [{ fromS: 0, lane: 0, laneS: 0 }], actors, maxSteps: 1000 });
}

/** Lanes 0 (main, along y = 0) and 1 (a ramp that yields) both lead into lane 2 at x = 100. */
export function mergeSpec(actors: readonly ActorSpec[]): WorldSpec {
  const join = { from: 70, to: 100, otherFrom: 70, otherTo: 100 };
  const angle = 0.15;
  const lanes = [
    testLane('main', { x: 0, y: 0, headingRad: 0 }, 100, {
      next: [2],
      conflicts: [{ ...join, lane: 1, yields: false }],
    }),
    testLane('ramp', { x: 100 - 100 * Math.cos(angle), y: -100 * Math.sin(angle), headingRad: angle }, 100, {
      next: [2],
      conflicts: [{ ...join, lane: 0, yields: true }],
    }),
    testLane('after', { x: 100, y: 0, headingRad: 0 }, 300, { previous: [0, 1] }),
  ];
  const routeLanes = [
    { fromS: 0, lane: 0, laneS: 0 },
    { fromS: 100, lane: 2, laneS: 0 },
  ];
  return testSpec({ network: { ds: 1, lanes }, routeLanes, actors, maxSteps: 1000 });
}

/** Streams of traffic that cross or merge, some drivers careless, the ego on the main road. */
export function randomJunctionSpec(random: Random): WorldSpec {
  const { between, below } = random;
  const stream = (lane: number, lanes: readonly number[]) =>
    Array.from({ length: 1 + below(4) }, (_, i) =>
      testTraffic({
        id: `${lane}.${i}`,
        lane,
        lanes,
        s: 20 + 16 * i + between(-2, 2),
        speedMps: between(3, 9),
        desiredSpeedMps: between(6, 12),
        givesWay: below(5) > 0,
        acceptedGapS: between(0.5, 3),
      }),
    );
  const ego = { s: 5, lateral: between(-0.3, 0.3), headingErrorRad: 0, speedMps: between(0, 8) };
  const yields = [[1], [0, 1], []][below(3)];
  const spec = below(2)
    ? crossingSpec([...stream(0, [0]), ...stream(1, [1])], yields)
    : mergeSpec([...stream(0, [0, 2]), ...stream(1, [1, 2])]);
  return { ...spec, ego };
}

/** A bent road of one to three lanes with a junction, a light, weather and sensors, and actors of every kind, all drawn. */
export function randomSpec(random: Random): WorldSpec {
  const { between, below } = random;
  const bend = (): LinePiece => ({ length: between(20, 40), curvature: between(-0.03, 0.03) });
  const lanesLeft = below(3);
  const light: SignalSpec & { stopLineS: number } = {
    stopLineS: 58,
    green: between(1, 4),
    yellow: between(1, 2),
    red: between(1, 4),
    offset: between(0, 8),
  };
  const drawn = testBuiltRoad(
    [{ length: between(20, 40), curvature: 0 }, bend(), bend(), { length: 80, curvature: 0 }],
    {
      lanesLeft,
      lanesRight: below(2),
      oncomingLeft: below(lanesLeft + 1),
      speedLimitMps: between(6, 14),
      junction: { from: 60, to: 75 },
      light,
    },
  );
  const traffic = (id: string): ActorSpec => {
    const lane = below(drawn.network.lanes.length);
    return testTraffic({
      id,
      lane,
      s: between(0, drawn.network.lanes[lane].length),
      lateral: between(-0.5, 0.5),
      speedMps: between(0, 10),
      desiredSpeedMps: between(4, 12),
      headwayS: between(0.8, 2),
      politeness: between(0, 1),
      changesLanes: below(2) === 1,
      obeysSignals: below(4) > 0,
      brakeAt: between(1, 5),
      brakeFor: below(2) * between(0, 2),
      hardBrakeMps2: between(2, 7),
      cutInSide: below(3) === 0 ? 1 : 0,
      cutInGapM: between(5, 20),
    });
  };
  const walker = (id: string): ActorSpec =>
    testWalker({
      id,
      s: between(25, 90),
      fromLateral: between(-6, -3),
      toLateral: between(3, 6),
      speedMps: between(0.8, 2),
      triggerDistance: between(10, 40),
      hesitateAt: between(-2, 2),
      hesitateFor: below(2) * between(0.5, 3),
    });
  const parked = (id: string): ActorSpec =>
    testParked({
      id,
      s: between(20, 90),
      lateral: between(2.5, 4) * (below(2) ? 1 : -1),
      headingOffsetRad: between(-0.2, 0.2),
    });
  return testSpec({
    ...drawn,
    seed: below(2 ** 32),
    ego: { s: 5, lateral: between(-0.4, 0.4), headingErrorRad: between(-0.05, 0.05), speedMps: between(0, 10) },
    goalS: between(90, 130),
    maxSteps: 150,
    weather: { ...CLEAR, friction: between(0.25, 0.9), sightM: between(40, 80), sightUnlitM: between(20, 60) },
    sensors: {
      positionM: below(2) * between(0, 0.3),
      velocityMps: below(2) * between(0, 0.3),
      lateralM: below(2) * between(0, 0.1),
      latencySteps: below(3),
    },
    actors: [
      traffic('a'),
      walker('b'),
      parked('c'),
      testTrack('d', between(30, 70)),
      traffic('e'),
      walker('f'),
      parked('g'),
      testTrack('h', between(75, 95)),
      traffic('i'),
      traffic('j'),
      traffic('k'),
    ].slice(0, 2 + below(10)),
  });
}
