// What the ego sees, as core/world/observation.ts documents it slice by slice. Twin: core/world/observe.ts.
import {
  EGO_LENGTH, KIND_PEDESTRIAN, KIND_STATIC, KIND_VEHICLE, LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW, MAX_ACTORS,
  OBS_ACTOR, OBS_ACTOR_STRIDE, OBS_ACTORS, OBS_DIM, OBS_EDGE, OBS_LIGHT, OBS_ROUTE, OBS_ROUTE_POINTS, OBS_ROUTE_STRIDE,
  SCALE_ACCEL, SCALE_LATERAL, SCALE_SPEED, SCALE_STEER, SCALE_X, SCALE_Y,
} from '../../world/layout';
import { actorCos, actorSin, egoCos, egoSin } from './world-contact';
import {
  A_PRESENT, A_SPEED, A_X, A_Y, D_ACCEL, D_HEADING, D_HEADING_ERROR, D_LATERAL, D_LIGHT, D_S, D_SPEED, D_STEER, D_X, D_Y,
  D_YAW_RATE, LIGHT_BEHIND, P_KIND, P_LENGTH, P_WIDTH, S_ACTOR_COUNT, S_EDGE_LEFT, S_EDGE_RIGHT, S_GOAL, S_SPEED_LIMIT,
  S_STOP_LINE, SIGHT,
} from './world-fields';
import { cutsSight } from './world-geometry';
import { widening } from './world-outcome';
import { poseHeading, poseX, poseY, routePose } from './world-road';
import { actor, actorParam, get, param, wrapAngle } from './world-state';

const routeAhead = memory.data<f64>([4, 8, 14, 22, 32, 44]);
const slots = memory.data(OBS_ACTORS * 4, 4);
const distances = memory.data(MAX_ACTORS * 8, 8);

// @ts-ignore: decorator
@inline
function put(at: usize, index: i32, value: f64): void {
  store<f32>(at + (<usize>index << 2), <f32>value);
}

/** Whether a sight line to the point (tx, ty), relative to the ego, is cut by an actor other than `target`. */
function blocked(world: i32, target: i32, tx: f64, ty: f64): bool {
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let j = 0; j < count; j++) {
    if (j == target || actor(world, j, A_PRESENT) == 0.0) continue;
    const dx = actor(world, j, A_X) - get(world, D_X);
    const dy = actor(world, j, A_Y) - get(world, D_Y);
    const halfL = actorParam(world, j, P_LENGTH) / 2.0;
    const halfW = actorParam(world, j, P_WIDTH) / 2.0;
    if (cutsSight(tx, ty, dx, dy, actorCos(j), actorSin(j), halfL, halfW)) return true;
  }
  return false;
}

/** Present, near enough, and its centre or one of its corners is in free sight of the ego's centre. */
function visible(world: i32, i: i32): bool {
  if (actor(world, i, A_PRESENT) == 0.0) return false;
  const dx = actor(world, i, A_X) - get(world, D_X);
  const dy = actor(world, i, A_Y) - get(world, D_Y);
  if (dx * dx + dy * dy > SIGHT * SIGHT) return false;
  if (!blocked(world, i, dx, dy)) return true;
  const halfL = actorParam(world, i, P_LENGTH) / 2.0;
  const halfW = actorParam(world, i, P_WIDTH) / 2.0;
  for (let corner = 0; corner < 4; corner++) {
    const l = corner & 1 ? halfL : -halfL;
    const w = corner & 2 ? halfW : -halfW;
    if (!blocked(world, i, dx + l * actorCos(i) - w * actorSin(i), dy + l * actorSin(i) + w * actorCos(i))) return true;
  }
  return false;
}

/** One byte an actor: 1 when the ego sees it. */
export function seeWorld(world: i32, at: usize): void {
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let i = 0; i < MAX_ACTORS; i++) store<u8>(at + i, i < count && visible(world, i) ? 1 : 0);
}

/** The OBS_ACTORS nearest present actors (absent ones last) in the scenario's order, into `slots`; returns how many. */
function chooseSlots(world: i32): i32 {
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    const dx = actor(world, i, A_X) - get(world, D_X);
    const dy = actor(world, i, A_Y) - get(world, D_Y);
    store<f64>(distances + (<usize>i << 3), actor(world, i, A_PRESENT) == 0.0 ? Infinity : dx * dx + dy * dy);
  }
  let chosen = 0;
  for (let i = 0; i < count; i++) {
    const mine = load<f64>(distances + (<usize>i << 3));
    let nearer = 0;
    for (let j = 0; j < count; j++) {
      const other = load<f64>(distances + (<usize>j << 3));
      if (other < mine || (other == mine && j < i)) nearer++;
    }
    if (nearer >= OBS_ACTORS) continue;
    store<i32>(slots + (<usize>chosen << 2), i);
    chosen++;
  }
  return chosen;
}

