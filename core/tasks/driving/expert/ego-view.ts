/**
 * The observation read back into metres: what the expert knows. Nothing else reaches it, so a network that sees the same
 * numbers can learn to decide the same. Only + − × ÷ √ and road-trig.ts are used, here and in the other expert files, so the
 * expert decides the same in every engine (replay links code traces against it).
 */
import { type FrenetPoint, placeOn, readEgoRoute, type EgoRoute } from './route.ts';
import * as O from '../../../abi/layout.ts';
import { KIND_STATIC, OBSERVED_KINDS } from '../kinds/kinds.ts';

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

export const EGO_HALF_LENGTH = O.EGO_LENGTH / 2;
export const EGO_HALF_WIDTH = O.EGO_WIDTH / 2;

const GRAVITY = 9.81;
/** What the edge numbers are clipped to, m. */
const FARTHEST_EDGE = 2 * O.SCALE_EDGE;
/** Share of sight left for things without lights at night and what daylight adds (weather.ts). */
const UNLIT_AT_NIGHT = 0.45;
const UNLIT_BY_DAY = 0.55;

/** Reads one observation ([OBS_DIM] from `offset`). */
export function readEgoView(observation: ArrayLike<number>, offset: number): EgoView {
  const at = (i: number) => observation[offset + i];
  const lateral = at(O.OBS_EGO_LATERAL) * O.SCALE_LATERAL;
  const [sinError, cosError] = [at(O.OBS_EGO_SIN), at(O.OBS_EGO_COS)];
  const error = sinError / Math.max(0.3, cosError);
  const steer = at(O.OBS_EGO_STEER) * O.SCALE_STEER;
  const slip = 0.5 * (steer + (steer * steer * steer) / 3);
  const route = readEgoRoute(observation, offset, lateral, sinError, cosError);
  const actors: ViewedActor[] = [];
  for (let slot = 0; slot < O.OBS_ACTORS; slot++) {
    const from = offset + O.OBS_ACTOR + slot * O.OBS_ACTOR_STRIDE;
    if (observation[from + O.OBS_ACTOR_PRESENT] >= 0.5) actors.push(readActor(observation, from, slot, route));
  }
  const state = at(O.OBS_LIGHT_RED) > 0.5 ? O.LIGHT_RED : at(O.OBS_LIGHT_YELLOW) > 0.5 ? O.LIGHT_YELLOW : O.LIGHT_GREEN;
  const toOncoming = at(O.OBS_EDGE_ONCOMING) * O.SCALE_EDGE;
  const sight = Math.max(1, at(O.OBS_WEATHER_SIGHT) * O.SCALE_SIGHT);
  return {
    speed: Math.max(0, at(O.OBS_EGO_SPEED) * O.SCALE_SPEED),
    accel: at(O.OBS_EGO_ACCEL) * O.SCALE_ACCEL,
    lateral,
    slope: (error + slip) / Math.max(0.3, 1 - error * slip),
    limit: at(O.OBS_EGO_LIMIT) * O.SCALE_SPEED,
    edgeLeft: at(O.OBS_EDGE_LEFT) * O.SCALE_EDGE + lateral,
    edgeRight: at(O.OBS_EDGE_RIGHT) * O.SCALE_EDGE - lateral,
    edgeLeftAhead: at(O.OBS_EDGE_NARROWEST) * O.SCALE_EDGE,
    oncomingFrom: toOncoming < FARTHEST_EDGE - 0.01 ? toOncoming + lateral : Number.POSITIVE_INFINITY,
    remaining: at(O.OBS_EDGE_REMAINING) * O.SCALE_REMAINING,
    grip: Math.max(0.5, at(O.OBS_WEATHER_FRICTION) * GRAVITY),
    sight,
    sightUnlit: sight * (UNLIT_AT_NIGHT + UNLIT_BY_DAY * at(O.OBS_WEATHER_DAYLIGHT)),
    ...(at(O.OBS_LIGHT_PRESENT) > 0.5 && { light: { distance: at(O.OBS_LIGHT_STOP) * O.SCALE_STOP, state } }),
    route,
    actors,
  };
}

function readActor(observation: ArrayLike<number>, from: number, slot: number, route: EgoRoute): ViewedActor {
  const at = (i: number) => observation[from + i];
  const [x, y] = [at(O.OBS_ACTOR_X) * O.SCALE_X, at(O.OBS_ACTOR_Y) * O.SCALE_Y];
  const [vx, vy] = [at(O.OBS_ACTOR_VX) * O.SCALE_VX, at(O.OBS_ACTOR_VY) * O.SCALE_VY];
  const [faceX, faceY] = [at(O.OBS_ACTOR_COS), at(O.OBS_ACTOR_SIN)];
  const halfLength = at(O.OBS_ACTOR_LENGTH) * (O.SCALE_LENGTH / 2);
  const halfWidth = at(O.OBS_ACTOR_WIDTH) * (O.SCALE_WIDTH / 2);
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
    yawRate: at(O.OBS_ACTOR_YAW_RATE),
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
