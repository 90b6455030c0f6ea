/**
 * What comes from outside: a proxy that wants a token, sources that others push from Node and Python, two browsers on one source, a CARLA
 * and a proxy that are killed in mid-watch and started again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, type Page, test } from '@playwright/test';
import { readTown } from '../core/tasks/driving/roads/map/testing-maps.ts';
import { pythonWithGrpc } from '../sim-proxy/server/testing/python.ts';
import { alerts, button, measured, PATIENT, region } from './helpers.ts';
import { tapFrames, tapped } from './tap.ts';
import { startTownCarla } from './town-carla.ts';
import { connect, connection, endPrograms, freePort, live, newest, sources, startProxy, watch } from './watching.ts';

test.describe.configure({ timeout: 240_000 });
test.afterEach(endPrograms);

const BARS = process.env.TRACEWAY_BARS === '1';
/** Times that CARLA is killed, and what a watch is given to go on after it is back, ms. */
const KILLS = BARS ? 5 : 1;
const BACK_MS = 2000;
/** Frames that two browsers are to have seen both. */
const SHARED = 40;

test('a proxy with a token: it is asked for, a wrong one is said to be, the right one stays in this tab', async ({
  page,
  context,
  baseURL,
}) => {
  const token = 'a right and proper token';
  const port = await freePort();
  await startProxy(port, baseURL, [], { TRACEWAY_PROXY_TOKEN: token });
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));

  await connect(page, port);
  const field = page.getByLabel('Token', { exact: true });
  await expect(alerts(page)).toHaveText(/^▲ the proxy wants a token: [^.]+\.$/, PATIENT);
  await field.fill('a wrong and improper one');
  await button(page, 'Retry').click();
  await expect(alerts(page)).toHaveText(/^▲ this token is wrong: [^.]+\.$/, PATIENT);
  await expect(sources(page).getByRole('button', { name: /^Watch/ })).toHaveCount(0);
  await field.fill(token);
  await field.press('Enter');
  await watch(page, /^Watch Traceway world/);

  const kept = await page.evaluate(() => [location.href, JSON.stringify({ ...localStorage }), document.cookie]);
  for (const text of [...kept, ...addresses]) expect(decodeURIComponent(text)).not.toContain(token);
  await expect(field).toBeHidden();
  await connect(page, port);
  await expect(sources(page)).toContainText('proxy connected', PATIENT);
  const other = await context.newPage();
  await connect(other, port);
  await expect(alerts(other)).toContainText('wants a token', PATIENT);
});

const python = pythonWithGrpc();
for (const [language, program, args] of [
  ['Node', process.execPath, ['--import', 'tsx', 'examples/push-frames.ts']],
  ...(python ? [['Python', python, ['examples/push_frames.py']] as const] : []),
] as const)
  test(`what ${language} pushes appears among the sources, is watched, and ends`, async ({ page, baseURL }) => {
    const port = await freePort();
    await startProxy(port, baseURL);
    await connect(page, port);
    const row = sources(page).getByRole('button', { name: 'Watch circle' });
    await expect(sources(page)).toContainText('proxy connected', PATIENT);
    await expect(row).toHaveCount(0);
    const pushing = spawn(program, [...args, '--port', String(port), '--seconds', '600'], { stdio: 'ignore' });
    try {
      await watch(page, /^Watch circle/);
      await expect(region(page, 'Actors').getByRole('button', { name: /^Follow/ })).toHaveCount(12, PATIENT);
      await expect(sources(page)).toContainText(/pushed push.frames\.(ts|py)/, PATIENT);
    } finally {
      pushing.kill('SIGKILL');
    }
    await expect(connection(page)).toContainText('over', PATIENT);
    await expect(row).toHaveCount(0, PATIENT);
  });

test('two browsers that watch one source at the same time see the same frames', async ({
  page,
  playwright,
  browser,
  baseURL,
  launchOptions,
}) => {
  const openDrive = readTown();
  const carla = await startTownCarla(12, { asyncFramesPerSecond: 20, openDrive });
  const port = await freePort();
  await startProxy(port, baseURL, ['--source', 'carla', '--carla-port', String(carla.port)]);
  const second = await playwright.chromium.launch(launchOptions);
  expect(second).not.toBe(browser);
  const pages: readonly Page[] = [page, await second.newPage({ baseURL })];
  for (const each of pages) {
    await tapFrames(each);
    await connect(each, port);
    await watch(each, /^Watch CARLA/);
  }
  await expect(sources(page)).toContainText('2 watchers', PATIENT);
  const [here, there] = [new Map<number, string>(), new Map<number, string>()];
  const both = () => [...here.keys()].filter((step) => there.has(step));
  await expect
    .poll(async () => {
      for (const [seen, each] of [here, there].map((seen, i) => [seen, pages[i]] as const))
        for (const { step, places } of await tapped(each)) seen.set(step, places);
      return both().length;
    }, PATIENT)
    .toBeGreaterThan(SHARED);
  for (const step of both()) expect(there.get(step)).toBe(here.get(step));
  expect(new Set(here.values()).size).toBeGreaterThan(SHARED);
  await second.close();
  await carla.kill();
});

test('CARLA, then the proxy, is killed in mid-watch and started again: the page says so and goes on by itself', async ({
  page,
  baseURL,
}) => {
  const carla = await startTownCarla(3, { asyncFramesPerSecond: 20 });
  const port = await freePort();
  const args = ['--source', 'carla', '--carla-port', String(carla.port)];
  const { child } = await startProxy(port, baseURL, args);
  await tapFrames(page);
  await connect(page, port);
  await watch(page, /^Watch CARLA/);
  const first = async () => {
    const seen: number[] = [];
    await expect
      .poll(async () => seen.push(...(await tapped(page)).map(({ handed }) => handed)), PATIENT)
      .toBeGreaterThan(0);
    return seen[0];
  };

  const back: number[] = [];
  for (let kill = 1; kill <= KILLS; kill++)
    await test.step(`CARLA, ${kill}`, async () => {
      await carla.kill();
      await expect(live(page)).toContainText('CARLA is away', PATIENT);
      await expect(sources(page)).toContainText('reconnecting', PATIENT);
      await tapped(page);
      const started = Date.now();
      await carla.start();
      back.push((await first()) - started);
      await expect(sources(page)).toContainText(`reconnected ${kill}×`, PATIENT);
      await expect(live(page)).toContainText(`0 here · ${kill} of the source`, PATIENT);
      await expect(live(page)).not.toContainText('CARLA is away', PATIENT);
    });
  measured('proxy-carla-back', { milliseconds: back });
  if (BARS) expect(Math.max(...back)).toBeLessThan(BACK_MS);

  await test.step('the proxy', async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect(connection(page)).toContainText('reconnecting', PATIENT);
    await tapped(page);
    await startProxy(port, baseURL, args);
    expect(await first()).toBeGreaterThan(0);
    await expect(connection(page)).toContainText('live', PATIENT);
    await expect(live(page)).toContainText('1 here · 0 of the source', PATIENT);
    await expect.poll(() => newest(page), PATIENT).toBeGreaterThan(5);
  });
  await carla.kill();
});
