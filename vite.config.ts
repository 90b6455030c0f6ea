/**
 * The page's build. The first drive needs React, three.js and the lab worker; everything else is a lazy chunk. `PORT` moves
 * the server; no cross-origin isolation is asked for, since nothing uses SharedArrayBuffer.
 */
import react from '@vitejs/plugin-react';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { parseScenario } from './core/tasks/driving/scenario/scenario.ts';

const port = Number(process.env.PORT) || 5173;

/**
 * `scenario.yaml?scenario` is the checked scenario as data, `drive.json?scenario` that of a drive; a file that is none fails the
 * build with file and line.
 */
const scenarioData: Plugin = {
  name: 'traceway:scenario',
  load(id) {
    const [file, query] = id.split('?');
    if (query !== 'scenario') return undefined;
    const path = file.endsWith('.json') ? scenarioFileOf(file) : file;
    this.addWatchFile(file);
    this.addWatchFile(path);
    const scenario = parseScenario(readFileSync(path, 'utf8'), basename(path));
    return { code: `export default ${JSON.stringify(scenario)};`, moduleType: 'js' };
  },
};

const scenarioFileOf = (drive: string): string =>
  join(dirname(drive), '../scenarios', `${JSON.parse(readFileSync(drive, 'utf8')).scenario.id}.yaml`);

export default defineConfig({
  base: './',
  plugins: [react(), scenarioData],
  optimizeDeps: {
    include: [
      '@noble/hashes/sha2.js',
      '@noble/hashes/utils.js',
      'cmdk',
      'comlink',
      'fflate',
      'idb',
      'radix-ui',
      'react-resizable-panels',
      'uplot',
      'valibot',
      'yaml',
    ],
  },
  worker: { format: 'es', plugins: () => [scenarioData] },
  build: {
    target: 'esnext',
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          groups: [
            { name: 'three', test: /node_modules[\\/]three[\\/]/ },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
          ],
        },
      },
    },
  },
  server: { port, host: 'localhost' },
  preview: { port, host: 'localhost' },
});
