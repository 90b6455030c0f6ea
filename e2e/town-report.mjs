// What Town01 costs to draw, on the built app in Chromium: a recording and its map dropped, played from behind the hero and from
// above; prints JSON, or null where the files are not. `node e2e/town-report.mjs [quick] [RECORDING MAP]`.
//
// There is no GPU here. What a GPU would be given is counted as it is given: draw calls, triangles, bytes of buffers. What the page's
// own thread does for a picture is its CPU time in Chromium's trace, which leaves out every wait for software pixels. The page takes
// its way for a real GPU (a picture every animation frame, smooth edges, textured asphalt), for it is told that there is one; its
// pictures have few pixels, so that the software GPU gives them in time: how many there are is nothing to that thread.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { openToured, withApp } from './app-page.mjs';
import { drop, playsAfter } from './drop.mjs';

const args = process.argv.slice(2);
const quick = args[0] === 'quick';
const [recording = '../shared/data/carla/DistanceToLaneCenter.log', map = '../shared/data/opendrive/Town01.xodr'] =
  args.slice(quick ? 1 : 0);
const SECONDS = quick ? 2 : 10;
const VIEWS = ['Chase', 'Top'];
const WANTED = new Set(['RunTask', 'FireAnimationFrame', 'thread_name']);

/** Runs in the page before the app: says that there is a GPU, and counts what it is given. */
function countDrawing() {
  const RENDERER = [0x9246, 0x1f01];
  const TRIANGLES = 4;
  const { prototype: gl } = WebGL2RenderingContext;
  const counted = { pictures: 0, calls: 0, triangles: 0, bytes: 0, drawnAt: [] };
  let current = null;
  const draw = (mode, corners, instances) => {
    if (!current) {
      current = { calls: 0, triangles: 0 };
      counted.pictures++;
      counted.drawnAt.push(performance.now());
      // A picture is drawn in one go.
      queueMicrotask(() => {
        Object.assign(counted, current);
        current = null;
      });
    }
    current.calls++;
    if (mode === TRIANGLES) current.triangles += (corners / 3) * instances;
  };
  const wrap = (name, before) => {
    const { [name]: own } = gl;
    gl[name] = function (...given) {
      before(...given);
      return own.apply(this, given);
    };
  };
  wrap('drawArrays', (mode, _first, count) => draw(mode, count, 1));
  wrap('drawElements', (mode, count) => draw(mode, count, 1));
  wrap('drawArraysInstanced', (mode, _first, count, instances) => draw(mode, count, instances));
  wrap('drawElementsInstanced', (mode, count, _type, _offset, instances) => draw(mode, count, instances));
  const bound = new Map();
  const sizes = new WeakMap();
  const resize = (buffer, bytes) => {
    if (!buffer) return;
    counted.bytes += bytes - (sizes.get(buffer) ?? 0);
    sizes.set(buffer, bytes);
  };
  wrap('bindBuffer', (target, buffer) => bound.set(target, buffer));
  wrap('bufferData', (target, data) => resize(bound.get(target), typeof data === 'number' ? data : data.byteLength));
  wrap('deleteBuffer', (buffer) => resize(buffer, 0));
  const { getParameter } = gl;
  gl.getParameter = function (name) {
    return RENDERER.includes(name) ? 'a GPU' : getParameter.call(this, name);
  };
  Object.defineProperty(window, 'devicePixelRatio', { get: () => 0.2 });
  window.drawing = counted;
}

/** CPU of the page's main thread, ms: of each task that drew an animation frame, and of all others together. */
function cpuOf(trace) {
  const events = JSON.parse(trace.toString()).traceEvents.filter(({ name }) => WANTED.has(name));
  const mains = events.filter(
    ({ name, args: { name: thread } }) => name === 'thread_name' && thread === 'CrRendererMain',
  );
  const threads = mains.map(({ pid, tid }) => events.filter((event) => event.pid === pid && event.tid === tid));
  const busiest = threads.sort((a, b) => b.length - a.length)[0] ?? [];
  const fired = busiest.filter(({ name }) => name === 'FireAnimationFrame').map(({ ts }) => ts);
  const tasks = busiest.filter(({ name, tdur }) => name === 'RunTask' && tdur > 0);
  const frames = [];
  let others = 0;
  for (const { ts, dur, tdur } of tasks) {
    if (fired.some((at) => at >= ts && at < ts + dur)) frames.push(tdur / 1000);
    else others += tdur / 1000;
  }
  const times = tasks.map(({ ts }) => ts);
  return { frames, othersMsPerSecond: others / ((Math.max(...times) - Math.min(...times)) / 1e6) };
}

const quantile = (values, q) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];

async function look(browser, page, view) {
  await page.getByRole('button', { name: view, exact: true }).click();
  await page.waitForTimeout(1500);
  await page.getByRole('slider', { name: 'Timeline' }).focus();
  await page.keyboard.press('Home');
  const play = page.getByRole('button', { name: 'Play', exact: true });
  if (await play.isVisible()) await play.click();
  const before = await page.evaluate(() => window.drawing.pictures);
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await page.waitForTimeout(1000 * SECONDS);
  const { frames, othersMsPerSecond } = cpuOf(await browser.stopTracing());
  const { drawnAt: _, ...drawing } = await page.evaluate(() => window.drawing);
  const frameMs = { p50: quantile(frames, 0.5), p95: quantile(frames, 0.95) };
  return { view, ...drawing, pictures: drawing.pictures - before, frames: frames.length, frameMs, othersMsPerSecond };
}

if (existsSync(recording) && existsSync(map))
  await withApp(async ({ browser, page, site, errors }) => {
    await page.addInitScript(countDrawing);
    await openToured(page, site.address);
    await drop(
      page,
      [recording, map].map((path) => [basename(path), readFileSync(path)]),
    );
    await playsAfter(page);
    const views = [];
    for (const view of VIEWS) views.push(await look(browser, page, view));
    return { browser: browser.version(), recording: basename(recording), map: basename(map), views, errors };
  });
else console.log('null');
