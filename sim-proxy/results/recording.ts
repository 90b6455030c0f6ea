/**
 * A CARLA recording on the page in Chromium: how soon it plays after its drop (--recording FILE, else one made with the stand-in), and what
 * Town01 costs to draw (e2e/town-report.mjs; only where the recording and the map are).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rangeText, spread } from './measure.ts';
import { jsonOf, type ResultRow, type Section } from './section.ts';
import { type StandInDrive, standInRecording } from './stand-in-recording.ts';

const ROUNDS = 5;
const BAR_SECONDS = 1;
/** At 60 frames a second; half of it is left to the browser and to slower machines. */
const FRAME_MS = 1000 / 60;
/** As long and as full as CARLA's example DistanceToLaneCenter.log. */
const STAND_IN: StandInDrive = { frames: 432, vehicles: 40, lights: 36 };

interface Played {
  readonly browser: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly milliseconds: readonly number[];
}
interface View {
  readonly view: string;
  readonly pictures: number;
  /** Of a picture; bytes of all buffers together. */
  readonly calls: number;
  readonly triangles: number;
  readonly bytes: number;
  readonly frames: number;
  /** CPU of the page's thread for an animation frame, everything in it. */
  readonly frameMs: { readonly p50: number; readonly p95: number };
}
interface Town {
  readonly browser: string;
  readonly recording: string;
  readonly map: string;
  readonly views: readonly View[];
}
export interface RecordingData extends Played {
  /** null where Town01 was not. */
  readonly town: Town | null;
  /** Absent for a file that was given. */
  readonly standIn?: StandInDrive;
}

const play = (rounds: number, paths: readonly string[]) =>
  jsonOf<Played>('e2e/recording-report.mjs', [String(rounds), ...paths], 300_000);
const drawTown = (quick: boolean) => jsonOf<Town | null>('e2e/town-report.mjs', quick ? ['quick'] : [], 300_000);

export const recording: Section<RecordingData> = {
  id: 'recording',
  title: 'A recording dropped on the page',

  async measure({ quick, recording: files }) {
    const rounds = quick ? 1 : ROUNDS;
    const town = await drawTown(quick);
    if (files.length > 0) return { ...(await play(rounds, files)), town };
    const folder = await mkdtemp(join(tmpdir(), 'traceway-recording-'));
    try {
      const path = join(folder, 'stand-in.log');
      await writeFile(path, await standInRecording(STAND_IN));
      return { ...(await play(rounds, [path])), standIn: STAND_IN, town };
    } finally {
      await rm(folder, { recursive: true });
    }
  },

  rows({ browser, files, milliseconds, standIn, town }) {
    const seconds = spread(milliseconds.map((ms) => ms / 1000));
    const names = files.map(({ name, bytes }) => `${name}, ${(bytes / 1e6).toFixed(1)} MB`).join(' and ');
    const made = standIn
      ? `; ${standIn.frames} frames, ${standIn.vehicles} vehicles, ${standIn.lights} lights, recorded from the stand-in server`
      : '';
    return [
      {
        what: 'a CARLA recording plays after its drop',
        bar: `≤ ${BAR_SECONDS} s`,
        measured: `${rangeText(seconds)} s`,
        met: seconds.median <= BAR_SECONDS,
        over: `${milliseconds.length} fresh pages; ${names}${made}`,
        engine: `Chromium ${browser}, software GPU`,
      },
      ...(town?.views.map((view) => townRow(town, view)) ?? []),
    ];
  },
};

function townRow({ browser, recording: file, map }: Town, view: View): ResultRow {
  const { calls, triangles, bytes, frames, frameMs } = view;
  return {
    what: `Town01 with the traffic of ${file}, ${view.view.toLowerCase()} view: the page's own thread for a frame, CPU, p50`,
    bar: `≤ ${(FRAME_MS / 2).toFixed(1)} ms, half a frame at 60/s`,
    measured:
      `${frameMs.p50.toFixed(1)} ms, p95 ${frameMs.p95.toFixed(1)} ms; for the GPU ${calls} draw calls, ` +
      `${Math.round(triangles).toLocaleString('en')} triangles, ${(bytes / 1e6).toFixed(2)} MB of buffers`,
    met: frameMs.p50 <= FRAME_MS / 2,
    over: `${frames} frames, ${map}`,
    engine: `Chromium ${browser}, the page's way for a real GPU; no GPU here, so no frames a second`,
  };
}
