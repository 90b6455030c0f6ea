import { expect, test } from 'vitest';
import { engineToUse, engineStore } from './engine.ts';
import { bareOf, checkpointIdentity } from '../../core/models/identity.ts';
import { filtered } from './episodes.ts';
import { policyHead } from './reports.ts';
import { mergeCurves } from './training.ts';
import { readKeptSettings } from './view.ts';

test('a point told twice is one point, and a curve unchanged is the same array', () => {
  const point = (x: number, y: number) => ({ stage: 'ppo', name: 'return', x, y }) as const;
  const once = mergeCurves([], [point(1, 0.1), point(2, 0.2)]);
  const twice = mergeCurves(once, [point(1, 0.1), point(2, 0.2), point(3, 0.3)]);
  expect(twice).toEqual([{ stage: 'ppo', name: 'return', x: [1, 2, 3], y: [0.1, 0.2, 0.3] }]);
  expect(mergeCurves(twice, [point(3, 9)])).toBe(twice);
});

test('damaged or foreign settings fall back field by field', () => {
  expect(readKeptSettings('{"theme":"light","preset":"nonsense","layouts":{"a":{"b":"x"}}}')).toMatchObject({
    theme: 'light',
    preset: 'debug',
    layouts: {},
  });
  expect(readKeptSettings('not json').theme).toBe('system');
  expect(readKeptSettings(null).camera).toBe('chase');
});

test('a software adapter never wins by itself, but may be chosen', () => {
  const measurements = [
    { engine: 'wasm', available: true, software: false, text: '', decisionsPerSecond: 100 },
    { engine: 'webgpu', available: true, software: true, text: '', decisionsPerSecond: 900 },
  ] as const;
  const state = { ...engineStore.getState(), measurements };
  expect(engineToUse({ ...state, override: null })).toBe('wasm');
  expect(engineToUse({ ...state, override: 'webgpu' })).toBe('webgpu');
  expect(engineToUse({ ...state, override: 'tfjs' })).toBe('wasm');
});

test('the filter wants every word, in any field', () => {
  const episode = {
    id: 'a',
    name: 'Late brake',
    createdAt: '',
    scenario: 'lead_brake',
    seed: 17,
    policy: 'expert',
    steps: 1,
    score: 1,
    collision: false,
    fork: false,
  };
  const names = (filter: string) => filtered({ list: [episode], filter }).length;
  expect(names('late 17')).toBe(1);
  expect(names('expert LEAD')).toBe(1);
  expect(names('late 18')).toBe(0);
});

test('a column says which algorithm made the policy, and that of an older run is the first', () => {
  const run = checkpointIdentity('run-1', 'seed 1');
  expect(policyHead(run)).toEqual(['SFT + PPO', 'seed 1']);
  expect(policyHead(bareOf(run))).toEqual(['SFT', 'seed 1']);
  const grpo = { ...run, stage: 'grpo' };
  expect(policyHead(grpo)[0]).toBe('SFT + GRPO');
  // Its imitation model is no longer what SFT left.
  expect(policyHead(bareOf(grpo))[0]).toBe('SFT + GRPO');
});
