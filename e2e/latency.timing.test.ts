/**
 * From a CARLA server's frame to the page, in the built app: the stand-in server steps 64 cars as the proxy asks, and for every frame it is
 * noted when its first byte left the server, when the proxy worker's message was handed to the page's main thread, and when the next
 * animation frame had been drawn there. The server's own time is outside; the cue's way to it, some tenths of a ms, too. With
 * TRACEWAY_BARS=1 over 3 runs of 320 frames at each rate; else once and briefly.
 */
import { expect, test } from '@playwright/test';
import { readTown } from '../core/tasks/driving/roads/map/testing-maps.ts';
import { fineClock } from './clock.ts';
import { measured } from './helpers.ts';
import { type TappedFrame, tapFrames, tapped } from './tap.ts';
import { startTownCarla } from './town-carla.ts';
import { connect, endPrograms, freePort, newest, startProxy, watch } from './watching.ts';

const BARS = process.env.TRACEWAY_BARS === '1';
const CARS = 64;
const [RUNS, FRAMES] = BARS ? [3, 320] : [1, 60];
/** Not counted: the scene, the map and the shaders are being made. */
const SETTLE_MS = 3000;

test.describe.configure({ timeout: 240_000 });
test.afterEach(endPrograms);

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];

for (const hertz of [20, 50]) {
  test(`${CARS} cars at ${hertz} steps a second: a frame is in the page some ms after CARLA sent it`, async ({
    page,
    baseURL,
  }) => {
    const now = fineClock();
    const sent = new Map<number, number>();
    const openDrive = readTown();
    const onSend = (frame: number) => void sent.set(frame, now());
    const carla = await startTownCarla(CARS, { onSend, openDrive });
    const port = await freePort();
    const args = ['--source', 'carla', '--carla-port', String(carla.port), '--carla-step-ms', String(1000 / hertz)];
    await startProxy(port, baseURL, args);
    await tapFrames(page);
    await connect(page, port);
    await watch(page, /^Watch CARLA/);
    await page.waitForTimeout(SETTLE_MS);

    let most = 0;
    const runs: { handed: number[]; drawn: number[] }[] = [];
    for (let i = 0; i < RUNS; i++) {
      const frames: TappedFrame[] = [];
      await tapped(page);
      while (frames.length < FRAMES) {
        await page.waitForTimeout((1000 * (FRAMES + 5 - frames.length)) / hertz);
        frames.push(...(await tapped(page)));
      }
      most = Math.max(most, ...frames.map(({ actors }) => actors));
      const after = (at: 'handed' | 'drawn') => frames.map((each) => each[at] - (sent.get(each.step) ?? Number.NaN));
      runs.push({ handed: after('handed'), drawn: after('drawn') });
    }
    const figures = (values: readonly number[]) => ({
      frames: values.length,
      p50: quantile(values, 0.5),
      p95: quantile(values, 0.95),
    });
    measured(`proxy-latency-${hertz}`, {
      hertz,
      cars: CARS,
      handed: runs.map(({ handed }) => figures(handed)),
      drawn: runs.map(({ drawn }) => figures(drawn)),
    });
    await carla.kill();
    expect(most).toBeGreaterThanOrEqual(CARS);
    for (const { handed } of runs) {
      // Earlier than it was sent would be another clock, or another frame.
      expect(Math.min(...handed)).toBeGreaterThan(-0.5);
      if (BARS) expect(quantile(handed, 0.5)).toBeLessThan(10);
    }
    expect(await newest(page)).toBeGreaterThan(FRAMES);
  });
}
