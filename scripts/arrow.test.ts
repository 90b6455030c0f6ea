import { expect, test } from 'vitest';
import { checkArrow, violations } from './arrow.mjs';

test('the whole tree keeps the arrow', () => {
  expect(checkArrow()).toEqual([]);
});

test('each kind of violation is caught', () => {
  expect(violations('core/a.ts', "import { x } from '../workers/x.ts';")).toHaveLength(1);
  expect(violations('core/a.ts', "import fs from 'node:fs';")).toHaveLength(1);
  expect(violations('core/a.ts', 'const r = Math.random();')).toHaveLength(1);
  expect(violations('core/a.ts', 'const t = performance.now();')).toHaveLength(1);
  expect(violations('workers/a.ts', "export * from '../web/x.ts';")).toHaveLength(1);
  expect(violations('sim-proxy/a.ts', "const x = await import('../workers/x.ts');")).toHaveLength(1);
  expect(violations('web/a.ts', "import { x } from '../core/x.ts';")).toEqual([]);
  expect(violations('core/a.ts', '// Math.random is forbidden')).toEqual([]);
});
