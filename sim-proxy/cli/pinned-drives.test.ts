/**
 * State hashes of an earlier day: every shipped scenario with seed 1, driven with fixed controls and by the expert, hashed every 50
 * steps and at the end: the drives that docs/results.md counts under "Determinism".
 */
import { expect, test } from 'vitest';
import { scenarioHashes } from '../../core/tasks/driving/hash-drives.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import { expectPinned } from './testing-pinned.ts';

const SEED = 1;

test('84 drives of the shipped scenarios go through the states they went through', () => {
  const drives = Object.entries(scenarioHashes(shippedScenarios(), SEED));
  expect(drives).toHaveLength(84);
  const lines = drives.map(([drive, { steps, hashes }]) => [drive, `${steps} steps: ${hashes}`]);
  expectPinned('drives', `seed ${SEED}`, Object.fromEntries(lines));
});
