/**
 * A recording of CARLA's recorder, dropped: it plays at once, with or without its map; its actors are followed and filtered; it is kept,
 * exported and opened again; a policy drives in the hero's place. Damaged files are refused by name.
 */
import { existsSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { drop, playsAfter } from './drop.mjs';
import {
  alerts,
  button,
  exportOpen,
  goToStep,
  keptEpisodes,
  measured,
  openFile,
  PATIENT,
  region,
  timeline,
} from './helpers.ts';

const NAME = 'DistanceToLaneCenter.log';
const LOG = bytesOf(`carla/${NAME}`);
const TOWN = bytesOf('opendrive/Town01.xodr');
const OTHER_TOWN = bytesOf('opendrive/e6mini.xodr');

/** A shared data file's bytes; null, said loudly, where it is absent (CI must have it). */
function bytesOf(path: string): Buffer | null {
  const file = `../shared/data/${path}`;
  if (existsSync(file)) return readFileSync(file);
  if (process.env.CI) throw new Error(`${file} is missing, and CI must have it.`);
  console.warn(`SKIPPED: ${file} is missing.`);
  return null;
}

/** The lab of someone who has put the tour away. */
async function openToured(page: Page): Promise<void> {
  await page.addInitScript(() => localStorage.setItem('traceway.view/1', '{"toured":true}'));
  await page.goto('/');
  await expect(button(page, 'Open file')).toBeVisible(PATIENT);
  await page.waitForTimeout(2000);
}

/** The one alert about a file, read and dismissed. */
async function refusal(page: Page, name: string): Promise<string> {
  const alert = alerts(page).filter({ hasText: `“${name}”` });
  await expect(alert).toHaveCount(1, PATIENT);
  const text = (await alert.textContent()) ?? '';
  const dismiss = alert.getByRole('button', { name: 'Dismiss' });
  if ((await dismiss.count()) > 0) await dismiss.click();
  return text;
}

const recording = (page: Page) => region(page, 'Recording');
const chart = (page: Page, title: string) => page.getByRole('figure', { name: new RegExp(`^${title}`) });

test('a recording plays soon after its drop; its map, dropped later, is drawn and the lane’s centre plotted', async ({
  page,
}) => {
  test.skip(!LOG || !TOWN || !OTHER_TOWN, 'the recording or the maps are not here');
  await openToured(page);
  await drop(page, [[NAME, LOG as Buffer]]);
  const milliseconds = await playsAfter(page);
  measured('recording-drop', { milliseconds });
  await expect(timeline(page)).toHaveAttribute('aria-valuemax', '125');
  await expect(recording(page)).toContainText('432 frames');
  await expect(recording(page)).toContainText('drop Town01.xodr');
  await expect(recording(page)).toContainText('lincoln.mkz_2017 234, hero');
  await expect(chart(page, 'distance to lane centre m')).toContainText('Drop the map Town01.xodr to plot it.');

  await drop(page, [['e6mini.xodr', OTHER_TOWN as Buffer]]);
  expect(await refusal(page, 'e6mini.xodr')).toContain('“e6mini.xodr” was not opened: The recording names Town01');

  await drop(page, [['Town01.xodr', TOWN as Buffer]]);
  await expect(recording(page)).toContainText('✓ Town01.xodr', PATIENT);
  await goToStep(page, 95);
  await expect(chart(page, 'distance to lane centre m')).toContainText('0.862');
  await expect(page.getByRole('list', { name: 'Events' })).toHaveAccessibleName('Events');
  await expect(button(page, '12.5 s: lincoln.mkz_2017 234 is removed')).toBeVisible();
  await expect(button(page, '7.4 s: Crosses a broken yellow line, road 8 lane 0')).toBeVisible();
  await expect(region(page, 'Controls of the hero')).toContainText('0.10 right');
  await expect(region(page, 'Scores of the hero')).toContainText('CARLA 2.1', PATIENT);
  await region(page, 'Scores of the hero').getByRole('button', { name: 'step 89' }).click();
  await expect(timeline(page)).toHaveAttribute('aria-valuenow', '89');

  await page.getByRole('searchbox', { name: 'Filter actors' }).fill('traffic_light');
  await expect(region(page, 'Actors')).toContainText('36 of 183');
  await page.keyboard.press('Escape');
  await page.locator('body').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('s');
  await expect(page.getByRole('dialog')).toContainText('a recording has none');
  await page.keyboard.press('Escape');

  expect(await keptEpisodes(page)).toEqual(['DistanceToLaneCenter, Town01']);
  const { bytes, episode } = await exportOpen(page);
  expect(episode).toMatchObject({ controls: [], recording: { steps: 125, log: { name: NAME } } });
  await page.reload();
  await expect(button(page, 'Open file')).toBeVisible(PATIENT);
  await page.waitForTimeout(2000);
  await openFile(page, { name: 'again.json', mimeType: 'application/json', buffer: bytes });
  await expect(recording(page)).toContainText('✓ Town01.xodr', PATIENT);
  expect((await exportOpen(page)).bytes.equals(bytes)).toBe(true);
});

test('dropped together with its map it plays on it; a policy drives in the hero’s place and can be shared', async ({
  page,
}) => {
  test.skip(!LOG || !TOWN, 'the recording or the map is not here');
  await openToured(page);
  await drop(page, [
    ['Town01.xodr', TOWN as Buffer],
    [NAME, LOG as Buffer],
  ]);
  await playsAfter(page);
  await expect(recording(page)).toContainText('✓ Town01.xodr', PATIENT);
  await page.getByRole('combobox', { name: 'Policy' }).selectOption({ label: 'Expert' });
  await region(page, 'Drive it yourself').getByRole('button', { name: 'Drive' }).click();
  await expect(page.getByRole('banner')).toContainText('expert', PATIENT);
  const { episode } = await exportOpen(page);
  expect(episode.decisions.length).toBeGreaterThan(5);
  expect(episode.recording).toBeUndefined();
  expect(await keptEpisodes(page)).toHaveLength(2);
  await page.keyboard.press('s');
  await expect(page.getByRole('textbox', { name: 'Replay link' })).toHaveValue(/#r1\./, PATIENT);
});

test('damaged recordings and stray maps are refused by name, and nothing is stored', async ({ page }) => {
  test.skip(!LOG || !TOWN, 'the recording or the map is not here');
  await openToured(page);
  const log = LOG as Buffer;
  const many = Buffer.concat([log.subarray(0, 34 + 29), Buffer.from([2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])]);
  const cases: readonly (readonly [name: string, bytes: Buffer, sentence: RegExp])[] = [
    ['cut.log', log.subarray(0, 60_000), /byte 60000 \(State\): the recording is cut off inside this packet/],
    ['many.log', many, /EventAdd\): the packet declares 4294967295 bytes/],
    ['noise.log', Buffer.concat([log.subarray(0, 34), Buffer.alloc(400, 0x55)]), /byte \d+/],
    ['Town01.xodr', TOWN as Buffer, /is a map; drop it with the recording/],
  ];
  for (const [name, bytes, sentence] of cases) {
    await drop(page, [[name, bytes]]);
    expect(await refusal(page, name), name).toMatch(sentence);
  }
  expect(await keptEpisodes(page)).toEqual([]);
});