function observeActor(world: i32, i: i32, at: usize): void {
  const dx = actor(world, i, A_X) - get(world, D_X);
  const dy = actor(world, i, A_Y) - get(world, D_Y);
  const cos = egoCos * actorCos(i) + egoSin * actorSin(i);
  const sin = egoCos * actorSin(i) - egoSin * actorCos(i);
  const kind = <i32>actorParam(world, i, P_KIND);
  const speed = actor(world, i, A_SPEED);
  put(at, 0, 1.0);
  put(at, 1, kind == KIND_VEHICLE ? 1.0 : 0.0);
  put(at, 2, kind == KIND_PEDESTRIAN ? 1.0 : 0.0);
  put(at, 3, kind == KIND_STATIC ? 1.0 : 0.0);
  put(at, 4, (dx * egoCos + dy * egoSin) / SCALE_X);
  put(at, 5, (dy * egoCos - dx * egoSin) / SCALE_Y);
  put(at, 6, (speed * cos) / 10.0);
  put(at, 7, (speed * sin) / 5.0);
  put(at, 8, cos);
  put(at, 9, sin);
  put(at, 10, actorParam(world, i, P_LENGTH) / 5.0);
  put(at, 11, actorParam(world, i, P_WIDTH) / 2.0);
}

/** Writes OBS_DIM f32 at `at`. */
export function observeWorld(world: i32, at: usize): void {
  memory.fill(at, 0, OBS_DIM * 4);
  const s = get(world, D_S);
  const lateral = get(world, D_LATERAL);
  put(at, 0, get(world, D_SPEED) / SCALE_SPEED);
  put(at, 1, get(world, D_ACCEL) / SCALE_ACCEL);
  put(at, 2, get(world, D_STEER) / SCALE_STEER);
  put(at, 3, lateral / SCALE_LATERAL);
  put(at, 4, Math.sin(get(world, D_HEADING_ERROR)));
  put(at, 5, Math.cos(get(world, D_HEADING_ERROR)));
  put(at, 6, param(world, S_SPEED_LIMIT) / SCALE_SPEED);
  put(at, 7, get(world, D_YAW_RATE));

  for (let k = 0; k < OBS_ROUTE_POINTS; k++) {
    routePose(world, s + load<f64>(routeAhead + (<usize>k << 3)), 0.0);
    const dx = poseX - get(world, D_X);
    const dy = poseY - get(world, D_Y);
    const point = OBS_ROUTE + k * OBS_ROUTE_STRIDE;
    put(at, point, (dx * egoCos + dy * egoSin) / SCALE_X);
    put(at, point + 1, (dy * egoCos - dx * egoSin) / SCALE_Y);
    put(at, point + 2, wrapAngle(poseHeading - get(world, D_HEADING)));
  }

  const extra = widening(world, s);
  put(at, OBS_EDGE, max(0.0, min(2.0, (param(world, S_EDGE_LEFT) + extra - lateral) / 5.0)));
  put(at, OBS_EDGE + 1, max(0.0, min(2.0, (param(world, S_EDGE_RIGHT) + extra + lateral) / 5.0)));
  put(at, OBS_EDGE + 2, max(0.0, min(2.0, (param(world, S_GOAL) - s) / 100.0)));

  const light = <i32>get(world, D_LIGHT);
  const toLine = param(world, S_STOP_LINE) - s - EGO_LENGTH / 2.0;
  if (light != LIGHT_NONE && toLine >= -LIGHT_BEHIND && toLine <= SIGHT) {
    put(at, OBS_LIGHT, 1.0);
    put(at, OBS_LIGHT + 1, toLine / 50.0);
    put(at, OBS_LIGHT + 2, light == LIGHT_GREEN ? 1.0 : 0.0);
    put(at, OBS_LIGHT + 3, light == LIGHT_YELLOW ? 1.0 : 0.0);
    put(at, OBS_LIGHT + 4, light == LIGHT_RED ? 1.0 : 0.0);
  }

  const chosen = chooseSlots(world);
  for (let slot = 0; slot < chosen; slot++) {
    const i = load<i32>(slots + (<usize>slot << 2));
    if (visible(world, i)) observeActor(world, i, at + <usize>((OBS_ACTOR + slot * OBS_ACTOR_STRIDE) << 2));
  }
}
