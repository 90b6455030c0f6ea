/**
 * The default training with seed 42, run again from nothing: the files, metrics and curves it gave, to the last digit. About four minutes
 * on two idle cores; TRACEWAY_PIN_FULL=FOLDER takes the folder of such a run instead of training.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { expectPinned } from './testing-pinned.ts';
import { runIn, train } from './testing-training.ts';

const folder = mkdtempSync(join(tmpdir(), 'traceway-pinned-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the default training with seed 42 gives the files, metrics and curves it gave', async () => {
  const { TRACEWAY_PIN_FULL: made } = process.env;
  if (!made) await train(folder, 42);
  expectPinned('training-full', 'seed 42', runIn(made || folder));
});
