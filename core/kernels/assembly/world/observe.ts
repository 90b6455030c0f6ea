// What the ego measures, as docs/observation.md lists it number by number. Twin: core/tasks/driving/world/twin/observe.ts.
import {
  EGO_LENGTH, LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW, OBS_ACTOR, OBS_ACTOR_COS, OBS_ACTOR_LENGTH, OBS_ACTOR_PRESENT,
  OBS_ACTOR_SIN, OBS_ACTOR_STRIDE, OBS_ACTOR_VX, OBS_ACTOR_VY, OBS_ACTOR_WIDTH, OBS_ACTOR_X, OBS_ACTOR_Y, OBS_ACTOR_YAW_RATE,
  OBS_ACTORS, OBS_DIM, OBS_EDGE_LEFT, OBS_EDGE_NARROWEST, OBS_EDGE_ONCOMING, OBS_EDGE_REMAINING, OBS_EDGE_RIGHT, OBS_EGO_ACCEL,
  OBS_EGO_COS, OBS_EGO_LATERAL, OBS_EGO_LIMIT, OBS_EGO_SIN, OBS_EGO_SPEED, OBS_EGO_STEER, OBS_EGO_YAW_RATE, OBS_LIGHT_GREEN,
  OBS_LIGHT_PRESENT, OBS_LIGHT_RED, OBS_LIGHT_STOP, OBS_LIGHT_YELLOW, OBS_ROUTE, OBS_ROUTE_HEADING, OBS_ROUTE_POINTS,
  OBS_ROUTE_STRIDE, OBS_ROUTE_X, OBS_ROUTE_Y, OBS_WEATHER_DAYLIGHT, OBS_WEATHER_FRICTION, OBS_WEATHER_SIGHT, SCALE_ACCEL,
  SCALE_EDGE, SCALE_LATERAL, SCALE_LENGTH, SCALE_REMAINING, SCALE_SIGHT, SCALE_SPEED, SCALE_STEER, SCALE_STOP, SCALE_VX, SCALE_VY,
  SCALE_WIDTH, SCALE_X, SCALE_Y,
} from '../../../abi/layout';
import {
  A_HEADING, A_PRESENT, A_SPEED, A_X, A_Y, A_YAW_RATE, D_ACCEL, D_HEADING, D_HEADING_ERROR, D_INDEX, D_LATERAL, D_LIGHT,
  D_LIGHT_INDEX, D_S, D_SPEED, D_STEER, D_X, D_Y, D_YAW_RATE, LIGHT_BEHIND, P_COLUMN, P_LENGTH, P_WIDTH, R_EDGE_LEFT,
  R_EDGE_RIGHT, R_LIMIT, R_ONCOMING, S_ACTOR_COUNT, S_DAYLIGHT, S_FRICTION, S_GOAL, S_NOISE_LATERAL, S_NOISE_POSITION,
  S_NOISE_VELOCITY, S_SIGHT,
} from '../../../abi/world-fields';
import { poseHeading, poseX, poseY } from './line';
import { measured, NOISE_VX, NOISE_VY, NOISE_X, NOISE_Y } from './noise';
import { routeColumn, routePose, routeValue } from './road';
import { prepareSight, visible } from './sight';
import { stopLine } from './signals';
import { actorAt, actorSpec, direction, EGO, field, get, param, wrapAngle } from './state';

const routeAhead = memory.data<f64>([4, 8, 14, 22, 32, 44]);
/** Chosen actors and their distances, nearest first; then the actors in the scenario's order. */
const slots = memory.data(OBS_ACTORS * 4, 4);
const distances = memory.data(OBS_ACTORS * 8, 8);

let egoCos: f64 = 1;
let egoSin: f64 = 0;

// @ts-ignore: decorator
@inline
function put(at: usize, index: i32, value: f64): void {
  store<f32>(at + (<usize>index << 2), <f32>value);
}
// @ts-ignore: decorator
@inline
function clip(value: f64): f64 {
  return max(0.0, min(2.0, value));
}
// @ts-ignore: decorator
@inline
function slot(k: i32): i32 {
  return load<i32>(slots + (<usize>k << 2));
}

