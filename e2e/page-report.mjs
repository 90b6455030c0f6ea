// Measures the built app in Chromium as a newcomer meets it, and prints JSON: what JavaScript had to come before the first
// drive played, and the longest main-thread task while a training ran at full speed and the drive played. `node e2e/page-report.mjs`.
//
// Tasks are those of Chromium's own trace (RunTask on the renderer's main thread), wall time and CPU time; where workers
// keep every core busy the two differ by the time the thread waited for a core.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withApp } from './app-page.mjs';

/** Stages of a training as the page's cards name them, and how long each is watched, s. */
const WATCHED = [
  ['Reasoning SFT', 20],
  ['PPO on the residual', 20],
];
/** A task, and a wait for the GPU's answer: on a software GPU for a processor that the training has. */
const TASK = 'RunTask';
const WAIT = 'ImplementationBase::WaitForCmd';
const WANTED = new Set([TASK, WAIT, 'thread_name']);
const STAGE_TIMEOUT_MS = 300_000;

/** Longest tasks of the page's main thread in a trace, ms; `computingMs` leaves out the waits for a software GPU. */
function longestTasks(trace) {
  const events = JSON.parse(trace.toString()).traceEvents.filter(({ name }) => WANTED.has(name));
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const threads = mains.map(({ pid, tid }) =>
    events.filter((event) => event.pid === pid && event.tid === tid && event.dur > 0),
  );
  const busiest = threads.sort((a, b) => b.length - a.length)[0] ?? [];
  const tasks = busiest.filter(({ name }) => name === TASK);
  const waits = busiest.filter(({ name }) => name === WAIT);
  if (tasks.length === 0) throw new Error('The trace has no tasks of the main thread.');
  const waited = ({ ts, dur }) =>
    waits.filter((wait) => wait.ts >= ts && wait.ts < ts + dur).reduce((sum, wait) => sum + wait.dur, 0);
  const longest = (of) => tasks.reduce((most, task) => Math.max(most, of(task)), 0) / 1000;
  return {
    tasks: tasks.length,
    wallMs: longest(({ dur }) => dur),
    computingMs: longest((task) => task.dur - waited(task)),
    cpuMs: longest(({ tdur }) => tdur ?? 0),
    over50Ms: tasks.filter(({ dur }) => dur > 50_000).length,
  };
}

async function firstDrive(page, { requests, address }, folder) {
  const started = Date.now();
  await page.goto(address);
  const moved = await page.waitForFunction(
    () =>
      Number(document.querySelector('[role=slider][aria-label=Timeline]')?.getAttribute('aria-valuenow')) > 0 &&
      Date.now(),
    null,
    { timeout: 60_000 },
  );
  const playing = await moved.jsonValue();
  const before = new Set(requests.filter(({ at }) => at <= playing).map(({ path }) => path));
  const seconds = (playing - started) / 1000;
  const files = [...before].map((path) => {
    const body = readFileSync(join(folder, path === '/' ? 'index.html' : path));
    return { path, bytes: body.length, gzip: gzipSync(body, { level: 9 }).length };
  });
  const total = (list) => list.reduce((sum, { gzip }) => sum + gzip, 0);
  const scripts = files.filter(({ path }) => path.endsWith('.js'));
  return { seconds, scriptGzipBytes: total(scripts), allGzipBytes: total(files), scripts };
}

async function whileTraining(browser, page) {
  const stages = [];
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  for (const [title, seconds] of WATCHED) {
    await page.locator('li[aria-current=step]', { hasText: title }).waitFor({ timeout: STAGE_TIMEOUT_MS });
    await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'gpu'] });
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      await page.waitForTimeout(1000);
      const play = page.getByRole('button', { name: 'Play', exact: true });
      if (await play.isVisible()) await play.click();
    }
    stages.push({ stage: title, seconds, ...longestTasks(await browser.stopTracing()) });
  }
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  return { stages, longestMs: Math.max(...stages.map(({ wallMs }) => wallMs)) };
}

await withApp(async ({ browser, page, site, folder, errors }) => {
  const first = await firstDrive(page, site, folder);
  const training = await whileTraining(browser, page);
  return { browser: browser.version(), first, training, errors };
});
