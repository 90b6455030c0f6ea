/** What the tests of the pages beside the lab share. */
import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { button, PATIENT, timeline } from './helpers.ts';

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

/** What axe-core finds against WCAG 2.2 AA and its best practices, a line each. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Found = { violations: { id: string; nodes: { target: unknown }[] }[] };
    const { axe } = globalThis as unknown as { axe: { run(root: Document): Promise<Found> } };
    const { violations } = await axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`);
  });
}

export const textOf = async (download: Download): Promise<string> => readFileSync(await download.path(), 'utf8');

/** Back in the lab: the timeline is there and the page's own things are gone. */
export async function expectLab(page: Page): Promise<void> {
  await expect(timeline(page)).toBeVisible(PATIENT);
  await expect(button(page, '← Back to the lab')).toBeHidden();
}

export const backButton = (page: Page): Locator => page.getByRole('button', { name: 'Back to the lab' });
