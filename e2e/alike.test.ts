/**
 * The same on all three kinds: a drive of the lab, a recording of CARLA's and a live source have one list of actors (found by words and
 * kind, a click follows), one timeline, one set of curves, four cameras and a picture in the picture; and axe finds nothing in any of it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { SIZES, violations } from './axe.ts';
import { drop, playsAfter } from './drop.mjs';
import { button, openLab, PATIENT, region } from './helpers.ts';
import { connect, endPrograms, freePort, startProxy, watch } from './watching.ts';

test.describe.configure({ timeout: 240_000 });
test.afterEach(endPrograms);

const LOG = '../shared/data/carla/DistanceToLaneCenter.log';
const TOWN = '../shared/data/opendrive/Town01.xodr';
const CURVES = ['speed', 'TTC', 'distance to lane centre', 'nearest other', 'acceleration', 'jerk'];

interface Kind {
  readonly name: string;
  readonly open: (page: Page, baseURL?: string) => Promise<void>;
  readonly slider: string;
  readonly lanes: readonly string[];
  /** How the list calls the ego, and somebody else where there is anybody. */
  readonly ego: RegExp;
  readonly other?: RegExp;
  /** A group of the list, and how many of all it has. */
  readonly group: readonly [name: string, found: RegExp];
}
const KINDS: readonly Kind[] = [
  {
    name: 'a drive of the lab',
    open: openLab,
    slider: 'Timeline',
    lanes: ['events', 'decisions', 'reward', 'TTC'],
    ego: /^Follow ego/,
    other: /^Follow A1/,
    group: ['walkers', /^1 of 2$/],
  },
  {
    name: 'a recording',
    open: async (page) => {
      await openLab(page);
      await drop(page, [
        ['Town01.xodr', readFileSync(TOWN)],
        ['DistanceToLaneCenter.log', readFileSync(LOG)],
      ]);
      await playsAfter(page);
      await expect(region(page, 'Recording')).toContainText('✓ Town01.xodr', PATIENT);
    },
    slider: 'Timeline',
    lanes: ['events', 'speed', 'TTC'],
    ego: /^Follow lincoln/,
    group: ['lights', /^36 of 183$/],
  },
  {
    name: 'a live source',
    open: async (page, baseURL) => {
      const port = await freePort();
      await startProxy(port, baseURL, ['--scenario', 'crossing_lead']);
      await connect(page, port);
      await watch(page, /^Watch Traceway world/);
    },
    slider: 'Live timeline',
    lanes: ['events', 'speed', 'TTC'],
    ego: /^Follow ego/,
    other: /^Follow /,
    group: ['vehicles', /^[1-9]\d* of \d+$/],
  },
];

const list = (page: Page): Locator => region(page, 'Actors');
const step = async (slider: Locator): Promise<number> => Number(await slider.getAttribute('aria-valuenow'));

for (const { name, open, slider, lanes, ego, other, group } of KINDS)
  test(`${name}: actors, cameras, inset, timeline, curves`, async ({ page, baseURL }) => {
    const missing = [LOG, TOWN].find((file) => !existsSync(file));
    if (missing && process.env.CI) throw new Error(`${missing} is missing, and CI must have it.`);
    if (missing) console.warn(`SKIPPED: ${missing} is missing.`);
    test.skip(missing !== undefined && name === 'a recording', `${missing} is not here`);
    await open(page, baseURL);
    const actors = list(page);
    if (!(await actors.isVisible())) await button(page, 'Actors').click();

    await test.step('everyone is listed, the ego first, with speed and distance', async () => {
      const buttons = actors.getByRole('button', { name: /^Follow/ });
      await expect(buttons.first()).toHaveAccessibleName(ego, PATIENT);
      await expect(buttons.first()).toHaveAttribute('aria-pressed', 'true');
      await expect(actors.getByRole('listitem').first()).toContainText(/\d m\/s/);
      await actors.getByRole('combobox', { name: 'Kind of actors' }).selectOption(group[0]);
      await expect(actors.locator('.note')).toHaveText(group[1]);
      await actors.getByRole('combobox', { name: 'Kind of actors' }).selectOption('all');
      await actors.getByRole('searchbox', { name: 'Filter actors' }).fill('no such thing');
      await expect(actors.locator('.note')).toHaveText(/^0 of /);
      await actors.getByRole('searchbox', { name: 'Filter actors' }).fill('');
    });

    await test.step('a click follows, and back to the ego', async () => {
      if (!other) return;
      const another = actors.getByRole('button', { name: other, pressed: false }).first();
      await another.click();
      await expect(region(page, 'Viewport')).toContainText('to ego m');
      await actors.getByRole('button', { name: ego }).click();
      await expect(region(page, 'Viewport')).not.toContainText('to ego m');
    });

    await test.step('four cameras, and one more in the picture', async () => {
      for (const camera of ['Driver', 'Top', 'Free', 'Chase']) {
        await button(page, camera).click();
        await expect(button(page, camera)).toHaveAttribute('aria-pressed', 'true');
      }
      await button(page, 'Inset').click();
      await expect(page.getByRole('figure', { name: /^Seen by / })).toBeVisible(PATIENT);
      expect.soft(await violations(page), 'list and inset').toEqual([]);
      await button(page, 'Close the inset').click();
      await expect(page.getByRole('figure', { name: /^Seen by / })).toBeHidden();
    });

    await test.step('the timeline steps by keys', async () => {
      await expect(region(page, 'Time').locator('.timeline-name')).toHaveText([...lanes]);
      const time = page.getByRole('slider', { name: slider, exact: true });
      await time.focus();
      await page.keyboard.press('Home');
      await expect.poll(() => step(time)).toBe(0);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => step(time)).toBe(2);
    });

    await test.step('the same curves', async () => {
      for (const curve of CURVES)
        await expect(page.getByRole('figure', { name: new RegExp(`^${curve}`) })).toBeVisible(PATIENT);
      await page.setViewportSize(SIZES[1]);
      expect.soft(await violations(page), 'narrow').toEqual([]);
    });
  });
