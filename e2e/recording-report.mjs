// How soon a recording plays after its drop on the built app in Chromium, each time in a fresh page; prints JSON.
// `node e2e/recording-report.mjs ROUNDS FILE…` (a CARLA recorder log, and its map if there is one).
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { openToured, withApp } from './app-page.mjs';
import { drop, playsAfter } from './drop.mjs';

const [rounds, ...paths] = process.argv.slice(2);
const files = paths.map((path) => [basename(path), readFileSync(path)]);

/** Rejects with the page's own words when it refuses a file. */
async function played(page) {
  const alert = page.getByRole('alert').filter({ hasText: `“${files[0][0]}”` });
  const refused = alert.waitFor({ timeout: 0 }).then(async () => {
    throw new Error(`the page says: ${await alert.textContent()}`);
  });
  refused.catch(() => {});
  return Promise.race([playsAfter(page), refused]);
}

await withApp(async ({ browser, site }) => {
  const milliseconds = [];
  for (let i = 0; i < Number(rounds); i++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await openToured(page, site.address);
    await drop(page, files);
    milliseconds.push(await played(page));
    await context.close();
  }
  const kept = files.map(([name, { length }]) => ({ name, bytes: length }));
  return { browser: browser.version(), files: kept, milliseconds };
});
