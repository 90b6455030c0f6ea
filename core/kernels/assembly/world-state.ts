// Where the worlds lie in memory. Dynamic state is a struct of arrays (field-major), static parameters are one row a world.
import { alloc } from './memory';
import { ACTOR_FIELDS, D_ACTORS, D_FIELDS, S_ACTORS, S_FIELDS, SPEC_FIELDS } from './world-fields';

export let worldCount: i32 = 0;
let dynamicAt: usize = 0;
let staticAt: usize = 0;

export function allocateState(count: i32): void {
  worldCount = count;
  dynamicAt = alloc(<usize>(count * D_FIELDS * 8));
  staticAt = alloc(<usize>(count * S_FIELDS * 8));
}

export function staticRow(world: i32): usize {
  return staticAt + <usize>(world * S_FIELDS * 8);
}

// @ts-ignore: decorator
@inline
export function get(world: i32, field: i32): f64 {
  return load<f64>(dynamicAt + (<usize>(field * worldCount + world) << 3));
}

// @ts-ignore: decorator
@inline
export function set(world: i32, field: i32, value: f64): void {
  store<f64>(dynamicAt + (<usize>(field * worldCount + world) << 3), value);
}

// @ts-ignore: decorator
@inline
export function param(world: i32, field: i32): f64 {
  return load<f64>(staticAt + (<usize>(world * S_FIELDS + field) << 3));
}

// @ts-ignore: decorator
@inline
export function actor(world: i32, index: i32, field: i32): f64 {
  return get(world, D_ACTORS + index * ACTOR_FIELDS + field);
}

// @ts-ignore: decorator
@inline
export function setActor(world: i32, index: i32, field: i32, value: f64): void {
  set(world, D_ACTORS + index * ACTOR_FIELDS + field, value);
}

// @ts-ignore: decorator
@inline
export function actorParam(world: i32, index: i32, field: i32): f64 {
  return param(world, S_ACTORS + index * SPEC_FIELDS + field);
}

/** Angle brought to [-π, π]. */
export function wrapAngle(angle: f64): f64 {
  return angle - 2.0 * Math.PI * nearest(angle / (2.0 * Math.PI));
}
