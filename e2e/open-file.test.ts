/**
 * A recorded drive of a real car, opened by button and by drop: the human is the ghost, the radar lead an actor, the policy
 * drives behind it and thinks. Wrong and damaged files say what is wrong and where, and nothing is stored.
 */
import { expect, type Page, test } from '@playwright/test';
import {
  alerts,
  button,
  driveStatus,
  exportOpen,
  type FileToOpen,
  goToStep,
  jsonFile,
  keptEpisodes,
  openFile,
  openLab,
  PATIENT,
  region,
  SHIPPED,
  sharedData,
  timeline,
  tokens,
} from './helpers.ts';

const NAME = 'comma2k19_rav4_60s.json';
const log = sharedData(`logs/${NAME}`);

async function drop(page: Page, file: FileToOpen): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, text }) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name, { type: 'application/json' }));
      return data;
    },
    { name: file.name, text: file.buffer.toString('utf8') },
  );
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop to open')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}

for (const [way, open] of [
  ['the button', openFile],
  ['a drop', drop],
] as const) {
  test(`a recorded drive opens by ${way}, with ghost, lead, thoughts and report`, async ({ page }) => {
    test.skip(log === null, 'the recorded drive is not here');
    await openLab(page);
    await open(page, jsonFile(NAME, log ?? ''));
    await expect(page.getByRole('banner')).toContainText('comma2k19', PATIENT);
    const steps = Number(await timeline(page).getAttribute('aria-valuemax'));
    expect(steps, 'the policy drives to the end of the minute, or of the road').toBeGreaterThan(400);
    await goToStep(page, 100);
    const picture = region(page, 'Viewport');
    await expect(picture.getByText(/^human/)).toBeVisible(PATIENT);
    await expect(picture.getByText(/^A1/).first()).toBeVisible();
    await page.getByRole('radio', { name: 'Debug' }).click();
    await expect(tokens(page).getByRole('option')).not.toHaveCount(0);
    await expect(driveStatus(page)).toHaveText(/^step 100, \w+/);
    await page.getByRole('radio', { name: 'Compare' }).click();
    const table = page.getByRole('table', { name: 'Report on the drive behind the log' });
    const figure = async (row: string) => {
      const text = await table.getByRole('row', { name: new RegExp(`^${row}`) }).textContent();
      return Number(/(\d+(\.\d+)?) ?(m|s|%)?/.exec((text ?? '').replace(/^.*?(TTC|at 2 s|over 2 s)/, ''))?.[1]);
    };
    for (const row of ['ADE over 2 s', 'FDE at 2 s', 'distance', 'smallest gap', 'comfortable']) {
      expect(await figure(row), row).toBeGreaterThan(0);
      expect(await figure(row), row).toBeLessThan(2000);
    }
    expect(await figure('ADE over 2 s')).toBeLessThan(await figure('FDE at 2 s'));
    await expect(table.getByRole('row', { name: /^distance/ })).toContainText(/human 10\d\d\.\d m/);
    await expect(table.getByRole('row', { name: /^collisions/ })).toContainText('0');
    const { episode } = await exportOpen(page);
    expect(episode.decisions).toHaveLength(Math.ceil(steps / 5));
    expect(episode.decisions.every(({ tokens: trace }) => trace.length > 5)).toBe(true);
    expect(await keptEpisodes(page)).toHaveLength(1);
  });
}

test('a wrong or damaged file names what is wrong and where, and nothing is stored', async ({ page }) => {
  await openLab(page);
  const text = JSON.stringify(SHIPPED);
  const change = (edit: (value: Record<string, unknown>) => void) => {
    const value = JSON.parse(text) as Record<string, unknown>;
    edit(value);
    return JSON.stringify(value);
  };
  const row = JSON.stringify({ format: 'comma2k19-lite/1', dt: 0.1, columns: ['x', 'y'], rows: LOG_ROWS });
  const wrong: readonly (readonly [name: string, content: string | Buffer, sentence: RegExp])[] = [
    ['holiday.json', '{"title": "Holiday"}', /format/],
    ['cut.json', text.slice(0, 5000), /byte 5000/],
    ['picture.json', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]), /not text/],
    ['empty.json', '', /empty|byte 0/i],
    ['newer.json', change((value) => Object.assign(value, { format: 'traceway-episode/9' })), /newer/],
    ['seed.json', change((value) => Object.assign(value, { seed: -1 })), /seed/],
    ['controls.json', change((value) => (value.controls as number[]).splice(0, 1, 32_000)), /controls\[0\]/],
    ['row.json', row, /row 17.*column y/],
  ];
  const before = await exportOpen(page);
  for (const [name, content, sentence] of wrong) {
    await test.step(name, async () => {
      await openFile(page, jsonFile(name, content));
      await expect(alerts(page), name).toHaveCount(1, PATIENT);
      await expect(alerts(page), name).toContainText(`“${name}” was not opened: `);
      await expect(alerts(page), name).toContainText(sentence);
      await button(page, 'Dismiss').click();
    });
  }
  expect(await keptEpisodes(page)).toEqual([]);
  expect((await exportOpen(page)).bytes.equals(before.bytes)).toBe(true);
});

/** A straight drive whose row 17 holds a word where y belongs. */
const LOG_ROWS = Array.from({ length: 60 }, (_, i) => [i * 0.8, i === 17 ? 'left' : 0]);

test('an episode whose states do not hash as recorded is shown as diverged and not stored', async ({ page }) => {
  await openLab(page);
  const controls = SHIPPED.controls.map((count, index) => (index === 40 ? count + 1 : count));
  await openFile(page, jsonFile('edited.json', JSON.stringify({ ...SHIPPED, id: '0123456789abcdef', controls })));
  await expect(alerts(page)).toContainText('diverged at step 50', PATIENT);
  expect(await keptEpisodes(page)).toEqual([]);
});
