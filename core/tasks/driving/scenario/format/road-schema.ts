/**
 * The road of a scenario: a chain of simple pieces with lanes beside it, surveyed points, or a network of named pieces with
 * junctions, through which the ego's route is found.
 */
import * as v from 'valibot';
import { RoadNetworkSchema } from '../../roads/pieces/schema.ts';
import { fixed, number, routeOffset, point, probability, whole } from './values.ts';

export const MAX_ROAD_POINTS = 2000;

const side = v.picklist(['left', 'right']);
/** Fixed, or drawn by the seed. */
const turn = v.union([side, v.strictObject({ choice: v.pipe(v.array(side), v.minLength(1), v.maxLength(50)) })]);
const speedLimitMps = v.optional(number(2, 45));

const ChainPiece = v.variant('kind', [
  v.strictObject({ kind: v.literal('straight'), length: number(1, 2000), speedLimitMps }),
  v.strictObject({ kind: v.literal('arc'), length: number(1, 2000), radius: number(8, 5000), turn, speedLimitMps }),
  /** From one radius to another, both to the same side; a radius left out is straight. */
  v.strictObject({
    kind: v.literal('clothoid'),
    length: number(1, 2000),
    fromRadius: v.optional(number(8, 5000)),
    toRadius: v.optional(number(8, 5000)),
    turn,
    speedLimitMps,
  }),
]);

const arm = v.picklist(['entry', 'left', 'straight', 'right', 'ramp']);
/**
 * A road of a network: the chain's road at piece `piece` (counted from 1), or an arm of that piece. Without `piece`, an arm
 * is one of the first piece that has such an arm. `lane` counts from the right, from 1.
 */
export const RoadPlace = v.strictObject({
  piece: v.optional(whole(1, 60)),
  arm: v.optional(arm),
  lane: v.optional(whole(1, 6)),
});
export type RoadPlace = v.InferOutput<typeof RoadPlace>;

/** Exactly one of `pieces`, `points` [x, y, heading] of a lane centre, and `network`. */
export const RoadSchema = v.strictObject({
  pieces: v.optional(
    v.pipe(v.array(ChainPiece), v.minLength(1, 'at least one piece'), v.maxLength(40, 'at most 40 pieces')),
  ),
  points: v.optional(
    v.pipe(
      v.array(point),
      v.minLength(2, 'at least two points'),
      v.maxLength(MAX_ROAD_POINTS, `at most ${MAX_ROAD_POINTS} points`),
    ),
  ),
  network: v.optional(RoadNetworkSchema),
  /** Network only: where the route begins (default: the chain's start, rightmost lane) and ends (default: the chain's end). */
  from: v.optional(RoadPlace),
  to: v.optional(
    v.union([RoadPlace, v.strictObject({ choice: v.pipe(v.array(RoadPlace), v.minLength(1), v.maxLength(4)) })]),
  ),
  /** Network only: how far into their cycles the lights are at the start, s. */
  signalOffset: v.optional(number(0, 250)),
  /** Chains and points only, from here on. */
  laneWidth: v.optional(number(2.4, 6)),
  lanesLeft: v.optional(whole(0, 4)),
  lanesRight: v.optional(whole(0, 4)),
  /** How many of `lanesLeft` are oncoming, counted from the outside (default 0). */
  oncomingLeft: v.optional(whole(0, 4)),
  /** Drivable strip on both sides of the lanes, m. */
  shoulder: v.optional(fixed(0, 4)),
  speedLimitMps,
  /** A cross road: its near edge is a place, `length` its width along the route. */
  junction: v.optional(v.strictObject({ ...routeOffset, length: number(4, 60) })),
});

/** Where people cross; painted as a zebra with probability `painted` (default 1). */
export const CrossingSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,39}$/)),
  ...routeOffset,
  painted: probability,
});

/** A traffic light on a chain: its stop line is a place; it cycles green → yellow → red and stands `offset` s into that at step 0. */
export const LightSchema = v.strictObject({
  ...routeOffset,
  green: number(1, 120),
  yellow: number(1, 10),
  red: number(1, 120),
  offset: v.optional(number(0, 250)),
});
