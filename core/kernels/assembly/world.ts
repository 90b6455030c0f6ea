// The vectorised world: N worlds stepped together at 10 Hz. Meaning and order of a step: core/world/world.ts; the readable
// twin that must agree to 1e-9: core/world/twin.ts. Only the module's own trigonometry is used, so a drive is the same bit
// for bit wherever WASM runs.
import {
  ACCEL_MAX_Q, ACCEL_MIN_Q, ACCEL_QUANTUM, DT, EGO_LENGTH, MAX_ACTORS, OBS_DIM, STEER_MAX_Q, STEER_QUANTUM, WAYPOINTS, WHEELBASE,
} from '../../world/layout';
import { alloc } from './memory';
import { lightAt, resetActors, stepActors } from './world-actors';
import {
  D_ACCEL, D_ACCEL_Q, D_COLLISION_ACTOR, D_FIELDS, D_HASHED, D_HEADING, D_HEADING_ERROR, D_INDEX, D_LATERAL, D_LIGHT,
  D_MAX_S, D_MIN_GAP, D_MIN_TTC, D_PLAN_STEP, D_REWARD, D_S, D_SPEED, D_STEER, D_STEER_Q, D_STEP, D_TERMINATED, D_TRUNCATED,
  D_TTC, D_X, D_Y, D_YAW_RATE, S_ROAD_DS, S_START_HEADING_ERROR, S_START_LATERAL, S_START_S, S_START_SPEED,
} from './world-fields';
import { observeWorld, seeWorld } from './world-observe';
import { prepareBoxes, timeToCollision } from './world-contact';
import { judge } from './world-outcome';
import { poseHeading, poseX, poseY, projHeading, projIndex, projLateral, projS, project, routePose } from './world-road';
import { allocateState, get, param, set, staticRow, worldCount, wrapAngle } from './world-state';
import { accelCounts, steerCounts, storePlan, track } from './world-tracker';

export { world_prepare_road } from './world-road';

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
  exchangeAt = alloc(D_FIELDS * 8);
}

export function world_static(world: i32): usize { return staticRow(world); }
export function world_rewards(): usize { return rewardsAt; }
export function world_terminated(): usize { return terminatedAt; }
export function world_truncated(): usize { return truncatedAt; }
/** i16 [count × 2]: controls to apply, and after a step the controls applied. */
export function world_controls(): usize { return controlsAt; }
export function world_observations(): usize { return observationsAt; }
export function world_visible(): usize { return visibleAt; }
/** D_FIELDS f64: a plan to set, a snapshot taken or to restore. */
export function world_exchange(): usize { return exchangeAt; }

function publish(world: i32): void {
  store<f64>(rewardsAt + (<usize>world << 3), get(world, D_REWARD));
  store<u8>(terminatedAt + world, <u8>get(world, D_TERMINATED));
  store<u8>(truncatedAt + world, <u8>get(world, D_TRUNCATED));
  store<i16>(controlsAt + (<usize>world << 2), <i16>get(world, D_ACCEL_Q), 0);
  store<i16>(controlsAt + (<usize>world << 2), <i16>get(world, D_STEER_Q), 2);
}

function locate(world: i32, from: i32): void {
  project(world, get(world, D_X), get(world, D_Y), from);
  set(world, D_INDEX, <f64>projIndex);
  set(world, D_S, projS);
  set(world, D_LATERAL, projLateral);
  set(world, D_HEADING_ERROR, wrapAngle(get(world, D_HEADING) - projHeading));
}

/** Puts a world at the start of the parameters in its static row. */
export function world_reset(world: i32): void {
  for (let field = 0; field < D_FIELDS; field++) set(world, field, 0.0);
  const s = param(world, S_START_S);
  routePose(world, s, param(world, S_START_LATERAL));
  set(world, D_X, poseX);
  set(world, D_Y, poseY);
  set(world, D_HEADING, poseHeading + param(world, S_START_HEADING_ERROR));
  set(world, D_SPEED, param(world, S_START_SPEED));
  locate(world, <i32>(s / param(world, S_ROAD_DS)));
  set(world, D_MAX_S, s);
  set(world, D_COLLISION_ACTOR, -1.0);
  set(world, D_MIN_TTC, Infinity);
  set(world, D_MIN_GAP, Infinity);
  set(world, D_PLAN_STEP, -1.0);
  set(world, D_LIGHT, lightAt(world, 0.0));
  resetActors(world);
  prepareBoxes(world);
  set(world, D_TTC, timeToCollision(world));
  publish(world);
}

