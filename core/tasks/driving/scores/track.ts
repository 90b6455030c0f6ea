/**
 * The drive as scores see it: plain columns of numbers, one row a step, of no particular world. Logs, the lab's own worlds and
 * simulators behind the proxy all become a `DriveTrack`; every metric in this folder is a pure function of it.
 *
 * World frame, SI, radians, right-handed; poses are box centres. `Cost` is how a score stays auditable: which part lost
 * points, at which step, to whom.
 */
import type { Box, Pose, WorldPoint } from '../../../base/geometry.ts';
import type { ActorKind } from '../kinds/kinds.ts';

/** A peer's score as it should be, or with the published code's quirks, number for number. */
export type Form = 'corrected' | 'navsim-exact';

export interface ActorTrack {
  readonly id: string;
  readonly kind: ActorKind;
  readonly length: number;
  readonly width: number;
  /** [rows] each. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly speedMps: Float64Array;
  /** 0 where the actor is not in the world; its other columns mean nothing there. */
  readonly present: Uint8Array;
  /** On an emergency run, lights on: the ego has to let it by. */
  readonly emergency?: boolean;
}

/** A stop sign by the box in which it holds, world frame. */
export interface StopSign extends Box {
  readonly id: string;
}

export interface RouteTrack {
  /** [rows] arc length and offset from the route (left +), m. */
  readonly s: Float64Array;
  readonly lateral: Float64Array;
  readonly startS: number;
  readonly goalS: number;
  /** [rows] m/s. */
  readonly speedLimitMps: Float64Array;
  /** [rows] arc length of the next stop line that shows red, m, NaN where none does; absent when nothing is known of lights. */
  readonly redStopS?: Float64Array;
  /** Stop signs along the route; absent when nothing is known of them. Needs `path`. */
  readonly stopSigns?: readonly StopSign[];
  /** [rows] mean speed of the background traffic, m/s, NaN while there is none; absent when nothing is known of it. */
  readonly trafficMps?: Float64Array;
  /** Where the route runs, for scores that imagine another drive (pdm-closed.ts). */
  readonly path?: RoutePath;
}

/** The route's centreline every `ds` metres, and how far left and right of it the drivable area reaches, m. */
export interface RoutePath {
  readonly ds: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly edgeLeft: Float64Array;
  readonly edgeRight: Float64Array;
}

/** What the map says of the ego's box, per step, 0 or 1. */
export interface AreaTrack {
  /** Corners in more than one lane and in no lane altogether. */
  readonly multipleLanes: Uint8Array;
  /** At least one corner off the drivable area. */
  readonly nonDrivable: Uint8Array;
  /** Centre in no lane that goes the route's way. */
  readonly oncoming: Uint8Array;
  readonly intersection: Uint8Array;
  /** In a red light's region. */
  readonly redLight: Uint8Array;
}

export interface DriveTrack {
  readonly dtSeconds: number;
  /** Steps + 1: the row before the first step counts. */
  readonly rows: number;
  readonly length: number;
  readonly width: number;
  /** From the rear axle forward to the box centre, m. */
  readonly rearAxleToCentre: number;
  /** [rows] */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly speedMps: Float64Array;
  readonly accelMps2: Float64Array;
  readonly yawRateRadps: Float64Array;
  readonly actors: readonly ActorTrack[];
  readonly route: RouteTrack;
  readonly area: AreaTrack;
}

/** Points lost: in `part` of a score, first at `step`. */
export interface Cost {
  readonly part: string;
  readonly step: number;
  readonly actor?: string;
  /** The number that broke the bound, in the part's unit. */
  readonly value?: number;
}

export function egoBoxAt(track: DriveTrack, step: number): Box {
  const { x, y, headingRad, length, width } = track;
  return { x: x[step], y: y[step], headingRad: headingRad[step], length, width };
}

export function actorBoxAt(actor: ActorTrack, step: number): Box {
  const { x, y, headingRad, length, width } = actor;
  return { x: x[step], y: y[step], headingRad: headingRad[step], length, width };
}

/** Pose of the rear axle, which nuPlan measures directions from. */
export function rearAxle(track: DriveTrack, step: number): Pose {
  const headingRad = track.headingRad[step];
  return {
    x: track.x[step] - track.rearAxleToCentre * Math.cos(headingRad),
    y: track.y[step] - track.rearAxleToCentre * Math.sin(headingRad),
    headingRad,
  };
}

/** The box moved along its own heading for `seconds` at `speedMps`. */
export function advanceBox(box: Box, speedMps: number, seconds: number): Box {
  const way = speedMps * seconds;
  return { ...box, x: box.x + way * Math.cos(box.headingRad), y: box.y + way * Math.sin(box.headingRad) };
}

/** Angle between the heading of `from` and the direction to `point`, 0..π. */
function bearing(from: Pose, point: WorldPoint): number {
  const [dx, dy] = [point.x - from.x, point.y - from.y];
  const [cos, sin] = [Math.cos(from.headingRad), Math.sin(from.headingRad)];
  return Math.abs(Math.atan2(dy * cos - dx * sin, dx * cos + dy * sin));
}

/** nuPlan `is_agent_ahead` and `is_agent_behind`: within 30° of the heading, or beyond 150° of it. */
export const isAhead = (from: Pose, point: WorldPoint): boolean => bearing(from, point) < Math.PI / 6;
export const isBehind = (from: Pose, point: WorldPoint): boolean => bearing(from, point) > (5 * Math.PI) / 6;

/** Whether two centres are within `reach` metres: what is farther apart need not be tested as boxes. */
export function within(dx: number, dy: number, reach: number): boolean {
  return dx * dx + dy * dy < reach * reach;
}

/** Distance of centres beyond which the ego's box and the actor's cannot touch, m. */
export function reachOf({ length, width }: DriveTrack, actor: ActorTrack): number {
  return (Math.hypot(length, width) + Math.hypot(actor.length, actor.width)) / 2;
}

/** Computes once per track: several scores read the same contacts. */
export function perTrack<T>(compute: (track: DriveTrack) => T): (track: DriveTrack) => T {
  const known = new WeakMap<DriveTrack, { readonly value: T }>();
  return (track) => {
    const found = known.get(track) ?? { value: compute(track) };
    known.set(track, found);
    return found.value;
  };
}

/** Rows `from` … `to` − 1 of a track; views of the same numbers. */
export function cutTrack(track: DriveTrack, to: number, from = 0): DriveTrack {
  if (from === 0 && to === track.rows) return track;
  const cut = <T extends object>(record: T): T => {
    const out = { ...record };
    for (const key in out) {
      const value: unknown = out[key];
      if (value instanceof Float64Array || value instanceof Uint8Array)
        out[key] = value.subarray(from, to) as T[typeof key];
    }
    return out;
  };
  return {
    ...cut(track),
    rows: to - from,
    actors: track.actors.map(cut),
    route: cut(track.route),
    area: cut(track.area),
  };
}

/** Rows at which a flag rises from 0 to 1, row 0 included. */
export function rises(flags: Uint8Array): number[] {
  const out: number[] = [];
  for (let i = 0; i < flags.length; i++) if (flags[i] && !(i > 0 && flags[i - 1])) out.push(i);
  return out;
}
