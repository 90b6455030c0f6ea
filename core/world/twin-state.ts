/**
 * The twin's dynamic state as a record, and the same as the kernel's row of fields: so a snapshot of one world can be read
 * by the other, and a comparison covers every number.
 */
import * as F from '../kernels/assembly/world-fields.ts';
import type { Box, WorldPoint } from './geometry.ts';
import { EGO_LENGTH, EGO_WIDTH, MAX_ACTORS, WAYPOINTS } from './layout.ts';
import type { WorldSpec } from './spec.ts';
import type { Plan } from './tracker.ts';

export interface TwinEgo {
  x: number;
  y: number;
  headingRad: number;
  speedMps: number;
  accelMps2: number;
  steerRad: number;
  yawRateRadps: number;
  /** Road sample of the last projection. */
  index: number;
  s: number;
  lateral: number;
  headingError: number;
}

export interface TwinActor {
  x: number;
  y: number;
  headingRad: number;
  speedMps: number;
  s: number;
  lateral: number;
  /** Pedestrian: 0 waits, 1 crosses, 2 has crossed. */
  phase: number;
  present: boolean;
}

export interface TwinState {
  step: number;
  ego: TwinEgo;
  maxS: number;
  light: number;
  ttc: number;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  collisionActor: number;
  offRoad: boolean;
  ranRed: boolean;
  success: boolean;
  accelCounts: number;
  steerCounts: number;
  redLights: number;
  ttcSteps: number;
  speedingSteps: number;
  uncomfortableSteps: number;
  minTtc: number;
  minGap: number;
  returnSum: number;
  actors: TwinActor[];
  plan: Plan | undefined;
}

export function egoBox(ego: TwinEgo): Box {
  return { x: ego.x, y: ego.y, headingRad: ego.headingRad, length: EGO_LENGTH, width: EGO_WIDTH };
}

export function actorBox(spec: WorldSpec, state: TwinState, i: number): Box {
  const { x, y, headingRad } = state.actors[i];
  return { x, y, headingRad, length: spec.actors[i].length, width: spec.actors[i].width };
}

/** Indices of the actors that are in the world now. */
export function presentActors(state: TwinState): number[] {
  return state.actors.flatMap((actor, i) => (actor.present ? [i] : []));
}

/** D_FIELDS numbers. */
export function toFields(state: TwinState): Float64Array {
  const { ego, plan } = state;
  const row = new Float64Array(F.D_FIELDS);
  row.set([state.step, ego.x, ego.y, ego.headingRad, ego.speedMps, ego.accelMps2, ego.steerRad, ego.yawRateRadps]);
  row.set([ego.index, ego.s, ego.lateral, ego.headingError, state.maxS], F.D_INDEX);
  row.set([state.light, state.ttc, state.reward, +state.terminated, +state.truncated], F.D_LIGHT);
  row.set([state.collisionActor, +state.offRoad, +state.ranRed, +state.success], F.D_COLLISION_ACTOR);
  row.set([state.accelCounts, state.steerCounts], F.D_ACCEL_Q);
  row.set([state.redLights, state.ttcSteps, state.speedingSteps, state.uncomfortableSteps], F.D_RED_LIGHTS);
  row.set([state.minTtc, state.minGap, state.returnSum], F.D_MIN_TTC);
  state.actors.forEach((a, i) => {
    const numbers = [a.x, a.y, a.headingRad, a.speedMps, a.s, a.lateral, a.phase, +a.present];
    row.set(numbers, F.D_ACTORS + i * F.ACTOR_FIELDS);
  });
  row[F.D_PLAN_STEP] = plan?.step ?? -1;
  plan?.points.forEach(({ x, y }, k) => {
    row.set([x, y], F.D_PLAN + 2 * k);
  });
  return row;
}

/** The record of D_FIELDS numbers; `actors` is how many the spec has. */
export function fromFields(row: Float64Array, actors: number): TwinState {
  const points: WorldPoint[] = Array.from({ length: WAYPOINTS }, (_, k) => ({
    x: row[F.D_PLAN + 2 * k],
    y: row[F.D_PLAN + 2 * k + 1],
  }));
  return {
    step: row[F.D_STEP],
    ego: {
      x: row[F.D_X],
      y: row[F.D_Y],
      headingRad: row[F.D_HEADING],
      speedMps: row[F.D_SPEED],
      accelMps2: row[F.D_ACCEL],
      steerRad: row[F.D_STEER],
      yawRateRadps: row[F.D_YAW_RATE],
      index: row[F.D_INDEX],
      s: row[F.D_S],
      lateral: row[F.D_LATERAL],
      headingError: row[F.D_HEADING_ERROR],
    },
    maxS: row[F.D_MAX_S],
    light: row[F.D_LIGHT],
    ttc: row[F.D_TTC],
    reward: row[F.D_REWARD],
    terminated: row[F.D_TERMINATED] !== 0,
    truncated: row[F.D_TRUNCATED] !== 0,
    collisionActor: row[F.D_COLLISION_ACTOR],
    offRoad: row[F.D_OFF_ROAD] !== 0,
    ranRed: row[F.D_RAN_RED] !== 0,
    success: row[F.D_SUCCESS] !== 0,
    accelCounts: row[F.D_ACCEL_Q],
    steerCounts: row[F.D_STEER_Q],
    redLights: row[F.D_RED_LIGHTS],
    ttcSteps: row[F.D_TTC_STEPS],
    speedingSteps: row[F.D_SPEEDING_STEPS],
    uncomfortableSteps: row[F.D_UNCOMFORTABLE_STEPS],
    minTtc: row[F.D_MIN_TTC],
    minGap: row[F.D_MIN_GAP],
    returnSum: row[F.D_RETURN],
    actors: Array.from({ length: Math.min(actors, MAX_ACTORS) }, (_, i) => {
      const [x, y, headingRad, speedMps, s, lateral, phase, present] = row.subarray(D_ACTOR(i), D_ACTOR(i + 1));
      return { x, y, headingRad, speedMps, s, lateral, phase, present: present !== 0 };
    }),
    plan: row[F.D_PLAN_STEP] < 0 ? undefined : { step: row[F.D_PLAN_STEP], points },
  };
}

const D_ACTOR = (i: number) => F.D_ACTORS + i * F.ACTOR_FIELDS;
