/** A world's dynamic fields (one number a field, numbered as in world-fields.ts) read as `WorldState` and `DriveTotals`. */
import * as F from '../../../../abi/world-fields.ts';
import { WAYPOINTS } from '../../../../abi/layout.ts';
import type { WorldSpec } from '../spec/spec.ts';
import type { DriveTotals, WorldState } from '../world.ts';

/** Share of the route from the start to the goal, 0..1, at the farthest arc length reached. */
export function routeCompletion(spec: WorldSpec, maxS: number): number {
  return Math.max(0, Math.min(1, (maxS - spec.ego.s) / (spec.goalS - spec.ego.s)));
}

/** Numbers of a world's row: its snapshot has as many float64. */
export function fieldCount(spec: WorldSpec): number {
  return F.D_ACTORS + spec.actors.length * F.ACTOR_FIELDS;
}

/** `fields`: `fieldCount` numbers; `visible`: one byte an actor. */
export function readState(fields: Float64Array, spec: WorldSpec, visible: Uint8Array): WorldState {
  return {
    step: fields[F.D_STEP],
    x: fields[F.D_X],
    y: fields[F.D_Y],
    headingRad: fields[F.D_HEADING],
    speedMps: fields[F.D_SPEED],
    accelMps2: fields[F.D_ACCEL],
    steerRad: fields[F.D_STEER],
    yawRateRadps: fields[F.D_YAW_RATE],
    s: fields[F.D_S],
    lateral: fields[F.D_LATERAL],
    headingError: fields[F.D_HEADING_ERROR],
    actors: spec.actors.map((actor, i) => {
      const at = F.D_ACTORS + i * F.ACTOR_FIELDS;
      return {
        kind: actor.kind,
        x: fields[at + F.A_X],
        y: fields[at + F.A_Y],
        headingRad: fields[at + F.A_HEADING],
        speedMps: fields[at + F.A_SPEED],
        yawRateRadps: fields[at + F.A_YAW_RATE],
        length: actor.length,
        width: actor.width,
        visible: visible[i] !== 0,
        present: fields[at + F.A_PRESENT] !== 0,
      };
    }),
    speedLimitMps: spec.road.speedLimitMps[fields[F.D_INDEX]],
    light: fields[F.D_LIGHT],
    stopLineS: spec.lights[fields[F.D_LIGHT_INDEX]]?.stopLineS ?? Number.NaN,
    ttc: fields[F.D_TTC],
    reward: fields[F.D_REWARD],
    terminated: fields[F.D_TERMINATED] !== 0,
    truncated: fields[F.D_TRUNCATED] !== 0,
    collision: fields[F.D_COLLISION_ACTOR] >= 0,
    collisionActor: fields[F.D_COLLISION_ACTOR],
    offRoad: fields[F.D_OFF_ROAD] !== 0,
    ranRedLight: fields[F.D_RAN_RED] !== 0,
    success: fields[F.D_SUCCESS] !== 0,
    routeCompletion: routeCompletion(spec, fields[F.D_MAX_S]),
  };
}

export function readTotals(fields: Float64Array, spec: WorldSpec): DriveTotals {
  return {
    steps: fields[F.D_STEP],
    routeCompletion: routeCompletion(spec, fields[F.D_MAX_S]),
    collisions: fields[F.D_COLLISION_ACTOR] >= 0 ? 1 : 0,
    offRoad: fields[F.D_OFF_ROAD],
    redLights: fields[F.D_RED_LIGHTS],
    ttcSteps: fields[F.D_TTC_STEPS],
    speedingSteps: fields[F.D_SPEEDING_STEPS],
    uncomfortableSteps: fields[F.D_UNCOMFORTABLE_STEPS],
    minTtc: fields[F.D_MIN_TTC],
    minGap: fields[F.D_MIN_GAP],
    returnSum: fields[F.D_RETURN],
  };
}

/** Throws RangeError unless `snapshot` is as long as one of this world is and its traffic stands on lanes that exist. */
export function readSnapshot(snapshot: Uint8Array, spec: WorldSpec): Float64Array {
  const fields = new Float64Array(fieldCount(spec));
  if (snapshot.byteLength !== fields.byteLength)
    throw new RangeError(`a snapshot of this world has ${fields.byteLength} bytes, not ${snapshot.byteLength}`);
  new Uint8Array(fields.buffer).set(snapshot);
  spec.actors.forEach((actor, i) => {
    const at = F.D_ACTORS + i * F.ACTOR_FIELDS;
    const [lane, routeAt] = [fields[at + F.A_LANE], fields[at + F.A_ROUTE_AT]];
    if (actor.behaviour !== 'traffic' || (spec.network.lanes[lane] && routeAt >= -1 && routeAt <= actor.lanes.length))
      return;
    throw new RangeError(`in the snapshot ${actor.id} is on lane ${lane}, which this world has not`);
  });
  return fields;
}

/** Numbers of a plan. */
export const TRACKED_PLAN_SIZE: number = 2 * WAYPOINTS;
