// The vectorised world: N worlds stepped together at 10 Hz. Meaning and order of a step: core/tasks/driving/world/world.ts; the readable
// twin that must agree to 1e-9: core/tasks/driving/world/twin/twin.ts. Only the module's own trigonometry is used, so a drive is the same bit
// for bit wherever WASM runs.
import { ACCEL_MAX_Q, ACCEL_MIN_Q, MAX_ACTORS, OBS_DIM, STEER_MAX_Q, WAYPOINTS } from '../../../abi/layout';
import { alloc } from '../memory';
import { resetActors, stepActors } from './actors';
import { contactTtc, findContacts } from './contact';
import { locate, lookAtLight, stepEgo } from './ego';
import {
  ACTOR_FIELDS, D_ACCEL, D_ACCEL_Q, D_ACTORS, D_COLLISION_ACTOR, D_FIELDS, D_HASHED, D_HEADING, D_MAX_S, D_MIN_GAP, D_MIN_TTC,
  D_PLAN_STEP, D_REWARD, D_S, D_SPEED, D_STEER_Q, D_STEP, D_TERMINATED, D_TRUNCATED, D_TTC, D_X, D_Y, S_ACTOR_COUNT,
  S_ROAD_DS, S_START_HEADING_ERROR, S_START_LATERAL, S_START_S, S_START_SPEED,
} from '../../../abi/world-fields';
import { poseHeading, poseX, poseY } from './line';
import { observeWorld } from './observe';
import { judge } from './outcome';
import { routePose } from './road';
import { prepareSight, visible } from './sight';
import { allocateState, dynamicRow, enter, get, param, set, staticRow, worldCount } from './state';
import { accelCounts, steerCounts, storePlan, track } from './tracker';

export { world_reserve_lanes } from './members';
export { world_prepare_line } from './line';

let rewardsAt: usize = 0;
let terminatedAt: usize = 0;
let truncatedAt: usize = 0;
let controlsAt: usize = 0;
let observationsAt: usize = 0;
let visibleAt: usize = 0;
let exchangeAt: usize = 0;

/** Makes room for `count` worlds; once an instance. */
export function world_create(count: i32): void {
  allocateState(count);
  rewardsAt = alloc(<usize>count * 8);
  terminatedAt = alloc(count);
  truncatedAt = alloc(count);
  controlsAt = alloc(<usize>count * 4);
  observationsAt = alloc(<usize>(count * OBS_DIM * 4));
  visibleAt = alloc(MAX_ACTORS);
  exchangeAt = alloc(WAYPOINTS * 16);
}

export function world_static(world: i32): usize { return staticRow(world); }
/** A world's dynamic state: D_ACTORS + actors × ACTOR_FIELDS numbers; written to, it must be published. */
export function world_dynamic(world: i32): usize { return dynamicRow(world); }
export function world_rewards(): usize { return rewardsAt; }
export function world_terminated(): usize { return terminatedAt; }
export function world_truncated(): usize { return truncatedAt; }
/** i16 [count × 2]: controls to command, and after a step the controls commanded. */
export function world_controls(): usize { return controlsAt; }
export function world_observations(): usize { return observationsAt; }
export function world_visible(): usize { return visibleAt; }
/** 2 × WAYPOINTS f64: a plan to set. */
export function world_exchange(): usize { return exchangeAt; }

/** Copies a world's results of this step to the arrays that all worlds share. */
function publish(world: i32): void {
  store<f64>(rewardsAt + (<usize>world << 3), get(D_REWARD));
  store<u8>(terminatedAt + world, <u8>get(D_TERMINATED));
  store<u8>(truncatedAt + world, <u8>get(D_TRUNCATED));
  store<i16>(controlsAt + (<usize>world << 2), <i16>get(D_ACCEL_Q), 0);
  store<i16>(controlsAt + (<usize>world << 2), <i16>get(D_STEER_Q), 2);
}

/** Tells the shared arrays of a state that was written from outside. */
export function world_publish(world: i32): void {
  enter(world);
  publish(world);
}

/** Puts a world at the start of the parameters in its static row. */
export function world_reset(world: i32): void {
  enter(world);
  memory.fill(dynamicRow(world), 0, D_FIELDS * 8);
  const s = param(S_START_S);
  routePose(s, param(S_START_LATERAL));
  set(D_X, poseX);
  set(D_Y, poseY);
  set(D_HEADING, poseHeading + param(S_START_HEADING_ERROR));
  set(D_SPEED, param(S_START_SPEED));
  locate(<i32>(s / param(S_ROAD_DS)));
  set(D_MAX_S, s);
  set(D_COLLISION_ACTOR, -1.0);
  set(D_MIN_TTC, Infinity);
  set(D_MIN_GAP, Infinity);
  set(D_PLAN_STEP, -1.0);
  lookAtLight();
  resetActors();
  findContacts(Infinity);
  set(D_TTC, contactTtc);
  publish(world);
}

/** Takes the plan in the exchange area, WAYPOINTS × (x, y) in the ego frame of now. */
export function world_set_plan(world: i32): void {
  enter(world);
  storePlan(exchangeAt);
}

function advance(): void {
  const sBefore = get(D_S);
  const accelBefore = get(D_ACCEL);
  stepEgo();
  set(D_STEP, get(D_STEP) + 1.0);
  stepActors();
  lookAtLight();
  judge(sBefore, accelBefore);
}

/** Enters a world; true when it still runs. A finished one keeps its flags and earns nothing. */
function runs(world: i32): bool {
  enter(world);
  if (get(D_TERMINATED) + get(D_TRUNCATED) == 0.0) return true;
  publish(world);
  store<f64>(rewardsAt + (<usize>world << 3), 0.0);
  return false;
}

export function world_step_plans(): void {
  for (let world = 0; world < worldCount; world++) {
    if (!runs(world)) continue;
    track();
    set(D_ACCEL_Q, accelCounts);
    set(D_STEER_Q, steerCounts);
    advance();
    publish(world);
  }
}

export function world_step_controls(): void {
  for (let world = 0; world < worldCount; world++) {
    if (!runs(world)) continue;
    const accel = <i32>load<i16>(controlsAt + (<usize>world << 2), 0);
    const steer = <i32>load<i16>(controlsAt + (<usize>world << 2), 2);
    set(D_ACCEL_Q, <f64>max(ACCEL_MIN_Q, min(ACCEL_MAX_Q, accel)));
    set(D_STEER_Q, <f64>max(-STEER_MAX_Q, min(STEER_MAX_Q, steer)));
    advance();
    publish(world);
  }
}

/** Writes every world's observation. */
export function world_observe(): void {
  for (let world = 0; world < worldCount; world++) {
    enter(world);
    observeWorld(observationsAt + <usize>(world * OBS_DIM * 4));
  }
}

/** Writes which actors the ego sees, one byte an actor. */
export function world_see(world: i32): void {
  enter(world);
  prepareSight();
  const count = <i32>param(S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) store<u8>(visibleAt + i, visible(i) ? 1 : 0);
}

/** FNV-1a, 64 bit, over the bytes of the world's numbers from D_HASHED to its last actor (little endian). */
export function world_hash(world: i32): u64 {
  enter(world);
  const row = dynamicRow(world);
  const end = row + <usize>((D_ACTORS + <i32>param(S_ACTOR_COUNT) * ACTOR_FIELDS) << 3);
  let hash: u64 = 0xcbf29ce484222325;
  for (let at = row + (D_HASHED << 3); at < end; at++) hash = (hash ^ <u64>load<u8>(at)) * 0x100000001b3;
  return hash;
}
