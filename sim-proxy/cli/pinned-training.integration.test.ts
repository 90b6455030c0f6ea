/**
 * Trainings of seconds of an earlier day, run again from nothing with the same seed and two rollout threads: the same bytes in every
 * checkpoint, the same metrics and curves. What docs/results.md prints of seeds 42 and 43 is held as text. The default training, minutes
 * long, is a bar (pinned-training.bars.test.ts).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { expectPinned } from './testing-pinned.ts';
import { runIn, train } from './testing-training.ts';

const SEEDS = [42, 43];
const SMALL = [
  'synthesise.examples=2000,sft.steps=150,sft.rounds=1,sft.roundExamples=500',
  'ppo.iterations=3,ppo.worlds=16,ppo.validationSeeds=1,ppo.validateEvery=2,evaluate.seeds=2',
].join();

const folder = mkdtempSync(join(tmpdir(), 'traceway-pinned-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Two rollout threads of a process of its own: ten seconds and more.
test.each(SEEDS)(
  'a training of seconds with seed %i gives the files, metrics and curves it gave',
  { timeout: 600_000 },
  async (seed) => {
    const out = join(folder, `seed-${seed}`);
    await train(out, seed, '--set', SMALL);
    expectPinned('training', `seed ${seed}`, runIn(out));
  },
);

test.each(SEEDS)('docs/results.md prints the closed-loop figures of seed %i that it printed', (seed) => {
  const text = readFileSync('docs/results.md', 'utf8');
  const [, section = ''] = text.split(`### Training seed ${seed}\n`);
  const lines = section
    .split(/\n##+ /)[0]
    .replace(/\d+ s in all:.*? s\. /, '')
    .split('\n')
    .filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(48);
  expectPinned('training-full', `docs/results.md, seed ${seed}`, lines);
});
