// Evaluates every shipped scenario with all four policies from the Reports page in Chromium and prints JSON: what it took by the
// page's own clock and from the click to the finished report, and how often the progress moved. `node e2e/suite-report.mjs SEEDS`.
import { openToured, withApp } from './app-page.mjs';

const TIMEOUT_MS = 400_000;
const seeds = Number(process.argv[2] ?? 20);

/** Clicks Evaluate and waits for the report; rejects with the page's own words when there is none. */
function evaluate(page) {
  return page.evaluate(async (timeoutMs) => {
    const begun = performance.now();
    const button = [...document.querySelectorAll('button[type=submit]')].find((b) => b.textContent === 'Evaluate');
    button.click();
    const seen = new Set();
    for (;;) {
      await new Promise((done) => setTimeout(done, 50));
      seen.add(document.querySelector('[role=progressbar][aria-label=Evaluation]')?.getAttribute('aria-valuenow'));
      const text = document.querySelector('[role=status][aria-label=Report]')?.textContent ?? '';
      const [, drives, own] = /^([\d,]+) drives in ([\d.]+) s/.exec(text) ?? [];
      const seconds = (performance.now() - begun) / 1000;
      if (own)
        return { drives: Number(drives.replaceAll(',', '')), seconds, ownSeconds: Number(own), moves: seen.size - 1 };
      const alert = document.querySelector('[role=alert]')?.textContent;
      if (alert) throw new Error(`the page says: ${alert}`);
      if (seconds * 1000 > timeoutMs) throw new Error(`the report was not finished after ${seconds.toFixed(0)} s`);
    }
  }, TIMEOUT_MS);
}

await withApp(async ({ browser, page, site, errors }) => {
  await openToured(page, site.address);
  const alert = page.getByRole('alert').getByRole('button', { name: 'Dismiss' });
  while ((await alert.count()) > 0) await alert.first().click();
  await page.keyboard.press('5');
  const matrix = page.getByRole('region', { name: 'Matrix' });
  await matrix.waitFor();
  await page.getByRole('combobox', { name: 'Scenarios' }).selectOption('');
  await page.getByLabel('Seeds').fill(String(seeds));
  const found = await evaluate(page);
  const cells = await matrix.getByRole('button').count();
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  return { browser: browser.version(), cores, seeds, cells, ...found, errors };
});
