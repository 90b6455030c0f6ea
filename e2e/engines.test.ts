/** Every engine against the oracle in a worker of a real Chromium, WebGPU on its software adapter. Served from source. */
import { expect, type Page, test } from '@playwright/test';
import { SOURCES } from './helpers.ts';
import type { EnginesReport } from './engines.worker.ts';

const PAGE = `${SOURCES}e2e/engines.html`;

// One after another: a software GPU keeps every core busy.
test.describe.configure({ mode: 'default' });

async function report(page: Page, query: string): Promise<EnginesReport> {
  await page.goto(`${PAGE}?${query}`);
  await expect(page.getByRole('status')).toHaveText(/done|failed/, { timeout: 220_000 });
  const text = await page.locator('#report').textContent();
  await expect(page.getByRole('status'), text ?? '').toHaveText('done');
  return JSON.parse(text ?? '{}');
}

for (const [engine, rows] of [
  ['wasm', 18],
  ['webgpu', 16],
  ['tfjs', 18],
] as const) {
  test(`${engine} agrees with the oracle to 1e-4`, async ({ page }) => {
    test.setTimeout(240_000);
    const { findings } = await report(page, `engines=${engine}`);
    expect(findings[0].failure).toBeUndefined();
    expect(findings[0].rows?.filter((row) => !row.passed)).toEqual([]);
    expect(findings[0].rows).toHaveLength(rows);
  });
}

test('engines on a GPU fail safely: broken kernels, a lost device, disposal, memory', async ({ page }) => {
  test.setTimeout(240_000);
  const { faults } = await report(page, 'engines=&faults');
  expect(faults?.filter((row) => !row.passed)).toEqual([]);
  expect(faults?.length).toBeGreaterThan(10);
});
