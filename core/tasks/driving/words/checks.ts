/**
 * Is the trace true, and is it the reason? Five checks of one decision, each a value with one sentence:
 *
 *   format      the tokens are a sentence of the grammar
 *   grounded    every id and number it cites is what the observation held at that moment (grounded.ts)
 *   consistent  the waypoints do what it says (consistent.ts)
 *   necessary   without what it blames, the driver decides otherwise (causal.ts)
 *   sufficient  without everybody it does not blame, the driver decides the same (causal.ts)
 *
 * The last two run the driver again and so take a callback.
 */
import { necessary, type Redecide, sufficient } from './causal.ts';
import { consistent } from './consistent.ts';
import { grounded } from './grounded.ts';
import { TraceError, traceFields } from './sentence.ts';
import type { TraceCheck } from './trace-check.ts';

export { necessary, type Redecide, sufficient } from './causal.ts';
export { consistent } from './consistent.ts';
export { grounded } from './grounded.ts';

export { type TraceCheck } from './trace-check.ts';

/** Whether the tokens are a sentence of the grammar. */
export function wellFormed(tokens: ArrayLike<number>): TraceCheck {
  const fields = traceFields(tokens);
  return fields instanceof TraceError
    ? { name: 'format', passed: false, text: `${fields.message}.` }
    : { name: 'format', passed: true, text: `A well-formed trace of ${tokens.length} words.` };
}

/**
 * All five checks. `observation` [OBS_DIM] and `waypoints` [WAYPOINTS × 2] are those of the decision; `redecide` asks the same
 * driver about a changed observation; without it the causal checks are left out.
 */
export async function checkTrace(
  tokens: readonly number[],
  waypoints: ArrayLike<number>,
  observation: Float32Array,
  redecide?: Redecide,
): Promise<TraceCheck[]> {
  const checks: TraceCheck[] = [
    wellFormed(tokens),
    grounded(tokens, observation),
    consistent(tokens, waypoints, observation),
  ];
  if (redecide) {
    checks.push(await necessary(tokens, waypoints, observation, redecide));
    checks.push(await sufficient(tokens, waypoints, observation, redecide));
  }
  return checks;
}
