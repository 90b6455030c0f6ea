/** A board of blocks in the lab: opened from the palette, stepped through by the debugger's keys, and put away by a drive. */
import { expect, type Page, test } from '@playwright/test';
import {
  currentToken,
  driveStatus,
  expectStep,
  openLab,
  PATIENT,
  region,
  timeline,
  tokens,
  watchErrors,
} from './helpers.ts';

const crumb = (page: Page) => page.getByRole('banner');

async function openBoard(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Commands' }).fill('blocksworld');
  await page.keyboard.press('Enter');
}

test('a board is opened from the palette, stepped through by keys, and a drive takes its place', async ({ page }) => {
  const errors = watchErrors(page);
  await openLab(page);
  await openBoard(page);
  await expect(crumb(page)).toContainText('Blocksworld, 4 blocks, seed 1', PATIENT);
  await expect(driveStatus(page)).toHaveText(/^step 0 of \d, block .*; \d moves? to go$/);
  await expect(region(page, 'Viewport').locator('.viewer-labels').getByText('goal')).toBeVisible(PATIENT);

  await test.step('its words stand by stage', async () => {
    const groups = tokens(page).getByRole('group');
    await expect(groups).toHaveCount(3);
    for (const name of ['perceive', 'predict', 'act'])
      await expect(tokens(page).getByRole('group', { name })).toBeVisible();
    await expect(tokens(page).getByRole('group', { name: 'perceive' })).toContainText(/^perceive.*state.*goal.*clear/);
    await expect(currentToken(page)).toHaveText('<end>');
  });
  await test.step('by words', async () => {
    await tokens(page).focus();
    await page.keyboard.press('Home');
    await expect(currentToken(page)).toHaveText('state');
    for (const [key, word] of [
      ['F10', /^\d$/],
      ['Shift+F10', 'state'],
      ['n', /^\d$/],
      ['Shift+n', 'state'],
      [']', 'wrong'],
      [']', 'move'],
      ['[', 'wrong'],
      ['Shift+o', 'state'],
      ['o', '<end>'],
    ] as const) {
      await page.keyboard.press(key);
      await expect(currentToken(page), key).toHaveText(word);
    }
    await expectStep(page, 0);
    await page.keyboard.press('n');
    await expect(currentToken(page)).toHaveText('state');
    await expectStep(page, 1);
  });
  await test.step('by moves', async () => {
    const before = await driveStatus(page).textContent();
    await timeline(page).focus();
    await page.keyboard.press('ArrowRight');
    await expectStep(page, 2);
    await expect(driveStatus(page)).not.toHaveText(before ?? '');
    await page.keyboard.press('Shift+ArrowLeft');
    await expectStep(page, 1);
    await page.keyboard.press('End');
    await expect(driveStatus(page)).toHaveText(/; the goal is reached$/);
    await page.keyboard.press('Home');
    await expectStep(page, 0);
  });
  await test.step('Space plays it to its end', async () => {
    await page.keyboard.press('Space');
    await expect(driveStatus(page)).toHaveText(/; the goal is reached$/, PATIENT);
  });
  await test.step('the next board is another', async () => {
    await openBoard(page);
    await expect(crumb(page)).toContainText('Blocksworld, 4 blocks, seed 2', PATIENT);
  });
  await test.step('a drive takes its place', async () => {
    await region(page, 'Episodes').getByRole('button', { name: 'Shipped drive' }).click();
    await expect(crumb(page)).not.toContainText('Blocksworld', PATIENT);
    await expect(driveStatus(page)).toHaveText(/^step \d+, .*m\/s$/, PATIENT);
    await expect(tokens(page).getByRole('group', { name: 'plan' })).toBeVisible();
  });
  expect(errors).toEqual([]);
});