/** The nearest actors, what lies behind the rear bumper counted twice as far and absent ones last, into `slots`; how many. */
function chooseSlots(): i32 {
  const count = <i32>param(S_ACTOR_COUNT);
  let chosen = 0;
  for (let i = 0; i < count; i++) {
    const a = actorAt(i);
    const dx = field(a, A_X) - get(D_X);
    const dy = field(a, A_Y) - get(D_Y);
    const behind = dx * egoCos + dy * egoSin < -EGO_LENGTH / 2.0;
    const distance = field(a, A_PRESENT) == 0.0 ? Infinity : (dx * dx + dy * dy) * (behind ? 4.0 : 1.0);
    let k = chosen;
    while (k > 0 && distance < load<f64>(distances + (<usize>(k - 1) << 3))) k--;
    if (k == OBS_ACTORS) continue;
    if (chosen < OBS_ACTORS) chosen++;
    memory.copy(slots + (<usize>(k + 1) << 2), slots + (<usize>k << 2), <usize>(chosen - 1 - k) << 2);
    memory.copy(distances + (<usize>(k + 1) << 3), distances + (<usize>k << 3), <usize>(chosen - 1 - k) << 3);
    store<i32>(slots + (<usize>k << 2), i);
    store<f64>(distances + (<usize>k << 3), distance);
  }
  for (let k = 1; k < chosen; k++) {
    const i = slot(k);
    let to = k;
    for (; to > 0 && slot(to - 1) > i; to--) store<i32>(slots + (<usize>to << 2), slot(to - 1));
    store<i32>(slots + (<usize>to << 2), i);
  }
  return chosen;
}

function observeActor(i: i32, at: usize): void {
  const a = actorAt(i);
  const p = actorSpec(i);
  const unit = direction(i, field(a, A_HEADING));
  const dx = field(a, A_X) - get(D_X);
  const dy = field(a, A_Y) - get(D_Y);
  const cos = egoCos * load<f64>(unit) + egoSin * load<f64>(unit, 8);
  const sin = egoCos * load<f64>(unit, 8) - egoSin * load<f64>(unit);
  const speed = field(a, A_SPEED);
  const position = param(S_NOISE_POSITION);
  const velocity = param(S_NOISE_VELOCITY);
  put(at, OBS_ACTOR_PRESENT, 1.0);
  put(at, <i32>field(p, P_COLUMN), 1.0);
  put(at, OBS_ACTOR_X, measured(dx * egoCos + dy * egoSin, position, i, NOISE_X) / SCALE_X);
  put(at, OBS_ACTOR_Y, measured(dy * egoCos - dx * egoSin, position, i, NOISE_Y) / SCALE_Y);
  put(at, OBS_ACTOR_VX, measured(speed * cos, velocity, i, NOISE_VX) / SCALE_VX);
  put(at, OBS_ACTOR_VY, measured(speed * sin, velocity, i, NOISE_VY) / SCALE_VY);
  put(at, OBS_ACTOR_COS, cos);
  put(at, OBS_ACTOR_SIN, sin);
  put(at, OBS_ACTOR_LENGTH, field(p, P_LENGTH) / SCALE_LENGTH);
  put(at, OBS_ACTOR_WIDTH, field(p, P_WIDTH) / SCALE_WIDTH);
  put(at, OBS_ACTOR_YAW_RATE, field(a, A_YAW_RATE));
}

