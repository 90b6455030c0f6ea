/**
 * Serves the built lab: the files that were in its folder at the start, nothing else, so no path leads outside. The page is told
 * by a meta element that it came from a proxy, and where that is.
 */
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import type { Request, Response } from './gate.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.yaml': 'text/yaml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};
const META = '<meta name="traceway-proxy" content="./" />';

export class LabFiles {
  readonly #files = new Map<string, { readonly path: string; readonly bytes: number }>();
  readonly #index: Buffer;

  /** @throws when the folder holds no built lab */
  constructor(folder: string) {
    for (const path of filesIn(folder)) {
      const url = `/${relative(folder, path).split(sep).join('/')}`;
      this.#files.set(url, { path, bytes: statSync(path).size });
    }
    const index = this.#files.get('/index.html');
    if (!index) throw new Error(`${folder} holds no built lab (no index.html).`);
    this.#index = Buffer.from(readFileSync(index.path, 'utf8').replace('</head>', `${META}</head>`));
  }

  /** Answers GET and HEAD of a file it has; false otherwise. */
  answer(request: Request, response: Response): boolean {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const url = decoded((request.url ?? '/').split('?', 1)[0]);
    const index = url === '/' || url === '/index.html';
    const file = url === null ? undefined : this.#files.get(index ? '/index.html' : url);
    if (!file) return false;
    const hashed = url?.startsWith('/assets/');
    (response as ServerResponse).writeHead(200, {
      'content-type': TYPES[extname(file.path)] ?? 'application/octet-stream',
      'content-length': index ? this.#index.length : file.bytes,
      'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
    });
    if (request.method === 'HEAD') response.end();
    else if (index) response.end(this.#index);
    else
      createReadStream(file.path)
        .once('error', () => response.destroy())
        .pipe(response as ServerResponse);
    return true;
  }
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

function decoded(url: string): string | null {
  try {
    return decodeURIComponent(url);
  } catch {
    return null;
  }
}
