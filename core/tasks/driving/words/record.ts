/**
 * The trace record, `traceway-trace/1`: one decision's trace as JSON that can be read without this lab. Token ids rule; the
 * words, stages and content beside them are what the ids say, kept for readers without the vocabulary and checked on reading.
 * `public/schemas/trace.schema.json` is made from the schema here (record-json-schema.ts).
 */
import * as v from 'valibot';
import { LATERALS, LONGITUDINALS, MOTIONS, PLAIN_CAUSES } from '../expert/maneuver.ts';
import { LIGHT_RED, OBS_ACTORS } from '../../../abi/layout.ts';
import { OBSERVED_KINDS } from '../kinds/kinds.ts';
import { MAX_TRACE } from '../../../models/config.ts';
import { parseTrace, type ParsedTrace, stageOf, TRACE_ACTORS, TraceError } from './grammar.ts';
import { type TraceStage, TRACE_STAGES, VOCABULARY, VOCABULARY_SIZE, VOCABULARY_VERSION } from './vocabulary.ts';

const TRACE_FORMAT = 'traceway-trace/1';

const SlotSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(OBS_ACTORS - 1));
const NumberSchema = v.pipe(v.number(), v.finite());
const IndexSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TRACE));

const ContentSchema = v.strictObject({
  perceive: v.strictObject({
    speed: NumberSchema,
    limit: NumberSchema,
    lateral: NumberSchema,
    road: v.picklist(['straight', 'left', 'right']),
    slippery: v.optional(v.literal(true)),
    dark: v.optional(v.literal(true)),
    sight: v.optional(NumberSchema),
    light: v.optional(
      v.strictObject({
        state: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIGHT_RED)),
        d: NumberSchema,
      }),
    ),
    actors: v.pipe(
      v.array(
        v.strictObject({
          slot: SlotSchema,
          kind: v.pipe(
            v.number(),
            v.integer(),
            v.minValue(1),
            v.maxValue(Math.max(...OBSERVED_KINDS.map(({ code }) => code))),
          ),
          d: NumberSchema,
          y: NumberSchema,
          v: NumberSchema,
          vy: NumberSchema,
        }),
      ),
      v.maxLength(TRACE_ACTORS),
    ),
  }),
  predict: v.pipe(
    v.array(
      v.strictObject({
        slot: SlotSchema,
        motion: v.picklist(MOTIONS),
        meeting: v.optional(v.strictObject({ ttc: v.nullable(NumberSchema), gap: NumberSchema })),
      }),
    ),
    v.maxLength(TRACE_ACTORS),
  ),
  plan: v.strictObject({
    decision: v.picklist(LONGITUDINALS),
    cause: v.variant('kind', [
      v.strictObject({ kind: v.picklist(['actor', 'occlusion']), slot: SlotSchema }),
      v.strictObject({ kind: v.picklist(PLAIN_CAUSES) }),
    ]),
  }),
  act: v.strictObject({
    speed: NumberSchema,
    acceleration: NumberSchema,
    stop: v.optional(NumberSchema),
    lateral: v.picklist(LATERALS),
    lateralSlot: v.optional(SlotSchema),
  }),
});

/** Shape of a trace record. */
export const TraceRecordSchema = v.strictObject({
  format: v.literal(TRACE_FORMAT),
  vocabulary: v.literal(VOCABULARY_VERSION),
  /** Who wrote it: the expert by rule, or a model token by token. */
  writtenBy: v.picklist(['expert', 'model']),
  /** Whether the waypoints were computed from the trace (model), or the trace written after the decision (expert). */
  conditionsAction: v.boolean(),
  /** Token ids, `<end>` included. */
  tokens: v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(VOCABULARY_SIZE - 1))),
    v.maxLength(MAX_TRACE),
  ),
  words: v.pipe(v.array(v.pipe(v.string(), v.maxLength(20))), v.maxLength(MAX_TRACE)),
  /** Stages in order of appearance: tokens start .. end-1. */
  stages: v.pipe(
    v.array(v.strictObject({ stage: v.picklist(TRACE_STAGES), start: IndexSchema, end: IndexSchema })),
    v.maxLength(MAX_TRACE),
  ),
  /** What the trace says, numbers in SI units; null when the tokens are no valid trace. */
  content: v.nullable(ContentSchema),
  /** Probability of each token when it was written. */
  probabilities: v.optional(v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))), v.maxLength(MAX_TRACE))),
});
export type TraceRecord = Omit<v.InferOutput<typeof TraceRecordSchema>, 'content'> & {
  readonly content: ParsedTrace | null;
};

/** A trace record that cannot be read: where in it, and why. */
export class TraceRecordError extends Error {
  /** Path in the JSON: "tokens.3". */
  readonly where: string;

  constructor(where: string, message: string) {
    super(where ? `${where}: ${message}` : message);
    this.name = 'TraceRecordError';
    this.where = where;
  }
}

/** Runs of equal stage: what the debugger shows as the call stack. */
export function stagesOf(tokens: readonly number[]): { stage: TraceStage; start: number; end: number }[] {
  const runs: { stage: TraceStage; start: number; end: number }[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const stage = stageOf(tokens, i);
    const run = runs.at(-1);
    if (run?.stage === stage) run.end = i + 1;
    else runs.push({ stage, start: i, end: i + 1 });
  }
  return runs;
}

/** The record of one trace; `logProbs` (nats) become probabilities. Throws RangeError for ids outside the vocabulary. */
export function recordTrace(
  tokens: readonly number[],
  writtenBy: 'expert' | 'model',
  logProbs?: readonly number[],
): TraceRecord {
  const words = tokens.map((id) => {
    const word = VOCABULARY[id];
    if (!word) throw new RangeError(`${id} is no token of ${VOCABULARY_VERSION}`);
    return word.text;
  });
  return {
    format: TRACE_FORMAT,
    vocabulary: VOCABULARY_VERSION,
    writtenBy,
    conditionsAction: writtenBy === 'model',
    tokens: [...tokens],
    words,
    stages: stagesOf(tokens),
    content: contentOf(tokens),
    ...(logProbs && { probabilities: logProbs.map((p) => Math.min(1, Math.exp(p))) }),
  };
}

/** Reads untrusted JSON. Throws TraceRecordError when its shape is wrong or its parts contradict the tokens. */
export function readTraceRecord(json: unknown): TraceRecord {
  const parsed = v.safeParse(TraceRecordSchema, json, { abortEarly: true });
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new TraceRecordError(v.getDotPath(issue) ?? '', issue.message);
  }
  const record: TraceRecord = parsed.output;
  const { words, stages, content } = recordTrace(record.tokens, record.writtenBy);
  const same = (name: 'words' | 'stages' | 'content', truth: unknown) => {
    if (canonical(record[name]) !== canonical(truth))
      throw new TraceRecordError(name, 'does not say what the tokens say');
  };
  same('words', words);
  same('stages', stages);
  same('content', content);
  if (record.probabilities && record.probabilities.length !== record.tokens.length)
    throw new TraceRecordError('probabilities', `${record.probabilities.length} for ${record.tokens.length} tokens`);
  return record;
}

function contentOf(tokens: readonly number[]): ParsedTrace | null {
  const parsed = parseTrace(tokens);
  return parsed instanceof TraceError ? null : parsed;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
