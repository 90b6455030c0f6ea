// The development server of the engines page: the page is served from source and is no part of the app.
import { createServer } from 'vite';
import { root } from '../scripts/setup.mjs';

/** A Vite server on `port` (0 = any), not yet listening. */
export function enginesServer(port, cacheDir) {
  return createServer({
    root,
    cacheDir,
    logLevel: 'warn',
    // Only a worker imports these, where Vite's scan does not look; found late, they would reload the page in mid-run.
    optimizeDeps: {
      include: [
        'comlink',
        'grpc-web',
        '@bufbuild/protobuf',
        '@bufbuild/protobuf/codegenv2',
        'valibot',
        'yaml',
        '@noble/hashes/sha2.js',
        '@noble/hashes/utils.js',
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-core/dist/register_all_gradients',
        '@tensorflow/tfjs-backend-webgpu',
      ],
    },
    server: { port, strictPort: port !== 0, host: 'localhost', watch: null },
  });
}
