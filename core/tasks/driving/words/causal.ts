/**
 * Necessary and sufficient: is what the trace blames really the reason? The observation is changed, the same driver decides
 * again, and its new decision is compared with the old one: it changed when the decision or lateral word differs or some
 * waypoint moved more than PLAN_EPSILON. Counterfactual sensitivity of this kind: Lanham et al. 2023, "Measuring faithfulness in
 * chain-of-thought reasoning"; deleting the cited agent is the driving form of it.
 */
import type { Cause } from '../expert/maneuver.ts';
import { LIGHT_NONE, WAYPOINTS } from '../../../abi/layout.ts';
import { type ParsedTrace, parseTrace, TraceError } from './grammar.ts';
import { readPercept, withoutActors, withoutLight } from './percept.ts';
import { decisionWordIndex } from './sentence.ts';
import { type TraceCheckName, type TraceCheck, unreadable } from './trace-check.ts';
import { VOCABULARY } from './vocabulary.ts';

/** A plan is another plan when a waypoint moved farther than this, m. */
const PLAN_EPSILON = 0.5;

interface Redecision {
  readonly tokens: ArrayLike<number>;
  /** [WAYPOINTS × 2] */
  readonly waypoints: ArrayLike<number>;
}
/** The driver whose trace is checked, asked about another observation [OBS_DIM]. */
export type Redecide = (observation: Float32Array) => Redecision | Promise<Redecision>;

/** Without what the plan blames (an actor, the light), or else whom it passes, the driver must decide otherwise. */
export async function necessary(
  tokens: ArrayLike<number>,
  waypoints: ArrayLike<number>,
  observation: Float32Array,
  redecide: Redecide,
): Promise<TraceCheck> {
  const trace = parseTrace(tokens);
  if (trace instanceof TraceError) return unreadable('necessary');
  const cause = reasonOf(trace);
  const name = nameOf(cause);
  if (name === null) return check('necessary', null, `It blames nobody who could be taken away (${cause.kind}).`);
  const scene = readPercept(observation);
  const there =
    'slot' in cause
      ? scene.actors.some(({ slot }) => slot === cause.slot)
      : (scene.light?.state ?? LIGHT_NONE) !== LIGHT_NONE;
  if (!there) return check('necessary', false, `It blames ${name}, which is not there.`);
  const changed = 'slot' in cause ? withoutActors(observation, [cause.slot]) : withoutLight(observation);
  const difference = compare({ tokens, waypoints }, await redecide(changed));
  return difference === null
    ? check('necessary', false, `Without ${name} the driver would do the same: it is not the reason.`)
    : check('necessary', true, `Without ${name} ${difference}.`);
}

/** Without every actor that the plan neither blames nor passes the driver must decide the same. */
export async function sufficient(
  tokens: ArrayLike<number>,
  waypoints: ArrayLike<number>,
  observation: Float32Array,
  redecide: Redecide,
): Promise<TraceCheck> {
  const trace = parseTrace(tokens);
  if (trace instanceof TraceError) return unreadable('sufficient');
  const { cause } = trace.plan;
  const others = readPercept(observation)
    .actors.map(({ slot }) => slot)
    .filter((slot) => (!('slot' in cause) || slot !== cause.slot) && slot !== trace.act.lateralSlot);
  if (others.length === 0) return check('sufficient', null, 'There is nobody else whom it could have left out.');
  const names = others.map((slot) => `A${slot + 1}`).join(' and ');
  const difference = compare({ tokens, waypoints }, await redecide(withoutActors(observation, others)));
  return difference === null
    ? check('sufficient', true, `Without ${names} the driver would do the same: the reason it gives is enough.`)
    : check(
        'sufficient',
        false,
        `It does not blame ${names}, yet without ${others.length > 1 ? 'them' : 'it'} ${difference}.`,
      );
}

/** How the second decision differs from the first, as the end of a sentence; null when it does not. */
function compare(before: Redecision, after: Redecision): string | null {
  const [was, is] = [decisionOf(before.tokens), decisionOf(after.tokens)];
  if (was !== is) return `the driver would ${is ?? 'write no trace'} instead of ${was ?? 'nothing'}`;
  const [steered, steers] = [lateralOf(before.tokens), lateralOf(after.tokens)];
  if (steered !== steers && steered && steers) return `the driver would ${steers} instead of ${steered}`;
  let most = 0;
  for (let i = 0; i < WAYPOINTS; i++) {
    const dx = after.waypoints[2 * i] - before.waypoints[2 * i];
    const dy = after.waypoints[2 * i + 1] - before.waypoints[2 * i + 1];
    most = Math.max(most, Math.hypot(dx, dy));
  }
  return most > PLAN_EPSILON ? `the plan would differ by ${most.toFixed(1)} m` : null;
}

function lateralOf(tokens: ArrayLike<number>): string | undefined {
  return Array.from(tokens, (id) => VOCABULARY[id]).findLast((word) => word?.class === 'lateral')?.text;
}

function decisionOf(tokens: ArrayLike<number>): string | null {
  const at = decisionWordIndex(tokens);
  return at < 0 ? null : VOCABULARY[tokens[at]].text;
}

/** What the trace blames; where that is nobody, whom it passes or makes room for. */
function reasonOf({ plan: { cause }, act: { lateralSlot } }: ParsedTrace): Cause {
  const nobody = !('slot' in cause) && cause.kind !== 'light';
  return nobody && lateralSlot !== undefined ? { kind: 'actor', slot: lateralSlot } : cause;
}

function nameOf(cause: Cause): string | null {
  if ('slot' in cause) return `A${cause.slot + 1}`;
  return cause.kind === 'light' ? 'the traffic light' : null;
}

const check = (name: TraceCheckName, passed: boolean | null, text: string): TraceCheck => ({ name, passed, text });
