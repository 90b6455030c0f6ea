/**
 * The observation read back into metres: what the expert knows. Nothing else reaches it, so a network that sees the same
 * numbers can learn to decide the same. Only + − × ÷ √ and road-trig.ts are used, here and in the other expert files, so the
 * expert decides the same in every engine (replay links code traces against it).
 */
import { type FrenetPoint, placeOn, readEgoRoute, type EgoRoute } from './route.ts';
import {
  EGO_LENGTH,
  EGO_WIDTH,
  LIGHT_GREEN,
  LIGHT_RED,
  LIGHT_YELLOW,
  OBS_ACTOR,
  OBS_ACTOR_STRIDE,
  OBS_ACTORS,
  OBS_EDGE,
  OBS_EGO,
  OBS_LIGHT,
  OBS_WEATHER,
  SCALE_ACCEL,
  SCALE_LATERAL,
  SCALE_SPEED,
  SCALE_STEER,
  SCALE_X,
  SCALE_Y,
} from '../../../abi/layout.ts';
import { KIND_STATIC, OBSERVED_KINDS } from '../kinds/kinds.ts';
import { VIEW_RANGE } from '../observe/observation.ts';

/** One visible actor: in the ego frame, and in route coordinates (s = 0 is the ego's foot point); velocities over ground. */
export interface ViewedActor {
  readonly slot: number;
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  readonly vx: number;
  readonly vy: number;
  readonly speed: number;
  /** Unit vector it faces, ego frame, and how fast that turns, rad/s. */
  readonly faceX: number;
  readonly faceY: number;
  readonly yawRate: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  readonly s: number;
  readonly lateral: number;
  readonly speedAlong: number;
  readonly speedAcross: number;
  /** Components of the direction it faces along and across the route, −1..1. */
  readonly facesAlong: number;
  readonly facesAcross: number;
  /** Half its extent along and across the route. */
  readonly halfAlong: number;
  readonly halfAcross: number;
}

export interface EgoView {
  readonly speed: number;
  readonly accel: number;
  readonly lateral: number;
  /** Tangent of the angle between the ego's course (heading plus the slip of its centre while steering) and the lane. */
  readonly slope: number;
  readonly limit: number;
  /** From the route to the edges of the drivable area beside the ego, and to the left the least over the route seen, m. */
  readonly edgeLeft: number;
  readonly edgeRight: number;
  readonly edgeLeftAhead: number;
  /** Lateral beyond which lanes are oncoming, m; Infinity where none is near. */
  readonly oncomingFrom: number;
  readonly remaining: number;
  /** Greatest acceleration the tyres bear, m/s². */
  readonly grip: number;
  /** How far things with and without lights are seen, m. */
  readonly sight: number;
  readonly sightUnlit: number;
  /** Front bumper to stop line, m, and the state, while a light is near. */
  readonly light?: { readonly distance: number; readonly state: number };
  readonly route: EgoRoute;
  readonly actors: readonly ViewedActor[];
}

export const EGO_HALF_LENGTH = EGO_LENGTH / 2;
export const EGO_HALF_WIDTH = EGO_WIDTH / 2;

const GRAVITY = 9.81;
/** Scales and clip of the edge slots, m. */
const SCALE_EDGE = 5;
const FARTHEST_EDGE = 10;
/** Share of sight left for things without lights at night and what daylight adds (weather.ts). */
const UNLIT_AT_NIGHT = 0.45;
const UNLIT_BY_DAY = 0.55;

