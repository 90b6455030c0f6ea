/**
 * The shape of a scenario file, `traceway-scenario/1`, as a valibot schema; `public/schemas/scenario.schema.json` is made
 * from it. What a shape can't say (anchors exist, the goal lies on the road) is checked in scenario.ts.
 *
 * Units: m, s, m/s, m/s², rad. `s` is arc length along the lane centre, `lateral` the offset from it (left +). A number may
 * be fixed or a range `[low, high]` that each seed draws from. A *place* is an arc length, counted from the road's start or,
 * with `from`, from something named: `junction`, `light`, `ego`, `goal`, a crossing's or an earlier actor's id.
 * Nothing has a default here, so the hash of a file never changes when the format learns something new.
 */
import * as v from 'valibot';
import { endsOf, type Range } from './draw.ts';
import { MAX_ACTORS } from './layout.ts';

export const SCENARIO_FORMAT = 'traceway-scenario/1';
export const MAX_ROAD_POINTS = 2000;
export const MAX_REPLAY_ROWS = 2000;

const fixed = (low: number, high: number) =>
  v.pipe(v.number(), v.minValue(low, `from ${low} to ${high}`), v.maxValue(high, `from ${low} to ${high}`));

/** A fixed number or a range to draw from, all within [low, high]. */
const number = (low: number, high: number) => {
  const expected = `a number from ${low} to ${high}, or a range [low, high] within that`;
  const range = v.pipe(
    v.strictTuple([fixed(low, high), fixed(low, high)]),
    v.check(([from, to]) => from <= to, `${expected}, low ≤ high`),
  );
  return v.union([fixed(low, high), range], expected);
};

const name = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,39}$/, 'lower-case letters, digits and _, starting with a letter'),
);
const text = (max: number) =>
  v.pipe(v.string(), v.minLength(1, 'some text'), v.maxLength(max, `at most ${max} characters`));
const place = { s: number(-5000, 5000), from: v.optional(name) };
const probability = v.optional(fixed(0, 1));
const size = { length: v.optional(fixed(0.2, 20)), width: v.optional(fixed(0.2, 4)) };

const Piece = v.variant('kind', [
  v.strictObject({ kind: v.literal('straight'), length: number(1, 2000) }),
  v.strictObject({
    kind: v.literal('arc'),
    length: number(1, 2000),
    radius: number(8, 5000),
    turn: v.picklist(['left', 'right']),
  }),
]);

const point = v.strictTuple([fixed(-1e5, 1e5), fixed(-1e5, 1e5), fixed(-1000, 1000)]);

/** Either `pieces`, joined end to end from the origin heading along +x, or `points` [x, y, heading] of a surveyed lane centre. */
const Road = v.strictObject({
  pieces: v.optional(
    v.pipe(v.array(Piece), v.minLength(1, 'at least one piece'), v.maxLength(40, 'at most 40 pieces')),
  ),
  points: v.optional(
    v.pipe(
      v.array(point),
      v.minLength(2, 'at least two points'),
      v.maxLength(MAX_ROAD_POINTS, `at most ${MAX_ROAD_POINTS} points`),
    ),
  ),
  laneWidth: v.optional(number(2.4, 6)),
  lanesLeft: v.optional(v.pipe(fixed(0, 4), v.integer('a whole number'))),
  lanesRight: v.optional(v.pipe(fixed(0, 4), v.integer('a whole number'))),
  speedLimitMps: number(2, 45),
  /** A cross road: its near edge is a place, `length` its width along the route. */
  junction: v.optional(v.strictObject({ ...place, length: number(4, 60) })),
});

/** Where people cross; painted as a zebra with probability `painted` (default 1). */
const Crossing = v.strictObject({ id: name, ...place, painted: probability });

/** A traffic light: its stop line is a place; it cycles green → yellow → red and stands `offset` s into that at step 0. */
const Light = v.strictObject({
  ...place,
  green: number(1, 120),
  yellow: number(1, 10),
  red: number(1, 120),
  offset: v.optional(number(0, 250)),
});

