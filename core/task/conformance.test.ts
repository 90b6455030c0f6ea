import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REQUIRED_INFO, singleEnvironment, vectorEnvironment } from '../tasks/driving/env-adapters.ts';
import {
  ENV_CHECK_NAMES,
  type EnvCheckName,
  checkEnvironment,
  type EnvConformanceOptions,
  type Environment,
  type CheckedStep,
  type VectorEnvironment,
} from './conformance.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import { parseShipped } from '../tasks/driving/scenario/shipped.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';

const shipped = parseShipped((id) => readFileSync(`public/scenarios/${id}.yaml`, 'utf8'));
const makeOf = (id: string) => {
  const scenario = shipped.get(id as never);
  if (!scenario) throw new Error(`no scenario ${id}`);
  return (seed: number): WorldSpec => instantiate(scenario, seed);
};
const crossing = makeOf('crossing_pedestrian');
const options: EnvConformanceOptions = {
  requiredInfo: REQUIRED_INFO,
  standing: [-8, 0],
  reckless: [3, 0.5],
  mostSteps: 1200,
};

const checks = async (make: () => Environment | Promise<Environment>, more: Partial<EnvConformanceOptions> = {}) => {
  const findings = await checkEnvironment(make, { ...options, ...more });
  return [...new Set(findings.map(({ check }) => check))];
};

test('the lab’s environments conform, single and as a vector, in scenarios of every stage', async () => {
  for (const id of ['straight_rain', 'crossing_pedestrian', 'unprotected_left', 'dense_urban']) {
    const make = makeOf(id);
    const findings = await checkEnvironment(() => singleEnvironment(make), {
      ...options,
      makeVector: (count) => vectorEnvironment(count, make),
    });
    expect(findings, id).toEqual([]);
  }
});

test('an environment that answers with promises conforms alike', async () => {
  const later = async <T>(value: () => T | Promise<T>): Promise<T> => {
    await Promise.resolve();
    return value();
  };
  const remote = async (): Promise<Environment> => {
    const env = singleEnvironment(crossing);
    return {
      ...env,
      reset: (...asked) => later(() => env.reset(...asked)),
      step: (action) => later(() => env.step(action)),
      snapshot: () => later(() => env.snapshot()),
      restore: (snapshot) => later(() => env.restore(snapshot)),
      close: () => later(() => env.close()),
    };
  };
  expect(await checks(remote)).toEqual([]);
});

/** A lab environment with something broken in it. */
type Mutant = (env: Environment) => Partial<Environment>;
const onStep =
  (change: (step: CheckedStep) => object): Mutant =>
  (env) => ({
    step: async (action) => {
      const step = await env.step(action);
      return { ...step, ...change(step) };
    },
  });

let calls = 0;
const MUTANTS: readonly (readonly [name: string, check: EnvCheckName, mutant: Mutant])[] = [
  ['has no action', 'spaces', (env) => ({ actionSpace: { ...env.actionSpace, shape: [0] } })],
  ['has bounds upside down', 'spaces', (env) => ({ observationSpace: { ...env.observationSpace, low: 1, high: -1 } })],
  ['ignores the seed', 'seeding', (env) => ({ reset: (_seed) => env.reset(5) })],
  ['draws anew at every reset', 'seeding', (env) => ({ reset: (seed) => env.reset(seed + 100 * calls++) })],
  ['observes too little', 'content', onStep(({ observation }) => ({ observation: observation.slice(1) }))],
  ['observes in float64', 'content', onStep(({ observation }) => ({ observation: Float64Array.from(observation) }))],
  ['observes NaN', 'content', onStep(({ observation }) => ({ observation: observation.map(() => Number.NaN) }))],
  ['leaves its bounds', 'content', onStep(({ observation }) => ({ observation: observation.map(() => 99) }))],
  ['earns infinity', 'content', onStep(() => ({ reward: Number.POSITIVE_INFINITY }))],
  ['says 0 for false', 'content', onStep(({ terminated }) => ({ terminated: +terminated }))],
  ['tells nothing', 'content', onStep(() => ({ info: {} }))],
  [
    'reuses its buffer',
    'ownership',
    (env) => {
      const buffer = new Float32Array(env.observationSpace.shape[0]);
      const keep = <T extends { readonly observation: ArrayLike<number> }>(step: T) => {
        buffer.set(step.observation);
        return { ...step, observation: buffer };
      };
      return {
        reset: async (seed) => keep(await env.reset(seed)),
        step: async (action) => keep(await env.step(action)),
      };
    },
  ],
  ['never ends', 'ends', onStep(() => ({ terminated: false, truncated: false }))],
  [
    'takes the time limit for the world',
    'ends',
    onStep(({ terminated, truncated }) => ({ terminated: terminated || truncated, truncated: false })),
  ],
  [
    'drives on after the end',
    'misuse',
    (env) => ({
      step: async (action) => {
        try {
          return await env.step(action);
        } catch {
          const { observation, info } = await env.reset(1);
          return { observation, info, reward: 0, terminated: false, truncated: false };
        }
      },
    }),
  ],
  ['restores nothing', 'clones', (env) => ({ restore: () => env.reset(7) })],
  [
    'restores a step too late',
    'clones',
    (env) => ({
      restore: async (snapshot) => {
        await env.restore(snapshot);
        return env.step([0, 0]);
      },
    }),
  ],
];

describe('each check finds what it is for: an environment that', () => {
  test.each(MUTANTS)('%s', async (_name, check, mutant) => {
    const broken = () => {
      const env = singleEnvironment(crossing);
      return { ...env, ...mutant(env) };
    };
    expect(await checks(broken)).toContain(check);
  });

  test('is one world behind many handles', async () => {
    const only = singleEnvironment(crossing);
    expect(await checks(() => ({ ...only, close: () => undefined }))).toEqual(['clones']);
  });

  test('is a vector of something else', async () => {
    const shifted = (count: number): VectorEnvironment => {
      const env = vectorEnvironment(count, crossing);
      return { ...env, reset: (seed) => env.reset(seed + 1) };
    };
    expect(await checks(() => singleEnvironment(crossing), { makeVector: shifted })).toEqual(['vector']);
  });

  test('and every check has such a mutant', () => {
    expect(new Set([...MUTANTS.map(([, check]) => check), 'vector'])).toEqual(new Set(ENV_CHECK_NAMES));
  });
});
