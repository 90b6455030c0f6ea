import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { DrivingEnv, EnvError, type MakeSpec, VectorEnv } from './env.ts';
import { OBS_DIM } from '../../abi/layout.ts';
import { randomSpec, testSpec } from './world/testing.ts';
import { createTwinWorlds } from './world/twin/twin.ts';

const make: MakeSpec<undefined> = (seed) => ({ ...randomSpec(createRandom(seed)), seed });
const straight: MakeSpec<undefined> = (seed) => testSpec({ seed, goalS: 40, maxSteps: 120 });

function kindOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof EnvError) return error.kind;
    throw error;
  }
  return undefined;
}

describe('the environment', () => {
  it('gives the same drive for the same seed and actions, and another for another seed', () => {
    const run = (seed: number) => {
      const env = new DrivingEnv(make);
      const seen = [...env.reset(seed).observation];
      for (let i = 0; i < 20; i++) {
        const { observation, reward, terminated } = env.step([0.5, 0.01]);
        seen.push(...observation, reward);
        if (terminated) break;
      }
      return seen;
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it('always says progress, infractions, collision and route completion', () => {
    const env = new DrivingEnv(straight);
    const { observation, info } = env.reset(3);
    expect(observation).toHaveLength(OBS_DIM);
    expect(info).toMatchObject({ progress: 0, infractions: [], collision: false, routeCompletion: 0, seed: 3 });
    let last = env.step([2, 0]);
    while (!last.terminated && !last.truncated) last = env.step([2, 0]);
    expect(last.terminated).toBe(true);
    expect(last.info).toMatchObject({
      progress: 35,
      infractions: [],
      collision: false,
      routeCompletion: 1,
      success: true,
    });
  });

  it('ends with off-road and reward below -0.9 when steered off the lane', () => {
    const env = new DrivingEnv(straight);
    env.reset(0);
    let last = env.step([3, 0.3]);
    while (!last.terminated) last = env.step([3, 0.3]);
    expect(last.info.infractions).toEqual(['off-road']);
    expect(last.reward).toBeLessThan(-0.9);
  });

  it('truncates, without terminating, at the time limit', () => {
    const env = new DrivingEnv(straight);
    env.reset(0);
    for (let i = 0; i < 119; i++) expect(env.step([0, 0]).truncated).toBe(false);
    expect(env.step([0, 0])).toMatchObject({ terminated: false, truncated: true });
  });

  it('refuses a step before reset, a step after the end, NaN, a short action and a bad seed, each by its kind', () => {
    const env = new DrivingEnv(straight);
    expect(kindOf(() => env.step([0, 0]))).toBe('not-reset');
    expect(kindOf(() => env.reset(-1))).toBe('bad-seed');
    env.reset(0);
    expect(kindOf(() => env.step([Number.NaN, 0]))).toBe('bad-action');
    expect(kindOf(() => env.step([0]))).toBe('bad-action');
    for (let i = 0; i < 120; i++) env.step([0, 0]);
    expect(kindOf(() => env.step([0, 0]))).toBe('finished');
    env.reset();
    expect(kindOf(() => env.step([0, 0]))).toBeUndefined();
  });

  it('clips actions to the limits', () => {
    const env = new DrivingEnv(straight);
    env.reset(0);
    const { observation } = env.step([Number.POSITIVE_INFINITY, -9]);
    expect(observation[1] * 4).toBeCloseTo(3, 5);
    expect(observation[2] * 0.5).toBeCloseTo(-0.5, 5);
  });

  it('goes on from a snapshot exactly as before, in another environment too, and past the end into the next episode', () => {
    const env = new DrivingEnv(make, createTwinWorlds);
    expect(kindOf(() => env.snapshot())).toBe('not-reset');
    env.reset(5);
    for (let i = 0; i < 8; i++) env.step([1, 0.02]);
    const saved = env.snapshot();
    const run = (from: DrivingEnv) => {
      const { observation, info } = from.restore(saved);
      const seen: unknown[] = [...observation, info];
      for (let i = 0; i < 12; i++) {
        const next = from.step([2, -0.01]);
        seen.push(...next.observation, next.reward, next.info);
        if (next.terminated) break;
      }
      return [...seen, ...from.reset().observation];
    };
    const first = run(env);
    expect(run(env)).toEqual(first);
    expect(run(new DrivingEnv(make, createTwinWorlds))).toEqual(first);
    expect(kindOf(() => new VectorEnv(2, make).resume(saved))).toBe('bad-snapshot');
  });

  it('drives the same over the twin', () => {
    const kernel = new DrivingEnv(make);
    const twin = new DrivingEnv(make, createTwinWorlds);
    kernel.reset(11);
    twin.reset(11);
    for (let i = 0; i < 10; i++) {
      const [a, b] = [kernel.step([1, 0.02]), twin.step([1, 0.02])];
      expect(b.reward).toBeCloseTo(a.reward, 9);
    }
  });
});

describe('the vector of environments', () => {
  it('gives environment i the seed seed + i', () => {
    const { info, observation } = new VectorEnv(3, make).reset(40);
    expect(info.map(({ seed }) => seed)).toEqual([40, 41, 42]);
    expect(observation.slice(OBS_DIM, 2 * OBS_DIM)).toEqual(new DrivingEnv(make).reset(41).observation);
  });

  it('resets a finished environment in the step after its last, which earns nothing', () => {
    const env = new VectorEnv(2, straight);
    env.reset(0);
    const actions = [0, 0, 3, 0.4];
    let last = env.step(actions);
    while (!last.terminated[1]) last = env.step(actions);
    expect(last.info[1].infractions).toEqual(['off-road']);
    const next = env.step(actions);
    expect([next.terminated[1], next.reward[1], next.info[1].step]).toEqual([0, 0, 0]);
    expect(next.info[1].infractions).toEqual([]);
    expect(next.info[0].step).toBe(last.info[0].step + 1);
    expect(env.step(actions).info[1].step).toBe(1);
  });
});
