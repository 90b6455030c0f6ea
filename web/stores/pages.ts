/**
 * Which page is shown: the lab, the reports or the scenario editor. The address carries it (`#/reports`), so the browser's Back works;
 * `#r1.…` stays a replay link and means the lab. A drive that is opened from anywhere brings the lab back.
 */
import { driveStore } from './drive.ts';
import { pause } from './playback.ts';
import { type Page, PAGES, viewStore } from './view.ts';

const addressed = (hash: string): Page => PAGES.find((page) => hash === `#/${page}`) ?? 'lab';

function show(page: Page): void {
  if (page === viewStore.getState().page) return;
  if (page !== 'lab') pause();
  viewStore.setState({ page });
}

/** Shows a page and makes it the address. */
export function goTo(page: Page): void {
  const hash = page === 'lab' ? '#/' : `#/${page}`;
  if (addressed(location.hash) !== page) location.hash = hash;
  show(page);
}

/** Follows the address from now on. */
export function followAddress(): void {
  show(addressed(location.hash));
  window.addEventListener('hashchange', () => show(addressed(location.hash)));
  driveStore.subscribe(({ episode }, before) => {
    if (before.episode && episode !== before.episode) goTo('lab');
  });
}
