/**
 * What only a browser can show of episodes: IndexedDB keeps them across reloads and says clearly when it is full, and a link
 * made in Node opens in Chromium as the identical drive. The modules are imported from source into an empty page.
 */
import { expect, type Page, test } from '@playwright/test';
import { SOURCES } from './helpers.ts';
import type { Episode } from '../core/episode/episode.ts';
import { drive, NOW, shipped } from '../core/episode/testing-lab.ts';
import type * as linkModule from '../core/episode/link/link.ts';
import { encodeLink } from '../core/episode/link/link.ts';
import type * as wasmModule from '../core/tasks/driving/world/wasm/wasm.ts';
import { createWasmWorlds } from '../core/tasks/driving/world/wasm/wasm.ts';
import type * as episodeStore from '../workers/storage/episode-store.ts';
import type * as runStore from '../workers/storage/run-store.ts';

const BLANK = `${SOURCES}e2e/fixtures/blank.html`;
type Stores = typeof episodeStore & typeof runStore;
type Reader = typeof linkModule & typeof wasmModule;

/** Runs `work` in the page with all exports of some source modules. */
async function withModules<M, A, R>(page: Page, paths: string[], work: (modules: M, input: A) => R, input: A) {
  const source = `async ({ paths, input }) => {
    const modules = Object.assign({}, ...(await Promise.all(paths.map((path) => import(path)))));
    return (${work.toString()})(modules, input);
  }`;
  return (await page.evaluate(`(${source})(${JSON.stringify({ paths, input })})`)) as Awaited<R>;
}
const STORES = ['/workers/storage/episode-store.ts', '/workers/storage/run-store.ts'];

let episode: Episode;
test.beforeAll(async () => {
  const inline = JSON.stringify(shipped.get('hidden_pedestrian'));
  episode = await drive('hidden_pedestrian', 2, { inline });
});

test('episodes are kept, listed, filtered, renamed and deleted, across a reload', async ({ page }) => {
  await page.goto(BLANK);
  await withModules(
    page,
    STORES,
    async ({ openEpisodeStore }: Stores, one: Episode) => {
      const store = await openEpisodeStore();
      await store.save(one);
      await store.save({ ...one, id: 'second', name: 'Night drive', createdAt: '2025-03-01T00:00:00Z' });
    },
    episode,
  );
  await page.reload();
  const found = await withModules(
    page,
    STORES,
    async ({ openEpisodeStore }: Stores, id: string) => {
      const store = await openEpisodeStore();
      const all = (await store.list()).map(({ name }) => name);
      const night = (await store.list('NIGHT seed 2')).map(({ id: found }) => found);
      await store.rename('second', 'Renamed');
      const renamed = await store.get('second');
      const whole = await store.get(id);
      await store.delete(id);
      const missing = await store.rename(id, 'x').catch((error: Error) => error.message);
      const { usedBytes, quotaBytes } = await store.usage();
      const left = await store.list();
      return { all, night, renamed: renamed?.name, whole, missing, usedBytes, quotaBytes, left };
    },
    episode.id,
  );
  expect(found.all).toEqual(['Night drive', episode.name]);
  expect(found.night).toEqual(['second']);
  expect(found.renamed).toBe('Renamed');
  expect(found.whole).toEqual(episode);
  expect(found.missing).toBe('This episode is no longer kept.');
  expect(found.usedBytes).toBeGreaterThan(0);
  expect(found.quotaBytes).toBeGreaterThan(found.usedBytes);
  expect(found.left.map(({ name, steps }) => [name, steps])).toEqual([['Renamed', episode.score.steps]]);
});

test('a full storage says so, and keeps what it had', async ({ page }) => {
  await page.goto(BLANK);
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(BLANK).origin, quotaSize: 300_000 });
  const { failure, kept } = await withModules(
    page,
    STORES,
    async ({ openEpisodeStore }: Stores, one: Episode) => {
      const store = await openEpisodeStore();
      let kept = 0;
      const fill = async (): Promise<string> => {
        await store.save({ ...one, id: `copy-${kept}` });
        return ++kept < 200 ? fill() : 'never full';
      };
      const failure = await fill().catch((error: Error) => `${error.name}: ${error.message}`);
      return { failure, kept: kept === (await store.list()).length };
    },
    episode,
  );
  expect(failure).toBe(
    'QuotaExceededError: The browser’s storage is full. This drive was not kept; those kept before are untouched.',
  );
  expect(kept).toBe(true);
});

test('a record that another version wrote is refused by name, a run is deleted with its checkpoints', async ({
  page,
}) => {
  await page.goto(BLANK);
  const found = await withModules(
    page,
    STORES,
    async ({ openEpisodeStore, openRunStore }: Stores, one: Episode) => {
      const store = await openEpisodeStore();
      const broken = { ...one, format: 'traceway-episode/2' } as unknown as Episode;
      const refused = await store.save(broken).catch((error: Error) => error.message);
      const runs = await openRunStore();
      const info = { id: 'r', name: 'r', createdAt: '2025-01-01T00:00:00Z', status: 'paused', seed: 1 } as const;
      const config = { seed: 1, name: 'r', settings: {} };
      await runs.putRun({ id: 'r', info: { ...info, score: null, checkpoint: null }, config });
      for (const name of ['a', 'b']) {
        const createdAt = `2025-01-0${name === 'a' ? 1 : 2}T00:00:00Z`;
        await runs.putCheckpoint({ run: 'r', name, hash: name, createdAt, bytes: Uint8Array.of(1, 2, 3) });
      }
      const names = (await runs.checkpoints('r')).map(({ name }) => name);
      const bytes = Array.from((await runs.checkpoint('r', 'a'))?.bytes ?? []);
      await runs.deleteRun('r');
      return { refused, names, bytes, left: (await runs.checkpoints()).length + (await runs.runs()).length };
    },
    episode,
  );
  expect(found.refused).toContain('made by a newer Traceway');
  expect(found).toMatchObject({ names: ['b', 'a'], bytes: [1, 2, 3], left: 0 });
});

test('a link made in Node opens in Chromium as the identical drive', async ({ page }) => {
  const view = { step: 87, camera: 'top', breakpoints: [] } as const;
  const link = encodeLink(episode, view, { worlds: createWasmWorlds(1), scenario: () => undefined });
  await page.goto(BLANK);
  const opened = await withModules(
    page,
    ['/core/episode/link/link.ts', '/core/tasks/driving/world/wasm/wasm.ts'],
    ({ decodeLink, createWasmWorlds: create }: Reader, [text, now]: [string, string]) =>
      decodeLink(text, now, { worlds: create(1), scenario: () => undefined }),
    [link, NOW] as [string, string],
  );
  expect(opened).toEqual({ episode, view });
});
