/**
 * One scripted drive that meets everything the world has: bends, neighbouring and oncoming lanes, a light, somebody who gives
 * way at a crossing and others who wait behind, rain, delayed controls, every kind of actor, plans and bare controls. Its
 * state hashes are the proof that the kernel computes the same bits everywhere: Node's test and the browser's compare the
 * same constant. A deliberate change of the world's arithmetic changes the constant, and with it the meaning of every stored
 * replay.
 */
import { chainRoad } from '../roads/routes/chain-road.ts';
import type { BuiltRoad } from '../roads/routes/built-road.ts';
import {
  DECISION_STEPS,
  DT,
  OBS_EGO_SPEED,
  OBS_EGO_STEER,
  OBS_ROUTE,
  OBS_ROUTE_HEADING,
  OBS_ROUTE_POINTS,
  OBS_ROUTE_STRIDE,
  OBS_ROUTE_X,
  OBS_ROUTE_Y,
  SCALE_SPEED,
  SCALE_STEER,
  SCALE_X,
  SCALE_Y,
  WAYPOINTS,
} from '../../../abi/layout.ts';
import { KIND_PEDESTRIAN, KIND_STATIC, KIND_VEHICLE } from '../kinds/kinds.ts';
import { ROUTE_AHEAD } from '../observe/observation.ts';
import { poseAt, joinPieces } from '../roads/road.ts';
import { cos, sin } from '../../../base/trigonometry.ts';
import type { TrafficSpec, WorldSpec } from './spec/spec.ts';
import type { LaneSpec } from '../roads/road-spec.ts';
import { WEATHER_PRESETS, weatherOf } from './spec/weather.ts';
import type { Worlds } from './world.ts';

const STEPS = 320;
const HASH_STEPS = 40;

/** Hashes after every HASH_STEPS steps, joined by spaces, as the kernel gives them. */
export const REFERENCE_HASHES: string = [
  'dea307c9f2b29283',
  '777f11fc8072ec42',
  '6ff7b76d9647b9db',
  'a6b0e01cf0c06db5',
  '1e26e831453932dc',
  'c29f073c1feef866',
  '011c45d5d7aa53f5',
  'ac1e7c0fdd05e6c6',
].join(' ');

/**
 * Waypoints [WAYPOINTS × (x, y)], ego frame, m, that return to the lane centre within 8 m and follow it: cubic Hermite
 * pieces through the observation's route points. The speed goes from the present one towards `speedMps` at `accelMps2`.
 * `observation` is read from `offset` on.
 */
export function lanePlan(
  observation: ArrayLike<number>,
  offset: number,
  speedMps: number,
  accelMps2: number,
): Float64Array {
  // The box centre moves along heading + slip, and slip is about half the steering angle.
  const slip = 0.5 * observation[offset + OBS_EGO_STEER] * SCALE_STEER;
  const knots = [{ at: 0, x: 0, y: 0, heading: slip }];
  for (let k = 1; k < OBS_ROUTE_POINTS; k++) {
    const from = offset + OBS_ROUTE + k * OBS_ROUTE_STRIDE;
    const [x, y] = [observation[from + OBS_ROUTE_X] * SCALE_X, observation[from + OBS_ROUTE_Y] * SCALE_Y];
    knots.push({ at: ROUTE_AHEAD[k], x, y, heading: observation[from + OBS_ROUTE_HEADING] });
  }
  const plan = new Float64Array(2 * WAYPOINTS);
  let speed = observation[offset + OBS_EGO_SPEED] * SCALE_SPEED;
  let way = 0;
  let i = 0;
  for (let k = 0; k < WAYPOINTS; k++) {
    const change = Math.max(-accelMps2 * DT, Math.min(accelMps2 * DT, speedMps - speed));
    way += Math.max(0, speed + change / 2) * DT;
    speed = Math.max(0, speed + change);
    while (i < knots.length - 2 && way > knots[i + 1].at) i++;
    const [a, b] = [knots[i], knots[i + 1]];
    const span = b.at - a.at;
    const t = (way - a.at) / span;
    const u = 1 - t;
    const blend = (p: number, m: number, q: number, n: number) =>
      u * u * ((1 + 2 * t) * p + t * span * m) + t * t * ((1 + 2 * u) * q - u * span * n);
    plan[2 * k] = blend(a.x, cos(a.heading), b.x, cos(b.heading));
    plan[2 * k + 1] = blend(a.y, sin(a.heading), b.y, sin(b.heading));
  }
  return plan;
}

/** Where the crossing lane meets the line, m, and half of what each takes of the other. */
const CROSSING_S = 112;
const CROSSING_HALF = 3;

