/**
 * The viewport on scenes that are no drive of the lab (fixtures/scene.tsx): a map with traffic and lights shows in either theme, from
 * the driver's seat and as a whole; a town costs few draw calls; labels and cars keep out of one another's way.
 */
import { expect, type Page, test } from '@playwright/test';
import { SOURCES } from './helpers.ts';

/** A software GPU on a busy machine compiles shaders for seconds. */
const PATIENT = { timeout: 30_000 };
const PAGE = `${SOURCES}e2e/fixtures/scene.html`;

interface Stats {
  readonly pictures: number;
  readonly drawCalls: number;
  readonly triangles: number;
}
const stats = (page: Page): Promise<Stats> =>
  page.evaluate(() => (window as unknown as { viewerStats(): Stats }).viewerStats());

async function drawn(page: Page, query: string): Promise<Stats> {
  await page.goto(`${PAGE}?bare&${query}`);
  await page.waitForFunction(() => 'viewerStats' in window);
  await expect.poll(async () => (await stats(page)).pictures, PATIENT).toBeGreaterThan(0);
  return stats(page);
}

test('a junction with traffic is drawn from behind a car, from its seat, and as a whole', async ({ page }) => {
  for (const query of ['camera=chase', 'camera=driver&theme=light', 'camera=top&follow=-1']) {
    const { drawCalls, triangles } = await drawn(page, `map=fourWay&${query}`);
    expect(triangles).toBeGreaterThan(2000);
    expect(drawCalls).toBeLessThan(250);
  }
});

test('a map alone takes one draw call a tile in sight', async ({ page }) => {
  const { drawCalls } = await drawn(page, 'map=highway&actors=0&camera=top&follow=-1');
  expect(drawCalls).toBeLessThan(25);
});

test('every weather is drawn', async ({ page }) => {
  for (const weather of ['night', 'rain', 'fog'])
    expect((await drawn(page, `map=fourWay&weather=${weather}`)).drawCalls).toBeGreaterThan(20);
});

test('names beside cars do not cover one another', async ({ page }) => {
  await page.goto(`${PAGE}?map=fourWay&actors=24&step=20`);
  const labels = page.locator('.viewer-labels span:visible');
  await expect.poll(() => labels.count(), PATIENT).toBeGreaterThan(3);
  const boxes = await labels.evaluateAll((all) =>
    all.map((label) => label.getBoundingClientRect().toJSON() as DOMRect),
  );
  const covering = boxes.flatMap((a, i) =>
    boxes.slice(i + 1).filter((b) => {
      const [w, h] = [
        Math.min(a.right, b.right) - Math.max(a.left, b.left),
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
      ];
      return w > 2 && h > 2;
    }),
  );
  expect(covering).toEqual([]);
});
