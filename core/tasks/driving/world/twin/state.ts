/**
 * The twin's dynamic state as a record, and the same as the kernel's row of fields: so a snapshot of one world can be read
 * by the other, and a comparison covers every number.
 */
import * as F from '../../../../abi/world-fields.ts';
import type { Box, WorldPoint } from '../../../../base/geometry.ts';
import { EGO_LENGTH, EGO_WIDTH, MAX_LATENCY, WAYPOINTS } from '../../../../abi/layout.ts';
import type { ControlCounts, Plan } from './tracker.ts';

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

/** Fields are those of world-fields.ts, A_*. */
export interface TwinActor {
  x: number;
  y: number;
  headingRad: number;
  speedMps: number;
  s: number;
  lateral: number;
  phase: number;
  present: boolean;
  yawRateRadps: number;
  lane: number;
  routeAt: number;
  drift: number;
  timer: number;
  index: number;
}

export interface TwinState {
  step: number;
  ego: TwinEgo;
  maxS: number;
  light: number;
  lightIndex: number;
  ttc: number;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  collisionActor: number;
  offRoad: boolean;
  ranRed: boolean;
  success: boolean;
  /** Commanded, not yet applied where there is latency. */
  accelCounts: number;
  steerCounts: number;
  redLights: number;
  ttcSteps: number;
  speedingSteps: number;
  uncomfortableSteps: number;
  minTtc: number;
  minGap: number;
  returnSum: number;
  /** MAX_LATENCY commands, oldest first; only `latencySteps` of them are used. */
  delay: ControlCounts[];
  actors: TwinActor[];
  plan: Plan | undefined;
}

/** An actor that is not there. */
export const ABSENT: TwinActor = {
  x: 0,
  y: 0,
  headingRad: 0,
  speedMps: 0,
  s: 0,
  lateral: 0,
  phase: 0,
  present: false,
  yawRateRadps: 0,
  lane: 0,
  routeAt: 0,
  drift: 0,
  timer: 0,
  index: 0,
};

export function egoBox(ego: TwinEgo): Box {
  return { x: ego.x, y: ego.y, headingRad: ego.headingRad, length: EGO_LENGTH, width: EGO_WIDTH };
}

/** Box of actor `i`. */
export function actorBox(
  spec: { readonly actors: readonly { readonly length: number; readonly width: number }[] },
  state: { readonly actors: readonly Pick<TwinActor, 'x' | 'y' | 'headingRad'>[] },
  i: number,
): Box {
  const { x, y, headingRad } = state.actors[i];
  return { x, y, headingRad, length: spec.actors[i].length, width: spec.actors[i].width };
}

/** Indices of the actors that are in the world now. */
export function presentActors(state: { readonly actors: readonly Pick<TwinActor, 'present'>[] }): number[] {
  return state.actors.flatMap((actor, i) => (actor.present ? [i] : []));
}

const actorAt = (i: number) => F.D_ACTORS + i * F.ACTOR_FIELDS;

/** D_ACTORS + actors × ACTOR_FIELDS numbers. */
export function toFields(state: TwinState): Float64Array {
  const { ego, plan } = state;
  const row = new Float64Array(actorAt(state.actors.length));
  row[F.D_PLAN_STEP] = plan?.step ?? -1;
  plan?.points.forEach(({ x, y }, k) => {
    row.set([x, y], F.D_PLAN + 2 * k);
  });
  row.set([state.step, ego.x, ego.y, ego.headingRad, ego.speedMps], F.D_STEP);
  row.set([ego.accelMps2, ego.steerRad, ego.yawRateRadps], F.D_ACCEL);
  row.set([ego.index, ego.s, ego.lateral, ego.headingError, state.maxS], F.D_INDEX);
  row.set([state.light, state.lightIndex, state.ttc, state.reward], F.D_LIGHT);
  row.set([+state.terminated, +state.truncated], F.D_TERMINATED);
  row.set([state.collisionActor, +state.offRoad, +state.ranRed, +state.success], F.D_COLLISION_ACTOR);
  row.set([state.accelCounts, state.steerCounts], F.D_ACCEL_Q);
  row.set([state.redLights, state.ttcSteps, state.speedingSteps, state.uncomfortableSteps], F.D_RED_LIGHTS);
  row.set([state.minTtc, state.minGap, state.returnSum], F.D_MIN_TTC);
  state.delay.forEach(({ accel, steer }, k) => {
    row.set([accel, steer], F.D_DELAY + 2 * k);
  });
  state.actors.forEach((a, i) => {
    row.set([a.x, a.y, a.headingRad, a.speedMps, a.s, a.lateral, a.phase, +a.present, a.yawRateRadps], actorAt(i));
    row.set([a.lane, a.routeAt, a.drift, a.timer, a.index], actorAt(i) + F.A_LANE);
  });
  return row;
}

/** The record of such a row. */
export function fromFields(row: Float64Array): TwinState {
  const points: WorldPoint[] = Array.from({ length: WAYPOINTS }, (_, k) => ({
    x: row[F.D_PLAN + 2 * k],
    y: row[F.D_PLAN + 2 * k + 1],
  }));
  const count = (row.length - F.D_ACTORS) / F.ACTOR_FIELDS;
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
    lightIndex: row[F.D_LIGHT_INDEX],
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
    delay: Array.from({ length: MAX_LATENCY }, (_, k) => ({
      accel: row[F.D_DELAY + 2 * k],
      steer: row[F.D_DELAY + 2 * k + 1],
    })),
    actors: Array.from({ length: count }, (_, i) => readActor(row.subarray(actorAt(i), actorAt(i + 1)))),
    plan: row[F.D_PLAN_STEP] < 0 ? undefined : { step: row[F.D_PLAN_STEP], points },
  };
}

function readActor(row: Float64Array): TwinActor {
  return {
    x: row[F.A_X],
    y: row[F.A_Y],
    headingRad: row[F.A_HEADING],
    speedMps: row[F.A_SPEED],
    s: row[F.A_S],
    lateral: row[F.A_LATERAL],
    phase: row[F.A_PHASE],
    present: row[F.A_PRESENT] !== 0,
    yawRateRadps: row[F.A_YAW_RATE],
    lane: row[F.A_LANE],
    routeAt: row[F.A_ROUTE_AT],
    drift: row[F.A_DRIFT],
    timer: row[F.A_TIMER],
    index: row[F.A_INDEX],
  };
}
