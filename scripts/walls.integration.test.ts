/**
 * Each way to break a wall is seen: ten small trees with one planted violation each, and one without. That the house keeps its own is the
 * check `walls` of `npm test`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { wallViolations } from './walls.mjs';

type Tree = Readonly<Record<string, string>>;
const X = 'export const x = 1;\nexport type X = number;\n';

async function planted(tree: Tree): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'walls-'));
  try {
    for (const wing of ['core', 'workers', 'web', 'sim-proxy']) mkdirSync(join(folder, wing));
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await wallViolations(undefined, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const BROKEN: Readonly<Record<string, Tree>> = {
  'core imports workers': {
    'core/base/a.ts': "import { x } from '../../workers/lab/x.ts';\nx;",
    'workers/lab/x.ts': X,
  },
  'workers import web': { 'workers/lab/a.ts': "export * from '../../web/stores/x.ts';", 'web/stores/x.ts': X },
  'sim-proxy imports workers, lazily': {
    'sim-proxy/cli/a.ts': "export const a = import('../../workers/lab/x.ts');",
    'workers/lab/x.ts': X,
  },
  'a room imports from the floor above': {
    'core/models/a.ts': "import { x } from '../episode/x.ts';\nx;",
    'core/episode/x.ts': X,
  },
  'a room imports a type from the floor above': {
    'core/tasks/driving/observe/a.ts': "import type { X } from '../world/x.ts';\nexport type Y = X;",
    'core/tasks/driving/world/x.ts': X,
  },
  'a room imports the room around it': {
    'core/tasks/driving/world/spec/a.ts': "import { x } from '../x.ts';\nx;",
    'core/tasks/driving/world/x.ts': X,
  },
  'a room imports a room inside it': {
    'core/models/a.ts': "import { x } from './engines/x.ts';\nx;",
    'core/models/engines/x.ts': X,
  },
  'two files of one room import each other': {
    'core/base/a.ts': "import type { B } from './b.ts';\nexport type A = B | null;",
    'core/base/b.ts': "import type { A } from './a.ts';\nexport type B = A | null;",
  },
  'core uses Node': { 'core/base/a.ts': "import { readFileSync } from 'node:fs';\nreadFileSync;" },
  'a file stands in no room': { 'core/loose/a.ts': "import { x } from '../base/x.ts';\nx;", 'core/base/x.ts': X },
};

for (const [what, tree] of Object.entries(BROKEN))
  test(`seen: ${what}`, async () => {
    expect(await planted(tree)).toHaveLength(1);
  });

test('imports downwards and along a floor are fine', async () => {
  const tree = {
    'web/stores/a.ts': "import { x } from '../../core/models/engines/x.ts';\nx;",
    'core/models/engines/x.ts': "import { x as y } from '../x.ts';\nexport const x = y;",
    'core/models/x.ts': X,
  };
  expect(await planted(tree)).toEqual([]);
});