/** Reads one observation ([OBS_DIM] from `offset`). */
export function readEgoView(observation: ArrayLike<number>, offset: number): EgoView {
  const at = (i: number) => observation[offset + i];
  const lateral = at(OBS_EGO + 3) * SCALE_LATERAL;
  const [sinError, cosError] = [at(OBS_EGO + 4), at(OBS_EGO + 5)];
  const error = sinError / Math.max(0.3, cosError);
  const steer = at(OBS_EGO + 2) * SCALE_STEER;
  const slip = 0.5 * (steer + (steer * steer * steer) / 3);
  const route = readEgoRoute(observation, offset, lateral, sinError, cosError);
  const actors: ViewedActor[] = [];
  for (let slot = 0; slot < OBS_ACTORS; slot++) {
    const from = offset + OBS_ACTOR + slot * OBS_ACTOR_STRIDE;
    if (observation[from] >= 0.5) actors.push(readActor(observation, from, slot, route));
  }
  const state = at(OBS_LIGHT + 4) > 0.5 ? LIGHT_RED : at(OBS_LIGHT + 3) > 0.5 ? LIGHT_YELLOW : LIGHT_GREEN;
  const toOncoming = at(OBS_EDGE + 3) * SCALE_EDGE;
  const sight = Math.max(1, at(OBS_WEATHER + 1) * VIEW_RANGE);
  return {
    speed: Math.max(0, at(OBS_EGO) * SCALE_SPEED),
    accel: at(OBS_EGO + 1) * SCALE_ACCEL,
    lateral,
    slope: (error + slip) / Math.max(0.3, 1 - error * slip),
    limit: at(OBS_EGO + 6) * SCALE_SPEED,
    edgeLeft: at(OBS_EDGE) * SCALE_EDGE + lateral,
    edgeRight: at(OBS_EDGE + 1) * SCALE_EDGE - lateral,
    edgeLeftAhead: at(OBS_EDGE + 4) * SCALE_EDGE,
    oncomingFrom: toOncoming < FARTHEST_EDGE - 0.01 ? toOncoming + lateral : Number.POSITIVE_INFINITY,
    remaining: at(OBS_EDGE + 2) * 100,
    grip: Math.max(0.5, at(OBS_WEATHER) * GRAVITY),
    sight,
    sightUnlit: sight * (UNLIT_AT_NIGHT + UNLIT_BY_DAY * at(OBS_WEATHER + 2)),
    ...(at(OBS_LIGHT) > 0.5 && { light: { distance: at(OBS_LIGHT + 1) * 50, state } }),
    route,
    actors,
  };
}

function readActor(observation: ArrayLike<number>, from: number, slot: number, route: EgoRoute): ViewedActor {
  const at = (i: number) => observation[from + i];
  const [x, y] = [at(6) * SCALE_X, at(7) * SCALE_Y];
  const [vx, vy] = [at(8) * 10, at(9) * 5];
  const [faceX, faceY] = [at(10), at(11)];
  const [halfLength, halfWidth] = [at(12) * 2.5, at(13)];
  const place: FrenetPoint = { s: 0, lateral: 0, tx: 1, ty: 0 };
  placeOn(route, x, y, place);
  const { s, lateral, tx, ty } = place;
  const facesAlong = faceX * tx + faceY * ty;
  const facesAcross = faceY * tx - faceX * ty;
  const [absAlong, absAcross] = [Math.abs(facesAlong), Math.abs(facesAcross)];
  return {
    slot,
    kind: kindOf(observation, from),
    x,
    y,
    vx,
    vy,
    speed: Math.sqrt(vx * vx + vy * vy),
    faceX,
    faceY,
    yawRate: at(14),
    halfLength,
    halfWidth,
    s,
    lateral,
    speedAlong: vx * tx + vy * ty,
    speedAcross: vy * tx - vx * ty,
    facesAlong,
    facesAcross,
    halfAlong: absAlong * halfLength + absAcross * halfWidth,
    halfAcross: absAcross * halfLength + absAlong * halfWidth,
  };
}

/** An observation column is the code of the kind that it stands for. */
function kindOf(observation: ArrayLike<number>, from: number): number {
  return OBSERVED_KINDS.find(({ code }) => observation[from + code] > 0.5)?.code ?? KIND_STATIC;
}
