// Everyone but the ego: IDM vehicles, crossing pedestrians, parked boxes, replayed tracks. Twin: core/world/twin-actors.ts.
// Actors move one after the other in the scenario's order; each sees the newest state of the others.
import { DT, EGO_LENGTH, EGO_WIDTH, LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW } from '../../world/layout';
import {
  A_HEADING, A_LATERAL, A_PHASE, A_PRESENT, A_S, A_SPEED, A_X, A_Y,
  BEHAVIOUR_CROSS, BEHAVIOUR_IDM, BEHAVIOUR_PARKED, BEHAVIOUR_REPLAY,
  D_LATERAL, D_LIGHT, D_S, D_SPEED, D_STEP,
  IDM_ACCEL, IDM_BRAKE, IDM_CLIP, IDM_GAP, IDM_HEADWAY,
  P_BEHAVIOUR, P_BRAKE, P_BRAKE_AT, P_BRAKE_FOR, P_DESIRED_SPEED, P_HEADING_OFFSET, P_LATERAL, P_LENGTH, P_S, P_SPEED,
  P_TO_LATERAL, P_TRACK, P_TRACK_ROWS, P_TRIGGER, P_WIDTH,
  S_ACTOR_COUNT, S_GREEN, S_HAS_LIGHT, S_LIGHT_OFFSET, S_RED, S_STOP_LINE, S_YELLOW, TRACK_STRIDE, YELLOW_BRAKE,
} from './world-fields';
import { poseHeading, poseX, poseY, routePose } from './world-road';
import { actor, actorParam, get, param, setActor } from './world-state';

/** State of the light at a step. */
export function lightAt(world: i32, step: f64): f64 {
  if (param(world, S_HAS_LIGHT) == 0.0) return LIGHT_NONE;
  const green = param(world, S_GREEN);
  const yellow = param(world, S_YELLOW);
  const cycle = green + yellow + param(world, S_RED);
  const time = step * DT + param(world, S_LIGHT_OFFSET);
  const phase = time - floor(time / cycle) * cycle;
  return phase < green ? LIGHT_GREEN : phase < green + yellow ? LIGHT_YELLOW : LIGHT_RED;
}

function place(world: i32, i: i32, s: f64, lateral: f64, headingOffset: f64, speed: f64): void {
  routePose(world, s, lateral);
  setActor(world, i, A_X, poseX);
  setActor(world, i, A_Y, poseY);
  setActor(world, i, A_HEADING, poseHeading + headingOffset);
  setActor(world, i, A_SPEED, speed);
  setActor(world, i, A_S, s);
  setActor(world, i, A_LATERAL, lateral);
  setActor(world, i, A_PRESENT, 1.0);
}

function replay(world: i32, i: i32): void {
  const row = <i32>get(world, D_STEP);
  const track = <usize>actorParam(world, i, P_TRACK) + <usize>(row * TRACK_STRIDE * 8);
  const present = row < <i32>actorParam(world, i, P_TRACK_ROWS) && load<f64>(track, 32) != 0.0;
  setActor(world, i, A_PRESENT, present ? 1.0 : 0.0);
  setActor(world, i, A_X, present ? load<f64>(track, 0) : 0.0);
  setActor(world, i, A_Y, present ? load<f64>(track, 8) : 0.0);
  setActor(world, i, A_HEADING, present ? load<f64>(track, 16) : 0.0);
  setActor(world, i, A_SPEED, present ? load<f64>(track, 24) : 0.0);
}

/** Direction a pedestrian walks in, relative to the road. */
function crossingAngle(world: i32, i: i32): f64 {
  return actorParam(world, i, P_TO_LATERAL) >= actorParam(world, i, P_LATERAL) ? Math.PI / 2 : -Math.PI / 2;
}

export function resetActors(world: i32): void {
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    const behaviour = <i32>actorParam(world, i, P_BEHAVIOUR);
    const s = actorParam(world, i, P_S);
    const lateral = actorParam(world, i, P_LATERAL);
    setActor(world, i, A_PHASE, 0.0);
    if (behaviour == BEHAVIOUR_IDM) place(world, i, s, lateral, 0.0, actorParam(world, i, P_SPEED));
    else if (behaviour == BEHAVIOUR_CROSS) place(world, i, s, lateral, crossingAngle(world, i), 0.0);
    else if (behaviour == BEHAVIOUR_PARKED) place(world, i, s, lateral, actorParam(world, i, P_HEADING_OFFSET), 0.0);
    else replay(world, i);
  }
}