/** Route points and edges; `lateral` as measured. */
function observeRoute(lateral: f64, at: usize): void {
  const s = get(D_S);
  let leastLeft = routeColumn(R_EDGE_LEFT, s);
  put(at, OBS_EDGE_LEFT, clip((leastLeft - lateral) / SCALE_EDGE));
  for (let k = 0; k < OBS_ROUTE_POINTS; k++) {
    const there = s + load<f64>(routeAhead + (<usize>k << 3));
    routePose(there, 0.0);
    const dx = poseX - get(D_X);
    const dy = poseY - get(D_Y);
    const point = OBS_ROUTE + k * OBS_ROUTE_STRIDE;
    put(at, point + OBS_ROUTE_X, (dx * egoCos + dy * egoSin) / SCALE_X);
    put(at, point + OBS_ROUTE_Y, (dy * egoCos - dx * egoSin) / SCALE_Y);
    put(at, point + OBS_ROUTE_HEADING, wrapAngle(poseHeading - get(D_HEADING)));
    leastLeft = min(leastLeft, routeColumn(R_EDGE_LEFT, there));
  }
  put(at, OBS_EDGE_RIGHT, clip((routeColumn(R_EDGE_RIGHT, s) + lateral) / SCALE_EDGE));
  put(at, OBS_EDGE_REMAINING, clip((param(S_GOAL) - s) / SCALE_REMAINING));
  put(at, OBS_EDGE_ONCOMING, clip((routeValue(R_ONCOMING, <i32>get(D_INDEX)) - lateral) / SCALE_EDGE));
  put(at, OBS_EDGE_NARROWEST, clip(leastLeft / SCALE_EDGE));
}

function observeLight(at: usize): void {
  const light = <i32>get(D_LIGHT);
  if (light == LIGHT_NONE) return;
  const toLine = stopLine(<i32>get(D_LIGHT_INDEX)) - get(D_S) - EGO_LENGTH / 2.0;
  if (toLine < -LIGHT_BEHIND || toLine > param(S_SIGHT)) return;
  put(at, OBS_LIGHT_PRESENT, 1.0);
  put(at, OBS_LIGHT_STOP, toLine / SCALE_STOP);
  put(at, OBS_LIGHT_GREEN, light == LIGHT_GREEN ? 1.0 : 0.0);
  put(at, OBS_LIGHT_YELLOW, light == LIGHT_YELLOW ? 1.0 : 0.0);
  put(at, OBS_LIGHT_RED, light == LIGHT_RED ? 1.0 : 0.0);
}

/** Writes OBS_DIM f32 at `at`. */
export function observeWorld(at: usize): void {
  memory.fill(at, 0, OBS_DIM * 4);
  const unit = direction(EGO, get(D_HEADING));
  egoCos = load<f64>(unit);
  egoSin = load<f64>(unit, 8);
  const lateral = measured(get(D_LATERAL), param(S_NOISE_LATERAL), EGO, NOISE_Y);
  put(at, OBS_EGO_SPEED, get(D_SPEED) / SCALE_SPEED);
  put(at, OBS_EGO_ACCEL, get(D_ACCEL) / SCALE_ACCEL);
  put(at, OBS_EGO_STEER, get(D_STEER) / SCALE_STEER);
  put(at, OBS_EGO_LATERAL, lateral / SCALE_LATERAL);
  put(at, OBS_EGO_SIN, Math.sin(get(D_HEADING_ERROR)));
  put(at, OBS_EGO_COS, Math.cos(get(D_HEADING_ERROR)));
  put(at, OBS_EGO_LIMIT, routeValue(R_LIMIT, <i32>get(D_INDEX)) / SCALE_SPEED);
  put(at, OBS_EGO_YAW_RATE, get(D_YAW_RATE));
  observeRoute(lateral, at);
  observeLight(at);
  put(at, OBS_WEATHER_FRICTION, param(S_FRICTION));
  put(at, OBS_WEATHER_SIGHT, param(S_SIGHT) / SCALE_SIGHT);
  put(at, OBS_WEATHER_DAYLIGHT, param(S_DAYLIGHT));
  prepareSight();
  const chosen = chooseSlots();
  for (let k = 0; k < chosen; k++)
    if (visible(slot(k))) observeActor(slot(k), at + <usize>((OBS_ACTOR + k * OBS_ACTOR_STRIDE) << 2));
}
