/** How soon a CARLA recording plays after its drop on the page in Chromium: --recording FILE, else one made with the stand-in. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rangeText, spread } from '../measure.ts';
import { jsonOf, type Section } from './section.ts';
import { type StandInDrive, standInRecording } from './stand-in-recording.ts';

const ROUNDS = 5;
const BAR_SECONDS = 1;
/** As long and as full as CARLA's example DistanceToLaneCenter.log. */
const STAND_IN: StandInDrive = { frames: 432, vehicles: 40, lights: 36 };

interface Played {
  readonly browser: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly milliseconds: readonly number[];
}
export interface RecordingData extends Played {
  /** Absent for a file that was given. */
  readonly standIn?: StandInDrive;
}

const play = (rounds: number, paths: readonly string[]) =>
  jsonOf<Played>('e2e/recording-report.mjs', [String(rounds), ...paths], 300_000);

export const recording: Section<RecordingData> = {
  id: 'recording',
  title: 'A recording dropped on the page',

  async measure({ quick, recording: files }) {
    const rounds = quick ? 1 : ROUNDS;
    if (files.length > 0) return play(rounds, files);
    const folder = await mkdtemp(join(tmpdir(), 'traceway-recording-'));
    try {
      const path = join(folder, 'stand-in.log');
      await writeFile(path, await standInRecording(STAND_IN));
      return { ...(await play(rounds, [path])), standIn: STAND_IN };
    } finally {
      await rm(folder, { recursive: true });
    }
  },

  rows({ browser, files, milliseconds, standIn }) {
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
    ];
  },
};
