/**
 * Sharing: the link of a drive is short and opens elsewhere as the identical drive and view; a hostile one gives one sentence
 * and leaves the lab as it was; a file goes out and comes back byte for byte.
 */
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { sealEnvelope } from '../core/episode/link/link-envelope.ts';
import {
  alerts,
  button,
  driveStatus,
  expectStep,
  exportOpen,
  goToStep,
  jsonFile,
  keptEpisodes,
  measured,
  openFile,
  openLab,
  PATIENT,
  SHIPPED_NAME,
  timeline,
} from './helpers.ts';

async function shareLink(page: Page): Promise<string> {
  await button(page, 'Share').click();
  const box = page.getByRole('textbox', { name: 'Replay link' });
  await expect(box).toHaveValue(/#r1\./, PATIENT);
  return box.inputValue();
}

test('a shared link opens in a fresh profile as the identical drive, trace and view', async ({ page, browser }) => {
  await openLab(page);
  const sent = (await exportOpen(page)).episode;
  await page.getByRole('button', { name: 'Top' }).click();
  await goToStep(page, 87);
  const link = await shareLink(page);
  expect(link.length).toBeLessThanOrEqual(2000);
  measured('replay-link', { characters: link.length, steps: sent.score.steps });
  await expect(page.getByRole('dialog').getByText(`${link.length} characters · ✓ fits any chat`)).toBeVisible();

  const context = await browser.newContext();
  const elsewhere = await context.newPage();
  await elsewhere.goto(link);
  await expectStep(elsewhere, 87);
  await expect(elsewhere.getByRole('button', { name: 'Top' })).toHaveAttribute('aria-pressed', 'true');
  await expect(elsewhere.getByText('Opened from a link, read-only.')).toBeVisible();
  await expect(button(elsewhere, 'Play')).toBeVisible();
  expect(await keptEpisodes(elsewhere)).toEqual([]);
  const received = (await exportOpen(elsewhere)).episode;
  expect(received.stateHashes).toEqual(sent.stateHashes);
  expect(received.controls).toEqual(sent.controls);
  expect(received.decisions.map(({ tokens }) => tokens)).toEqual(sent.decisions.map(({ tokens }) => tokens));
  expect(received.events).toEqual(sent.events);
  expect(received.score).toEqual(sent.score);
  await button(elsewhere, 'Keep').click();
  await expect.poll(() => keptEpisodes(elsewhere), PATIENT).toEqual([SHIPPED_NAME]);
  await context.close();
});

test('a hostile link gives one clear sentence and leaves the lab untouched', async ({ page }) => {
  test.setTimeout(120_000);
  await openLab(page);
  await goToStep(page, 40);
  const link = await shareLink(page);
  await page.keyboard.press('Escape');
  const before = await exportOpen(page);
  const good = link.slice(link.indexOf('#'));
  const [head, body, check] = good.split('.');
  const flipped = body[40] === 'A' ? 'B' : 'A';
  const hostile: readonly (readonly [name: string, fragment: string, sentence: RegExp])[] = [
    ['newer version', `#r2.${body}.${check}`, /made by a newer Traceway; update to open it/],
    ['too long', `${head}.${'A'.repeat(32_001)}.${check}`, /characters; the most is 32000/],
    ['bad alphabet', `${head}.${body.slice(0, 40)}~${body.slice(41)}.${check}`, /character 45 does not belong/],
    ['flipped bit', `${head}.${body.slice(0, 40)}${flipped}${body.slice(41)}.${check}`, /check sum does not match/],
    ['cut off', good.slice(0, 300), /incomplete/],
    ['bomb', bomb(), /unpacks to more than 256 KiB/],
    ['noise with a right check sum', sealEnvelope(new Uint8Array(64).fill(0xff)), /damaged/],
    ['empty', '#r1..', /incomplete/],
    ['markup', '#r1.<img src=x onerror=alert(1)>.x', /./],
  ];
  let alarmed = false;
  page.on('dialog', () => {
    alarmed = true;
  });
  for (const [name, fragment, sentence] of hostile) {
    await test.step(name, async () => {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
      await expect(alerts(page), name).toHaveCount(1, PATIENT);
      await expect(alerts(page), name).toContainText(sentence);
      await expect(alerts(page), name).toContainText('The drive that was open stays as it was.');
      await button(page, 'Dismiss').click();
      await expectStep(page, 40);
    });
  }
  expect(alarmed).toBe(false);
  expect(await keptEpisodes(page)).toEqual([]);
  expect((await exportOpen(page)).bytes.equals(before.bytes)).toBe(true);
});

/** A link with a right check sum that unpacks to a megabyte of zeros. */
function bomb(): string {
  const deflated = deflateRawSync(Buffer.alloc(1 << 20));
  const digest = createHash('sha256').update(deflated).digest().subarray(0, 8);
  return `#r1.${deflated.toString('base64url')}.${digest.toString('base64url')}`;
}

test('a bad link at the door still opens the lab', async ({ page }) => {
  await page.goto('/#r9.abc.def');
  await expect(page.getByText('This link was made by a newer Traceway; update to open it.')).toBeVisible(PATIENT);
  await expect(driveStatus(page)).toHaveText(/^step 0,/, PATIENT);
  expect(await keptEpisodes(page)).toEqual([]);
});

test('an episode file comes back byte for byte', async ({ page, browser }) => {
  await openLab(page);
  const { bytes } = await exportOpen(page);
  const context = await browser.newContext();
  const elsewhere = await context.newPage();
  await openLab(elsewhere);
  await openFile(elsewhere, jsonFile('drive.json', bytes));
  await expect.poll(() => keptEpisodes(elsewhere), PATIENT).toEqual([SHIPPED_NAME]);
  await timeline(elsewhere).focus();
  expect((await exportOpen(elsewhere)).bytes.equals(bytes)).toBe(true);
  await context.close();
});
