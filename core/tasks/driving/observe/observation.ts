/**
 * The observation, number by number: the one table from which come the constants that the kernel and both decoders read by name
 * (a part of core/abi/layout.ts), the slices that environments announce, and docs/observation.md. `npm run kernels` writes them.
 *
 * Ego frame (x forward, y left); a number is the physical value divided by its scale. Actor slots: the OBS_ACTORS present actors with
 * the least distance to the ego's centre, where what lies behind the rear bumper counts twice as far; kept in the scenario's order (so
 * with six or fewer actors slot i is actor i and ids never jump). An actor that other boxes hide from the ego (sight lines from the
 * ego's centre to its centre and corners), or that is farther than the weather lets it see, leaves its slot all zeros. Slot i is
 * called `A{i+1}` in traces and on the screen. Sensor noise is added to x, y, vx, vy of actors and to the ego's lateral offset,
 * wherever that appears (ego, distances to edges).
 */
import { OBS_ACTORS } from '../../../abi/layout.ts';
import { OBSERVED_KINDS } from '../kinds/kinds.ts';

/** Arc distances of the route points, m. */
export const ROUTE_AHEAD = [4, 8, 14, 22, 32, 44] as const;
/** How far the ego sees in clear daylight, m (box centre to box centre). */
export const VIEW_RANGE = 80;

/** What numbers are divided by. */
export const SCALES = {
  SPEED: { value: 15, unit: 'm/s' },
  ACCEL: { value: 4, unit: 'm/s²' },
  STEER: { value: 0.5, unit: 'rad' },
  LATERAL: { value: 2, unit: 'm' },
  X: { value: 40, unit: 'm' },
  Y: { value: 10, unit: 'm' },
  EDGE: { value: 5, unit: 'm' },
  REMAINING: { value: 100, unit: 'm' },
  STOP: { value: 50, unit: 'm' },
  SIGHT: { value: VIEW_RANGE, unit: 'm' },
  VX: { value: 10, unit: 'm/s' },
  VY: { value: 5, unit: 'm/s' },
  LENGTH: { value: 5, unit: 'm' },
  WIDTH: { value: 2, unit: 'm' },
} as const;
type Scale = keyof typeof SCALES;

export interface ObservedNumber {
  readonly name: string;
  /** A scale, or the unit of a number that is given as it is. */
  readonly in: Scale | 'rad' | 'rad/s' | '–';
  /** As it stands in the observation, without noise. */
  readonly range: readonly [low: number, high: number];
  readonly meaning: string;
}

export interface ObservedSlice {
  readonly name: string;
  /** How often its numbers are there, one after another: points of the route, actors. */
  readonly times: number;
  readonly numbers: readonly ObservedNumber[];
}

const ANY: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const POSITIVE: readonly [number, number] = [0, Number.POSITIVE_INFINITY];
const CLIPPED: readonly [number, number] = [0, 2];
const UNIT: readonly [number, number] = [-1, 1];
const ANGLE: readonly [number, number] = [-Math.PI, Math.PI];
const flag = (name: string, meaning: string): ObservedNumber => ({ name, in: '–', range: [0, 1], meaning });

