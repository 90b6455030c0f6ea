/**
 * The expert's decision written as a trace: rule to words, deterministic. Every id and number in it is read from the
 * observation or the decision, so `grounded` and `consistent` (checks.ts) hold for it by construction; tests prove it.
 */
import type { Decision, Prediction } from '../expert/maneuver.ts';
import { type ParsedTrace, printTrace, TRACE_ACTORS } from './grammar.ts';
import { FAR_SIGHT, readPercept } from './percept.ts';
import { MAX_SPOKEN_TTC } from './vocabulary.ts';

/** Tokens of the expert's trace for one observation ([OBS_DIM], read at `offset`) and what `decide` made of it. */
export function synthesise(observations: ArrayLike<number>, decision: Decision, offset = 0): number[] {
  return printTrace(describe(observations, decision, offset));
}

/** The same before rounding to words. */
function describe(observations: ArrayLike<number>, decision: Decision, offset = 0): ParsedTrace {
  const { speed, limit, lateral, road, slippery, dark, sight, light, actors } = readPercept(observations, offset);
  const spoken = spokenOf(decision);
  return {
    perceive: {
      speed,
      limit,
      lateral,
      road,
      ...(slippery && { slippery: true as const }),
      ...(dark && { dark: true as const }),
      ...(sight < FAR_SIGHT && { sight }),
      ...(light && { light }),
      actors: spoken.map(({ slot }) => {
        const actor = actors.find((a) => a.slot === slot);
        if (!actor) throw new RangeError(`The decision predicts A${slot + 1}, which the observation does not show`);
        return { slot, kind: actor.kind, d: actor.x, y: actor.y, v: actor.vx, vy: actor.vy };
      }),
    },
    predict: spoken.map(({ slot, motion, inPath, ttc, gap }) => ({
      slot,
      motion,
      ...(inPath && { meeting: { ttc: ttc > MAX_SPOKEN_TTC ? null : ttc, gap } }),
    })),
    plan: { decision: decision.longitudinal, cause: decision.cause },
    act: {
      speed: decision.targetSpeedMps,
      acceleration: decision.accelMps2,
      ...(Number.isNaN(decision.stopDistance) ? {} : { stop: decision.stopDistance }),
      lateral: decision.lateral,
      ...(decision.lateralSlot !== undefined && { lateralSlot: decision.lateralSlot }),
    },
  };
}

/** The most critical actors, those the decision blames and passes always among them. */
function spokenOf({ predictions, cause, lateralSlot }: Decision): readonly Prediction[] {
  const named = [lateralSlot, 'slot' in cause ? cause.slot : undefined];
  const kept = predictions.filter((p) => named.includes(p.slot));
  const others = predictions.filter((p) => !kept.includes(p)).slice(0, TRACE_ACTORS - kept.length);
  return predictions.filter((p) => kept.includes(p) || others.includes(p));
}
