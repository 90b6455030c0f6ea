/**
 * The Reports page: its numbers are the command line's, a cell opens into its drives, a drive into the identical drive in the lab, a score
 * into the steps that cost points; two policies compare on the same seeds.
 */
import { spawnSync } from 'node:child_process';
import { expect, type Page, test } from '@playwright/test';
import type { Evaluation } from '../core/evaluate/evaluation.ts';
import {
  button,
  expectStep,
  exportOpen,
  measured,
  openLab,
  PATIENT,
  region,
  timeline,
  watchErrors,
} from './helpers.ts';
import { accessibilityFaults, backButton, textOf } from './pages.ts';

const cells = (page: Page) => region(page, 'Matrix').getByRole('button');
const report = (page: Page) => page.getByRole('status', { name: 'Report' });
const DONE = /^[\d,]+ drives in \d/;
const progress = (page: Page) => page.getByRole('progressbar', { name: 'Evaluation' });

/** Waits for as long as drives keep being finished: a slow machine is no fault, standing still is. */
async function done(page: Page): Promise<void> {
  for (let before = -1; ; ) {
    const drives = async () =>
      Number(
        (await progress(page)
          .getAttribute('aria-valuenow', { timeout: 100 })
          .catch(() => null)) ?? -1,
      );
    const moved = async () =>
      DONE.test(
        (await report(page)
          .textContent({ timeout: 100 })
          .catch(() => null)) ?? '',
      ) || (await drives()) > before;
    await expect.poll(moved, { ...PATIENT, message: `no drive was finished after ${before}` }).toBe(true);
    if (await report(page).isVisible()) break;
    before = await drives();
  }
  await expect(report(page)).toHaveText(DONE);
}

/** The page with a small suite chosen: everything tagged "pedestrian", so many seeds each. */
async function openReports(page: Page, seeds: number): Promise<void> {
  await openLab(page);
  await page.keyboard.press('5');
  await page.getByRole('combobox', { name: 'Scenarios' }).selectOption('pedestrian');
  await page.getByLabel('Seeds').fill(String(seeds));
}

async function evaluate(page: Page): Promise<void> {
  await button(page, 'Evaluate').click();
  await done(page);
}

async function exported(page: Page, format: 'JSON' | 'CSV' | 'Markdown'): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, format).click()]);
  return textOf(download);
}

function lab(flags: readonly string[]): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/lab.mjs', 'evaluate', ...flags, '--json'], {
    encoding: 'utf8',
  });
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

test('the page’s numbers are the command line’s', async ({ page }) => {
  // Three command lines start besides the page.
  test.setTimeout(300_000);
  const errors = watchErrors(page);
  await openReports(page, 2);
  await evaluate(page);
  const evaluations = JSON.parse(await exported(page, 'JSON')) as Evaluation[];
  const [random, expert, shipped] = evaluations;
  const suite = ['--scenarios', shipped.scenarios.map(({ id }) => id).join(), '--seeds', '2'];
  expect(random).toEqual(lab(['--policy', 'random', ...suite]));
  expect(expert).toEqual(lab(['--policy', 'expert', ...suite]));
  expect(shipped).toEqual(lab(['--checkpoint', 'public/shipped/policy.safetensors', ...suite]));
  await expect(cells(page)).toHaveCount(4 * shipped.scenarios.length);
  const all = region(page, 'Matrix').getByRole('row', { name: /^All scenarios/ });
  await expect(all).toContainText(shipped.aggregate?.score.mean.toFixed(3) ?? '?');
  for (const [id, digits] of [
    ['carla_2_1', 1],
    ['nuplan', 3],
    ['pdms', 3],
    ['epdms', 3],
    ['route_completion', 3],
  ] as const) {
    await page.getByRole('combobox', { name: 'Score shown' }).selectOption(id);
    const found = shipped.aggregate?.scores?.[id];
    await expect(all).toContainText(found?.mean.toFixed(digits) ?? '?');
    await expect(all).toContainText(`${found?.low.toFixed(digits)}–${found?.high.toFixed(digits)}`);
  }
  expect(await exported(page, 'Markdown')).toContain('| random |');
  expect((await exported(page, 'CSV')).split('\r\n')).toHaveLength(2 + 4 * 2 * shipped.scenarios.length);
  expect(errors).toEqual([]);
});

