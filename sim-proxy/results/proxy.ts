/** Frames through the proxy to the page in Chromium: how many, how soon, and what a slow page costs (e2e/proxy-report.mjs). */
import { rangeText, spread } from './measure.ts';
import { jsonOf, type ResultRow, type Section } from './section.ts';

const BARS = { framesPerSecond: 10_000, ratio: 8, latencyMs: 10, backMs: 2000, growthMegabytes: 64 };
const WHOLE = 'stand-in server, Node proxy and the whole page on a software GPU, one machine, 2 cores';
const MEGABYTES_A_MEBIBYTE = 1.048576;

interface SlowPage {
  readonly growthMiB: { readonly server: number; readonly browser: number };
  readonly seconds: number;
  readonly frames: number;
  readonly disordered: number;
  readonly gaps: number;
}
/** Of the frames of a run, ms. */
interface Delay {
  readonly frames: number;
  readonly p50: number;
  readonly p95: number;
}
interface Latency {
  /** Steps a second. */
  readonly hertz: number;
  readonly cars: number;
  /** One for each run: until the page's main thread has the frame, and until its next picture was drawn. */
  readonly handed: readonly Delay[];
  readonly drawn: readonly Delay[];
}
export interface ProxyData {
  readonly throughput: { readonly runs: readonly { readonly ours: number; readonly text: number }[] };
  readonly latency: readonly Latency[];
  /** From CARLA's being there again to its first frame in the page, for each time that it was killed. */
  readonly back: { readonly milliseconds: readonly number[] };
  /** `steady`: a live source whose frames may be left out. `fast`: every frame, as fast as the page reads. */
  readonly slow: Readonly<Record<'steady' | 'fast', SlowPage>>;
}

export const proxySection: Section<ProxyData> = {
  id: 'proxy',
  title: 'Proxy to page',

  measure: ({ quick }) => jsonOf<ProxyData>('e2e/proxy-report.mjs', quick ? ['quick'] : [], 900_000),

  rows({ throughput: { runs }, latency, back, slow }) {
    const engine = 'Node proxy and Chromium on one machine, 2 cores';
    const rate = spread(runs.map(({ ours }) => ours));
    const text = spread(runs.map(({ text: official }) => official));
    const ratio = spread(runs.map(({ ours, text: official }) => ours / official));
    const over = `${runs.length} runs, taken in turn`;
    return [
      {
        what: 'frames/s to the page, 64 actors a frame, 32 frames a message',
        bar: `≥ ${BARS.framesPerSecond.toLocaleString('en')}/s`,
        measured: `${rangeText(rate)} frames/s`,
        met: rate.median >= BARS.framesPerSecond,
        over,
        engine,
      },
      {
        what: "the same over the official client's text mode",
        bar: `≥ ${BARS.ratio}×`,
        measured: `${rangeText(ratio)}×; ${rangeText(text)} frames/s in text mode`,
        met: ratio.median >= BARS.ratio,
        over,
        engine,
      },
      ...latency.map(latencyRow),
      backRow(back),
      slowRow('live at 100 frames/s, the latest first', slow.steady, engine),
      slowRow('every frame, the source as fast as it is read', slow.fast, engine),
    ];
  },
};

function latencyRow({ hertz, cars, handed, drawn }: Latency): ResultRow {
  const p50 = spread(handed.map((run) => run.p50));
  const [late, next, nextLate] = [
    spread(handed.map((run) => run.p95)),
    spread(drawn.map((run) => run.p50)),
    spread(drawn.map((run) => run.p95)),
  ];
  return {
    what: `CARLA's frame, ${cars} cars, ${hertz} steps/s: from its first byte leaving the server to the page's main thread, p50`,
    bar: `≤ ${BARS.latencyMs} ms`,
    measured:
      `${rangeText(p50)} ms; p95 ${rangeText(late)} ms; ` +
      `the page's next picture drawn: p50 ${rangeText(next)} ms, p95 ${rangeText(nextLate)} ms`,
    met: p50.median <= BARS.latencyMs,
    over: `${handed.length} runs of ${Math.min(...handed.map(({ frames }) => frames))} frames or more`,
    engine: WHOLE,
  };
}

function backRow({ milliseconds }: ProxyData['back']): ResultRow {
  const seconds = spread(milliseconds.map((value) => value / 1000));
  return {
    what: 'CARLA killed in mid-watch: from its being there again to its first frame in the page',
    bar: `≤ ${BARS.backMs / 1000} s`,
    measured: `${rangeText(seconds)} s`,
    met: Math.max(...milliseconds) <= BARS.backMs,
    over: `${milliseconds.length} kills`,
    engine: WHOLE,
  };
}

function slowRow(what: string, { growthMiB, seconds, frames, disordered, gaps }: SlowPage, engine: string): ResultRow {
  const growth = [growthMiB.server, growthMiB.browser].map((value) => value * MEGABYTES_A_MEBIBYTE);
  return {
    what: `memory growth beside a page that takes 200 ms a frame: ${what}`,
    bar: `≤ ${BARS.growthMegabytes} MB in server and page, no frame reordered`,
    measured:
      `server ${growth[0].toFixed(1)} MB, browser ${growth[1].toFixed(1)} MB, the most in any second; ` +
      `${frames} frames seen, ${disordered} out of order, ${gaps} gaps told`,
    met: growth.every((value) => value <= BARS.growthMegabytes) && disordered === 0,
    over: `${seconds.toFixed(0)} s`,
    engine,
  };
}
