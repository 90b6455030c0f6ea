// Opens the engines page in Chromium and returns what it found: `enginesReport(query)` for scripts, or from the shell
// `node e2e/engines-report.mjs 'engines=webgpu,tfjs,wasm&only-bench'` (see engines-page.ts for the query), as JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, findBrowser } from '../scripts/browser.mjs';
import { enginesServer } from './engines-server.mjs';

/** The page's report (EnginesReport of engines.worker.ts). Rejects when the page fails or takes longer than `timeoutMs`. */
export async function enginesReport(query = '', timeoutMs = 300_000) {
  const executablePath = await findBrowser();
  const cacheDir = mkdtempSync(join(tmpdir(), 'traceway-engines-'));
  const server = await enginesServer(0, cacheDir);
  let browser;
  try {
    await server.listen();
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
    const page = await browser.newPage();
    await page.goto(new URL(`e2e/engines.html?${query}`, server.resolvedUrls.local[0]).href);
    const settled = () => document.getElementById('status')?.textContent !== 'running';
    await page.waitForFunction(settled, null, { timeout: timeoutMs });
    const report = JSON.parse(await page.textContent('#report'));
    if ((await page.textContent('#status')) !== 'done') throw new Error(report.message);
    return report;
  } finally {
    await browser?.close();
    await server.close();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(JSON.stringify(await enginesReport(process.argv[2]), undefined, 2));
  process.exit(0);
}