/** Takes the plan in the exchange area, WAYPOINTS × (x, y) in the ego frame of now. */
export function world_set_plan(world: i32): void {
  storePlan(world, exchangeAt);
}

/** Kinematic bicycle about the box centre (lf = lr = WHEELBASE / 2), mean speed over the step, no reversing. */
function stepEgo(world: i32): void {
  const steer = get(world, D_STEER_Q) * STEER_QUANTUM;
  const before = get(world, D_SPEED);
  const speed = max(0.0, before + get(world, D_ACCEL_Q) * ACCEL_QUANTUM * DT);
  const slip = Math.atan(0.5 * Math.tan(steer));
  const way = (before + speed) * 0.5 * DT;
  const heading = get(world, D_HEADING);
  const turn = (way * Math.sin(slip)) / (WHEELBASE / 2.0);
  set(world, D_X, get(world, D_X) + way * Math.cos(heading + slip));
  set(world, D_Y, get(world, D_Y) + way * Math.sin(heading + slip));
  set(world, D_HEADING, heading + turn);
  set(world, D_SPEED, speed);
  set(world, D_ACCEL, (speed - before) / DT);
  set(world, D_STEER, steer);
  set(world, D_YAW_RATE, turn / DT);
  locate(world, <i32>get(world, D_INDEX));
}

function advance(world: i32): void {
  const frontBefore = get(world, D_S) + EGO_LENGTH / 2.0;
  const lightBefore = get(world, D_LIGHT);
  const accelBefore = get(world, D_ACCEL);
  const step = get(world, D_STEP) + 1.0;
  stepEgo(world);
  set(world, D_STEP, step);
  stepActors(world);
  set(world, D_LIGHT, lightAt(world, step));
  prepareBoxes(world);
  judge(world, frontBefore, lightBefore, accelBefore);
}

/** True when the world still runs; a finished one keeps its flags and earns nothing. */
function runs(world: i32): bool {
  if (get(world, D_TERMINATED) + get(world, D_TRUNCATED) == 0.0) return true;
  publish(world);
  store<f64>(rewardsAt + (<usize>world << 3), 0.0);
  return false;
}

export function world_step_plans(): void {
  for (let world = 0; world < worldCount; world++) {
    if (!runs(world)) continue;
    track(world);
    set(world, D_ACCEL_Q, accelCounts);
    set(world, D_STEER_Q, steerCounts);
    advance(world);
    publish(world);
  }
}

export function world_step_controls(): void {
  for (let world = 0; world < worldCount; world++) {
    if (!runs(world)) continue;
    const accel = <i32>load<i16>(controlsAt + (<usize>world << 2), 0);
    const steer = <i32>load<i16>(controlsAt + (<usize>world << 2), 2);
    set(world, D_ACCEL_Q, <f64>max(ACCEL_MIN_Q, min(ACCEL_MAX_Q, accel)));
    set(world, D_STEER_Q, <f64>max(-STEER_MAX_Q, min(STEER_MAX_Q, steer)));
    advance(world);
    publish(world);
  }
}

/** Writes every world's observation. */
export function world_observe(): void {
  for (let world = 0; world < worldCount; world++) {
    prepareBoxes(world);
    observeWorld(world, observationsAt + <usize>(world * OBS_DIM * 4));
  }
}

/** Writes which actors the ego sees, one byte an actor. */
export function world_see(world: i32): void {
  prepareBoxes(world);
  seeWorld(world, visibleAt);
}

/** Copies one world's dynamic state to the exchange area. */
export function world_save(world: i32): void {
  for (let field = 0; field < D_FIELDS; field++) store<f64>(exchangeAt + (<usize>field << 3), get(world, field));
}

/** Sets one world's dynamic state from the exchange area. */
export function world_load(world: i32): void {
  for (let field = 0; field < D_FIELDS; field++) set(world, field, load<f64>(exchangeAt + (<usize>field << 3)));
  publish(world);
}

/** FNV-1a, 64 bit, over the bytes of the D_HASHED first fields (little endian). */
export function world_hash(world: i32): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let field = 0; field < D_HASHED; field++) {
    let bits = reinterpret<u64>(get(world, field));
    for (let byte = 0; byte < 8; byte++) {
      hash = (hash ^ (bits & 0xff)) * 0x100000001b3;
      bits >>= 8;
    }
  }
  return hash;
}
