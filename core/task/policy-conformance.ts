/**
 * What every policy must keep, whoever thinks: the expert, a random baseline, a checkpoint on an engine, one at the other end of a call.
 *
 * A row's action depends on the row alone (never on the rest of the batch or on calls before), equal requests get equal answers bit for
 * bit, actions lie within the environment's space, requests are not changed, states are plain data that survive a round trip, and forced
 * tokens stand at the start of the trace. A check that fails is a `PolicyFinding`, never a throw.
 */
import { type EnvSpace, spaceLength } from './env.ts';
import type { PolicyAct, ActRequest, Policy } from './policy.ts';

export interface PolicyFinding {
  readonly check: keyof typeof CHECKS;
  /** One sentence: what happened and what was expected. */
  readonly message: string;
}

export interface PolicyConformanceOptions {
  /** Observations as the environment gives them, [rows × observation]; two rows at least. */
  readonly observations: Float32Array;
  readonly observationSpace: EnvSpace;
  readonly actionSpace: EnvSpace;
  /** Tokens that a trace of row 0 may begin with; absent for policies that write none. */
  readonly forced?: readonly number[];
}

type Check = (policy: Policy, options: PolicyConformanceOptions) => Promise<readonly string[]>;

/** Everything that the policy does not keep; empty when it conforms. */
export async function checkPolicy(
  policy: Policy,
  options: PolicyConformanceOptions,
): Promise<readonly PolicyFinding[]> {
  const findings: PolicyFinding[] = [];
  for (const [check, run] of Object.entries(CHECKS) as [keyof typeof CHECKS, Check][]) {
    try {
      for (const message of await run(policy, options)) findings.push({ check, message });
    } catch (error) {
      findings.push({ check, message: `it threw ${String(error)}` });
    }
  }
  return findings;
}

const rowsIn = ({ observations, observationSpace }: PolicyConformanceOptions) =>
  observations.length / spaceLength(observationSpace);

/** The rows of these numbers as a request of their own. */
function requestOf(options: PolicyConformanceOptions, rows: readonly number[]): ActRequest {
  const size = spaceLength(options.observationSpace);
  const observations = new Float32Array(rows.length * size);
  rows.forEach((row, i) => observations.set(options.observations.subarray(row * size, (row + 1) * size), i * size));
  const states = rows.map(() => null);
  return { observations, batch: rows.length, keys: Uint32Array.from(rows, (row) => row + 1), states };
}

/** What one row of an answer says, as text that is equal exactly when it is, bit for bit. */
function rowPrint({ actions, logProbs, states, extra }: PolicyAct, row: number, batch: number): string {
  const part = (all: { readonly length: number; slice(from: number, to: number): ArrayLike<number> } | undefined) =>
    all ? Array.from(all.slice((row * all.length) / batch, ((row + 1) * all.length) / batch)).join() : '';
  const { tokens, lengths, tokenLogProbs, value } = extra;
  const numbers = [actions, logProbs, tokens, lengths, tokenLogProbs, value].map((all) => part(all));
  return `${numbers.join(' ')} ${JSON.stringify(states?.[row] ?? null)}`;
}

const CHECKS = {
  /** Batches may be cut in any way, and order does not matter. */
  async rows(policy, options) {
    const all = Array.from({ length: rowsIn(options) }, (_, row) => row);
    const whole = await policy.act(requestOf(options, all));
    const found: string[] = [];
    for (const row of all) {
      const alone = rowPrint(await policy.act(requestOf(options, [row])), 0, 1);
      if (alone !== rowPrint(whole, row, all.length)) found.push(`row ${row} alone is not row ${row} in a batch`);
    }
    const turned = await policy.act(requestOf(options, all.toReversed()));
    if (all.some((row) => rowPrint(turned, all.length - 1 - row, all.length) !== rowPrint(whole, row, all.length)))
      found.push('rows in another order get other answers');
    return found;
  },
  async repeatable(policy, options) {
    const [one, two] = [await policy.act(requestOf(options, [0, 1])), await policy.act(requestOf(options, [0, 1]))];
    const same = [0, 1].every((row) => rowPrint(one, row, 2) === rowPrint(two, row, 2));
    return same ? [] : ['the same request got another answer'];
  },
  async actions(policy, options) {
    const { actionSpace } = options;
    const batch = rowsIn(options);
    const { actions } = await policy.act(requestOf(options, [...Array(batch).keys()]));
    const size = spaceLength(actionSpace);
    if (actions.length !== batch * size) return [`${actions.length} numbers of action, expected ${batch * size}`];
    const limit = (bound: number | readonly number[], i: number) =>
      typeof bound === 'number' ? bound : bound[i % size];
    const outside = actions.findIndex((x, i) => !(x >= limit(actionSpace.low, i) && x <= limit(actionSpace.high, i)));
    return outside < 0 ? [] : [`action number ${outside} is ${actions[outside]}, outside its space`];
  },
  async untouched(policy, options) {
    const request = requestOf(options, [0, 1]);
    const before = request.observations.slice();
    await policy.act(request);
    return before.every((x, i) => Object.is(x, request.observations[i])) ? [] : ['it changed the observations'];
  },
  async states(policy, options) {
    const first = await policy.act(requestOf(options, [0, 1]));
    const states = JSON.parse(JSON.stringify(first.states ?? [null, null]));
    const again = { ...requestOf(options, [0, 1]), states };
    const direct = { ...again, states: first.states ?? [null, null] };
    const [one, two] = [await policy.act(again), await policy.act(direct)];
    return rowPrint(one, 0, 2) === rowPrint(two, 0, 2) ? [] : ['a state that went through JSON is another state'];
  },
  async forced(policy, options) {
    const { forced } = options;
    if (!forced) return [];
    const { extra } = await policy.act({ ...requestOf(options, [0]), forced: [forced] });
    const begin = Array.from(extra.tokens?.subarray(0, forced.length) ?? []);
    return begin.join() === forced.join() ? [] : [`the trace begins with ${begin.join()}, expected ${forced.join()}`];
  },
} as const satisfies Record<string, Check>;
