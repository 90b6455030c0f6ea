/**
 * The same drive gives the same bits: the reference drive's hashes in Chromium are the constants that Node's test has, and a
 * drive made here in Node hashes equal when the built app makes it anew.
 */
import { expect, test } from '@playwright/test';
import { REFERENCE_HASHES } from '../core/world/reference-drive.ts';
import { drive } from '../core/episode/testing-lab.ts';
import { exportOpen, openLab, PATIENT, SOURCES, timeline } from './helpers.ts';

test('the reference drive hashes equal in a Chromium worker', async ({ page }) => {
  await page.goto(`${SOURCES}e2e/fixtures/blank.html`);
  const hashes = await page.evaluate(async () => {
    const code = `
      const { createWasmWorlds } = await import('${location.origin}/core/world/wasm.ts');
      const { referenceDrive } = await import('${location.origin}/core/world/reference-drive.ts');
      postMessage(referenceDrive(createWasmWorlds(1)));`;
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })), { type: 'module' });
    return new Promise<string>((done, fail) => {
      worker.addEventListener('message', ({ data }) => done(String(data)));
      worker.addEventListener('error', ({ message }) => fail(new Error(message)));
    });
  });
  expect(hashes).toBe(REFERENCE_HASHES);
});

test('the expert drives a shipped scenario to the same hashes in Node and in the app', async ({ page }) => {
  const expected = await drive('signalled_crossing', 7);
  await openLab(page);
  await page.keyboard.press('Shift+D');
  const dialog = page.getByRole('dialog', { name: 'New drive' });
  await dialog.getByRole('listbox', { name: 'Scenario' }).selectOption({ value: 'signalled_crossing' });
  await dialog.getByRole('textbox', { name: 'Seed' }).fill('7');
  await dialog.getByRole('combobox', { name: 'Policy' }).selectOption({ label: 'Expert' });
  await dialog.getByRole('button', { name: 'Drive' }).click();
  await expect(dialog).toBeHidden();
  await expect(timeline(page)).toHaveAttribute('aria-valuemax', String(expected.score.steps), PATIENT);
  const { episode } = await exportOpen(page);
  expect(episode.stateHashes).toEqual(expected.stateHashes);
  expect(episode.controls).toEqual(expected.controls);
  expect(episode.decisions).toEqual(expected.decisions);
  expect(episode.score).toEqual(expected.score);
});
