/** `core` as strangers use it: built, linked into another project, imported by plain Node. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildPackage } from './package.mjs';
import { root } from './setup.mjs';

const project = mkdtempSync(join(tmpdir(), 'stranger-'));
afterAll(() => rmSync(project, { recursive: true }));

test('the package builds, and another project solves a board with what it exports', () => {
  mkdirSync(join(project, 'node_modules'));
  const built = buildPackage(join(project, 'node_modules/traceway-core'));
  // Its dependencies are installed beside it.
  for (const name of ['valibot', 'yaml', 'fflate', '@noble'])
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  const { exports } = JSON.parse(readFileSync(join(built, 'package.json'), 'utf8'));
  writeFileSync(
    join(project, 'use.mjs'),
    `import { rollout } from 'traceway-core/rollout';
     import { BLOCKSWORLD } from 'traceway-core/blocksworld';
     const env = BLOCKSWORLD.env(1);
     const starts = [BLOCKSWORLD.start(BLOCKSWORLD.scenarios[1], 7)];
     await rollout(env, BLOCKSWORLD.oracle(), 20, { next: () => starts.pop() });
     for (const name of ${JSON.stringify(Object.keys(exports))}) await import('traceway-core' + name.slice(1));
     console.log(env.terminated[0] === 1 ? 'solved' : 'not solved');`,
  );
  expect(execFileSync(process.execPath, ['use.mjs'], { cwd: project, encoding: 'utf8' }).trim()).toBe('solved');
}, 300_000);
