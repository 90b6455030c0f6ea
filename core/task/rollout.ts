/**
 * The one loop: observe → act → step, over the copies of an environment. Suites, datasets, training, a drive on the screen and CARLA's
 * online learning differ in their hooks alone.
 *
 * Every copy is a seat. A free seat is offered the next episode before each decision (`next`), so batches stay full; only taken seats
 * are shown to the policy. `seats` carries the loop over calls: a learner rolls out sixteen decisions, updates, and goes on.
 */
import { type Env, spaceLength } from './env.ts';
import type { PolicyAct, ActExtra, Policy, PolicyState } from './policy.ts';

/** Which copies are in an episode, what their policy remembers, and how many decisions the episode has had. */
export interface Seats {
  readonly taken: Uint8Array;
  readonly states: PolicyState[];
  readonly decisions: Uint32Array;
}

export const createSeats = (count: number): Seats => ({
  taken: new Uint8Array(count),
  states: Array.from({ length: count }, () => null),
  decisions: new Uint32Array(count),
});

export interface RolloutHooks<Start, Extra extends ActExtra> {
  /** Awaited before every decision: waits to pause, throws to stop. */
  readonly checkpoint?: (() => Promise<void>) | undefined;
  /** The episode that free seat `i` begins; undefined leaves it free. */
  next?(i: number): Start | undefined;
  /** Key of seat `i`'s next decision (see `ActRequest.keys`); 0 without it. */
  key?(i: number): number;
  /** Tokens that seat `i`'s next trace must begin with. */
  forced?(i: number): readonly number[] | undefined;
  /** Has decided; `rows[r]` is the seat of row r. May change the actions. */
  acted?(act: PolicyAct<Extra>, rows: Int32Array): void | Promise<void>;
  /** Has stepped. True ends the rollout there. */
  stepped?(rows: Int32Array, act: PolicyAct<Extra>): boolean | undefined | Promise<boolean | undefined>;
  /** The episode in seat `i` is over; its environment still stands as it ended. */
  ended?(i: number): void | Promise<void>;
}

/** At most `decisions` decisions a seat, until every seat is free. Free seats are offered episodes after the last one, too. */
export async function rollout<Start, Extra extends ActExtra>(
  env: Env<Start>,
  policy: Policy<Extra>,
  decisions: number,
  hooks: RolloutHooks<Start, Extra>,
  seats: Seats = createSeats(env.count),
): Promise<void> {
  const { taken, states } = seats;
  const size = spaceLength(env.observationSpace);
  const fill = async () => {
    for (let i = 0; i < env.count; i++) {
      const start = taken[i] ? undefined : hooks.next?.(i);
      if (start === undefined) continue;
      await env.reset(i, start);
      taken[i] = 1;
      states[i] = null;
      seats.decisions[i] = 0;
    }
  };
  await fill();
  for (let t = 0; t < decisions; t++) {
    const rows = Int32Array.from(takenSeats(taken));
    if (rows.length === 0) return;
    await hooks.checkpoint?.();
    const forced = hooks.forced && Array.from(rows, (i) => hooks.forced?.(i) ?? []);
    const act = await policy.act({
      observations: gatherRows(await env.observe(), size, rows),
      batch: rows.length,
      keys: Uint32Array.from(rows, (i) => hooks.key?.(i) ?? 0),
      states: Array.from(rows, (i) => states[i]),
      ...(forced?.some((tokens) => tokens.length > 0) && { forced }),
    });
    await hooks.acted?.(act, rows);
    await env.step(act.actions, rows);
    rows.forEach((i, r) => {
      states[i] = act.states?.[r] ?? null;
      seats.decisions[i]++;
    });
    const stop = await hooks.stepped?.(rows, act);
    for (const i of rows) {
      if (!env.terminated[i] && !env.truncated[i]) continue;
      await hooks.ended?.(i);
      taken[i] = 0;
    }
    if (stop) return;
    await fill();
  }
}

function* takenSeats(taken: Uint8Array): Generator<number> {
  for (let i = 0; i < taken.length; i++) if (taken[i]) yield i;
}

/** The rows of a [n × size] array, copied; the array itself when they are all of it. */
function gatherRows(all: Float32Array, size: number, rows: Int32Array): Float32Array {
  if (rows.length * size === all.length) return all;
  const some = new Float32Array(rows.length * size);
  rows.forEach((i, r) => some.set(all.subarray(i * size, (i + 1) * size), r * size));
  return some;
}
