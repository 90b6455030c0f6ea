// Where the worlds lie in memory: one row of float64 a world for its dynamic state, one for its static parameters. `enter`
// makes a world the present one; everything else here and in the other world files reads and writes the present world.
// A world's actors lie one after the other, so the ones in use share a few cache lines.
import { MAX_ACTORS } from '../../../abi/layout';
import { alloc } from '../memory';
import { ACTOR_FIELDS, D_ACTORS, D_FIELDS, S_ACTORS, S_FIELDS, SPEC_FIELDS } from '../../../abi/world-fields';

/** One actor's heading and the cosine and sine of it: kept while the heading stays the same to the last bit. */
const DIRECTION_BYTES = 24;

export let worldCount: i32 = 0;
let dynamicAt: usize = 0;
let staticAt: usize = 0;
let directionsAt: usize = 0;

/** Rows of the present world. */
let row: usize = 0;
let fixed: usize = 0;
let directions: usize = 0;

export function allocateState(count: i32): void {
  worldCount = count;
  dynamicAt = alloc(<usize>count * D_FIELDS * 8);
  staticAt = alloc(<usize>count * S_FIELDS * 8);
  directionsAt = alloc(<usize>count * (MAX_ACTORS + 1) * DIRECTION_BYTES);
  memory.fill(directionsAt, 0xff, <usize>count * (MAX_ACTORS + 1) * DIRECTION_BYTES);
}

export function staticRow(world: i32): usize {
  return staticAt + <usize>world * S_FIELDS * 8;
}
export function dynamicRow(world: i32): usize {
  return dynamicAt + <usize>world * D_FIELDS * 8;
}

export function enter(world: i32): void {
  row = dynamicRow(world);
  fixed = staticRow(world);
  directions = directionsAt + <usize>world * (MAX_ACTORS + 1) * DIRECTION_BYTES;
}

/** Number `index` of the struct at `at`. */
// @ts-ignore: decorator
@inline
export function field(at: usize, index: i32): f64 {
  return load<f64>(at + (<usize>index << 3));
}
// @ts-ignore: decorator
@inline
export function setField(at: usize, index: i32, value: f64): void {
  store<f64>(at + (<usize>index << 3), value);
}

// @ts-ignore: decorator
@inline
export function get(index: i32): f64 {
  return field(row, index);
}
// @ts-ignore: decorator
@inline
export function set(index: i32, value: f64): void {
  setField(row, index, value);
}
// @ts-ignore: decorator
@inline
export function param(index: i32): f64 {
  return field(fixed, index);
}

/** Where actor `i`'s state lies: A_* fields. */
// @ts-ignore: decorator
@inline
export function actorAt(i: i32): usize {
  return row + (<usize>(D_ACTORS + i * ACTOR_FIELDS) << 3);
}
/** Where actor `i`'s parameters lie: P_* fields. */
// @ts-ignore: decorator
@inline
export function actorSpec(i: i32): usize {
  return fixed + (<usize>(S_ACTORS + i * SPEC_FIELDS) << 3);
}

/** Number of the ego where actors are numbered. */
export const EGO = MAX_ACTORS;

/** Where (cos, sin) of the heading of actor `i`, or EGO, lie; computed anew only when the heading has changed. */
export function direction(i: i32, heading: f64): usize {
  const at = directions + <usize>i * DIRECTION_BYTES;
  if (load<u64>(at) != reinterpret<u64>(heading)) {
    store<f64>(at, heading);
    store<f64>(at, Math.cos(heading), 8);
    store<f64>(at, Math.sin(heading), 16);
  }
  return at + 8;
}

/** Angle brought to [-π, π]. */
export function wrapAngle(angle: f64): f64 {
  if (abs(angle) <= Math.PI) return angle;
  return angle - 2.0 * Math.PI * nearest(angle / (2.0 * Math.PI));
}
