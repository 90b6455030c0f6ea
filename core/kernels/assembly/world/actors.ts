// Everyone but the ego: traffic on its lanes (world-traffic.ts), crossing pedestrians, parked boxes, replayed tracks.
// All decide from where everybody stood when the phase began. Twin: core/tasks/driving/world/twin/actors.ts.
import { DT } from '../../../abi/layout';
import {
  A_HEADING, A_INDEX, A_LATERAL, A_PHASE, A_PRESENT, A_S, A_SPEED, A_TIMER, A_X, A_Y, A_YAW_RATE, ACTOR_FIELDS,
  BEHAVIOUR_CROSS, BEHAVIOUR_PARKED, BEHAVIOUR_REPLAY, BEHAVIOUR_TRAFFIC, D_S, D_STEP,
  P_BEHAVIOUR, P_HEADING_OFFSET, P_HESITATE_AT, P_HESITATE_FOR, P_LATERAL, P_S, P_SPEED, P_TO_LATERAL, P_TRACK,
  P_TRACK_ROWS, P_TRIGGER, S_ACTOR_COUNT, S_NETWORK, TRACK_STRIDE,
} from '../../../abi/world-fields';
import { poseHeading, poseX, poseY } from './line';
import { projIndex, projLateral, projS, project, routePose } from './road';
import { actorAt, actorSpec, field, get, param, setField, wrapAngle } from './state';
import { beginTraffic, endTraffic, resetTraffic, stepTraffic } from './traffic';

/** A pedestrian's phases. */
const WAITS = 0.0;
const CROSSES = 1.0;
const ARRIVED = 2.0;
const HESITATES = 3.0;

/** Whether the world has traffic, and so a lane table. */
// @ts-ignore: decorator
@inline
function hasTraffic(): bool {
  return param(S_NETWORK) != 0.0;
}

/** Clears all fields of an actor. */
function clear(a: usize): void {
  memory.fill(a, 0, ACTOR_FIELDS * 8);
}

function place(a: usize, s: f64, lateral: f64, headingOffset: f64): void {
  routePose(s, lateral);
  setField(a, A_X, poseX);
  setField(a, A_Y, poseY);
  setField(a, A_HEADING, poseHeading + headingOffset);
  setField(a, A_S, s);
  setField(a, A_LATERAL, lateral);
  setField(a, A_PRESENT, 1.0);
}

/** The recorded row of this step; where there is traffic also its place on the route, looked for from where it last was. */
function replay(a: usize, p: usize): void {
  const row = <i32>get(D_STEP);
  const track = <usize>field(p, P_TRACK) + <usize>row * (TRACK_STRIDE * 8);
  const index = field(a, A_INDEX);
  const before = field(a, A_PRESENT) != 0.0;
  const headingBefore = field(a, A_HEADING);
  clear(a);
  setField(a, A_INDEX, index);
  if (row >= <i32>field(p, P_TRACK_ROWS) || load<f64>(track, 32) == 0.0) return;
  const heading = load<f64>(track, 16);
  setField(a, A_X, load<f64>(track, 0));
  setField(a, A_Y, load<f64>(track, 8));
  setField(a, A_HEADING, heading);
  setField(a, A_SPEED, load<f64>(track, 24));
  setField(a, A_YAW_RATE, before ? wrapAngle(heading - headingBefore) / DT : 0.0);
  setField(a, A_PRESENT, 1.0);
  setField(a, A_INDEX, 0.0);
  if (!hasTraffic()) return;
  project(load<f64>(track, 0), load<f64>(track, 8), <i32>index);
  setField(a, A_S, projS);
  setField(a, A_LATERAL, projLateral);
  setField(a, A_INDEX, <f64>projIndex);
}

/** Direction a pedestrian walks in, relative to the road. */
function crossingAngle(p: usize): f64 {
  return field(p, P_TO_LATERAL) >= field(p, P_LATERAL) ? Math.PI / 2 : -Math.PI / 2;
}

export function resetActors(): void {
  const count = <i32>param(S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    const a = actorAt(i);
    const p = actorSpec(i);
    const behaviour = <i32>field(p, P_BEHAVIOUR);
    clear(a);
    if (behaviour == BEHAVIOUR_TRAFFIC) resetTraffic(a, p);
    else if (behaviour == BEHAVIOUR_CROSS) place(a, field(p, P_S), field(p, P_LATERAL), crossingAngle(p));
    else if (behaviour == BEHAVIOUR_PARKED) place(a, field(p, P_S), field(p, P_LATERAL), field(p, P_HEADING_OFFSET));
    else replay(a, p);
  }
}

function stepPedestrian(a: usize, p: usize): void {
  let phase = field(a, A_PHASE);
  if (phase == HESITATES) {
    const left = field(a, A_TIMER) - 1.0;
    setField(a, A_TIMER, left);
    if (left <= 0.0) setField(a, A_PHASE, CROSSES);
    return;
  }
  if (phase == WAITS && field(p, P_S) - get(D_S) <= field(p, P_TRIGGER)) phase = CROSSES;
  let speed = 0.0;
  if (phase == CROSSES) {
    const pace = field(p, P_SPEED);
    const before = field(a, A_LATERAL);
    const stride = pace * DT;
    const rest = field(p, P_TO_LATERAL) - before;
    let lateral = field(p, P_TO_LATERAL);
    if (abs(rest) <= stride) phase = ARRIVED;
    else {
      lateral = before + (rest > 0.0 ? stride : -stride);
      speed = pace;
      const sign = rest > 0.0 ? 1.0 : -1.0;
      const stop = sign * field(p, P_HESITATE_AT);
      if (field(p, P_HESITATE_FOR) > 0.0 && sign * before < stop && sign * lateral >= stop) {
        phase = HESITATES;
        setField(a, A_TIMER, floor(field(p, P_HESITATE_FOR) / DT + 0.5));
        speed = 0.0;
      }
    }
    place(a, field(p, P_S), lateral, crossingAngle(p));
  }
  setField(a, A_PHASE, phase);
  setField(a, A_SPEED, speed);
}

/** Moves every actor to the step now in D_STEP. */
export function stepActors(): void {
  const count = <i32>param(S_ACTOR_COUNT);
  const traffic = hasTraffic();
  if (traffic) beginTraffic();
  for (let i = 0; i < count; i++) {
    const a = actorAt(i);
    const p = actorSpec(i);
    const behaviour = <i32>field(p, P_BEHAVIOUR);
    if (behaviour == BEHAVIOUR_TRAFFIC) {
      if (traffic && field(a, A_PRESENT) != 0.0) stepTraffic(i, a, p);
    } else if (behaviour == BEHAVIOUR_CROSS) stepPedestrian(a, p);
    else if (behaviour == BEHAVIOUR_REPLAY) replay(a, p);
  }
  if (traffic) endTraffic();
}
