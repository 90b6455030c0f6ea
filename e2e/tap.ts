/**
 * What the proxy worker hands to the page, noted before the app sees it: each frame with where its actors are and when the page's main
 * thread had it. The app itself is left as it is built.
 */
import type { Page } from '@playwright/test';
import { fineClock } from './clock.ts';

export interface TappedFrame {
  /** The source's own number of it. */
  readonly step: number;
  readonly actors: number;
  /** Ids, x and y of its actors in their order, as text. */
  readonly places: string;
  /** When the main thread had it, and when its next picture had been drawn, ms since 1970 (clock.ts). */
  readonly handed: number;
  readonly drawn: number;
}

/** Notes frames of every document that the page opens from now on. */
export async function tapFrames(page: Page): Promise<void> {
  // Columns as `unpackFrames` of workers/proxy/frames.ts lays them out: times, steps, first rows of actors and lights, ids, x, y, …
  await page.addInitScript(
    `(() => {
      const now = (${fineClock.toString()})();
      const tapped = (window.tappedFrames = []);
      const note = ({ buffer, count, rows }, handed, drawn) => {
        const ints = (at, length) => new Uint32Array(buffer, at, length);
        const [steps, start, at] = [ints(16 * count, count), ints(20 * count, count + 1), 28 * count + 8];
        const columns = [ints(at, rows), new Float32Array(buffer, at + 4 * rows, rows), new Float32Array(buffer, at + 8 * rows, rows)];
        steps.forEach((step, i) => {
          const places = columns.map((column) => column.subarray(start[i], start[i + 1]).join()).join(';');
          tapped.push({ step, actors: start[i + 1] - start[i], places, handed, drawn });
        });
      };
      window.Worker = class extends Worker {
        constructor(url, options) {
          super(url, options);
          if (options?.name !== 'proxy') return;
          this.addEventListener('message', ({ data }) => {
            const packed = data?.value?.value?.packed;
            if (!packed) return;
            const handed = now();
            // What is posted in an animation frame comes after its picture.
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => note(packed, handed, now());
            requestAnimationFrame(() => port2.postMessage(null));
          });
        }
      };
    })()`,
  );
}

/** The frames noted since the last call. */
export const tapped = (page: Page): Promise<TappedFrame[]> =>
  page.evaluate(() => (window as unknown as { tappedFrames: TappedFrame[] }).tappedFrames.splice(0));
