// Drives every shipped scenario in a worker of Chromium, from source, and returns the hashes (core/tasks/driving/hash-drives.ts):
// `chromiumHashes(page, address, seed)` for tests; from the shell `node e2e/hashes-report.mjs SEED ROUNDS` prints JSON, one
// worker a round.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, findBrowser } from '../scripts/browser.mjs';
import { enginesServer } from './engines-server.mjs';

/** What the worker posts when it runs `body` after imports of `modules` (paths from the root); `address` is the source server's. */
export async function inWorker(page, address, modules, body) {
  await page.goto(new URL('e2e/fixtures/blank.html', address).href);
  return page.evaluate(
    ([paths, work]) => {
      const imports = paths.map((path) => `import('${location.origin}/${path}')`).join(', ');
      const code = `const modules = await Promise.all([${imports}]); postMessage(await (${work})(...modules));`;
      const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })), { type: 'module' });
      return new Promise((done, fail) => {
        worker.addEventListener('message', ({ data }) => done(data));
        worker.addEventListener('error', ({ message }) => fail(new Error(message)));
      });
    },
    [modules, body],
  );
}

/** The hashes of every shipped scenario with one seed, by scenario and kind of drive. */
export const chromiumHashes = (page, address, seed) =>
  inWorker(
    page,
    address,
    ['core/tasks/driving/hash-drives.ts', 'core/tasks/driving/scenario/shipped.ts'],
    `async ({ scenarioHashes }, { parseShipped, SCENARIO_IDS }) => {
      const read = async (id) => [id, await (await fetch('${address}scenarios/' + id + '.yaml')).text()];
      const texts = new Map(await Promise.all(SCENARIO_IDS.map(read)));
      return scenarioHashes(parseShipped((id) => texts.get(id)), ${Number(seed)});
    }`,
  );

async function report(seed, rounds) {
  const cacheDir = mkdtempSync(join(tmpdir(), 'traceway-hashes-'));
  const server = await enginesServer(0, cacheDir);
  let browser;
  try {
    await server.listen();
    browser = await chromium.launch({ executablePath: await findBrowser(), args: CHROMIUM_FLAGS });
    const page = await browser.newPage();
    const found = [];
    for (let i = 0; i < rounds; i++) found.push(await chromiumHashes(page, server.resolvedUrls.local[0], seed));
    return { browser: browser.version(), rounds: found };
  } finally {
    await browser?.close();
    await server.close();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [seed = '1', rounds = '2'] = process.argv.slice(2);
  console.log(JSON.stringify(await report(Number(seed), Number(rounds))));
  process.exit(0);
}
