/**
 * The first minutes of a newcomer without a GPU: the shipped drive plays at once, stops before its near miss and offers one
 * change of thought, whose cost is shown. No JavaScript beyond what the drive needs is waited for, no other server is asked.
 */
import { gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { CHROMIUM_FLAGS } from '../scripts/browser.mjs';
import {
  alternatives,
  button,
  CHANGE,
  CHANGE_STEP,
  driveStatus,
  expectStep,
  measured,
  PATIENT,
  region,
  stepOf,
  watchErrors,
} from './helpers.ts';

test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [...CHROMIUM_FLAGS.filter((flag) => !/webgpu/.test(flag)), '--disable-features=WebGPUService'],
  },
});

const BUDGET_BYTES = 350_000;

interface Script {
  readonly name: string;
  /** When it was asked for, ms since the epoch. */
  readonly askedAt: number;
  readonly gzip: number;
}

/** Collects the scripts that the page and its workers receive. */
function watchScripts(page: Page): Promise<Script>[] {
  const scripts: Promise<Script>[] = [];
  page.on('response', (response) => {
    if (!/javascript/.test(response.headers()['content-type'] ?? '')) return;
    const name = response.url().replace(/^.*\//, '');
    const askedAt = response.request().timing().startTime;
    scripts.push(response.body().then((body) => ({ name, askedAt, gzip: gzipSync(body, { level: 9 }).length })));
  });
  return scripts;
}

/** Waits until the drive moves; the moment by the browser's clock, ms since the epoch. */
async function movesAt(page: Page): Promise<number> {
  const moment = await page.waitForFunction(
    () =>
      /^step [1-9]/.test(document.querySelector('[role=status][aria-label=Drive]')?.textContent ?? '') &&
      performance.timeOrigin + performance.now(),
    undefined,
    PATIENT,
  );
  return Number(await moment.jsonValue());
}

test('the shipped drive plays without GPU or network, on at most 350 kB of JavaScript', async ({
  page,
  context,
  baseURL,
}) => {
  const errors = watchErrors(page);
  const scripts = watchScripts(page);
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(baseURL ?? '')) elsewhere.push(request.url());
  });
  const started = performance.now();
  await page.goto('/');
  const moved = await movesAt(page);
  const seconds = (performance.now() - started) / 1000;
  await expect(driveStatus(page)).toHaveText(/^step \d+, .*(TTC|m\/s)/);
  await expect(region(page, 'Viewport').locator('canvas')).toBeVisible(PATIENT);
  expect(await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) ?? null)).toBeNull();

  const needed = (await Promise.all(scripts)).filter(({ askedAt }) => askedAt <= moved);
  const sum = needed.reduce((total, { gzip }) => total + gzip, 0);
  const files = Object.fromEntries(needed.map(({ name, gzip }) => [name, gzip]));
  measured('first-load', { gzipBytes: sum, secondsToFirstStep: Number(seconds.toFixed(2)), files });
  expect(needed.some(({ name }) => /worker/.test(name))).toBe(true);

  // What comes after the first picture (the policy, its code, the charts) is there once the model's own choices are shown.
  await expect(alternatives(page).first()).toHaveText(/(\.\d{3}|1)$/, PATIENT);
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  await test.step('it stops at the breakpoint before the near miss and offers the change', async () => {
    await expect(button(page, 'Change the thought')).toBeVisible({ timeout: 60_000 });
    await expect(button(page, 'Play')).toBeVisible();
    await expectStep(page, CHANGE_STEP);
    await expect(driveStatus(page)).toHaveText(/yielding to pedestrian A\d/);
    await expect(page.getByText(`It is about to ${CHANGE.from}. What if it thought ${CHANGE.to}?`)).toBeVisible();
    await expect(page.getByRole('option', { name: CHANGE.from, selected: true })).toBeVisible();
  });
  await test.step('taking it draws the ghost and shows what it costs', async () => {
    await button(page, 'Change the thought').click();
    await expect(
      page.getByText(/^The dashed ghost thought proceed.*reward −\d.*score \d\.\d\d → \d\.\d\d/),
    ).toBeVisible(PATIENT);
    await expect(region(page, 'Viewport').getByText('ghost', { exact: true })).toBeVisible();
    await expect(button(page, 'Train your own')).toBeVisible();
    await expect.poll(() => stepOf(page), PATIENT).toBeGreaterThan(CHANGE_STEP);
  });
  expect(elsewhere).toEqual([]);
  expect(errors).toEqual([]);
  expect(sum).toBeLessThanOrEqual(BUDGET_BYTES);
});
