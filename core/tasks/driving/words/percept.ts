/**
 * An observation read back into SI units: what traces speak of and checks compare with. Slices and scales: observe/observation.ts.
 * Also the same observation with an actor or the light taken out, for "would it have decided so without?".
 */
import * as O from '../../../abi/layout.ts';
import { OBSERVED_KINDS } from '../kinds/kinds.ts';
import type { RoadBend } from './vocabulary.ts';

/** An observation column of an actor is the code of the kind that it stands for. */
const KIND_COLUMNS: readonly number[] = OBSERVED_KINDS.map(({ code }) => code).toSorted((a, b) => a - b);
const LIGHTS = [O.LIGHT_GREEN, O.LIGHT_YELLOW, O.LIGHT_RED] as const;
const LIGHT_COLUMNS: Readonly<Record<number, number>> = {
  [O.LIGHT_GREEN]: O.OBS_LIGHT_GREEN,
  [O.LIGHT_YELLOW]: O.OBS_LIGHT_YELLOW,
  [O.LIGHT_RED]: O.OBS_LIGHT_RED,
};

/** Heading change along the observed route above which the road is said to bend, rad. */
const BEND_RAD = 0.15;
/** Friction below which the road is said to be slippery, daylight below which it is dark, sight that needs no word (m). */
const LOW_GRIP = 0.7;
const DARK = 0.4;
export const FAR_SIGHT = 75;

interface PerceptActor {
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
  if (observations.length < offset + O.OBS_DIM)
    throw new RangeError(`An observation has ${O.OBS_DIM} numbers, found ${observations.length - offset}`);
  const at = (index: number) => observations[offset + index];
  const route = Array.from({ length: O.OBS_ROUTE_POINTS }, (_, i) => {
    const point = O.OBS_ROUTE + i * O.OBS_ROUTE_STRIDE;
    return {
      x: at(point + O.OBS_ROUTE_X) * O.SCALE_X,
      y: at(point + O.OBS_ROUTE_Y) * O.SCALE_Y,
      heading: at(point + O.OBS_ROUTE_HEADING),
    };
  });
  const turn = wrap(route[route.length - 1].heading - route[0].heading);
  const actors: PerceptActor[] = [];
  for (let slot = 0; slot < O.OBS_ACTORS; slot++) {
    const base = O.OBS_ACTOR + slot * O.OBS_ACTOR_STRIDE;
    if (at(base + O.OBS_ACTOR_PRESENT) < 0.5) continue;
    actors.push({
      slot,
      kind: likeliest(KIND_COLUMNS, (kind) => at(base + kind)),
      x: at(base + O.OBS_ACTOR_X) * O.SCALE_X,
      y: at(base + O.OBS_ACTOR_Y) * O.SCALE_Y,
      vx: at(base + O.OBS_ACTOR_VX) * O.SCALE_VX,
      vy: at(base + O.OBS_ACTOR_VY) * O.SCALE_VY,
    });
  }
  const light = at(O.OBS_LIGHT_PRESENT) > 0.5 && {
    light: {
      state: likeliest(LIGHTS, (light) => at(LIGHT_COLUMNS[light])),
      d: at(O.OBS_LIGHT_STOP) * O.SCALE_STOP,
    },
  };
  return {
    speed: at(O.OBS_EGO_SPEED) * O.SCALE_SPEED,
    limit: at(O.OBS_EGO_LIMIT) * O.SCALE_SPEED,
    lateral: at(O.OBS_EGO_LATERAL) * O.SCALE_LATERAL,
    road: turn > BEND_RAD ? 'left' : turn < -BEND_RAD ? 'right' : 'straight',
    slippery: at(O.OBS_WEATHER_FRICTION) < LOW_GRIP,
    dark: at(O.OBS_WEATHER_DAYLIGHT) < DARK,
    sight: at(O.OBS_WEATHER_SIGHT) * O.SCALE_SIGHT,
    route,
    ...light,
    actors,
  };
}

/** A copy of one observation without these actors (slots 0..5). */
export function withoutActors(observation: Float32Array, slots: readonly number[]): Float32Array {
  const copy = observation.slice();
  for (const slot of slots)
    copy.fill(0, O.OBS_ACTOR + slot * O.OBS_ACTOR_STRIDE, O.OBS_ACTOR + (slot + 1) * O.OBS_ACTOR_STRIDE);
  return copy;
}

/** A copy of one observation without its traffic light. */
export function withoutLight(observation: Float32Array): Float32Array {
  return observation.slice().fill(0, O.OBS_LIGHT, O.OBS_LIGHT + O.OBS_LIGHT_SIZE);
}

/** The code with the largest number; the first of several. */
function likeliest(codes: readonly number[], value: (code: number) => number): number {
  return codes.reduce((best, code) => (value(code) > value(best) ? code : best));
}

function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
