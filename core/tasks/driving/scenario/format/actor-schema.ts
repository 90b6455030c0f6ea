/**
 * The actors of a scenario. `idm`, `vehicle`, `cutIn`, `cyclist` and `emergency` drive and react; `cross` walks, `parked`
 * stands; `replay` repeats a recorded track and reacts to nothing.
 *
 * Who drives is placed along the ego's route, on the lane that `lane` says relative to the ego's own, or, in a network, `on`
 * an arm: `s` is then the distance from the end of that arm at the junction.
 */
import * as v from 'valibot';
import { STYLES } from './driver-styles.ts';
import { MAX_ACTORS } from '../../../../abi/layout.ts';
import { boxesFor } from '../../kinds/kinds.ts';
import { RoadPlace } from './road-schema.ts';
import { fixed, name, number, routeOffset, point, probability, size } from './values.ts';

export const MAX_REPLAY_ROWS = 2000;

const actor = { id: name, ...size, probability };
/** Brakes hard once: at `at` s, with `decelerationMps2` for `duration` s, with this probability (default 1). */
const brake = v.optional(
  v.strictObject({ at: number(0, 600), decelerationMps2: number(0.5, 9), duration: number(0.1, 60), probability }),
);
const style = v.optional(v.picklist(STYLES));
/** Default: what its style makes of the limit, less where `speedMps` says so for the start. */
const speeds = { speedMps: v.optional(number(0, 40)), desiredSpeedMps: v.optional(number(0, 45)) };
const lane = v.optional(v.picklist(['own', 'left', 'right', 'oncoming']));
const where = {
  ...routeOffset,
  lane,
  lateral: v.optional(number(-20, 20)),
  on: v.optional(RoadPlace),
  /** Network only: where it goes; without it straight on. */
  to: v.optional(RoadPlace),
};

const ActorSchema = v.variant('behaviour', [
  /** Follows the ego's road by the Intelligent Driver Model and never changes lanes. */
  v.strictObject({
    behaviour: v.literal('idm'),
    ...actor,
    ...routeOffset,
    lateral: v.optional(number(-20, 20)),
    speedMps: number(0, 40),
    desiredSpeedMps: number(0, 45),
    brake,
  }),
  v.strictObject({
    behaviour: v.literal('vehicle'),
    ...actor,
    ...where,
    kind: v.optional(v.picklist(boxesFor('vehicle'))),
    style,
    ...speeds,
    brake,
    changesLanes: v.optional(v.boolean()),
    /** Default true: stops at red lights; gives way where others have right of way. */
    obeysLights: v.optional(v.boolean()),
    givesWay: v.optional(v.boolean()),
  }),
  /** Drives beside the ego and cuts in front of it, once that is within `gapM` behind it. */
  v.strictObject({
    behaviour: v.literal('cutIn'),
    ...actor,
    ...routeOffset,
    side: v.picklist(['left', 'right']),
    kind: v.optional(v.picklist(boxesFor('cutIn'))),
    style,
    ...speeds,
    brake,
    gapM: number(0, 60),
  }),
  /** Rides at the right edge of its lane. */
  v.strictObject({ behaviour: v.literal('cyclist'), ...actor, ...where, speedMps: number(0.5, 12) }),
  /** Fire engine, ambulance: in a hurry, minds no lights. */
  v.strictObject({ behaviour: v.literal('emergency'), ...actor, ...where, ...speeds }),
  v.strictObject({
    behaviour: v.literal('cross'),
    ...actor,
    ...routeOffset,
    fromLateral: number(-40, 40),
    toLateral: number(-40, 40),
    speedMps: number(0.2, 5),
    /** Starts to walk when the ego is this near along the route, with probability `crosses` (default 1); else only stands. */
    triggerDistance: number(0, 200),
    crosses: probability,
    /** Probability that it comes from the other side (default 0). */
    mirrored: probability,
    /** Stops once on the way, at lateral `at` for `duration` s. */
    hesitates: v.optional(v.strictObject({ at: number(-40, 40), duration: number(0.1, 30), probability })),
  }),
  v.strictObject({
    behaviour: v.literal('parked'),
    ...actor,
    ...routeOffset,
    lateral: number(-40, 40),
    headingOffsetRad: v.optional(number(-3.2, 3.2)),
    kind: v.optional(v.picklist(boxesFor('parked'))),
  }),
  v.strictObject({
    behaviour: v.literal('replay'),
    ...actor,
    kind: v.optional(v.picklist(boxesFor('replay'))),
    /** One row a step: x, y, heading, speed, present (0 or 1). */
    rows: v.pipe(
      v.array(v.strictTuple([...point.items, fixed(-5, 60), v.picklist([0, 1])])),
      v.minLength(1, 'at least one row'),
      v.maxLength(MAX_REPLAY_ROWS, `at most ${MAX_REPLAY_ROWS} rows`),
    ),
  }),
]);

export const ActorsSchema = v.pipe(v.array(ActorSchema), v.maxLength(MAX_ACTORS, `at most ${MAX_ACTORS} actors`));
export type ScenarioActor = v.InferOutput<typeof ActorSchema>;

/** Cars that the seed spreads over the lanes, with safe gaps. */
export const TrafficSchema = v.strictObject({
  /** Vehicles per km of lane. */
  densityPerKm: number(0, 60),
  /** Times the speed each style would drive (default 1). */
  speedFactor: v.optional(number(0.2, 1.5)),
  styles: v.optional(v.pipe(v.array(v.picklist(STYLES)), v.minLength(1, 'at least one style'), v.maxLength(20))),
  /** Lanes along the ego's route, oncoming beside it, all others, or everything (default). */
  lanes: v.optional(v.picklist(['same', 'oncoming', 'cross', 'all'])),
  /** Shares of trucks and of bicycles (default 0). */
  trucks: probability,
  bicycles: probability,
});
export type ScenarioTraffic = v.InferOutput<typeof TrafficSchema>;

/** People on both sides of the route; `crosses` says how likely each is to walk across (default 0). */
export const PedestriansSchema = v.strictObject({ densityPer100m: number(0, 20), crosses: probability });
export type ScenarioPedestrians = v.InferOutput<typeof PedestriansSchema>;
