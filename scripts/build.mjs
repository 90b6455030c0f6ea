// Builds the app with Vite into dist/<hash of its sources>: a server that runs keeps its files while another build
// replaces nothing under it, and an unchanged app is not built twice. Older builds are removed, the newest two stay.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contentHash, root, setUp, withLock } from './setup.mjs';

const SOURCES = [
  'web',
  'workers',
  'core',
  'public',
  'sim-proxy/proto',
  'index.html',
  'vite.config.ts',
  'package-lock.json',
  'tsconfig.json',
];

/** Returns the folder of an up-to-date build of the app. */
export async function buildApp() {
  return withLock('build', async () => {
    const out = join(root, 'dist', contentHash(SOURCES));
    if (existsSync(join(out, 'index.html'))) return out;
    console.error('building the app');
    const { build } = await import('vite');
    const part = `${out}.${process.pid}.part`;
    await build({ root, logLevel: 'warn', build: { outDir: part, emptyOutDir: true } });
    renameSync(part, out);
    prune(out);
    return out;
  });
}

function prune(keep) {
  const dist = join(root, 'dist');
  const age = (name) => statSync(join(dist, name)).mtimeMs;
  const builds = readdirSync(dist)
    .filter((name) => join(dist, name) !== keep)
    .sort((a, b) => age(b) - age(a));
  for (const name of builds.slice(1)) rmSync(join(dist, name), { recursive: true, force: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setUp();
  console.log(await buildApp());
}