export const OBSERVED_SLICES: readonly ObservedSlice[] = [
  {
    name: 'ego',
    times: 1,
    numbers: [
      { name: 'speed', in: 'SPEED', range: POSITIVE, meaning: 'speed' },
      { name: 'accel', in: 'ACCEL', range: [-2, 0.75], meaning: 'acceleration of the last step' },
      { name: 'steer', in: 'STEER', range: UNIT, meaning: 'angle of the front wheels, left +' },
      { name: 'lateral', in: 'LATERAL', range: ANY, meaning: 'offset from the route, left +' },
      { name: 'sin', in: '–', range: UNIT, meaning: 'sine of the heading error towards the route' },
      { name: 'cos', in: '–', range: UNIT, meaning: 'its cosine' },
      { name: 'limit', in: 'SPEED', range: POSITIVE, meaning: 'speed limit' },
      { name: 'yaw_rate', in: 'rad/s', range: ANY, meaning: 'yaw rate' },
    ],
  },
  {
    name: 'route',
    times: ROUTE_AHEAD.length,
    numbers: [
      {
        name: 'x',
        in: 'X',
        range: ANY,
        meaning: 'the route’s point at ROUTE_AHEAD metres beyond the ego’s arc length',
      },
      { name: 'y', in: 'Y', range: ANY, meaning: 'the same point, left +' },
      { name: 'heading', in: 'rad', range: ANGLE, meaning: 'heading of the route there, relative to the ego' },
    ],
  },
  {
    name: 'edge',
    times: 1,
    numbers: [
      { name: 'left', in: 'EDGE', range: CLIPPED, meaning: 'ego’s centre to the left edge of the drivable area' },
      { name: 'right', in: 'EDGE', range: CLIPPED, meaning: 'and to the right edge' },
      { name: 'remaining', in: 'REMAINING', range: CLIPPED, meaning: 'what remains of the route' },
      {
        name: 'oncoming',
        in: 'EDGE',
        range: CLIPPED,
        meaning: 'distance to the left from which lanes are oncoming; 2 = none',
      },
      {
        name: 'narrowest',
        in: 'EDGE',
        range: CLIPPED,
        meaning: 'least distance from the route to the left edge over the next 44 m',
      },
    ],
  },
  {
    name: 'light',
    times: 1,
    numbers: [
      flag('present', 'whether a light is near'),
      {
        name: 'stop',
        in: 'STOP',
        range: [-0.12, 1.6],
        meaning: 'front bumper to the stop line; shown until 6 m past it',
      },
      flag('green', 'it is green'),
      flag('yellow', 'it is yellow'),
      flag('red', 'it is red'),
    ],
  },
  {
    name: 'weather',
    times: 1,
    numbers: [
      { name: 'friction', in: '–', range: [0, 1.2], meaning: 'friction between tyres and road' },
      { name: 'sight', in: 'SIGHT', range: [0, 1], meaning: 'how far things that carry lights are seen' },
      flag('daylight', 'from night to day'),
    ],
  },
  {
    name: 'actor',
    times: OBS_ACTORS,
    numbers: [
      flag('present', 'whether somebody is seen in this slot; if not, all its numbers are 0'),
      ...OBSERVED_KINDS.toSorted((a, b) => a.code - b.code).map(({ key, meaning }) => flag(key, `it is ${meaning}`)),
      { name: 'x', in: 'X', range: [-2, 2], meaning: 'its centre ahead of the ego’s' },
      { name: 'y', in: 'Y', range: [-8, 8], meaning: 'its centre to the left of the ego’s' },
      { name: 'vx', in: 'VX', range: ANY, meaning: 'its velocity over ground along the ego’s x' },
      { name: 'vy', in: 'VY', range: ANY, meaning: 'and along the ego’s y' },
      { name: 'cos', in: '–', range: UNIT, meaning: 'cosine of its heading relative to the ego' },
      { name: 'sin', in: '–', range: UNIT, meaning: 'and the sine' },
      { name: 'length', in: 'LENGTH', range: POSITIVE, meaning: 'length of its box' },
      { name: 'width', in: 'WIDTH', range: POSITIVE, meaning: 'width of its box' },
      { name: 'yaw_rate', in: 'rad/s', range: ANY, meaning: 'its yaw rate' },
    ],
  },
];

export interface ObservationSlice {
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

/** Where each slice of the table begins, and how many numbers one time of it has. */
export const PLACED_SLICES: readonly (ObservedSlice & { readonly start: number; readonly stride: number })[] =
  OBSERVED_SLICES.map((slice, i) => ({
    ...slice,
    stride: slice.numbers.length,
    start: OBSERVED_SLICES.slice(0, i).reduce((sum, { times, numbers }) => sum + times * numbers.length, 0),
  }));

/** Named slices of the observation in order, every actor's slot for itself; together they cover it without gap or overlap. */
export const OBSERVATION_SLICES: readonly ObservationSlice[] = PLACED_SLICES.flatMap(
  ({ name, times, start, stride }) =>
    name === 'actor'
      ? Array.from({ length: times }, (_, i) => ({ name: `A${i + 1}`, start: start + i * stride, size: stride }))
      : [{ name, start, size: times * stride }],
);

export const OBSERVATION_SIZE: number = OBSERVATION_SLICES.reduce((sum, { size }) => sum + size, 0);
