/**
 * Road networks by named pieces, as the scenario format says them (valibot fragment). Pieces follow one another from the
 * origin heading along +x; a junction's or roundabout's `exit` says where the chain goes on, its other arms end after
 * `armLength`. Units: m, m/s, s. A cross-section has `forward` lanes driven along the chain, right of its reference line,
 * and `backward` lanes against it.
 */
import * as v from 'valibot';

const within = (low: number, high: number) =>
  v.pipe(v.number(), v.minValue(low, `from ${low} to ${high}`), v.maxValue(high, `from ${low} to ${high}`));
const whole = (low: number, high: number) => v.pipe(within(low, high), v.integer('a whole number'));
const side = v.picklist(['left', 'right']);
const length = within(1, 5000);
const exit = v.picklist(['left', 'straight', 'right']);
const speedLimitMps = v.optional(within(1, 70));

const CrossSection = v.strictObject({
  forward: whole(1, 6),
  backward: whole(0, 6),
  width: v.optional(within(2, 6), 3.5),
  /** Between the two directions. */
  median: v.optional(within(0, 20), 0),
  shoulder: v.optional(within(0, 6), 0),
  sidewalk: v.optional(within(0, 6), 0),
});

/** One cycle serves the chain's axis, then the cross axis: green, yellow, then red for all. */
const SignalTiming = v.strictObject({ green: within(3, 120), yellow: within(1, 10), allRed: within(0, 10) });

const junction = {
  exit: v.optional(exit, 'straight'),
  /** Lanes of the side arms, seen outwards. */
  arms: v.optional(CrossSection, { forward: 1, backward: 1 }),
  armLength: v.optional(within(10, 500), 60),
  /** From the edge of the widest arm to the mouths. */
  cornerRadius: v.optional(within(3, 30), 8),
  /** Who waits: nobody is told to, the side arms, everybody, or lights say. */
  control: v.optional(v.union([v.picklist(['none', 'yield', 'stop', 'allStop']), SignalTiming]), 'none'),
  crossings: v.optional(v.boolean(), false),
  speedLimitMps,
};
/** Whether lanes of one direction may be changed: broken or solid marks between them. */
const mayChange = v.optional(v.boolean(), true);

const PieceSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('straight'), length, mayChange, speedLimitMps }),
  v.strictObject({ kind: v.literal('arc'), length, radius: within(8, 5000), turn: side, mayChange, speedLimitMps }),
  /** From one radius to another, both to the same side; a radius left out is straight. */
  v.strictObject({
    kind: v.literal('clothoid'),
    length,
    fromRadius: v.optional(within(8, 5000)),
    toRadius: v.optional(within(8, 5000)),
    turn: side,
    mayChange,
    speedLimitMps,
  }),
  /** Lane change section: the forward lanes become `lanes` over `length`, opening or closing at `side`. */
  v.strictObject({ kind: v.literal('laneChange'), length: within(10, 1000), lanes: whole(1, 6), side, speedLimitMps }),
  /** A ramp joins from the right: an extra lane of `length`, then closed over `taper`. */
  v.strictObject({
    kind: v.literal('merge'),
    length: within(20, 2000),
    taper: v.optional(within(10, 500), 60),
    rampLength: v.optional(within(20, 1000), 120),
    rampAngle: v.optional(within(0.05, 0.8), 0.25),
    speedLimitMps,
  }),
  v.strictObject({ kind: v.literal('tJunction'), missing: exit, ...junction }),
  v.strictObject({ kind: v.literal('fourWay'), ...junction }),
  /** Single-lane ring, driven anticlockwise; `arms` 3 leaves out the one that is neither entry nor exit, on the left. */
  v.strictObject({
    kind: v.literal('roundabout'),
    radius: v.optional(within(10, 60), 18),
    arms: v.optional(v.picklist([3, 4]), 4),
    exit: v.optional(exit, 'straight'),
    armLength: v.optional(within(10, 500), 60),
    speedLimitMps,
  }),
  /** Dual carriageway; sets the cross-section and so must come first, or match the one it follows. */
  v.strictObject({
    kind: v.literal('highway'),
    length,
    lanes: whole(2, 6),
    backward: v.optional(whole(0, 6)),
    median: v.optional(within(0, 20), 4),
    shoulder: v.optional(within(0, 6), 2.5),
    speedLimitMps,
  }),
]);

export const RoadNetworkSchema = v.strictObject({
  lanes: v.optional(CrossSection, { forward: 1, backward: 1 }),
  speedLimitMps: within(1, 70),
  pieces: v.pipe(v.array(PieceSchema), v.minLength(1, 'at least one piece'), v.maxLength(60, 'at most 60 pieces')),
});

/** As written, and with every default filled in. */
export type RoadNetworkInput = v.InferInput<typeof RoadNetworkSchema>;
export type RoadNetworkSpec = v.InferOutput<typeof RoadNetworkSchema>;
export type Piece = v.InferOutput<typeof PieceSchema>;
export type PieceOf<K extends Piece['kind']> = Extract<Piece, { kind: K }>;
export type CrossSectionSpec = v.InferOutput<typeof CrossSection>;
