/**
 * How fast the kernel's worlds step, and how that grows with the number of actors: one four-way junction with lights and two
 * lanes a direction, the nearest places to the junction taken first, so that a few actors meet as much as many do.
 *
 * Every actor is traffic (the dearest kind). The ego drives straight on at walking pace; a run is STEPS steps from the start,
 * again and again. The clock is an argument: core has none.
 */
import { KIND_VEHICLE } from '../kinds/kinds.ts';
import { networkRoad } from '../scenario/instantiate/network-road.ts';
import type { TrafficSpec, WorldSpec } from './spec/spec.ts';
import { createWasmWorlds } from './wasm/wasm.ts';
import type { Worlds } from './world.ts';

export interface WorldSpeed {
  readonly actors: number;
  /** World steps a second on one core. */
  readonly stepsPerSecond: number;
  /** Nanoseconds of one step a member, actors and ego: flat when the cost is linear. */
  readonly nanosecondsPerMember: number;
}

/** Numbers of actors that are measured. */
export const MEASURED_ACTORS = [1, 8, 32, 128] as const;
/** Actors and egos of one batch together, so that every batch is about as much memory and work. */
const MEMBERS = 256;
const STEPS = 80;
/** Steps between two looks at the clock. */
const CHUNK = 10;
const ARM = 300;
const SPACING = 13;
const EGO_S = 200;
const EGO_CLEAR = 40;

const ROAD = {
  network: {
    speedLimitMps: 12,
    lanes: { forward: 2, backward: 2 },
    pieces: [
      { kind: 'straight', length: ARM },
      {
        kind: 'fourWay',
        arms: { forward: 2, backward: 2 },
        armLength: ARM,
        control: { green: 12, yellow: 3, allRed: 2 },
      },
    ],
  },
} as const;

/** The junction with `count` vehicles around it. */
export function junctionSpec(count: number): WorldSpec {
  const drawn = networkRoad({ network: { ...ROAD.network, pieces: [...ROAD.network.pieces] } }, undefined, 0);
  const { lanes } = drawn.network;
  const places = lanes.flatMap((lane, index) => {
    if (lane.length < ARM / 2) return [];
    const towards = lane.next.length > 0;
    const free = index === drawn.routeLanes[0].lane ? EGO_S : Number.POSITIVE_INFINITY;
    return Array.from({ length: Math.floor((lane.length - 20) / SPACING) }, (_, k) => ({
      lane: index,
      s: towards ? lane.length - 10 - k * SPACING : 10 + k * SPACING,
      away: k,
    })).filter(({ s, away }) => Math.abs(s - free) > EGO_CLEAR && (towards || away < 12));
  });
  places.sort((a, b) => a.away - b.away || a.lane - b.lane);
  const actors = places.slice(0, count).map(({ lane, s }, i): TrafficSpec => {
    const { next } = lanes[lane];
    return {
      behaviour: 'traffic',
      id: `car ${i}`,
      kind: KIND_VEHICLE,
      length: 4.6,
      width: 1.9,
      lane,
      s,
      lateral: 0,
      speedMps: 6,
      lanes: next.length > 0 ? [lane, next[i % next.length]] : [lane],
      desiredSpeedMps: 9 + (i % 5),
      accelMps2: 1.5,
      brakeMps2: 2.5,
      headwayS: 1.4,
      gapM: 2,
      politeness: 0.3,
      advantageMps2: 0.2,
      safeBrakeMps2: 2,
      changesLanes: true,
      obeysSignals: true,
      givesWay: true,
      acceptedGapS: 2,
      brakeAt: 0,
      brakeFor: 0,
      hardBrakeMps2: 0,
      cutInSide: 0,
      cutInGapM: 0,
    };
  });
  if (actors.length < count) throw new RangeError(`the junction has room for ${actors.length} vehicles, not ${count}`);
  return {
    scenarioId: 'junction',
    scenarioHash: '',
    seed: 0,
    ...drawn,
    ego: { s: EGO_S, lateral: 0, headingErrorRad: 0, speedMps: 2 },
    goalS: drawn.road.x.length * drawn.road.ds,
    maxSteps: 100_000,
    weather: {
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
    },
    sensors: { positionM: 0, velocityMps: 0, lateralM: 0, latencySteps: 0 },
    actors,
  };
}

/** A batch of such worlds. */
export interface JunctionRun {
  readonly worlds: Worlds;
  /** World steps of one run. */
  readonly steps: number;
  /** Drives STEPS steps from the start and calls `lap` after every CHUNK. @throws Error when a world ended early. */
  run(lap?: (chunk: number) => void): void;
}

export function junctionRun(actors: number, create: (count: number) => Worlds = createWasmWorlds): JunctionRun {
  const count = Math.max(2, Math.round(MEMBERS / (actors + 1)));
  const worlds = create(count);
  const spec = junctionSpec(actors);
  for (let i = 0; i < count; i++) worlds.reset(i, spec);
  const start = worlds.snapshot(0);
  const counts = new Int16Array(2 * count);
  const run = (lap?: (chunk: number) => void) => {
    for (let i = 0; i < count; i++) worlds.restore(i, start);
    lap?.(-1);
    for (let step = 1; step <= STEPS; step++) {
      worlds.stepControls(counts);
      if (step % CHUNK === 0) lap?.(step / CHUNK - 1);
    }
    if (worlds.terminated.some((flag) => flag !== 0)) throw new Error('a measured world ended early');
  };
  return { worlds, steps: count * STEPS, run };
}

/**
 * Steps a second for every number of MEASURED_ACTORS. Every chunk of the run counts with its fastest time, so that what else
 * the machine does disturbs little.
 * @param now a clock, milliseconds
 * @param milliseconds time for each number of actors
 */
export function measureWorld(now: () => number, milliseconds = 400): WorldSpeed[] {
  return MEASURED_ACTORS.map((actors) => {
    const { worlds, steps, run } = junctionRun(actors);
    const best = new Float64Array(STEPS / CHUNK).fill(Number.POSITIVE_INFINITY);
    const until = now() + milliseconds;
    while (now() < until) {
      let from = 0;
      run((chunk) => {
        const at = now();
        if (chunk >= 0) best[chunk] = Math.min(best[chunk], at - from);
        from = now();
      });
    }
    worlds.dispose();
    const time = best.reduce((sum, chunk) => sum + chunk, 0);
    return {
      actors,
      stepsPerSecond: (1000 * steps) / time,
      nanosecondsPerMember: (1e6 * time) / steps / (actors + 1),
    };
  });
}