test('a cell opens its drives, worst first; a drive is the identical drive; a score leads to its steps', async ({
  page,
}) => {
  await openReports(page, 6);
  await evaluate(page);
  const [, , { scenarios }] = JSON.parse(await exported(page, 'JSON')) as Evaluation[];
  await cells(page).nth(3).click();
  const side = page.getByRole('complementary', { name: 'Opened up' });
  const rows = side.getByRole('row').filter({ has: page.getByRole('rowheader') });
  const shown = await rows.getByRole('button', { name: /its parts/ }).allTextContents();
  expect(shown).toHaveLength(6);
  expect(shown).toEqual(shown.toSorted());
  await side.getByRole('button', { name: 'seed', exact: true }).click();
  await expect(side.getByRole('columnheader', { name: 'seed' })).toHaveAttribute('aria-sort', 'ascending');

  const [first] = scenarios[0].episodes;
  await test.step('the drive in the lab ends in the hash of the report', async () => {
    await button(page, `Open the drive of seed ${first.seed}`).click();
    await expect(timeline(page)).toBeVisible(PATIENT);
    const { episode } = await exportOpen(page);
    expect(episode.seed).toBe(first.seed);
    expect(episode.scenario.id).toBe(scenarios[0].id);
    expect(episode.stateHashes.at(-1)).toEqual([first.steps, first.hash]);
  });

  await test.step('the browser’s Back returns to the report as it was', async () => {
    await page.goBack();
    await expect(cells(page)).toHaveCount(4 * scenarios.length);
  });

  await test.step('every published score opens into the steps that cost it points', async () => {
    await cells(page).first().click();
    const choice = page.getByRole('combobox', { name: 'Score shown' });
    for (const id of ['carla_2_1', 'nuplan', 'pdms', 'epdms', 'comfort', 'lab']) {
      await choice.selectOption(id);
      const parts = side.getByRole('button', { name: /its parts/ }).first();
      if ((await parts.getAttribute('aria-expanded')) === 'false') await parts.click();
      const list = side.getByRole('list', { name: 'Steps that cost points' });
      await expect(list.getByRole('button').first()).toHaveText(/^steps? \d+/, PATIENT);
    }
    await expect(side.getByRole('table', { name: 'Every score of this drive' })).toContainText('EPDMS');
    await side.getByRole('button', { name: 'Close the parts' }).click();
  });

  await test.step('from the score to its parts to the step on the timeline', async () => {
    await cells(page).first().click();
    await side
      .getByRole('button', { name: /its parts/ })
      .first()
      .click();
    const cost = side.getByRole('list', { name: 'Steps that cost points' }).getByRole('button').first();
    const step = Number(/\d+/.exec((await cost.textContent(PATIENT)) ?? '')?.[0]);
    await cost.click();
    await expectStep(page, step);
    await expect(button(page, 'Play')).toBeVisible();
  });
});

test('a long report shows progress, is cancelled at once and keeps what it has', async ({ page }) => {
  await openReports(page, 1000);
  await button(page, 'Evaluate').click();
  const progress = page.getByRole('progressbar', { name: 'Evaluation' });
  await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow')), PATIENT).toBeGreaterThan(0);
  await button(page, 'Cancel').click();
  await expect(page.getByText('Cancelled. Finished cells are kept')).toBeVisible(PATIENT);
  await expect(button(page, 'Evaluate')).toBeEnabled();
  await expect(button(page, 'JSON')).toBeDisabled();
});

test('two policies compare on the same seeds and open side by side', async ({ page }) => {
  await openReports(page, 4);
  await evaluate(page);
  await page.getByRole('radio', { name: 'Compare policies' }).click();
  await page.getByRole('combobox', { name: 'Policy' }).selectOption({ label: 'Expert' });
  await page.getByRole('combobox', { name: 'Baseline' }).selectOption({ label: 'Random' });
  const comparison = page.getByRole('group', { name: 'Paired comparison' });
  await expect(comparison).toContainText(/^\+[01]\.\d{4} 95 % \+[01]\.\d{4} … \+[01]\.\d{4}/);
  await expect(comparison).toContainText('The interval lies above 0.');
  await expect(comparison).toContainText(/Probability of improvement [01]\.\d{3}/);
  await expect(comparison).toContainText(/McNemar, exact, p = [\d.]+/);
  await comparison
    .getByRole('button', { name: /both side by side/ })
    .first()
    .click();
  await expect(region(page, 'Compare').getByRole('columnheader', { name: 'ghost' })).toBeVisible(PATIENT);
  await expect(page.getByRole('radio', { name: 'Compare', exact: true })).toBeChecked();
});

for (const theme of ['dark', 'light'] as const)
  test(`the page is accessible in ${theme}, at 1440 and at 1024, and leads back by key and button`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: theme });
    test.setTimeout(240_000);
    await openReports(page, 3);
    await page.getByRole('combobox', { name: 'Scenarios' }).selectOption('');
    await evaluate(page);
    measured(`reports-suite-${theme}`, { report: await report(page).textContent() });
    await cells(page).first().click();
    await page
      .getByRole('button', { name: /its parts/ })
      .first()
      .click();
    await expect(page.getByRole('list', { name: 'Steps that cost points' })).toBeVisible(PATIENT);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.getByRole('radio', { name: 'Compare policies' }).click();
    await expect(page.getByRole('group', { name: 'Paired comparison' })).toBeVisible(PATIENT);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await backButton(page).click();
    await expect(timeline(page)).toBeVisible();
    await page.keyboard.press('5');
    await expect(region(page, 'Matrix')).toBeVisible();
    await page.keyboard.press('0');
    await expect(timeline(page)).toBeVisible();
  });
