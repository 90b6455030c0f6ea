// The built app (TRACEWAY_APP, or a fresh build) in a Chromium of its own, for scripts that measure it and print JSON.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, findBrowser } from '../scripts/browser.mjs';
import { buildApp } from '../scripts/build.mjs';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const PATIENCE_MS = 60_000;

/**
 * Prints what `measure({ browser, page, site, folder, errors })` resolves to: the page is empty yet, `site` is `{ address, requests }`
 * (paths asked for, in order, with their time), `errors` fills with the page's uncaught exceptions.
 */
export async function withApp(measure) {
  const folder = process.env.TRACEWAY_APP ?? (await buildApp());
  const site = await serve(folder);
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    console.log(JSON.stringify(await measure({ browser, page, site, folder, errors })));
  } finally {
    await browser.close();
    site.server.close();
  }
}

/** Opens the lab as someone does who has put the tour away, and waits until it has settled. */
export async function openToured(page, address) {
  await page.addInitScript(() => localStorage.setItem('traceway.view/1', '{"toured":true}'));
  await page.goto(address);
  await page.getByRole('button', { name: 'Open file', exact: true }).waitFor({ timeout: PATIENCE_MS });
  await page.waitForTimeout(2000);
}

async function serve(folder) {
  const requests = [];
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    requests.push({ path, at: Date.now() });
    try {
      const body = readFileSync(join(folder, path === '/' ? 'index.html' : path));
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? (path === '/' ? 'text/html' : 'text/plain') });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, 'localhost', done));
  return { requests, server, address: `http://localhost:${server.address().port}/` };
}
