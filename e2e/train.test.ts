/**
 * Training in the tab, with a run small enough for a test: it goes from nothing to the four rows of the evaluation, can be held,
 * continued and stopped, and a killed tab goes on from its last checkpoint.
 */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { button, goToStep, measured, openLab, PATIENT, region, stepOf, watchErrors } from './helpers.ts';

type Values = Readonly<Record<string, Readonly<Record<string, number>>>>;
const STAGES = ['Synthesise traces', 'Reasoning SFT', 'PPO on the residual', 'Paired evaluation'] as const;
const [SYNTHESISE, SFT, PPO, EVALUATE] = STAGES;
const LONG = { timeout: 120_000 };

// One after another: a training keeps every core busy.
test.describe.configure({ mode: 'default' });

const pipeline = (page: Page): Locator => region(page, 'Pipeline');
const card = (page: Page, stage: string): Locator => pipeline(page).getByRole('listitem').filter({ hasText: stage });
const progress = (page: Page, stage: string): Locator => page.getByRole('progressbar', { name: stage });
const percent = async (page: Page, stage: string): Promise<number> =>
  Number(await progress(page, stage).getAttribute('aria-valuenow'));

/** Fills the configuration form. */
async function configure(page: Page, values: Values): Promise<void> {
  await button(page, 'Configuration').click();
  for (const [stage, parameters] of Object.entries(values)) {
    const group = page.getByRole('group', { name: stage, exact: true });
    for (const [name, value] of Object.entries(parameters)) {
      await group.getByRole('textbox', { name: new RegExp(`^${name}\\b`) }).fill(String(value));
    }
  }
  await button(page, 'Configuration').click();
}

/** Longest task of the page's main thread since `start`, by the browser's own account (tasks over 50 ms). */
async function watchLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
}
const longTasks = (page: Page): Promise<number[]> =>
  page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);

test('a run goes from nothing to its evaluation, with curves, time left, hold and continue', async ({ page }) => {
  test.setTimeout(240_000);
  const errors = watchErrors(page);
  await openLab(page);
  await configure(page, {
    [SYNTHESISE]: { examples: 1000 },
    [SFT]: { steps: 400 },
    [PPO]: { iterations: 5, worlds: 8 },
    [EVALUATE]: { seeds: 3 },
  });
  await watchLongTasks(page);
  await button(page, 'Train').click();
  await expect(button(page, 'Stop')).toBeVisible();

  await test.step('SFT draws its curves and says how long it will take', async () => {
    await expect(progress(page, SFT)).toBeVisible(LONG);
    await expect(card(page, SYNTHESISE)).toContainText('✓');
    await expect(card(page, SFT)).toContainText(/token loss \d\.\d+.* · \d:\d\d left/, LONG);
    await expect(region(page, 'Metrics').getByRole('figure', { name: /^token loss, newest \d/ })).toBeVisible(LONG);
  });
  await test.step('held, it stands while the lab goes on; continued, it moves', async () => {
    await button(page, 'Hold').click();
    await expect(pipeline(page).getByText('held')).toBeVisible(PATIENT);
    await goToStep(page, 20);
    const held = await percent(page, SFT);
    await button(page, 'Play').click();
    await expect.poll(() => stepOf(page), PATIENT).toBeGreaterThan(30);
    expect(await percent(page, SFT)).toBe(held);
    await button(page, 'Continue').click();
    await expect(card(page, SFT)).toContainText('✓', LONG);
  });
  await test.step('PPO draws return and KL; the evaluation gives a row a policy', async () => {
    await expect(card(page, PPO)).toContainText('✓', LONG);
    for (const name of ['return', 'KL', 'entropy', 'collisions'])
      await expect(
        region(page, 'Metrics').getByRole('figure', { name: new RegExp(`^${name}.*, newest`) }),
      ).toBeAttached();
    await expect(card(page, EVALUATE)).toContainText(/✓ \d:\d\d.*SFT \+ PPO − SFT: [−+]\d/, LONG);
    await expect(button(page, 'Train')).toBeVisible();
  });
  const tasks = await longTasks(page);
  const longest = Math.round(Math.max(0, ...tasks));
  measured('main-thread', { longestTaskMs: longest, tasksOver50Ms: tasks.length, note: '0: none over 50 ms' });
  expect(longest).toBeLessThan(2000);

  await page.getByRole('radio', { name: 'Compare' }).click();
  const rows = page.getByRole('table', { name: 'Closed-loop scores on held-out seeds' }).getByRole('row');
  await expect(rows.getByRole('rowheader')).toHaveText(['random', 'expert', 'SFT', 'SFT + PPO']);
  await expect(rows.nth(2)).toContainText(/\d\.\d{3} \[\d\.\d{3}, \d\.\d{3}\]/);
  await expect(page.getByText(/paired over \d+ drives: [−+]\d/)).toBeVisible();
  await test.step('before and after stand side by side', async () => {
    await button(page, 'Before and after').click();
    await expect(page.getByRole('banner')).toContainText('seed 1', PATIENT);
    await expect(page.getByRole('table', { name: 'Score, part by part' })).toContainText('ghost');
  });
  expect(errors).toEqual([]);
});

test('a killed tab goes on from its last checkpoint; Stop keeps what was learned', async ({ page, context }) => {
  test.setTimeout(240_000);
  await openLab(page);
  await configure(page, {
    [SYNTHESISE]: { examples: 1000 },
    [SFT]: { steps: 40 },
    [PPO]: { iterations: 400, worlds: 4 },
  });
  await button(page, 'Train').click();
  await expect.poll(() => percent(page, PPO).catch(() => 0), LONG).toBeGreaterThanOrEqual(3);
  await page.close({ runBeforeUnload: false });

  const again = await context.newPage();
  await again.goto('/');
  await again.getByRole('button', { name: /^Runs/ }).click();
  const run = region(again, 'Runs').getByRole('listitem');
  await expect(run).toContainText('stopped', PATIENT);
  await run.getByRole('button', { name: 'continue' }).click();
  await expect(progress(again, PPO)).toBeVisible(LONG);
  for (const stage of [SYNTHESISE, SFT]) await expect(card(again, stage)).toContainText('✓');
  await expect(card(again, PPO)).toContainText(/return/, LONG);
  const resumed = await percent(again, PPO);
  expect(resumed, 'percent of PPO done at the first report after the restart').toBeGreaterThanOrEqual(2);
  await expect.poll(() => percent(again, PPO), LONG).toBeGreaterThan(resumed);

  await button(again, 'Stop').click();
  await expect(card(again, PPO)).toContainText('stopped', LONG);
  await expect(button(again, 'Train')).toBeVisible();
  await expect(run.getByRole('button', { name: 'drive' })).toBeVisible(PATIENT);
});