/** Lanes of a bent road with one more beside it and one oncoming, and a lane of its own that crosses all of them. */
function referenceRoad(): BuiltRoad {
  const shape = joinPieces([
    { length: 50, curvature: 0 },
    { length: 30, curvature: 0.04 },
    { length: 20, curvature: 0 },
    { length: 25, curvature: -0.06 },
    { length: 80, curvature: 0 },
  ]);
  const drawn = chainRoad({
    shape,
    laneWidth: 3.5,
    lanesLeft: 2,
    lanesRight: 0,
    oncomingLeft: 1,
    shoulder: 0,
    speedLimitMps: new Float64Array(shape.x.length).fill(11),
    junction: { from: 100, to: 125 },
    light: { stopLineS: 97, green: 6, yellow: 2, red: 5, offset: 3 },
    crossings: [75],
  });
  const { ds, lanes } = drawn.network;
  const routeLane = drawn.routeLanes.findLast(({ fromS }) => fromS <= CROSSING_S);
  if (!routeLane) return drawn;
  const at = CROSSING_S - routeLane.fromS;
  const pose = poseAt(shape, CROSSING_S);
  const headingRad = pose.headingRad + Math.PI / 2;
  const before = 40;
  const column = (value: (i: number) => number) => Float64Array.from({ length: 81 }, (_, i) => value(i));
  const own = { from: before - CROSSING_HALF, to: before + CROSSING_HALF };
  const other = { from: at - CROSSING_HALF, to: at + CROSSING_HALF };
  const crossing: LaneSpec = {
    ...lanes[routeLane.lane],
    id: 'crossing',
    x: column((i) => pose.x + (i - before) * cos(headingRad)),
    y: column((i) => pose.y + (i - before) * sin(headingRad)),
    headingRad: column(() => headingRad),
    length: 80,
    left: -1,
    right: -1,
    oncoming: -1,
    next: [],
    previous: [],
    stopLineS: Number.NaN,
    signal: -1,
    conflicts: [{ lane: routeLane.lane, ...own, otherFrom: other.from, otherTo: other.to, yields: true }],
  };
  const crossed: LaneSpec = {
    ...lanes[routeLane.lane],
    conflicts: [{ lane: lanes.length, ...other, otherFrom: own.from, otherTo: own.to, yields: false }],
  };
  return { ...drawn, network: { ds, lanes: [...lanes.with(routeLane.lane, crossed), crossing] } };
}

function referenceSpec(): WorldSpec {
  const rows = 200;
  const column = (value: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => value(i));
  const car = { kind: KIND_VEHICLE, length: 4.6, width: 1.9 };
  const drawn = referenceRoad();
  const { lanes } = drawn.network;
  const traffic = (id: string, lane: string, s: number, speedMps: number, more: Partial<TrafficSpec>): TrafficSpec => ({
    behaviour: 'traffic',
    id,
    ...car,
    lane: lanes.findIndex((candidate) => candidate.id === lane),
    s,
    lateral: 0.1,
    speedMps,
    lanes: [],
    desiredSpeedMps: 9,
    accelMps2: 1.5,
    brakeMps2: 2.5,
    headwayS: 1.5,
    gapM: 2,
    politeness: 0.3,
    advantageMps2: 0.2,
    safeBrakeMps2: 2,
    changesLanes: true,
    obeysSignals: true,
    givesWay: true,
    acceptedGapS: 1.5,
    brakeAt: 0,
    brakeFor: 0,
    hardBrakeMps2: 0,
    cutInSide: 0,
    cutInGapM: 0,
    ...more,
  });
  return {
    scenarioId: 'reference',
    scenarioHash: '',
    seed: 0,
    ...drawn,
    ego: { s: 6, lateral: 0.3, headingErrorRad: 0.02, speedMps: 5 },
    goalS: 190,
    maxSteps: 400,
    weather: weatherOf(WEATHER_PRESETS.rain),
    sensors: { positionM: 0.1, velocityMps: 0.2, lateralM: 0.05, latencySteps: 2 },
    actors: [
      traffic('lead', '0.0', 30, 6, { changesLanes: false, brakeAt: 3, brakeFor: 1, hardBrakeMps2: 4 }),
      traffic('cutter', '0.1', 16, 6, { cutInSide: -1, cutInGapM: 12 }),
      traffic('slow', '0.1', 40, 4, { desiredSpeedMps: 4 }),
      traffic('fast', '0.1', 4, 8, { desiredSpeedMps: 11 }),
      traffic('oncoming', '3.2', 5, 8, {}),
      traffic('crossing', 'crossing', 5, 1.7, { desiredSpeedMps: 1.7 }),
      {
        behaviour: 'cross',
        id: 'walker',
        kind: KIND_PEDESTRIAN,
        length: 0.5,
        width: 0.6,
        s: 75,
        fromLateral: -5,
        toLateral: 7,
        speedMps: 1.4,
        triggerDistance: 30,
        hesitateAt: 0.5,
        hesitateFor: 1.2,
      },
      {
        behaviour: 'parked',
        id: 'van',
        kind: KIND_STATIC,
        length: 5.6,
        width: 2.1,
        s: 68,
        lateral: -3.2,
        headingOffsetRad: 0.05,
      },
      {
        behaviour: 'replay',
        id: 'recorded',
        ...car,
        x: column((i) => 140 - 0.7 * i),
        y: column((i) => 40 - 0.1 * i),
        headingRad: column(() => -3),
        speedMps: column(() => 7),
        present: Uint8Array.from({ length: rows }, (_, i) => +(i > 10 && i < 180)),
      },
    ],
  };
}

/** Drives world 0 of `worlds` and returns its hashes in the form of REFERENCE_HASHES. */
export function referenceDrive(worlds: Worlds): string {
  worlds.reset(0, referenceSpec());
  const hashes: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const byPlan = step % 40 < 36;
    if (byPlan && step % DECISION_STEPS === 0) {
      const speed = step < 60 ? 6 : step < 110 ? 0 : 9;
      worlds.setPlan(0, lanePlan(worlds.observe(), 0, speed, 2));
    }
    if (byPlan) worlds.stepPlans();
    else worlds.stepControls([step % 7, worlds.controls[1] + (step % 5) - 2]);
    if ((step + 1) % HASH_STEPS === 0) hashes.push(worlds.hash(0));
  }
  return hashes.join(' ');
}
