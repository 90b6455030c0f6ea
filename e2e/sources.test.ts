/**
 * Sources in the page: no proxy, the embedded world and a CARLA (the stand-in server) watched in a real browser, a proxy that is killed
 * and started again, a version that is not spoken, recordings, and everything of it by role and accessible name.
 */
import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { SIZES, violations } from './axe.ts';
import { alerts, button, PATIENT, region } from './helpers.ts';
import {
  connect,
  connection,
  endPrograms,
  freePort,
  live,
  moment,
  newest,
  slider,
  sources,
  startProgram,
  startProxy,
  watch,
} from './watching.ts';

test.describe.configure({ timeout: 240_000 });

const THEIRS = '../shared/data/opendrive/Town01.xodr';
const TOWN = existsSync(THEIRS) ? THEIRS : 'e2e/fixtures/town/town.xodr';
const startCarla = (...args: string[]) => startProgram('e2e/carla-stand-in.ts', args);
test.afterEach(endPrograms);

test('without a proxy: what to do is said, and the lab is whole', async ({ page }) => {
  await connect(page, await freePort());
  await expect(alerts(page).filter({ hasText: 'proxy away' })).toContainText('npm run proxy', PATIENT);
  await expect(button(page, 'Retry').first()).toBeEnabled();
  await expect(sources(page).getByRole('button', { name: 'open a recording or log' })).toBeEnabled();
  await expect(region(page, 'Trace')).toBeVisible();
});

test('the embedded world is watched, scrubbed, controlled and recorded; a proxy killed and started again is found', async ({
  page,
  baseURL,
}) => {
  const port = await freePort();
  const { child } = await startProxy(port, baseURL, ['--scenario', 'signalled_crossing']);
  await connect(page, port);
  await watch(page, /^Watch Traceway world/);
  await expect(live(page)).toContainText('drawn', PATIENT);

  await test.step('one stands still while frames go on coming, and goes back to now', async () => {
    await slider(page).focus();
    await page.keyboard.press('Home');
    const before = await newest(page);
    await expect.poll(() => newest(page), PATIENT).toBeGreaterThan(before + 5);
    expect(await moment(page)).toBe(0);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => moment(page), PATIENT).toBe(1);
    await page.keyboard.press('l');
    await expect(page.getByRole('button', { name: 'Now' })).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(() => moment(page), PATIENT).toBeGreaterThan(5);
  });

  await test.step('the source is paused for everyone, stepped, and goes on', async () => {
    await button(page, 'Pause the source').click();
    await expect(button(page, 'One step')).toBeEnabled(PATIENT);
    await expect(sources(page)).toContainText('paused', PATIENT);
    await button(page, 'Let the source go on').click();
    await expect(button(page, 'One step')).toBeDisabled(PATIENT);
  });

  await test.step('another drive begins, and is recorded into an episode like any other', async () => {
    const form = page.getByRole('form', { name: 'Start a drive' });
    await form.getByRole('combobox', { name: 'Scenario' }).selectOption('crossing_lead');
    await form.getByRole('spinbutton', { name: 'seed' }).fill('3');
    await form.getByRole('button', { name: 'Drive' }).click();
    await expect(live(page)).toContainText('crossing_lead, seed 3', PATIENT);
    await expect.poll(() => newest(page), PATIENT).toBeGreaterThan(3);
    await button(page, 'Record').click();
    await expect(button(page, 'Record')).toBeHidden();
    const from = await newest(page);
    await expect.poll(() => newest(page), PATIENT).toBeGreaterThan(from + 25);
  });

  await test.step('the recording goes on over the next drive: each is an episode', async () => {
    const form = page.getByRole('form', { name: 'Start a drive' });
    await form.getByRole('spinbutton', { name: 'seed' }).fill('4');
    await form.getByRole('button', { name: 'Drive' }).click();
    const stop = page.getByRole('button', { name: /^■ Stop recording/ });
    await expect(stop).toContainText('1 kept', PATIENT);
    await expect.poll(() => newest(page), PATIENT).toBeGreaterThan(5);
    await stop.click();
    await expect(region(page, 'Episodes').getByRole('button', { name: /crossing-lead/, exact: false })).not.toHaveCount(
      0,
    );
    await expect(page.getByText(/^Kept 2 episodes/)).toBeVisible(PATIENT);
    await expect(button(page, 'Record')).toBeVisible();
  });

  await test.step('the proxy is killed: reconnecting is said; it comes back: frames go on', async () => {
    child.kill('SIGKILL');
    await expect(connection(page)).toContainText('reconnecting', PATIENT);
    await expect(sources(page)).toContainText('proxy away', PATIENT);
    await startProxy(port, baseURL);
    await expect(connection(page)).toContainText('live', PATIENT);
    await expect(live(page)).toContainText('straight_clear', PATIENT);
    await expect.poll(() => newest(page), PATIENT).toBeGreaterThan(5);
    await expect(sources(page)).toContainText('proxy connected', PATIENT);
  });

  await test.step('the recording opens as one; the watch has ended', async () => {
    await region(page, 'Episodes')
      .getByRole('button', { name: /crossing-lead/ })
      .first()
      .click();
    await expect(region(page, 'Recording')).toContainText('frames in', PATIENT);
    await expect(slider(page)).toBeHidden();
  });
});

