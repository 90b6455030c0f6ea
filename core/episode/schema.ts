/**
 * The shape of an episode file, `traceway-episode/1`, as a valibot schema; `public/schemas/episode.schema.json` is made from
 * it. What a shape can't say (steps in order, two controls a step) is checked in json.ts. The order of the keys here is the
 * canonical order in which they are written.
 */
import * as v from 'valibot';
import { MAX_TRACE } from '../models/config.ts';
import { ACCEL_MAX_Q, ACCEL_MIN_Q, STEER_MAX_Q, WAYPOINTS } from '../abi/layout.ts';
import { EPISODE_FORMAT } from './episode.ts';
import {
  MAX_ID,
  MAX_INLINE_BYTES,
  MAX_NAME,
  MAX_PACKED_CHARS,
  MAX_RECORDED_STEPS,
  MAX_STEPS,
  MAX_TOKEN_ID,
  MAX_WAYPOINT,
} from './limits.ts';

const whole = (low: number, high: number) =>
  v.pipe(
    v.number('a whole number'),
    v.integer('a whole number'),
    v.minValue(low, `from ${low} to ${high}`),
    v.maxValue(high, `from ${low} to ${high}`),
  );
const real = (low: number, high: number) =>
  v.pipe(
    v.number('a number'),
    v.finite('a finite number'),
    v.minValue(low, `from ${low} to ${high}`),
    v.maxValue(high, `from ${low} to ${high}`),
  );
const text = (max: number) => v.pipe(v.string('text'), v.maxLength(max, `at most ${max} characters`));
const pattern = (regex: RegExp, what: string) => v.pipe(v.string(what), v.regex(regex, what));
/** A list of at most `max`, or of exactly `exact`. */
const list = <T extends v.GenericSchema>(item: T, max: number, exact?: number) =>
  exact === undefined
    ? v.pipe(v.array(item, 'a list'), v.maxLength(max, `at most ${max} entries`))
    : v.pipe(v.array(item, 'a list'), v.length(exact, `exactly ${exact} entries`));

const step = whole(0, MAX_STEPS);
/** Recordings may be longer than drives. */
const recordedStep = whole(0, MAX_RECORDED_STEPS);
const token = whole(0, MAX_TOKEN_ID);
const share = real(0, 1);
const id = pattern(/^[A-Za-z0-9_-]{1,64}$/, 'an id of letters, digits, - and _');
const finite = real(-1e9, 1e9);

const TraceEdit = v.strictObject({ index: whole(0, MAX_TRACE - 1), from: token, to: token });

const Decision = v.strictObject({
  step,
  tokens: list(token, MAX_TRACE),
  edit: v.optional(TraceEdit),
  logProbs: v.optional(list(real(-1e4, 0), MAX_TRACE)),
  waypoints: list(real(-MAX_WAYPOINT, MAX_WAYPOINT), 0, WAYPOINTS * 2),
  confidence: v.optional(list(share, 0, WAYPOINTS)),
  residual: v.optional(list(finite, 16)),
  value: v.optional(finite),
});

const DriveEvent = v.strictObject({
  step: recordedStep,
  kind: v.picklist(
    [
      'collision',
      'off-road',
      'lane-invasion',
      'red-light',
      'near-miss',
      'hard-brake',
      'appears',
      'leaves',
      'light',
      'goal',
      'timeout',
      'edit',
    ],
    'an event kind',
  ),
  actor: v.optional(pattern(/^A([1-9]\d?|1[01]\d|12[0-8])$/, 'an actor id, A1 to A128')),
  text: text(200),
});

const Score = v.strictObject({
  score: share,
  noCollision: share,
  onRoad: share,
  noRedLight: share,
  progress: share,
  ttc: share,
  speed: share,
  comfort: share,
  return: finite,
  steps: recordedStep,
  success: v.boolean('true or false'),
  minTtc: v.nullable(finite),
  minGap: v.nullable(finite),
});

const PackedFile = v.strictObject({
  name: text(MAX_NAME),
  deflated: v.pipe(text(MAX_PACKED_CHARS), v.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'base64')),
});

export const EpisodeSchema = v.strictObject({
  format: v.literal(EPISODE_FORMAT),
  id,
  name: text(MAX_NAME),
  createdAt: pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/, 'a date and time, ISO 8601'),
  scenario: v.strictObject({
    id: v.pipe(v.string('text'), v.minLength(1, 'some text'), v.maxLength(MAX_ID, `at most ${MAX_ID} characters`)),
    hash: pattern(/^[0-9a-f]{16,64}$/, 'a hash of 16 to 64 hex digits'),
    inline: v.optional(text(MAX_INLINE_BYTES)),
  }),
  seed: whole(0, 0xffffffff),
  policy: v.strictObject({
    kind: v.picklist(['expert', 'random', 'checkpoint', 'human'], 'a policy kind'),
    checkpointHash: v.optional(pattern(/^[0-9a-f]{16,64}$/, 'a hash of 16 to 64 hex digits')),
    name: text(MAX_NAME),
    engine: v.optional(text(MAX_NAME)),
  }),
  controls: list(whole(Math.min(ACCEL_MIN_Q, -STEER_MAX_Q), Math.max(ACCEL_MAX_Q, STEER_MAX_Q)), MAX_STEPS * 2),
  decisions: list(Decision, MAX_STEPS),
  stateHashes: list(v.strictTuple([step, pattern(/^[0-9a-f]{16}$/, '16 hex digits')]), MAX_STEPS),
  events: list(DriveEvent, MAX_STEPS),
  score: Score,
  parent: v.optional(
    v.strictObject({ episodeId: id, decision: whole(0, MAX_STEPS), edit: TraceEdit, returnDelta: finite }),
  ),
  recording: v.optional(
    v.strictObject({
      format: v.literal('carla-log'),
      steps: recordedStep,
      log: PackedFile,
      map: v.optional(PackedFile),
    }),
  ),
});
