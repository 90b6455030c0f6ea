/**
 * Viewport and timeline in a real browser, on a drive the expert makes in the page (fixtures/viewer.tsx): there is a picture
 * in either theme, it comes back after WebGL is lost, a browser without WebGL gets the view from above, and the timeline
 * obeys keys and pointer to the exact step.
 */
import { expect, type Page, test } from '@playwright/test';
import { SOURCES } from './helpers.ts';

/** A software GPU on a busy machine compiles shaders for seconds. */
const PATIENT = { timeout: 30_000 };
const PAGE = `${SOURCES}e2e/fixtures/viewer.html`;
const slider = (page: Page) => page.getByRole('slider', { name: 'Timeline' });

/** Number of clearly different colours in the picture: a blank one has one or two. */
async function colors(page: Page): Promise<number> {
  const png = await page.locator('.viewer-canvas').screenshot();
  return page.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(64, 64);
      const pen = canvas.getContext('2d');
      pen?.drawImage(bitmap, 0, 0, 64, 64);
      const data = pen?.getImageData(0, 0, 64, 64).data ?? [];
      const seen = new Set<number>();
      for (let i = 0; i < data.length; i += 4)
        seen.add((data[i] >> 4) * 256 + (data[i + 1] >> 4) * 16 + (data[i + 2] >> 4));
      return seen.size;
    },
    [...png],
  );
}

for (const theme of ['dark', 'light'])
  test(`the ${theme} viewport shows the drive`, async ({ page }) => {
    await page.goto(`${PAGE}?theme=${theme}&step=60`);
    await expect(page.getByRole('region', { name: 'Viewport' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Chase' })).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(() => colors(page), PATIENT).toBeGreaterThan(12);
  });

test('the picture returns after WebGL was lost', async ({ page }) => {
  await page.addInitScript(() => {
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...asked: [string, object?]) {
      const context = getContext.apply(this, asked as never);
      if (asked[0] === 'webgl2') Object.assign(window, { lastWebgl: context });
      return context;
    } as typeof getContext;
  });
  await page.goto(`${PAGE}?step=60`);
  await expect(page.getByRole('button', { name: 'Chase' })).toBeVisible();
  await expect.poll(() => colors(page), PATIENT).toBeGreaterThan(12);
  await page.evaluate(() => {
    const { lastWebgl } = window as unknown as { lastWebgl: WebGL2RenderingContext };
    const lose = lastWebgl.getExtension('WEBGL_lose_context');
    lose?.loseContext();
    setTimeout(() => lose?.restoreContext(), 500);
  });
  await expect(page.getByText('The graphics device was lost')).toBeVisible();
  await expect(page.getByText('The graphics device was lost')).toBeHidden();
  await expect.poll(() => colors(page), PATIENT).toBeGreaterThan(12);
});

test('without WebGL 2 the drive is shown from above', async ({ page }) => {
  await page.goto(`${PAGE}?flat&step=60`);
  await expect(page.getByText('2-D view')).toBeVisible();
  await expect.poll(() => colors(page), PATIENT).toBeGreaterThan(5);
});

test('the timeline steps, jumps and says where it is', async ({ page }) => {
  await page.goto(`${PAGE}?step=40`);
  const time = slider(page);
  await expect(time).toHaveAttribute('aria-valuenow', '40');
  await time.focus();
  const press = async (key: string, step: string) => {
    await page.keyboard.press(key);
    await expect(time).toHaveAttribute('aria-valuenow', step);
  };
  await press('ArrowRight', '41');
  await press('ArrowLeft', '40');
  await press('PageUp', '45');
  await press('PageDown', '40');
  await press('Home', '0');
  await press('End', (await time.getAttribute('aria-valuemax')) ?? '');
  await expect(time).toHaveAttribute('aria-valuetext', /^\d+\.\d s, step \d+, .* m\/s, decision \d+: proceed, /);
});

test('the timeline is scrubbed by pointer and an event jumps to its step', async ({ page }) => {
  await page.goto(`${PAGE}?step=0&fork=14`);
  const box = await slider(page).boundingBox();
  if (!box) throw new Error('The timeline has no box.');
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height - 4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height - 4, { steps: 4 });
  await page.mouse.up();
  const steps = Number(await slider(page).getAttribute('aria-valuemax'));
  expect(Math.abs(Number(await slider(page).getAttribute('aria-valuenow')) - steps / 2)).toBeLessThanOrEqual(1);
  const event = page.getByRole('list', { name: 'Events' }).getByRole('button').first();
  await event.click();
  const seconds = Number(((await event.getAttribute('aria-label')) ?? '').split(' ')[0]);
  await expect(slider(page)).toHaveAttribute('aria-valuenow', String(Math.round(seconds * 10)));
});

test('Play plays, Pause stops, and the ghost costs points', async ({ page }) => {
  await page.goto(`${PAGE}?step=60&fork=14`);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(async () => Number(await slider(page).getAttribute('aria-valuenow'))).toBeGreaterThan(64);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(page.locator('.viewport-hud [data-tone="cf"]')).toHaveText(/^−\d\.\d\d$/);
});
