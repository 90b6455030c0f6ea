/**
 * The grammar's public face (the rules themselves: sentence.ts). A trace as data: the four stages with physical numbers instead of words, and the way there and back.
 *
 * `printTrace` rounds every number to its word's bin, so `parseTrace(printTrace(x))` is x with rounded numbers, and
 * `printTrace(parseTrace(tokens))` is exactly `tokens` for every valid trace.
 */
import type { Cause, Lateral, Longitudinal, Motion, PlainCause } from '../expert/maneuver.ts';
import { KIND_STATIC } from '../kinds/kinds.ts';
import { type Field, type WordRole, TraceError, traceFields } from './sentence.ts';
import { ACT, codeId, END, numberId, PERCEIVE, PLAN, PREDICT, type RoadBend } from './vocabulary.ts';

export {
  allowedNext,
  decisionWordIndex,
  formatTrace,
  isValidTrace,
  readTrace,
  stageOf,
  TRACE_ACTORS,
  TraceError,
} from './sentence.ts';

/** An actor as perceived: centre to centre in ego axes, velocity over ground in ego axes; SI. */
interface PerceivedActor {
  /** Observation slot 0..5, spoken of as A1..A6. */
  readonly slot: number;
  /** KIND_* of kinds.ts. */
  readonly kind: number;
  readonly d: number;
  readonly y: number;
  /** 0 for fixed obstacles, whose velocity is not spoken of. */
  readonly v: number;
  readonly vy: number;
}

interface PredictedActor {
  readonly slot: number;
  readonly motion: Motion;
  /** Present exactly when the actor is or comes into the ego's path. `ttc` null: they do not meet within 8 s. */
  readonly meeting?: { readonly ttc: number | null; readonly gap: number };
}

export interface ParsedTrace {
  readonly perceive: {
    readonly speed: number;
    readonly limit: number;
    readonly lateral: number;
    readonly road: RoadBend;
    /** Present where the weather is worth a word: slippery, dark, sight in m. */
    readonly slippery?: true;
    readonly dark?: true;
    readonly sight?: number;
    /** LIGHT_* of layout.ts and the distance to its stop line, m. */
    readonly light?: { readonly state: number; readonly d: number };
    readonly actors: readonly PerceivedActor[];
  };
  readonly predict: readonly PredictedActor[];
  readonly plan: { readonly decision: Longitudinal; readonly cause: Cause };
  readonly act: {
    /** Speed at the end of the plan, m/s, and its mean acceleration, m/s². */
    readonly speed: number;
    readonly acceleration: number;
    /** Distance to the point where the plan stands still, m. */
    readonly stop?: number;
    readonly lateral: Lateral;
    /** Whom it passes or makes room for. */
    readonly lateralSlot?: number;
  };
}

/** The data of a trace, or the first token that is out of place. Never throws. */
export function parseTrace(tokens: ArrayLike<number>): ParsedTrace | TraceError {
  const fields = traceFields(tokens);
  if (fields instanceof TraceError) return fields;
  const at = (place: WordRole, slot = -1) => fields.find((f) => f.place === place && (slot < 0 || f.slot === slot));
  const value = (place: WordRole, slot = -1) => at(place, slot)?.word.value ?? 0;
  const code = <T>(place: WordRole, slot = -1) => at(place, slot)?.word.code as T;
  const slots = (place: WordRole) => fields.filter((f) => f.place === place).map((f) => f.slot);
  const light = at('light') && { light: { state: code<number>('light'), d: value('lightDistance') } };
  const stop = at('stopDistance') && { stop: value('stopDistance') };
  return {
    perceive: {
      speed: value('speed'),
      limit: value('limit'),
      lateral: value('lateral'),
      road: code<RoadBend>('road'),
      ...(at('grip') && { slippery: true as const }),
      ...(at('dark') && { dark: true as const }),
      ...(at('sight') && { sight: value('sight') }),
      ...light,
      actors: slots('actor').map((slot) =>
        at('box', slot)
          ? { slot, kind: KIND_STATIC, d: value('boxDistance', slot), y: value('boxY', slot), v: 0, vy: 0 }
          : {
              slot,
              kind: code<number>('kind', slot),
              d: value('distance', slot),
              y: value('y', slot),
              v: value('v', slot),
              vy: value('vy', slot),
            },
      ),
    },
    predict: slots('predicted').map((slot) => ({
      slot,
      motion: code<Motion>('motion', slot),
      ...(at('ttc', slot) && { meeting: { ttc: finite(value('ttc', slot)), gap: value('gap', slot) } }),
    })),
    plan: { decision: code<Longitudinal>('decision'), cause: causeOf(fields) },
    act: {
      speed: value('targetSpeed'),
      acceleration: value('acceleration'),
      ...stop,
      ...(at('passed')
        ? { lateral: code<Lateral>('aside'), lateralSlot: code<number>('passed') }
        : { lateral: code<Lateral>('manoeuvre') }),
    },
  };
}

/** The tokens that say `trace`, numbers rounded to their bins. Throws RangeError for NaN and for codes without a word. */
export function printTrace(trace: ParsedTrace): number[] {
  const { perceive, predict, plan, act } = trace;
  const tokens = [
    PERCEIVE,
    numberId('v', perceive.speed),
    numberId('lim', perceive.limit),
    numberId('lat', perceive.lateral),
    codeId('road', perceive.road),
  ];
  if (perceive.slippery) tokens.push(codeId('weather', 'slippery'));
  if (perceive.dark) tokens.push(codeId('weather', 'dark'));
  if (perceive.sight !== undefined) tokens.push(numberId('sight', perceive.sight));
  if (perceive.light) tokens.push(codeId('light', perceive.light.state), numberId('d', perceive.light.d));
  for (const actor of perceive.actors) {
    tokens.push(
      codeId('actor', actor.slot),
      codeId('kind', actor.kind),
      numberId('d', actor.d),
      numberId('y', actor.y),
    );
    if (actor.kind !== KIND_STATIC) tokens.push(numberId('v', actor.v), numberId('vy', actor.vy));
  }
  tokens.push(PREDICT);
  for (const { slot, motion, meeting } of predict) {
    tokens.push(codeId('actor', slot), codeId('motion', motion));
    if (meeting) tokens.push(numberId('ttc', meeting.ttc ?? Number.POSITIVE_INFINITY), numberId('gap', meeting.gap));
  }
  tokens.push(PLAN, codeId('decision', plan.decision), ...causeTokens(plan.cause));
  tokens.push(ACT, numberId('v', act.speed), numberId('a', act.acceleration));
  if (act.stop !== undefined) tokens.push(numberId('d', act.stop));
  tokens.push(codeId('lateral', act.lateral));
  if (act.lateralSlot !== undefined) tokens.push(codeId('actor', act.lateralSlot));
  tokens.push(END);
  return tokens;
}

function causeTokens(cause: Cause): number[] {
  if (cause.kind === 'actor') return [codeId('actor', cause.slot)];
  if (cause.kind === 'occlusion') return [codeId('cause', 'occlusion'), codeId('actor', cause.slot)];
  return [codeId('cause', cause.kind)];
}

function causeOf(fields: readonly Field[]): Cause {
  const blamed = fields.find((f) => f.place === 'blamed');
  if (blamed) return { kind: fields.some((f) => f.place === 'occlusion') ? 'occlusion' : 'actor', slot: blamed.slot };
  const word = fields.find((f) => f.place === 'cause')?.word;
  return { kind: word?.code as PlainCause };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
