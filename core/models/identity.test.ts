import { expect, test } from 'vitest';
import { bareOf, checkpointIdentity, EXPERT, policyKey, policyName, RANDOM } from './identity.ts';

const shipped = checkpointIdentity('b2'.repeat(32), 'SFT + PPO (shipped)');
const own = checkpointIdentity('c3'.repeat(32), 'my run');

test('every policy has a key of its own, whatever it is called', () => {
  const named = checkpointIdentity('d4'.repeat(32), 'my run without residual');
  const sly = checkpointIdentity('', 'expert');
  const all = [RANDOM, EXPERT, shipped, bareOf(shipped), own, bareOf(own), named, bareOf(named), sly, bareOf(sly)];
  expect(new Set(all.map(policyKey)).size).toBe(all.length);
});

test('a policy keeps its key under another name', () => {
  expect(policyKey({ ...own, name: 'renamed' })).toBe(policyKey(own));
});

test('reports call a checkpoint by its name, and its imitation part by what it lacks', () => {
  const names = [RANDOM, EXPERT, shipped, bareOf(shipped)].map(policyName);
  expect(names).toEqual(['random', 'expert', 'SFT + PPO (shipped)', 'SFT + PPO (shipped) without residual']);
});
