/**
 * What every environment must keep, whoever simulates it: one suite for the lab's worlds, in place or behind a network proxy.
 *
 * Gymnasium's contract (gymnasium.farama.org, API 1.0) where it has one: seeded resets, spaces, terminated (the world ended it) against
 * truncated (time did), no step after the end. Beyond it: `snapshot` and `restore` are true clones, so that a group of drives may share a
 * state, and a vector of environments is as many single ones. Every method may answer with a promise. A check that fails is a `Finding`,
 * never a throw; an environment that throws where it must not is a finding of the check that met it.
 */
import { createRandom } from '../base/random.ts';
import { type EnvSpace, type Maybe, spaceLength } from './env.ts';

export type EnvArray = Float32Array | Float64Array | Uint8Array | Int32Array;

export type EnvInfoRecord = Readonly<Record<string, unknown>>;
export interface CheckedStart {
  readonly observation: EnvArray;
  readonly info: EnvInfoRecord;
}
export interface CheckedStep extends CheckedStart {
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** `reset` gives the drive that the seed stands for; `snapshot` is opaque and stays as it was taken; `restore` answers as `reset` does. */
export interface Environment {
  readonly actionSpace: EnvSpace;
  readonly observationSpace: EnvSpace;
  reset(seed: number, options?: unknown): Maybe<CheckedStart>;
  /** Rejects with an error that has a name of its own before the first reset, after the end, and on NaN. */
  step(action: ArrayLike<number>): Maybe<CheckedStep>;
  snapshot(): Maybe<unknown>;
  restore(snapshot: unknown): Maybe<CheckedStart>;
  close(): Maybe<void>;
}

/** `count` environments together: environment i has seed + i; arrays are theirs one after another. */
export interface VectorEnvironment {
  readonly count: number;
  reset(seed: number): Maybe<{ readonly observation: EnvArray; readonly info: readonly EnvInfoRecord[] }>;
  step(actions: ArrayLike<number>): Maybe<{
    readonly observation: EnvArray;
    readonly reward: ArrayLike<number>;
    readonly terminated: ArrayLike<number | boolean>;
    readonly truncated: ArrayLike<number | boolean>;
    readonly info: readonly EnvInfoRecord[];
  }>;
  close(): Maybe<void>;
}

export interface Finding {
  /** Which promise was broken. */
  readonly check: EnvCheckName;
  /** One sentence: what happened and what was expected. */
  readonly message: string;
}

export interface EnvConformanceOptions {
  /** Keys that every info must hold. */
  readonly requiredInfo: readonly string[];
  /** Actions that keep it standing until time runs out, and that end it before. */
  readonly standing: readonly number[];
  readonly reckless: readonly number[];
  /** More than its longest episode. */
  readonly mostSteps: number;
  readonly makeVector?: (count: number) => Maybe<VectorEnvironment>;
  readonly seed?: number;
}

const STEPS = 12;
const DTYPES = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array, int32: Int32Array } as const;

/** Everything that the environments `make` gives do not keep; empty when they conform. Each is closed again. */
export async function checkEnvironment(
  make: () => Maybe<Environment>,
  options: EnvConformanceOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [check, run] of Object.entries(CHECKS) as [EnvCheckName, Check][]) {
    const opened: Environment[] = [];
    const fresh = async () => {
      const env = await make();
      opened.push(env);
      return env;
    };
    try {
      for (const message of await run(fresh, options)) findings.push({ check, message });
    } catch (error) {
      findings.push({ check, message: `it threw ${String(error)}` });
    }
    for (const env of opened) await Promise.resolve(env.close()).catch(() => undefined);
  }
  return findings;
}

type Check = (make: () => Promise<Environment>, options: EnvConformanceOptions) => Promise<readonly string[]>;

const bound = (limit: number | readonly number[], i: number) => (typeof limit === 'number' ? limit : limit[i]);

/** Actions within the space, drawn by seed. */
function actionsOf(space: EnvSpace, seed: number, count = STEPS): number[][] {
  const random = createRandom(seed);
  const unit = () => random.below(1 << 24) / (1 << 24);
  // A quarter of the range: so that a drive lives long enough to be compared.
  const draw = (i: number) => {
    const [low, high] = [bound(space.low, i), bound(space.high, i)];
    const span = Math.min(Math.abs(low), Math.abs(high)) / 4;
    return low < 0 && high > 0 ? (2 * unit() - 1) * span : low + unit() * (high - low);
  };
  return Array.from({ length: count }, () => Array.from({ length: spaceLength(space) }, (_, i) => draw(i)));
}

/** Everything a transition says, as text that is equal exactly when it is, bit for bit. */
function printOf(step: CheckedStart & Partial<CheckedStep>): string {
  const info = JSON.stringify(step.info, (_, value: unknown) => (typeof value === 'number' ? String(value) : value));
  return `${Array.from(step.observation).join()} ${step.reward} ${step.terminated} ${step.truncated} ${info}`;
}

