/**
 * An observation read back into SI units: what traces speak of and checks compare with. Slices and scales: observation.ts.
 * Also the same observation with an actor or the light taken out, for "would it have decided so without?".
 */
import {
  OBS_ACTOR,
  OBS_ACTOR_STRIDE,
  OBS_ACTORS,
  OBS_DIM,
  OBS_EGO,
  OBS_LIGHT,
  OBS_LIGHT_SIZE,
  OBS_ROUTE,
  OBS_ROUTE_POINTS,
  OBS_ROUTE_STRIDE,
  OBS_WEATHER,
  SCALE_LATERAL,
  SCALE_SPEED,
  SCALE_X,
  SCALE_Y,
} from '../../../abi/layout.ts';
import { VIEW_RANGE } from '../observe/observation.ts';
import type { RoadBend } from './vocabulary.ts';

/** Scales of observation.ts that layout.ts does not name. */
const SCALE_LIGHT = 50;
const SCALE_VX = 10;
const SCALE_VY = 5;

/** Heading change along the observed route above which the road is said to bend, rad. */
export const BEND_RAD = 0.15;
/** Friction below which the road is said to be slippery, daylight below which it is dark, sight that needs no word (m). */
export const LOW_GRIP = 0.7;
export const DARK = 0.4;
export const FAR_SIGHT = 75;

export interface PerceptActor {
  readonly slot: number;
  /** KIND_* of kinds.ts. */
  readonly kind: number;
  /** Centre in the ego frame, m, and velocity over ground in ego axes, m/s. */
  readonly x: number;
  readonly y: number;
  readonly vx: number;
  readonly vy: number;
}

export interface Percept {
  readonly speed: number;
  readonly limit: number;
  /** Offset from the lane centre, left +, m. */
  readonly lateral: number;
  readonly road: RoadBend;
  readonly slippery: boolean;
  readonly dark: boolean;
  /** How far things with lights are seen, m. */
  readonly sight: number;
  /** Lane centre ahead in the ego frame, m. */
  readonly route: readonly { readonly x: number; readonly y: number; readonly heading: number }[];
  /** LIGHT_* of layout.ts and the distance to its stop line. */
  readonly light?: { readonly state: number; readonly d: number };
  /** Present actors by slot. */
  readonly actors: readonly PerceptActor[];
}

/** Reads one observation at `offset` of `observations`. Throws RangeError when it is shorter than an observation. */
export function readPercept(observations: ArrayLike<number>, offset = 0): Percept {
  if (observations.length < offset + OBS_DIM)
    throw new RangeError(`An observation has ${OBS_DIM} numbers, found ${observations.length - offset}`);
  const at = (index: number) => observations[offset + index];
  const route = Array.from({ length: OBS_ROUTE_POINTS }, (_, i) => {
    const point = OBS_ROUTE + i * OBS_ROUTE_STRIDE;
    return { x: at(point) * SCALE_X, y: at(point + 1) * SCALE_Y, heading: at(point + 2) };
  });
  const turn = wrap(route[route.length - 1].heading - route[0].heading);
  const actors: PerceptActor[] = [];
  for (let slot = 0; slot < OBS_ACTORS; slot++) {
    const base = OBS_ACTOR + slot * OBS_ACTOR_STRIDE;
    if (at(base) < 0.5) continue;
    actors.push({
      slot,
      kind: oneHot([1, 2, 3, 4, 5].map((kind) => at(base + kind))),
      x: at(base + 6) * SCALE_X,
      y: at(base + 7) * SCALE_Y,
      vx: at(base + 8) * SCALE_VX,
      vy: at(base + 9) * SCALE_VY,
    });
  }
  const light = at(OBS_LIGHT) > 0.5 && {
    light: {
      state: oneHot([at(OBS_LIGHT + 2), at(OBS_LIGHT + 3), at(OBS_LIGHT + 4)]),
      d: at(OBS_LIGHT + 1) * SCALE_LIGHT,
    },
  };
  return {
    speed: at(OBS_EGO) * SCALE_SPEED,
    limit: at(OBS_EGO + 6) * SCALE_SPEED,
    lateral: at(OBS_EGO + 3) * SCALE_LATERAL,
    road: turn > BEND_RAD ? 'left' : turn < -BEND_RAD ? 'right' : 'straight',
    slippery: at(OBS_WEATHER) < LOW_GRIP,
    dark: at(OBS_WEATHER + 2) < DARK,
    sight: at(OBS_WEATHER + 1) * VIEW_RANGE,
    route,
    ...light,
    actors,
  };
}

/** A copy of one observation without these actors (slots 0..5). */
export function withoutActors(observation: Float32Array, slots: readonly number[]): Float32Array {
  const copy = observation.slice();
  for (const slot of slots)
    copy.fill(0, OBS_ACTOR + slot * OBS_ACTOR_STRIDE, OBS_ACTOR + (slot + 1) * OBS_ACTOR_STRIDE);
  return copy;
}

/** A copy of one observation without its traffic light. */
export function withoutLight(observation: Float32Array): Float32Array {
  return observation.slice().fill(0, OBS_LIGHT, OBS_LIGHT + OBS_LIGHT_SIZE);
}

/** 1-based place of the largest number: the KIND_* or LIGHT_* code of a one-hot. */
function oneHot(values: readonly number[]): number {
  return values.indexOf(Math.max(...values)) + 1;
}

function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
