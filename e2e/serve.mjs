// Serves the built app (TRACEWAY_APP, or a fresh build) for the end-to-end tests at TRACEWAY_E2E_PORT, and the engines page,
// which is no part of the app, from source at TRACEWAY_SOURCE_PORT.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { preview } from 'vite';
import { buildApp } from '../scripts/build.mjs';
import { root } from '../scripts/setup.mjs';
import { enginesServer } from './engines-server.mjs';

const outDir = process.env.TRACEWAY_APP ?? (await buildApp());
const cache = join(root, '.setup', `vite-${process.pid}`);
process.on('exit', () => rmSync(cache, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
const sources = await enginesServer(Number(process.env.TRACEWAY_SOURCE_PORT ?? 5197), cache);
await sources.listen();
await preview({
  build: { outDir },
  logLevel: 'warn',
  preview: { port: Number(process.env.TRACEWAY_E2E_PORT ?? 5198), strictPort: true, host: 'localhost', open: false },
});
