/**
 * The observation, slice by slice. Ego frame (x forward, y left), SI units divided by the scale given here.
 *
 * | slice | at | what |
 * | --- | --- | --- |
 * | ego | 0..7 | speed/15, acceleration/4, steering/0.5, lateral offset from the route/2 (left +), sin and cos of the heading error, speed limit/15, yaw rate (rad/s) |
 * | route | 8..25 | 6 points of the route at ROUTE_AHEAD metres beyond the ego's arc length: x/40, y/10, heading relative to the ego (rad) |
 * | edge | 26..30 | distance from ego centre to the left and right edge of the drivable area/5, clipped to 0..2; remaining route/100, clipped to 0..2; distance to the left from which lanes are oncoming/5, clipped to 0..2 (2 = none); least distance from the route to the left edge over the next 44 m/5, clipped to 0..2 |
 * | light | 31..35 | present (0 or 1), distance from the front bumper to the stop line/50 (shown until 6 m past it: negative), green, yellow, red (one-hot) |
 * | weather | 36..38 | friction, sight for lit things/80, daylight 0..1 |
 * | actors | 39..128 | 6 × (present, vehicle, pedestrian, static, bicycle, emergency, x/40, y/10, vx/10, vy/5, cos and sin of relative heading, length/5, width/2, yaw rate (rad/s)); velocity over ground in ego axes |
 *
 * Actor slots: the OBS_ACTORS present actors with the least distance to the ego's centre, where what lies behind the rear bumper counts twice
 * as far; kept in the scenario's order (so with six or fewer actors slot i is actor i and ids never jump). An actor that
 * other boxes hide from the ego (sight lines from the ego's centre to its centre and corners), or that is farther than the
 * weather lets it see, leaves its slot all zeros. Slot i is called `A{i+1}` in traces and on the screen. Sensor noise is added to
 * x, y, vx, vy of actors and to the ego's lateral offset, wherever that appears (ego, distances to edges).
 */
import {
  OBS_ACTOR,
  OBS_ACTOR_STRIDE,
  OBS_ACTORS,
  OBS_DIM,
  OBS_EDGE,
  OBS_EDGE_SIZE,
  OBS_EGO,
  OBS_EGO_SIZE,
  OBS_LIGHT,
  OBS_LIGHT_SIZE,
  OBS_ROUTE,
  OBS_ROUTE_POINTS,
  OBS_ROUTE_STRIDE,
  OBS_WEATHER,
  OBS_WEATHER_SIZE,
} from '../../../abi/layout.ts';

/** Arc distances of the route points, m. */
export const ROUTE_AHEAD = [4, 8, 14, 22, 32, 44] as const;
/** How far the ego sees in clear daylight, m (box centre to box centre). */
export const VIEW_RANGE = 80;

export interface ObservationSlice {
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

/** Named slices of the observation in order; together they cover it without gap or overlap. */
export const OBSERVATION_SLICES: readonly ObservationSlice[] = [
  { name: 'ego', start: OBS_EGO, size: OBS_EGO_SIZE },
  { name: 'route', start: OBS_ROUTE, size: OBS_ROUTE_POINTS * OBS_ROUTE_STRIDE },
  { name: 'edge', start: OBS_EDGE, size: OBS_EDGE_SIZE },
  { name: 'light', start: OBS_LIGHT, size: OBS_LIGHT_SIZE },
  { name: 'weather', start: OBS_WEATHER, size: OBS_WEATHER_SIZE },
  ...Array.from({ length: OBS_ACTORS }, (_, i) => ({
    name: `A${i + 1}`,
    start: OBS_ACTOR + i * OBS_ACTOR_STRIDE,
    size: OBS_ACTOR_STRIDE,
  })),
];

export const OBSERVATION_SIZE: number = OBS_DIM;
