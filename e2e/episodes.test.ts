/** The episodes of this browser: kept across a reload, found, renamed, exported, deleted, with the storage they take. */
import { expect, type Page, test } from '@playwright/test';
import { button, episodeRows, keptEpisodes, openLab, PATIENT, region } from './helpers.ts';

async function newDrive(page: Page, scenario: string, seed: number): Promise<void> {
  await page.keyboard.press('Shift+D');
  const dialog = page.getByRole('dialog', { name: 'New drive' });
  await dialog.getByRole('listbox', { name: 'Scenario' }).selectOption({ value: scenario });
  await dialog.getByRole('textbox', { name: 'Seed' }).fill(String(seed));
  await dialog.getByRole('combobox', { name: 'Policy' }).selectOption({ label: 'Expert' });
  await dialog.getByRole('button', { name: 'Drive' }).click();
  await expect.poll(() => keptEpisodes(page), PATIENT).toContain(`${scenario.replaceAll('_', ' ')}, seed ${seed}`);
}

/** Storage used, as the list says it. */
async function usedBytes(page: Page): Promise<number> {
  const text = await region(page, 'Episodes')
    .getByText(/ used( of |$)/)
    .textContent();
  const [, value, unit] = /([\d.]+) (B|kB|MB|GB) used/.exec(text ?? '') ?? [];
  return Number(value) * { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }[unit as 'B'];
}

test('drives are kept, listed, filtered, renamed and deleted', async ({ page }) => {
  await openLab(page);
  await expect(region(page, 'Episodes')).toContainText('Drives you make, fork or open are kept here');
  const empty = await usedBytes(page);
  for (const seed of [1, 2, 3]) await newDrive(page, 'straight_road', seed);
  for (const seed of [1, 2]) await newDrive(page, 's_curve', seed);
  expect(await keptEpisodes(page)).toHaveLength(5);
  expect(await usedBytes(page)).toBeGreaterThan(empty);

  await test.step('across a reload', async () => {
    await page.reload();
    await expect.poll(() => keptEpisodes(page), PATIENT).toHaveLength(5);
  });
  const filter = page.getByRole('searchbox', { name: 'Filter episodes' });
  await test.step('filtered by words in any order', async () => {
    await filter.fill('2 curve');
    await expect.poll(() => keptEpisodes(page)).toEqual(['s curve, seed 2']);
    await filter.fill('no such drive');
    await expect(page.getByText('No episode has “no such drive”.')).toBeVisible();
    await filter.fill('curve seed 1');
    await expect.poll(() => keptEpisodes(page)).toEqual(['s curve, seed 1']);
  });
  await test.step('renamed', async () => {
    await episodeRows(page).first().hover();
    await page.getByRole('button', { name: /^Rename s curve, seed 1/ }).click();
    const field = page.getByRole('textbox', { name: /^New name of s curve, seed 1/ });
    await expect(field).toBeFocused();
    await field.fill('The bend I like');
    await page.keyboard.press('Enter');
    await filter.fill('');
    await expect.poll(() => keptEpisodes(page), PATIENT).toContain('The bend I like');
  });
  await test.step('opened', async () => {
    await page.getByRole('button', { name: 'The bend I like', exact: true }).click();
    await expect(page.getByRole('banner')).toContainText('s_curve · seed 1', PATIENT);
  });
  await test.step('deleted', async () => {
    const before = await keptEpisodes(page);
    await episodeRows(page).filter({ hasText: 'straight road, seed 2' }).hover();
    await page.getByRole('button', { name: /^Delete straight road, seed 2/ }).click();
    await expect
      .poll(() => keptEpisodes(page), PATIENT)
      .toEqual(before.filter((name) => name !== 'straight road, seed 2'));
    await page.reload();
    await expect.poll(() => keptEpisodes(page), PATIENT).toHaveLength(4);
    expect(await keptEpisodes(page)).toContain('The bend I like');
  });
  await expect(button(page, 'New drive')).toBeVisible();
});
