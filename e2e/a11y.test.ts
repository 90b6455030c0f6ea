/**
 * For everyone: no violation that axe finds in the main states, in both themes and at both sizes; everything by keyboard; and
 * at 1024 × 768 nothing is cut off or covered.
 */
import { expect, type Page, test } from '@playwright/test';
import { SIZES, violations } from './axe.ts';
import {
  alternatives,
  button,
  currentToken,
  driveStatus,
  openLab,
  PATIENT,
  region,
  stepOf,
  tokens,
} from './helpers.ts';

const STATES: readonly (readonly [name: string, enter: (page: Page) => Promise<void>, leave?: string])[] = [
  ['debug', async (page) => expect(alternatives(page).first()).toHaveText(/(\.\d{3}|1)$/, PATIENT)],
  ['branches', async (page) => page.getByRole('tab', { name: /^Branches/ }).click()],
  [
    'token editor',
    async (page) => {
      await tokens(page).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('e');
      await expect(page.getByRole('listbox', { name: 'Allowed words' })).toBeVisible();
    },
    'Escape',
  ],
  [
    'palette',
    async (page) => {
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('option', { name: /^Open file/ })).toBeVisible();
    },
    'Escape',
  ],
  [
    'shortcuts',
    async (page) => {
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    },
    'Escape',
  ],
  [
    'share',
    async (page) => {
      await page.keyboard.press('s');
      await expect(page.getByRole('textbox', { name: 'Replay link' })).toHaveValue(/#r1/, PATIENT);
    },
    'Escape',
  ],
  [
    'new drive',
    async (page) => {
      await page.keyboard.press('Shift+D');
      await expect(page.getByRole('dialog').getByRole('button', { name: 'Drive' })).toBeEnabled();
    },
    'Escape',
  ],
  [
    'train with its form',
    async (page) => {
      await page.keyboard.press('3');
      await button(page, 'Configuration').click();
      await expect(page.getByRole('form')).toBeVisible();
    },
  ],
  [
    'compare',
    async (page) => {
      await button(page, 'Configuration').click();
      await page.keyboard.press('4');
      await expect(page.getByRole('table', { name: 'Score, part by part' })).toBeVisible();
    },
  ],
  [
    'a failure, and the metrics as tables',
    async (page) => {
      await page.keyboard.press('2');
      await page.getByRole('checkbox', { name: 'Table' }).check();
      await page.evaluate(() => {
        location.hash = '#r1.abc.def';
      });
      await expect(page.getByRole('alert')).toBeVisible(PATIENT);
    },
  ],
];

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of SIZES) {
    test(`axe finds nothing, ${colorScheme}, ${viewport.width} × ${viewport.height}`, async ({ browser, baseURL }) => {
      const context = await browser.newContext({ colorScheme, viewport, baseURL, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await openLab(page);
      for (const [name, enter, leave] of STATES) {
        await enter(page);
        expect.soft(await violations(page), name).toEqual([]);
        if (leave) await page.keyboard.press(leave);
      }
      await context.close();
    });
  }
}

test('without a pointer: thoughts, alternatives, palette and shortcuts are reached and used', async ({ page }) => {
  await openLab(page);
  await test.step('Tab reaches the tokens; arrows, Home, End and Enter work there', async () => {
    await page.locator('body').press('Tab');
    for (let i = 0; i < 60 && !(await tokens(page).evaluate((box) => box === document.activeElement)); i++)
      await page.keyboard.press('Tab');
    await expect(tokens(page)).toBeFocused();
    await page.keyboard.press('Home');
    const first = await currentToken(page).textContent();
    await page.keyboard.press('ArrowRight');
    await expect(currentToken(page)).not.toHaveText(first ?? '');
    await page.keyboard.press('End');
    await expect(currentToken(page)).toHaveText('<end>');
    await page.keyboard.press('Enter');
    await expect(alternatives(page).first()).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(tokens(page)).toBeFocused();
  });
  await test.step('the palette runs a command and gives the focus back', async () => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog', { name: 'All commands' }).getByRole('combobox')).toBeFocused();
    await page.keyboard.type('next decision');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect.poll(() => stepOf(page)).toBe(5);
    await expect(tokens(page)).toBeFocused();
  });
  await test.step('? lists every shortcut, Escape closes', async () => {
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    for (const text of ['Next token', 'Toggle breakpoint', 'Share replay link…', 'Play or pause'])
      await expect(dialog.getByText(text)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });
  await expect(driveStatus(page)).toHaveText(/^step 5, /);
});

test('at 1024 × 768 nothing overflows, overlaps or falls outside', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await openLab(page);
  await expect(region(page, 'Metrics')).toBeVisible(PATIENT);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  const names = ['Viewport', 'Trace', 'Episodes', 'Metrics', 'Time'];
  const boxes = await Promise.all(
    names.map(async (name) => ({
      name,
      ...((await region(page, name).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }),
    })),
  );
  for (const box of boxes) {
    expect(box.width * box.height, box.name).toBeGreaterThan(10_000);
    expect(box.x + box.width, box.name).toBeLessThanOrEqual(1024.5);
    expect(box.y + box.height, box.name).toBeLessThanOrEqual(768.5);
  }
  for (const a of boxes)
    for (const b of boxes.slice(boxes.indexOf(a) + 1)) {
      const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
      const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
      expect(wide > 1 && high > 1, `${a.name} over ${b.name}`).toBe(false);
    }
  for (const name of ['Train', 'Share', 'Open file', 'Step token', 'Step back', 'Step decision', 'Play'])
    await expect(button(page, name)).toBeInViewport({ ratio: 1 });
});
