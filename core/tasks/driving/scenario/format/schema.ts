/**
 * The shape of a scenario file, `traceway-scenario/2`, as a valibot schema; `public/schemas/scenario.schema.json` is made
 * from it. Files of `traceway-scenario/1` are read too: every one of them means the same in 2. What a shape can't say (anchors
 * exist, the goal lies on the road) is checked in scenario.ts.
 *
 * Units: m, s, m/s, m/s², rad. `s` is arc length along the ego's route, `lateral` the offset from it (left +). A number may be
 * fixed, a range `[low, high]` or a distribution (draw.ts) that each seed draws from. A *place* is an arc length, counted from
 * the route's start or, with `from`, from something named: `junction`, `exit`, `light`, `ego`, `goal`, a crossing's or an earlier
 * actor's id. Nothing has a default here, so the hash of a file never changes when the format learns something new.
 */
import * as v from 'valibot';
import type { Range } from './sample.ts';
import { MAX_LATENCY } from '../../../../abi/layout.ts';
import { ActorsSchema, MAX_REPLAY_ROWS, PedestriansSchema, TrafficSchema } from './actor-schema.ts';
import { CrossingSchema, LightSchema, RoadSchema } from './road-schema.ts';
import { fixed, name, number, routeOffset, point, text } from './values.ts';
import { WEATHER_PRESETS, type WeatherName } from '../../world/spec/weather.ts';

export { MAX_REPLAY_ROWS, type ScenarioActor } from './actor-schema.ts';
export { MAX_ROAD_POINTS } from './road-schema.ts';
export type { RouteOffset } from './values.ts';
export type { Range };

export const SCENARIO_FORMAT = 'traceway-scenario/2';
const FORMATS = ['traceway-scenario/1', SCENARIO_FORMAT] as const;

/** Curriculum, easiest first. */
export const CURRICULUM_STAGES = ['straight', 'lane_change', 'intersection', 'dense'] as const;
export type CurriculumStage = (typeof CURRICULUM_STAGES)[number];

const Ego = v.strictObject({
  s: number(0, 5000),
  lateral: v.optional(number(-4, 4)),
  headingErrorRad: v.optional(number(-0.5, 0.5)),
  speedMps: number(0, 40),
});

/** A preset, a list of presets to draw from, or CARLA's parameters. */
const Weather = v.union([
  v.picklist(Object.keys(WEATHER_PRESETS) as WeatherName[]),
  v.strictObject({
    choice: v.pipe(v.array(v.picklist(Object.keys(WEATHER_PRESETS) as WeatherName[])), v.minLength(1), v.maxLength(50)),
  }),
  v.strictObject({
    sunAltitudeDeg: number(-90, 90),
    cloudiness: number(0, 100),
    precipitation: number(0, 100),
    fogDensity: number(0, 100),
    fogDistance: number(0, 1000),
    wetness: number(0, 100),
  }),
]);

/** Standard deviations of what the ego measures, and the delay of its controls in steps of 0.1 s; all 0 by default. */
const Sensors = v.strictObject({
  positionM: v.optional(number(0, 3)),
  velocityMps: v.optional(number(0, 3)),
  lateralM: v.optional(number(0, 0.5)),
  latencySteps: v.optional(number(0, MAX_LATENCY)),
});

export const ScenarioSchema = v.strictObject({
  format: v.picklist(FORMATS),
  id: name,
  title: text(80),
  description: text(600),
  tags: v.optional(v.pipe(v.array(name), v.maxLength(12, 'at most 12 tags'))),
  stage: v.optional(v.picklist(CURRICULUM_STAGES)),
  /** Whether a careful driver can always reach the goal without a collision (default true). */
  solvable: v.optional(v.boolean()),
  road: RoadSchema,
  crossings: v.optional(v.pipe(v.array(CrossingSchema), v.maxLength(8, 'at most 8 crossings'))),
  light: v.optional(LightSchema),
  weather: v.optional(Weather),
  /** Overrides what the weather makes of it. */
  friction: v.optional(number(0.1, 1.2)),
  sensors: v.optional(Sensors),
  ego: Ego,
  /** Where the drive has succeeded. */
  goal: v.strictObject(routeOffset),
  /** Time limit, s. */
  timeLimit: v.pipe(fixed(1, 200)),
  actors: v.optional(ActorsSchema),
  traffic: v.optional(TrafficSchema),
  pedestrians: v.optional(PedestriansSchema),
  /** A recorded human drive of the same road, one row a step: x, y, heading, speed. Shown as a ghost; nothing reacts to it. */
  human: v.optional(
    v.pipe(
      v.array(v.strictTuple([...point.items, fixed(-5, 60)])),
      v.maxLength(MAX_REPLAY_ROWS, `at most ${MAX_REPLAY_ROWS} rows`),
    ),
  ),
});

/** A scenario as written: ranges not yet drawn, defaults not yet filled in (`instantiate` does both). */
export type Scenario = v.InferInput<typeof ScenarioSchema>;
export type ScenarioRoad = Scenario['road'];