/** IDM acceleration towards an obstacle `gap` m ahead moving at `leadSpeed`. */
function idm(speed: f64, desired: f64, gap: f64, leadSpeed: f64): f64 {
  const wanted =
    IDM_GAP + max(0.0, speed * IDM_HEADWAY + (speed * (speed - leadSpeed)) / (2.0 * sqrt(IDM_ACCEL * IDM_BRAKE)));
  const ratio = speed / max(0.1, desired);
  const squared = ratio * ratio;
  const closeness = wanted / max(0.1, gap);
  return max(-IDM_CLIP, IDM_ACCEL * (1.0 - squared * squared - closeness * closeness));
}

function idmAcceleration(world: i32, i: i32): f64 {
  const s = actor(world, i, A_S);
  const lateral = actor(world, i, A_LATERAL);
  const speed = actor(world, i, A_SPEED);
  const desired = actorParam(world, i, P_DESIRED_SPEED);
  const front = s + actorParam(world, i, P_LENGTH) / 2.0;
  const width = actorParam(world, i, P_WIDTH);
  let accel = idm(speed, desired, Infinity, speed);

  const egoS = get(world, D_S);
  if (egoS > s && abs(get(world, D_LATERAL) - lateral) < (EGO_WIDTH + width) / 2.0)
    accel = min(accel, idm(speed, desired, egoS - EGO_LENGTH / 2.0 - front, get(world, D_SPEED)));
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let j = 0; j < count; j++) {
    const behaviour = <i32>actorParam(world, j, P_BEHAVIOUR);
    if (j == i || behaviour == BEHAVIOUR_REPLAY) continue;
    const otherS = actor(world, j, A_S);
    const across = behaviour == BEHAVIOUR_CROSS;
    const length = actorParam(world, j, across ? P_WIDTH : P_LENGTH);
    const side = actorParam(world, j, across ? P_LENGTH : P_WIDTH);
    if (otherS <= s || abs(actor(world, j, A_LATERAL) - lateral) >= (side + width) / 2.0) continue;
    const leadSpeed = across ? 0.0 : actor(world, j, A_SPEED);
    accel = min(accel, idm(speed, desired, otherS - length / 2.0 - front, leadSpeed));
  }
  const light = <i32>get(world, D_LIGHT);
  const toLine = param(world, S_STOP_LINE) - front;
  if (toLine > 0.0 && (light == LIGHT_RED || (light == LIGHT_YELLOW && speed * speed < 2.0 * YELLOW_BRAKE * toLine)))
    accel = min(accel, idm(speed, desired, toLine + IDM_GAP / 2.0, 0.0));
  return accel;
}

function stepVehicle(world: i32, i: i32): void {
  const time = get(world, D_STEP) * DT - actorParam(world, i, P_BRAKE_AT);
  const braking = time >= 0.0 && time < actorParam(world, i, P_BRAKE_FOR);
  const accel = braking ? -actorParam(world, i, P_BRAKE) : idmAcceleration(world, i);
  const before = actor(world, i, A_SPEED);
  const speed = max(0.0, before + accel * DT);
  place(world, i, actor(world, i, A_S) + (before + speed) * 0.5 * DT, actor(world, i, A_LATERAL), 0.0, speed);
}

function stepPedestrian(world: i32, i: i32): void {
  const s = actorParam(world, i, P_S);
  const target = actorParam(world, i, P_TO_LATERAL);
  const pace = actorParam(world, i, P_SPEED);
  let phase = actor(world, i, A_PHASE);
  let lateral = actor(world, i, A_LATERAL);
  if (phase == 0.0 && s - get(world, D_S) <= actorParam(world, i, P_TRIGGER)) phase = 1.0;
  if (phase == 1.0) {
    const stride = pace * DT;
    const rest = target - lateral;
    if (abs(rest) <= stride) {
      lateral = target;
      phase = 2.0;
    } else lateral += rest > 0.0 ? stride : -stride;
  }
  setActor(world, i, A_PHASE, phase);
  place(world, i, s, lateral, crossingAngle(world, i), phase == 1.0 ? pace : 0.0);
}

/** Moves every actor to the step now in D_STEP. */
export function stepActors(world: i32): void {
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    const behaviour = <i32>actorParam(world, i, P_BEHAVIOUR);
    if (behaviour == BEHAVIOUR_IDM) stepVehicle(world, i);
    else if (behaviour == BEHAVIOUR_CROSS) stepPedestrian(world, i);
    else if (behaviour == BEHAVIOUR_REPLAY) replay(world, i);
  }
}
