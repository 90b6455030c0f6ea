// Ego against the actors: heading vectors of this step, collision, time to collision, gap.
import { EGO_LENGTH, EGO_WIDTH, MAX_ACTORS } from '../../world/layout';
import {
  A_HEADING, A_PRESENT, A_SPEED, A_X, A_Y, D_HEADING, D_SPEED, D_STEER, D_X, D_Y, P_LENGTH, P_WIDTH, S_ACTOR_COUNT,
  TTC_HORIZON, TTC_STANDING,
} from './world-fields';
import { boxGap, contactTime, overlaps } from './world-geometry';
import { actor, actorParam, get, param } from './world-state';

export let egoCos: f64 = 1;
export let egoSin: f64 = 0;
const actorDirections = memory.data(MAX_ACTORS * 16, 8);

// @ts-ignore: decorator
@inline
export function actorCos(i: i32): f64 {
  return load<f64>(actorDirections + (<usize>i << 4), 0);
}
// @ts-ignore: decorator
@inline
export function actorSin(i: i32): f64 {
  return load<f64>(actorDirections + (<usize>i << 4), 8);
}

/** Computes the heading vectors that everything else here reads. */
export function prepareBoxes(world: i32): void {
  egoCos = Math.cos(get(world, D_HEADING));
  egoSin = Math.sin(get(world, D_HEADING));
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    store<f64>(actorDirections + (<usize>i << 4), Math.cos(actor(world, i, A_HEADING)), 0);
    store<f64>(actorDirections + (<usize>i << 4), Math.sin(actor(world, i, A_HEADING)), 8);
  }
}

/** First actor whose box overlaps the ego's, or -1. */
export function collidingActor(world: i32): i32 {
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    if (actor(world, i, A_PRESENT) == 0.0) continue;
    const dx = actor(world, i, A_X) - get(world, D_X);
    const dy = actor(world, i, A_Y) - get(world, D_Y);
    const halfL = actorParam(world, i, P_LENGTH) / 2.0;
    const halfW = actorParam(world, i, P_WIDTH) / 2.0;
    if (overlaps(egoCos, egoSin, EGO_LENGTH / 2.0, EGO_WIDTH / 2.0, dx, dy, actorCos(i), actorSin(i), halfL, halfW)) return i;
  }
  return -1;
}

/** Seconds until the ego touches an actor when both keep their velocity; actors behind the rear bumper do not count. */
export function timeToCollision(world: i32): f64 {
  const speed = get(world, D_SPEED);
  if (speed < TTC_STANDING) return Infinity;
  const course = get(world, D_HEADING) + Math.atan(0.5 * Math.tan(get(world, D_STEER)));
  const egoVx = speed * Math.cos(course);
  const egoVy = speed * Math.sin(course);
  let soonest = Infinity;
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    if (actor(world, i, A_PRESENT) == 0.0) continue;
    const dx = actor(world, i, A_X) - get(world, D_X);
    const dy = actor(world, i, A_Y) - get(world, D_Y);
    if (dx * egoCos + dy * egoSin < -EGO_LENGTH / 2.0) continue;
    const pace = actor(world, i, A_SPEED);
    const time = contactTime(
      egoCos, egoSin, EGO_LENGTH / 2.0, EGO_WIDTH / 2.0,
      dx, dy, actorCos(i), actorSin(i), actorParam(world, i, P_LENGTH) / 2.0, actorParam(world, i, P_WIDTH) / 2.0,
      pace * actorCos(i) - egoVx, pace * actorSin(i) - egoVy,
    );
    soonest = min(soonest, max(0.0, time));
  }
  return soonest <= TTC_HORIZON ? soonest : Infinity;
}

/** Smallest box-to-box distance to any present actor, or `bound` when none is nearer than that. */
export function gapWithin(world: i32, bound: f64): f64 {
  const count = <i32>param(world, S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    if (actor(world, i, A_PRESENT) == 0.0) continue;
    const dx = actor(world, i, A_X) - get(world, D_X);
    const dy = actor(world, i, A_Y) - get(world, D_Y);
    const halfL = actorParam(world, i, P_LENGTH) / 2.0;
    const halfW = actorParam(world, i, P_WIDTH) / 2.0;
    const nearest = sqrt(dx * dx + dy * dy) - (EGO_LENGTH + EGO_WIDTH) / 2.0 - halfL - halfW;
    if (nearest >= bound) continue;
    bound = min(bound, boxGap(egoCos, egoSin, EGO_LENGTH / 2.0, EGO_WIDTH / 2.0, dx, dy, actorCos(i), actorSin(i), halfL, halfW));
  }
  return bound;
}
