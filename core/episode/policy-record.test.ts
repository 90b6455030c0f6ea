import { expect, test } from 'vitest';
import { bareOf, checkpointIdentity, EXPERT, RANDOM } from '../models/identity.ts';
import { identityOf, policyRecord } from './policy-record.ts';

const shipped = checkpointIdentity('b2'.repeat(32), 'SFT + PPO (shipped)');

test('records stand as episodes have always had them', () => {
  expect(JSON.stringify(policyRecord(EXPERT))).toBe('{"kind":"expert","name":"expert"}');
  expect(JSON.stringify(policyRecord(RANDOM))).toBe('{"kind":"random","name":"random"}');
  expect(JSON.stringify(policyRecord(shipped, 'wasm'))).toBe(
    `{"kind":"checkpoint","checkpointHash":"${'b2'.repeat(32)}","name":"SFT + PPO (shipped)","engine":"wasm"}`,
  );
  expect(policyRecord(bareOf(shipped), 'ts').name).toBe('SFT + PPO (shipped) (SFT only)');
});

test('who drove comes back from the record', () => {
  for (const identity of [EXPERT, RANDOM, shipped, bareOf(shipped)])
    expect(identityOf(policyRecord(identity, 'wasm'))).toEqual(identity);
});

test('a human or an expert of that name has no residual to leave out', () => {
  expect(identityOf({ kind: 'human', name: 'me (SFT only)' })).toEqual({
    kind: 'human',
    name: 'me (SFT only)',
    residual: false,
  });
});
