/**
 * One scripted drive that meets everything the world has: bends, a junction with its light, every kind of actor, plans and
 * bare controls. Its state hashes are the proof that the kernel computes the same bits everywhere: Node's test and the
 * browser's compare the same constant. A deliberate change of the world's arithmetic changes the constant, and with it the
 * meaning of every stored replay.
 */
import {
  DECISION_STEPS,
  DT,
  OBS_ROUTE,
  OBS_ROUTE_POINTS,
  OBS_ROUTE_STRIDE,
  SCALE_SPEED,
  SCALE_STEER,
  SCALE_X,
  SCALE_Y,
  WAYPOINTS,
} from './layout.ts';
import { ROUTE_AHEAD } from './observation.ts';
import { sampleRoad } from './road.ts';
import { cos, sin } from './road-trig.ts';
import type { WorldSpec } from './spec.ts';
import type { Worlds } from './world.ts';

const STEPS = 320;
const HASH_STEPS = 40;

/** Hashes after every HASH_STEPS steps, joined by spaces, as the kernel gives them. */
export const REFERENCE_HASHES: string = [
  'b6f770670ec744cc',
  '7d5cb742e8b0321c',
  'c401629ed1fc6d36',
  'dda2daa13c12054b',
  '9d48761f1438f4f8',
  '03d17dd0c4f6b87c',
  '8f773d1ea5c0179f',
  '62fa73a716cfac26',
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
  const slip = 0.5 * observation[offset + 2] * SCALE_STEER;
  const knots = [{ at: 0, x: 0, y: 0, heading: slip }];
  for (let k = 1; k < OBS_ROUTE_POINTS; k++) {
    const from = offset + OBS_ROUTE + k * OBS_ROUTE_STRIDE;
    const [x, y] = [observation[from] * SCALE_X, observation[from + 1] * SCALE_Y];
    knots.push({ at: ROUTE_AHEAD[k], x, y, heading: observation[from + 2] });
  }
  const plan = new Float64Array(2 * WAYPOINTS);
  let speed = observation[offset] * SCALE_SPEED;
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

function referenceSpec(): WorldSpec {
  const rows = 200;
  const column = (value: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => value(i));
  const car = { length: 4.6, width: 1.9 };
  return {
    scenarioId: 'reference',
    scenarioHash: '',
    seed: 0,
    road: {
      ...sampleRoad([
        { length: 50, curvature: 0 },
        { length: 30, curvature: 0.04 },
        { length: 20, curvature: 0 },
        { length: 25, curvature: -0.06 },
        { length: 80, curvature: 0 },
      ]),
      laneWidth: 3.5,
      lanesLeft: 1,
      lanesRight: 0,
      speedLimitMps: 11,
      junction: { from: 100, to: 125 },
    },
    ego: { s: 6, lateral: 0.3, headingErrorRad: 0.02, speedMps: 5 },
    goalS: 190,
    maxSteps: 400,
    light: { stopLineS: 97, green: 6, yellow: 2, red: 5, offset: 3 },
    actors: [
      {
        behaviour: 'idm',
        id: 'lead',
        ...car,
        s: 30,
        lateral: 0.1,
        speedMps: 6,
        desiredSpeedMps: 9,
        brakeAt: 3,
        brakeMps2: 4,
        brakeFor: 1,
      },
      {
        behaviour: 'cross',
        id: 'walker',
        length: 0.5,
        width: 0.6,
        s: 75,
        fromLateral: -5,
        toLateral: 7,
        speedMps: 1.4,
        triggerDistance: 30,
      },
      { behaviour: 'parked', id: 'van', length: 5.6, width: 2.1, s: 68, lateral: -3.2, headingOffsetRad: 0.05 },
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
