/**
 * The proxy and its client in a real Chromium over real sockets: throughput against the official client's text mode in the same run, a
 * slow page, the server killed and started again, foreign pages. With TRACEWAY_BARS=1 (`npm run bars -- proxy`, on a machine that does nothing
 * else) figures are held to their bars and the slow page is watched for a whole minute; otherwise they are only written down.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { measured, SOURCES } from './helpers.ts';
import type { ProxyPage, Watched, WatchOrder } from './proxy-page.ts';

const BARS = process.env.TRACEWAY_BARS === '1';
const SLOW_SECONDS = BARS ? 60 : 6;
/** The official client costs more the longer a stream is; a quarter of a minute is short for a drive. */
const [RUNS, RUN_SECONDS] = BARS ? [3, 15] : [1, 1.5];
const MIB = 1024 * 1024;

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  readonly textUrl: string;
}
let servers: ChildProcess[] = [];
test.afterEach(() => {
  for (const child of servers) child.kill('SIGKILL');
  servers = [];
});

async function startServer(origin = new URL(SOURCES).origin, port = 0): Promise<Server> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'e2e/proxy-server.ts', origin, String(port)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  servers.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data)));
    child.once('exit', (code) => reject(new Error(`the proxy ended with ${code}`)));
  });
  const ports = JSON.parse(line) as { proxy: number; text: number };
  return { child, url: `http://localhost:${ports.proxy}/`, textUrl: `http://localhost:${ports.text}/` };
}
async function openPage(page: Page): Promise<void> {
  await page.goto(`${SOURCES}e2e/proxy.html`);
  await page.waitForFunction(() => 'proxyPage' in window);
}
const watch = (page: Page, order: WatchOrder): Promise<Watched> =>
  page.evaluate((asked) => (window as unknown as { proxyPage: ProxyPage }).proxyPage.watchSource(asked), order);

/** Resident memory of a process of this machine, bytes; 0 where that cannot be read. */
function resident(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
/** Of all of the browser's processes. */
async function browserResident(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.reduce((sum, { id }) => sum + resident(id), 0);
}

test('64 actors, 32 frames a message, in order; many times the official text mode', async ({ page }) => {
  test.setTimeout(90_000 + 3000 * RUNS * RUN_SECONDS);
  const { url, textUrl } = await startServer();
  await openPage(page);
  const runs: { ours: number; text: number }[] = [];
  for (let i = 0; i < RUNS; i++) {
    const ours = await watch(page, { url, source: 'fast', lossless: true, seconds: RUN_SECONDS, msPerFrame: 0 });
    expect([ours.disordered, ours.gaps, ours.largest, ours.actors]).toEqual([0, 0, 32, 64]);
    const text = await page.evaluate(
      ([at, seconds]) =>
        (window as unknown as { proxyPage: ProxyPage }).proxyPage.watchInText(at as string, 'fast', seconds as number),
      [textUrl, RUN_SECONDS],
    );
    runs.push({ ours: Math.round(ours.framesPerSecond), text: Math.round(text) });
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const ratio = median(runs.map(({ ours, text }) => ours / text));
  measured('proxy-throughput', { runs, framesPerSecond: median(runs.map(({ ours }) => ours)), ratio });
  if (!BARS) return;
  expect(median(runs.map(({ ours }) => ours))).toBeGreaterThan(10_000);
  expect(ratio).toBeGreaterThan(8);
});

for (const { source, lossless } of [
  { source: 'steady', lossless: false },
  { source: 'fast', lossless: true },
]) {
  test(`a page that takes 200 ms a frame (${source}) costs no memory and sees frames in order`, async ({
    page,
    browser,
  }) => {
    test.setTimeout(90_000 + 2000 * SLOW_SECONDS);
    const { url, child } = await startServer();
    await openPage(page);
    await watch(page, { url, source, lossless, seconds: 2, msPerFrame: 200 });
    const before = { server: resident(child.pid), browser: await browserResident(browser) };
    let most = { server: 0, browser: 0 };
    const sampler = setInterval(async () => {
      const now = { server: resident(child.pid), browser: await browserResident(browser).catch(() => 0) };
      most = { server: Math.max(most.server, now.server), browser: Math.max(most.browser, now.browser) };
    }, 1000);
    const slow = await watch(page, { url, source, lossless, seconds: SLOW_SECONDS, msPerFrame: 200 });
    clearInterval(sampler);
    const growth = { server: (most.server - before.server) / MIB, browser: (most.browser - before.browser) / MIB };
    measured(`proxy-slow-page-${source}`, { growthMiB: growth, ...slow });
    expect(slow.disordered).toBe(0);
    expect(growth.server).toBeLessThan(64);
    expect(growth.browser).toBeLessThan(64);
    if (lossless) expect(slow.gaps).toBe(0);
    else if (BARS) expect(slow.lastAgeMs).toBeLessThan(2000);
  });
}

test('a proxy that is killed and started again is watched on within two seconds', async ({ page }) => {
  const first = await startServer();
  await openPage(page);
  const watching = watch(page, { url: first.url, source: 'steady', lossless: false, seconds: 8, msPerFrame: 0 });
  await page.waitForTimeout(2000);
  first.child.kill('SIGKILL');
  await new Promise((done) => first.child.once('exit', done));
  await startServer(undefined, Number(new URL(first.url).port));
  const watched = await watching;
  expect(watched.stats?.reconnects).toBe(1);
  expect(watched.lastAgeMs).toBeLessThan(1000);
});

test('the embedded world is seen at its own pace, fresh', async ({ page }) => {
  const { url } = await startServer();
  await openPage(page);
  const { framesPerSecond, medianAgeMs, stats, disordered } = await watch(page, {
    url,
    source: 'embedded',
    lossless: false,
    seconds: 4,
    msPerFrame: 0,
  });
  measured('proxy-embedded', {
    framesPerSecond,
    medianAgeMs,
    latencyMs: stats?.latencyP50Ms,
    roundTripMs: stats?.roundTripMs,
  });
  expect(framesPerSecond).toBeGreaterThan(5);
  expect(disordered).toBe(0);
  if (BARS) expect(medianAgeMs).toBeLessThan(10);
});

test('a page of another origin gets nothing, whatever it sends', async ({ page }) => {
  const { url } = await startServer('https://lab.example.org');
  await openPage(page);
  for (const headers of [{ 'content-type': 'application/json' }, { 'content-type': 'text/plain' }, {}]) {
    const answer = await page.evaluate(
      ([at, sent]) => (window as unknown as { proxyPage: ProxyPage }).proxyPage.ask(at as string, sent as never),
      [url, headers] as const,
    );
    expect(answer).toMatch(/TypeError/);
  }
  expect((await fetch(`${url}healthz`)).status).toBe(200);
});
