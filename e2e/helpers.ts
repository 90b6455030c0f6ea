/**
 * The lab as its users meet it: through roles and accessible names. What a test needs to know of a drive beyond the screen
 * (hashes, tokens) it reads from the exported file, never from the page's insides.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import type { Episode } from '../core/episode/episode.ts';
import { VOCABULARY } from '../core/tasks/driving/words/vocabulary.ts';

export const SOURCES = `http://localhost:${process.env.TRACEWAY_SOURCE_PORT ?? 5197}/`;
/** Long enough for a loaded machine; what is waited for usually comes in a second. */
export const PATIENT = { timeout: 45_000 };

/** The shipped drive, and the change of thought that the first run offers (`npm run ship` makes both). */
export const SHIPPED = JSON.parse(readFileSync('public/shipped/drive.json', 'utf8')) as Episode;
export const CHANGE = JSON.parse(readFileSync('public/shipped/first-run.json', 'utf8')) as {
  readonly decision: number;
  readonly token: number;
  readonly from: string;
  readonly to: string;
};
/** World step of that decision, its words, and the name by which lists show the drive. */
export const CHANGE_STEP = SHIPPED.decisions[CHANGE.decision].step;
export const CHANGE_WORDS = SHIPPED.decisions[CHANGE.decision].tokens.map((id) => VOCABULARY[id].text);
export const SHIPPED_NAME = SHIPPED.name.replace(`, ${SHIPPED.policy.name}`, '');

export const region = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
export const driveStatus = (page: Page): Locator => page.getByRole('status', { name: 'Drive' });
export const timeline = (page: Page): Locator => page.getByRole('slider', { name: 'Timeline' });
export const tokens = (page: Page): Locator => page.getByRole('listbox', { name: 'Tokens' });
export const currentToken = (page: Page): Locator => tokens(page).getByRole('option', { selected: true });
export const alternatives = (page: Page): Locator =>
  page.getByRole('list', { name: 'Alternatives' }).getByRole('button');
export const alerts = (page: Page): Locator => page.getByRole('alert');

/** World step the screen stands at. */
export const stepOf = async (page: Page): Promise<number> =>
  Number((await timeline(page).getAttribute('aria-valuenow')) ?? Number.NaN);
export const expectStep = (page: Page, step: number): Promise<void> =>
  expect(timeline(page)).toHaveAttribute('aria-valuenow', String(step), PATIENT);

/** Everything the console called an error, and every exception nobody caught. */
export function watchErrors(page: Page): readonly string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
  return errors;
}

/** The lab with the tour put away and the shipped drive standing at its start. */
export async function openLab(page: Page): Promise<void> {
  await page.goto('/');
  await button(page, 'Put the hint away').click(PATIENT);
  // On a slow machine the drive has stopped at its breakpoint before it is paused.
  await button(page, 'Pause')
    .click({ timeout: 5000 })
    .catch(() => expect(button(page, 'Play')).toBeVisible());
  await timeline(page).focus();
  await page.keyboard.press('Home');
  await expectStep(page, 0);
}

/** Moves to a step by the timeline's keys: decisions, then steps. */
export async function goToStep(page: Page, step: number): Promise<void> {
  await timeline(page).focus();
  await page.keyboard.press('Home');
  for (let at = 5; at <= step; at += 5) await page.keyboard.press('PageUp');
  for (let at = 0; at < step % 5; at++) await page.keyboard.press('ArrowRight');
  await expectStep(page, step);
}

/** The open drive as the file that Export writes. */
export async function exportOpen(page: Page): Promise<{ readonly bytes: Buffer; readonly episode: Episode }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Control+s')]);
  const bytes = readFileSync(await download.path());
  return { bytes, episode: JSON.parse(bytes.toString('utf8')) as Episode };
}

export interface FileToOpen {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
export const jsonFile = (name: string, content: string | Buffer): FileToOpen => ({
  name,
  mimeType: 'application/json',
  buffer: Buffer.from(content),
});

/** Chooses a file with the Open file button. */
export async function openFile(page: Page, file: FileToOpen | string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button(page, 'Open file').click()]);
  await chooser.setFiles(file);
}

/** Rows of the kept episodes; a row's first button opens it. */
export const episodeRows = (page: Page): Locator =>
  region(page, 'Episodes')
    .getByRole('listitem')
    .filter({ hasText: /\d\.\d\d$/ });
/** Names of the kept episodes, as the list shows them. */
export const keptEpisodes = (page: Page): Promise<string[]> =>
  episodeRows(page).evaluateAll((rows) => rows.map((row) => row.querySelector('button')?.textContent ?? ''));

/** Writes one measurement to out/measurements and prints it. */
export function measured(name: string, figures: Readonly<Record<string, unknown>>): void {
  mkdirSync('out/measurements', { recursive: true });
  writeFileSync(`out/measurements/${name}.json`, `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`measured ${name}: ${JSON.stringify(figures)}`);
}

/** Text of a shared data file; null, said loudly, where it is absent (CI must have it). */
export function sharedData(path: string): string | null {
  const file = `../shared/data/${path}`;
  if (existsSync(file)) return readFileSync(file, 'utf8');
  if (process.env.CI) throw new Error(`${file} is missing, and CI must have it.`);
  console.warn(`SKIPPED: ${file} is missing.`);
  return null;
}