/** The prints of steps until the actions or the episode end. */
async function follow(env: Environment, actions: readonly (readonly number[])[]): Promise<string[]> {
  const prints: string[] = [];
  for (const action of actions) {
    const step = await env.step(action);
    prints.push(printOf(step));
    if (step.terminated || step.truncated) break;
  }
  return prints;
}

async function drive(env: Environment, seed: number, actions: readonly (readonly number[])[]): Promise<string[]> {
  return [printOf(await env.reset(seed)), ...(await follow(env, actions))];
}

const same = (a: readonly string[], b: readonly string[]) => a.join('\n') === b.join('\n');

/** The error that `act` rejects with; a sentence when it doesn't, or with one that says not what it is. */
async function namedError(what: string, act: () => Maybe<unknown>): Promise<string[]> {
  try {
    await act();
  } catch (error) {
    const named = error instanceof Error && !['Error', 'TypeError', 'RangeError'].includes(error.name);
    return named ? [] : [`${what} rejects with ${String(error)}, which has no name of its own`];
  }
  return [`${what} is accepted; a named error was expected`];
}

/** Steps with one action until the end; undefined when it never comes. */
async function toTheEnd(env: Environment, action: readonly number[], most: number): Promise<CheckedStep | undefined> {
  for (let i = 0; i < most; i++) {
    const step = await env.step(action);
    if (step.terminated || step.truncated) return step;
  }
  return undefined;
}

function contentFaults(space: EnvSpace, { observation }: CheckedStart, when: string): string[] {
  const faults: string[] = [];
  if (observation.length !== spaceLength(space))
    faults.push(`${when} the observation has ${observation.length} numbers, not ${spaceLength(space)}`);
  if (!(observation instanceof DTYPES[space.dtype]))
    faults.push(`${when} the observation is a ${observation.constructor.name}, not ${space.dtype}`);
  const strange = observation.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) faults.push(`${when} number ${strange} of the observation is ${observation[strange]}`);
  const outside = Array.from(observation).findIndex((v, i) => v < bound(space.low, i) || v > bound(space.high, i));
  if (outside >= 0)
    faults.push(
      `${when} number ${outside} of the observation is ${observation[outside]}, outside ${bound(space.low, outside)} … ${bound(space.high, outside)}`,
    );
  return faults;
}

