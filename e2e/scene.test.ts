/**
 * The viewport on scenes that are no drive of the lab (fixtures/scene.tsx): a map with traffic and lights shows in either theme, from
 * the driver's seat and as a whole; a town costs few draw calls; nothing z-fights; labels and cars keep out of one another's way.
 */
import { expect, type Page, test } from '@playwright/test';
import { sharedData, SOURCES } from './helpers.ts';

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

/** What looks otherwise when only the depth buffer's steps change, of the still, finely drawn picture. */
interface Flips {
  readonly pixels: number;
  readonly flips: number;
  /** The most of them in a square of CROWD x CROWD pixels about one of them. */
  readonly crowd: number;
}
const CROWD = 7;

async function depthFlips(page: Page, query: string): Promise<Flips> {
  await drawn(page, query);
  return page.evaluate(async (square) => {
    const { viewerStats, scaleNear } = window as unknown as { viewerStats(): Stats; scaleNear(scale: number): void };
    const canvas = document.querySelector('canvas.viewer-canvas') as HTMLCanvasElement;
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const picture = async (scale: number) => {
      const { pictures } = viewerStats();
      scaleNear(scale);
      // One picture at once, and the fine one when nothing moves; then it is shown.
      while (viewerStats().pictures < pictures + 2 || canvas.width !== 2 * canvas.clientWidth) await pause(50);
      for (let before = ''; ; await pause(100)) {
        const now = canvas.toDataURL();
        if (now === before) break;
        before = now;
      }
      return canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data as Uint8ClampedArray;
    };
    const [one, half] = [await picture(1), await picture(0.5)];
    const flipped = new Set<number>();
    for (let i = 0; i < one.length; i += 4) {
      const [r, g, b] = [one[i] - half[i], one[i + 1] - half[i + 1], one[i + 2] - half[i + 2]];
      if (Math.abs(r) + Math.abs(g) + Math.abs(b) > 12) flipped.add(i / 4);
    }
    const reach = (square - 1) / 2;
    const crowds = [...flipped].map((at) => {
      let near = 0;
      for (let y = -reach; y <= reach; y++)
        for (let x = -reach; x <= reach; x++) if (flipped.has(at + y * canvas.width + x)) near++;
      return near;
    });
    return { pixels: one.length / 4, flips: flipped.size, crowd: Math.max(0, ...crowds) };
  }, CROWD);
}

/**
 * Where solids reach into each other, a wheel into a body, a pixel of their border here and there may go either way. Skins that lie in one
 * another, or so close that a step of the depth buffer is more than what parts them, flip in patches, or in rows where they are seen
 * from the side.
 */
const fights = ({ flips, crowd }: Flips) => flips >= 40 || crowd >= CROWD;

test('nothing z-fights: with other steps of the depth buffer the picture is the same', async ({ page }) => {
  test.setTimeout(240_000);
  await page.setViewportSize({ width: 900, height: 560 });
  const town = sharedData('opendrive/Town01.xodr');
  if (town) await page.route('**/town.xodr', (route) => route.fulfill({ body: town }));
  const map = town ? 'xodr=/town.xodr' : 'map=fourWay';
  for (const view of [
    'camera=chase&follow=2',
    'camera=chase&follow=7&theme=light',
    'camera=top&follow=2',
    'camera=free&follow=-1',
    'camera=top&follow=-1',
  ]) {
    const seen = await depthFlips(page, `${map}&actors=40&${view}`);
    expect(seen.pixels).toBeGreaterThan(1e6);
    expect([view, fights(seen) ? seen : 'calm']).toEqual([view, 'calm']);
  }
});

test('of cars that stand in one another it shows that they z-fight', async ({ page }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 900, height: 560 });
  const view = 'map=fourWay&actors=40&camera=chase&follow=2';
  const alone = await depthFlips(page, view);
  expect(fights(alone) ? alone : 'calm').toBe('calm');
  // Half a millimetre apart: a step of the depth buffer at 50 m.
  const { flips, crowd } = await depthFlips(page, `${view}&twins=0.0005`);
  expect(flips).toBeGreaterThan(40);
  expect(crowd).toBeGreaterThan(CROWD);
});