test('a CARLA is watched by two pages: map, actors, follow, filter, weather, a light', async ({
  page,
  context,
  baseURL,
}) => {
  const { line } = await startCarla('0.9.15', TOWN);
  const port = await freePort();
  await startProxy(port, baseURL, ['--source', 'embedded,carla', '--carla-port', line]);
  await connect(page, port);
  await watch(page, /^Watch CARLA/);
  await expect(live(page)).toContainText('Town01', PATIENT);
  await expect(live(page)).toContainText('drawn', PATIENT);

  const actors = region(page, 'Actors');
  await expect(actors.getByRole('button', { name: /^Follow/ })).toHaveCount(3, PATIENT);
  await expect(actors.getByRole('button', { name: /^Follow hero/ })).toHaveAttribute('aria-pressed', 'true');
  await actors.getByRole('searchbox').fill('autopilot');
  await expect(actors.getByRole('button', { name: /^Follow/ })).toHaveCount(2);
  await actors
    .getByRole('button', { name: /^Follow/ })
    .first()
    .click();
  await expect(actors.getByRole('button', { name: /^Follow/ }).first()).toHaveAttribute('aria-pressed', 'true');

  const weather = page.getByRole('form', { name: 'Weather' });
  await weather.getByRole('combobox', { name: 'Usual weather' }).selectOption('Hard rain');
  await weather.getByRole('button', { name: 'Set the weather' }).click();
  await region(page, 'Map and lights').getByRole('button', { name: 'Set', exact: true }).click();

  const second = await context.newPage();
  await connect(second, port);
  await watch(second, /^Watch CARLA/);
  await expect(sources(page)).toContainText('2 watchers', PATIENT);
  await second.close();
  await expect(alerts(page).filter({ hasText: 'goes on as it was' })).toHaveCount(0);

  await test.step('a camera of the simulator is a picture in the picture', async () => {
    await page.getByRole('button', { name: /^Camera of/ }).click();
    const camera = page.getByRole('figure', { name: /^Camera of/ });
    await expect.poll(async () => Number(await camera.getAttribute('data-pictures')), PATIENT).toBeGreaterThan(3);
    await camera.getByRole('button', { name: 'Close the camera' }).click();
    await expect(camera).toBeHidden();
  });
});

test('a CARLA source is sent to another server, but to no host that the proxy does not allow', async ({
  page,
  baseURL,
}) => {
  const [{ line: first }, { line: second }] = [await startCarla('0.9.17'), await startCarla('0.9.15')];
  const port = await freePort();
  await startProxy(port, baseURL, ['--source', 'embedded,carla', '--carla-port', first]);
  await connect(page, port);
  await sources(page)
    .getByRole('button', { name: /^Watch CARLA/ })
    .click(PATIENT);
  await expect(sources(page)).toContainText('failed', PATIENT);
  const server = page.getByRole('form', { name: 'Server' });
  await server.getByRole('textbox', { name: 'Host' }).fill('203.0.113.9');
  await server.getByRole('button', { name: 'Connect' }).click();
  await expect(alerts(page).filter({ hasText: '203.0.113.9' })).toBeVisible(PATIENT);
  await server.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1');
  await server.getByRole('spinbutton', { name: 'Port' }).fill(second);
  await server.getByRole('button', { name: 'Connect' }).click();
  await expect(connection(page)).toContainText('live', PATIENT);
  await expect.poll(() => newest(page), PATIENT).toBeGreaterThan(5);
});

test('a CARLA of a version that is not spoken says so, never a blank page', async ({ page, baseURL }) => {
  const { line } = await startCarla('0.9.17');
  const port = await freePort();
  await startProxy(port, baseURL, ['--source', 'embedded,carla', '--carla-port', line]);
  await connect(page, port);
  await sources(page)
    .getByRole('button', { name: /^Watch CARLA/ })
    .click(PATIENT);
  await expect(live(page)).toContainText(/0\.9\.17.*0\.9\.13/s, PATIENT);
  await expect(sources(page)).toContainText('failed', PATIENT);
});

test('a simulator that serves environments and shows no frames stands in the list, not to be watched, until it leaves', async ({
  page,
  baseURL,
}) => {
  const port = await freePort();
  await startProxy(port, baseURL);
  const { child, line } = await startProgram('examples/serve-environment.ts', ['--port', String(port)]);
  expect(line).toBe('serving push-lab');
  await connect(page, port);
  const served = sources(page).getByRole('listitem').filter({ hasText: /^lab/ });
  await expect(served).toContainText('offers environments, no frames to watch', PATIENT);
  await expect(served.getByRole('button')).toHaveCount(0);
  expect.soft(await violations(page), 'a served source').toEqual([]);
  child.kill();
  await expect(served).toHaveCount(0, PATIENT);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing in what is watched, ${colorScheme}`, async ({ browser, baseURL }) => {
    const port = await freePort();
    const { line } = await startCarla('0.9.15', TOWN);
    await startProxy(port, baseURL, ['--source', 'embedded,carla', '--carla-port', line]);
    const context = await browser.newContext({ colorScheme, viewport: SIZES[0], baseURL, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await connect(page, await freePort());
    await expect(alerts(page).filter({ hasText: 'proxy away' })).toBeVisible(PATIENT);
    expect.soft(await violations(page), 'no proxy').toEqual([]);
    await connect(page, port);
    for (const name of [/^Watch Traceway world/, /^Watch CARLA/]) {
      await watch(page, name);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        expect.soft(await violations(page), `${name} ${size.width}`).toEqual([]);
      }
    }
    await context.close();
  });
}
