/**
 * The page's build. The first drive needs React, three.js and the lab worker; everything else is a lazy chunk. `PORT` moves
 * the server; no cross-origin isolation is asked for, since nothing uses SharedArrayBuffer.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const port = Number(process.env.PORT) || 5173;

export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'esnext',
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        advancedChunks: {
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