const CHECKS = {
  async spaces(make) {
    const { actionSpace, observationSpace } = await make();
    return [actionSpace, observationSpace].flatMap((space, i) => {
      const name = i === 0 ? 'action' : 'observation';
      const size = spaceLength(space);
      const wrong = !(Number.isInteger(size) && size > 0);
      const low = Array.from({ length: wrong ? 0 : size }, (_, k) => bound(space.low, k) <= bound(space.high, k));
      return wrong || low.includes(false) ? [`the ${name} space has no size, or a low bound above its high one`] : [];
    });
  },

  async seeding(make, { seed = 7 }) {
    const [a, b] = [await make(), await make()];
    const actions = actionsOf(a.actionSpace, seed);
    const first = await drive(a, seed, actions);
    const faults: string[] = [];
    if (!same(first, await drive(b, seed, actions))) faults.push('two environments with one seed drive differently');
    if (!same(first, await drive(a, seed, actions)))
      faults.push('a second reset with the same seed drives differently');
    const others = await Promise.resolve([1, 2, 3, 4]).then(async (more) => {
      const found: string[][] = [];
      for (const k of more) found.push(await drive(a, seed + k, actions));
      return found;
    });
    // Seeds may stand in the info; what is seen and earned must differ too.
    const seen = (prints: readonly string[]) => prints.map((print) => print.split(' ', 2).join(' '));
    if (others.every((other) => same(seen(first), seen(other)))) faults.push('five seeds give one drive');
    return faults;
  },

  async content(make, { seed = 7, requiredInfo }) {
    const env = await make();
    const faults = new Set<string>();
    const look = (step: CheckedStart, when: string) => {
      for (const fault of contentFaults(env.observationSpace, step, when)) faults.add(fault);
      const missing = requiredInfo.filter((key) => step.info?.[key] === undefined);
      if (missing.length > 0) faults.add(`${when} info lacks ${missing.join(', ')}`);
    };
    look(await env.reset(seed), 'after a reset');
    for (const action of actionsOf(env.actionSpace, seed)) {
      const step = await env.step(action);
      look(step, 'after a step');
      if (!Number.isFinite(step.reward)) faults.add(`a reward is ${step.reward}`);
      if (typeof step.terminated !== 'boolean' || typeof step.truncated !== 'boolean')
        faults.add('terminated and truncated are not both booleans');
      if (step.terminated || step.truncated) break;
    }
    return [...faults];
  },

  async ownership(make, { seed = 7 }) {
    const env = await make();
    const { observation } = await env.reset(seed);
    const before = Array.from(observation).join();
    await follow(env, actionsOf(env.actionSpace, seed));
    return Array.from(observation).join() === before ? [] : ['a later step overwrites an earlier observation'];
  },

  async ends(make, { seed = 7, standing, reckless, mostSteps }) {
    const env = await make();
    const faults: string[] = [];
    await env.reset(seed);
    const timed = await toTheEnd(env, standing, mostSteps);
    if (!timed) faults.push(`standing for ${mostSteps} steps never ends`);
    else if (!timed.truncated || timed.terminated) faults.push('standing until time runs out is not truncated alone');
    await env.reset(seed);
    const crashed = await toTheEnd(env, reckless, mostSteps);
    if (!crashed) faults.push(`driving recklessly for ${mostSteps} steps never ends`);
    else if (!crashed.terminated) faults.push('driving recklessly is not terminated by the world');
    return faults;
  },

  async misuse(make, { seed = 7, reckless, standing, mostSteps }) {
    const env = await make();
    const faults = await namedError('a step before the first reset', () => env.step(standing));
    await env.reset(seed);
    faults.push(
      ...(await namedError('an action that is not a number', () => env.step(reckless.map(() => Number.NaN)))),
    );
    await env.reset(seed);
    await toTheEnd(env, reckless, mostSteps);
    faults.push(...(await namedError('a step after the end', () => env.step(standing))));
    await env.reset(seed);
    await env.step(standing);
    return faults;
  },

  async clones(make, { seed = 7 }) {
    const env = await make();
    const { actionSpace } = env;
    const faults: string[] = [];
    const [before, a, b, c] = [1, 2, 3, 4].map((k) => actionsOf(actionSpace, seed + 10 * k));
    await drive(env, seed, before);
    const snapshot = await env.snapshot();
    const futureA = await follow(env, a);
    const resume = async (who: Environment, actions: readonly (readonly number[])[]) => {
      await who.restore(snapshot);
      return follow(who, actions);
    };
    if (!same(futureA, await resume(env, a))) faults.push('a restored environment goes on differently');
    const [futureB, futureC] = [await resume(env, b), await resume(env, c)];
    if (same(futureA, futureB) || same(futureB, futureC)) faults.push('other actions after a restore change nothing');
    if (!same(futureA, await resume(env, a))) faults.push('a snapshot changes while it is driven on from');
    // A group that shares a state: clones step in turn and must not touch each other.
    const group = [await make(), await make(), await make()];
    const paths = [a, b, c];
    const prints: string[][] = [[], [], []];
    for (const clone of group) await clone.restore(snapshot);
    for (let i = 0; i < STEPS; i++)
      for (const [k, clone] of group.entries())
        if (prints[k].length === i && i < [futureA, futureB, futureC][k].length)
          prints[k].push(printOf(await clone.step(paths[k][i])));
    [futureA, futureB, futureC].forEach((future, k) => {
      if (!same(future, prints[k])) faults.push(`clone ${k + 1} of a group does not drive as it does alone`);
    });
    return faults;
  },

  async vector(make, { seed = 7, makeVector }) {
    if (!makeVector) return [];
    const count = 3;
    const vector = await makeVector(count);
    try {
      const faults = new Set<string>();
      const singles = await Promise.all(Array.from({ length: count }, make));
      const size = spaceLength(singles[0].observationSpace);
      const part = (all: EnvArray, i: number) => all.slice(i * size, (i + 1) * size);
      const start = await vector.reset(seed);
      if (start.observation.length !== count * size) faults.add(`its observations are not ${count} × ${size} numbers`);
      const done = new Set<number>();
      for (const [i, env] of singles.entries()) {
        const alone = await env.reset(seed + i);
        const together = { observation: part(start.observation, i), info: start.info[i] };
        if (printOf(alone) !== printOf(together)) faults.add(`environment ${i} does not start as a single one`);
      }
      const actions = singles.map((env, i) => actionsOf(env.actionSpace, seed + i));
      for (let k = 0; k < STEPS; k++) {
        const all = await vector.step(actions.flatMap((mine) => mine[k]));
        for (const [i, env] of singles.entries()) {
          if (done.has(i)) continue;
          const alone = await env.step(actions[i][k]);
          const together: CheckedStep = {
            observation: part(all.observation, i),
            reward: all.reward[i],
            terminated: Boolean(all.terminated[i]),
            truncated: Boolean(all.truncated[i]),
            info: all.info[i],
          };
          if (printOf(alone) !== printOf(together)) faults.add(`environment ${i} does not drive as a single one`);
          if (alone.terminated || alone.truncated) done.add(i);
        }
      }
      return [...faults];
    } finally {
      await vector.close();
    }
  },
} as const satisfies Readonly<Record<string, Check>>;

export type EnvCheckName = keyof typeof CHECKS;
/** Names of all checks, in the order in which they run. */
export const ENV_CHECK_NAMES = Object.keys(CHECKS) as readonly EnvCheckName[];
