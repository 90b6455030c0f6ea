// Serves the built app (TRACEWAY_APP, or a fresh build) for the end-to-end tests at port 5198, and the engines page,
// which is no part of the app, from source at port 5197.
import { preview } from 'vite';
import { buildApp } from '../scripts/build.mjs';
import { enginesServer } from './engines-server.mjs';

const outDir = process.env.TRACEWAY_APP ?? (await buildApp());
const sources = await enginesServer(5197, 'node_modules/.vite-e2e');
await sources.listen();
await preview({
  build: { outDir },
  logLevel: 'warn',
  preview: { port: 5198, strictPort: true, host: 'localhost', open: false },
});