const Ego = v.strictObject({
  s: number(0, 5000),
  lateral: v.optional(number(-4, 4)),
  headingErrorRad: v.optional(number(-0.5, 0.5)),
  speedMps: number(0, 40),
});

const actor = { id: name, ...size, probability };
const Actor = v.variant('behaviour', [
  v.strictObject({
    behaviour: v.literal('idm'),
    ...actor,
    ...place,
    lateral: v.optional(number(-20, 20)),
    speedMps: number(0, 40),
    desiredSpeedMps: number(0, 45),
    /** Brakes hard once: at `at` s, with `decelerationMps2` for `duration` s, with this probability (default 1). */
    brake: v.optional(
      v.strictObject({ at: number(0, 600), decelerationMps2: number(0.5, 9), duration: number(0.1, 60), probability }),
    ),
  }),
  v.strictObject({
    behaviour: v.literal('cross'),
    ...actor,
    ...place,
    fromLateral: number(-40, 40),
    toLateral: number(-40, 40),
    speedMps: number(0.2, 5),
    /** Starts to walk when the ego is this near along the route, with probability `crosses` (default 1); else only stands. */
    triggerDistance: number(0, 200),
    crosses: probability,
    /** Probability that it comes from the other side (default 0). */
    mirrored: probability,
  }),
  v.strictObject({
    behaviour: v.literal('parked'),
    ...actor,
    ...place,
    lateral: number(-40, 40),
    headingOffsetRad: v.optional(number(-3.2, 3.2)),
    kind: v.optional(v.picklist(['van', 'car'])),
  }),
  v.strictObject({
    behaviour: v.literal('replay'),
    ...actor,
    /** One row a step: x, y, heading, speed, present (0 or 1). */
    rows: v.pipe(
      v.array(v.strictTuple([...point.items, fixed(-5, 60), v.picklist([0, 1])])),
      v.minLength(1, 'at least one row'),
      v.maxLength(MAX_REPLAY_ROWS, `at most ${MAX_REPLAY_ROWS} rows`),
    ),
  }),
]);

export const ScenarioSchema = v.strictObject({
  format: v.literal(SCENARIO_FORMAT),
  id: name,
  title: text(80),
  description: text(600),
  tags: v.optional(v.pipe(v.array(name), v.maxLength(12, 'at most 12 tags'))),
  road: Road,
  crossings: v.optional(v.pipe(v.array(Crossing), v.maxLength(8, 'at most 8 crossings'))),
  light: v.optional(Light),
  ego: Ego,
  /** Where the drive has succeeded. */
  goal: v.strictObject(place),
  /** Time limit, s. */
  timeLimit: v.pipe(fixed(1, 200)),
  actors: v.optional(v.pipe(v.array(Actor), v.maxLength(MAX_ACTORS, `at most ${MAX_ACTORS} actors`))),
  /** A recorded human drive of the same road, one row a step: x, y, heading, speed. Shown as a ghost; nothing reacts to it. */
  human: v.optional(
    v.pipe(
      v.array(v.strictTuple([...point.items, fixed(-5, 60)])),
      v.maxLength(MAX_REPLAY_ROWS, `at most ${MAX_REPLAY_ROWS} rows`),
    ),
  ),
});

/** A scenario as written: ranges not yet drawn, defaults not yet filled in (`instantiate` does both). */
export type Scenario = v.InferOutput<typeof ScenarioSchema>;
export type ScenarioActor = NonNullable<Scenario['actors']>[number];
export type ScenarioRoad = Scenario['road'];
export type RoadPiece = NonNullable<ScenarioRoad['pieces']>[number];
/** An arc length counted from the road's start or from something named. */
export interface Place {
  readonly s: Range;
  readonly from?: string;
}

export type { Range };
/** Ends of a range. */
export const low = (range: Range): number => endsOf(range)[0];
export const high = (range: Range): number => endsOf(range)[1];
