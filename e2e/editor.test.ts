/**
 * The scenario editor: mistakes are named with file, line, what and what was expected while one types; the world follows text and seed; one
 * key lets the expert drive; the drive opens in the lab and carries its scenario; drafts outlive a reload.
 */
import { expect, type Page, test } from '@playwright/test';
import { button, exportOpen, openLab, PATIENT, region, timeline, watchErrors } from './helpers.ts';
import { accessibilityFaults, textOf } from './pages.ts';

const source = (page: Page) => page.getByRole('textbox', { name: 'Scenario text, YAML' });
const validation = (page: Page) => page.getByRole('status', { name: 'Validation' });
const scenario = (page: Page) => page.getByRole('combobox', { name: 'Scenario' });
const outcome = (page: Page) => page.getByRole('status', { name: 'Expert’s drive' });
const picture = (page: Page) => region(page, 'World').locator('canvas').screenshot();

async function openEditor(page: Page): Promise<void> {
  await openLab(page);
  await page.keyboard.press('6');
  await expect(validation(page)).toContainText('✓', PATIENT);
}

async function edit(page: Page, change: (text: string) => string): Promise<string> {
  const text = change(await source(page).inputValue());
  await source(page).fill(text);
  return text;
}

test('a mistake is named with file, line, what and what was expected, and marked; mending it clears it', async ({
  page,
}) => {
  const errors = watchErrors(page);
  await openEditor(page);
  const good = await source(page).inputValue();
  const line = good.split('\n').findIndex((row) => row.includes('speedLimitMps')) + 1;
  await edit(page, (text) => text.replace(/speedLimitMps: .*/, 'speedLimitMps: fast'));
  await expect(validation(page)).toContainText(
    `hidden_pedestrian.yaml:${line} road.speedLimitMps: got "fast". Expected a number from`,
  );
  await expect(source(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('The last text without a mistake')).toBeVisible();
  await expect(button(page, 'Run expert')).toBeDisabled();
  expect(await accessibilityFaults(page)).toEqual([]);
  await button(page, `hidden_pedestrian.yaml:${line}`).click();
  const marked = await source(page).evaluate((area: HTMLTextAreaElement) =>
    area.value.slice(area.selectionStart, area.selectionEnd),
  );
  expect(marked.trim()).toBe('speedLimitMps: fast');
  await edit(page, (text) => `${text}\nroads: 1\n`.replace('speedLimitMps: fast', 'speedLimitMps: 9'));
  await expect(validation(page)).toContainText('roads: unknown key');
  await edit(page, () => 'format: [');
  await expect(validation(page)).toContainText('Expected YAML');
  await edit(page, () => good);
  await expect(validation(page)).toContainText(/✓ Hidden pedestrian · \d actors? in this seed/);
  expect(errors).toEqual([]);
});

test('the world follows the seed, and Enter keeps the indentation', async ({ page }) => {
  await openEditor(page);
  await expect.poll(async () => (await picture(page)).length).toBeGreaterThan(2000);
  const before = await picture(page);
  await page.getByLabel('Seed', { exact: true }).fill('7');
  await expect.poll(async () => (await picture(page)).equals(before)).toBe(false);
  await source(page).evaluate((area: HTMLTextAreaElement) => {
    const end = area.value.indexOf('\n', area.value.indexOf('lanesRight'));
    area.setSelectionRange(end, end);
  });
  await source(page).press('Enter');
  await page.keyboard.type('laneWidth: 3.2');
  expect(await source(page).inputValue()).toMatch(/lanesRight: \d\n {2}laneWidth: 3\.2\n/);
  await expect(validation(page)).toContainText('✓');
  await page.keyboard.press('Control+z');
  await expect(source(page)).not.toHaveValue(/laneWidth: 3\.2/);
});

test('Ctrl+Enter drives it, the drive opens in the lab and carries its scenario; the draft outlives a reload', async ({
  page,
}) => {
  await openEditor(page);
  const text = await edit(page, (old) => old.replace('id: hidden_pedestrian', 'id: my_street').replace('260', '240'));
  await expect(scenario(page).locator('option:checked')).toHaveText('my_street');
  await source(page).press('Control+Enter');
  await expect(outcome(page)).toHaveText(/^✓ goal score \d\.\d{3}$/, PATIENT);
  const time = page.getByRole('slider', { name: 'Time' });
  await time.focus();
  await page.keyboard.press('End');
  await expect(time)
    .toHaveAttribute('aria-valuenow', (await time.getAttribute('max')) ?? '?')
    .catch(async () => {
      await expect(time).toHaveValue((await time.getAttribute('max')) ?? '?');
    });
  const [download] = await Promise.all([page.waitForEvent('download'), source(page).press('Control+s')]);
  expect(download.suggestedFilename()).toBe('my_street.yaml');
  expect(await textOf(download)).toBe(text);

  await button(page, 'Open in the lab').click();
  await expect(timeline(page)).toBeVisible(PATIENT);
  const { episode } = await exportOpen(page);
  expect(episode.scenario).toMatchObject({ id: 'my_street', inline: text });
  expect(episode.policy.kind).toBe('expert');

  await page.goto('/#/editor');
  await page.reload();
  await expect(source(page)).toHaveValue(text, PATIENT);
  await scenario(page).selectOption({ label: 'Braking lead' });
  await expect(validation(page)).toContainText('✓ Braking lead', PATIENT);
  await scenario(page).selectOption({ label: 'my_street' });
  await button(page, 'Delete this draft').click();
  await expect(scenario(page).locator('optgroup[label="Drafts"]')).toHaveCount(0);
});

for (const theme of ['dark', 'light'] as const)
  test(`the editor is accessible in ${theme}, at 1440 and at 1024`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await openEditor(page);
    await button(page, 'Run expert').click();
    await expect(outcome(page)).toBeVisible(PATIENT);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 1024, height: 768 });
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });
