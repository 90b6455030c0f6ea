/**
 * The same drive gives the same bits: the reference drive's hashes in Chromium are the constants that Node's test has, every shipped
 * scenario hashes equal in both from its start to its end, and a drive made here in Node hashes equal when the built app makes it anew.
 */
import { expect, test } from '@playwright/test';
import { REFERENCE_HASHES } from '../core/tasks/driving/world/reference-drive.ts';
import { DRIVE_KINDS, scenarioHashes } from '../core/tasks/driving/hash-drives.ts';
import { SCENARIO_IDS } from '../core/tasks/driving/scenario/shipped-ids.ts';
import { drive, shipped } from '../core/episode/testing-lab.ts';
import { chromiumHashes, inWorker } from './hashes-report.mjs';
import { exportOpen, openLab, PATIENT, SOURCES, timeline } from './helpers.ts';

test('the reference drive hashes equal in a Chromium worker', async ({ page }) => {
  const modules = ['core/tasks/driving/world/wasm/wasm.ts', 'core/tasks/driving/world/reference-drive.ts'];
  const body = '({ createWasmWorlds }, { referenceDrive }) => referenceDrive(createWasmWorlds(1))';
  expect(await inWorker(page, SOURCES, modules, body)).toBe(REFERENCE_HASHES);
});

test('every shipped scenario, driven by fixed controls and by the expert, hashes equal in Node and in Chromium', async ({
  page,
}) => {
  const expected = scenarioHashes(shipped, 1);
  expect(Object.keys(expected)).toHaveLength(DRIVE_KINDS.length * SCENARIO_IDS.length);
  for (const [drive, { steps }] of Object.entries(expected)) expect(steps, drive).toBeGreaterThan(50);
  expect(scenarioHashes(shipped, 1)).toEqual(expected);
  expect(scenarioHashes(shipped, 2)).not.toEqual(expected);
  expect(await chromiumHashes(page, SOURCES, 1)).toEqual(expected);
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
