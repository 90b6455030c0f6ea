import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('./exit.ts', import.meta.url));

/** A process that prints `bytes` and leaves. */
const printing = (bytes: number) =>
  spawn(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    `const { exit } = await import(${JSON.stringify(module)}); process.stdout.write('x'.repeat(${bytes})); exit(3);`,
  ]);

test('a slow reader gets everything that was printed, and the status', async () => {
  const child = printing(1_000_000);
  // Long enough for one that does not wait to have gone.
  await Promise.race([once(child, 'exit'), new Promise((done) => setTimeout(done, 2000))]);
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const [code] = await once(child, 'close');
  expect({ bytes, code }).toEqual({ bytes: 1_000_000, code: 3 });
});

test('a reader that has gone does not keep the process', async () => {
  const child = printing(1_000_000);
  child.stdout.destroy();
  const [code] = await once(child, 'exit');
  expect(code).toBe(3);
});
