/**
 * PDMS and EPDMS of a whole drive: its 4 s scenes, each scored whole, then averaged.
 *
 * NAVSIM scores plans of 4 s. Here what was *driven* is scored, scene after scene: scenes begin every 4 s, the last one ends with
 * the drive (and so may overlap the one before), so no step is left out and none that was never driven is counted. In each scene: the progress
 * reference is PDM-Closed's from the scene's first row (pdm-closed.ts); comfort of history (EPDMS) looks 1.5 s back; a driven path
 * has no second plan to disagree with, so extended comfort is 1; the human filter applies where the human's log is given.
 */
import { trackComfort } from '../comfort.ts';
import { type EpdmParts, NAVSIM_ROWS, type NavsimScore, scoreNavsim } from './navsim.ts';
import { type PdmReference, pdmClosed } from './pdm-closed.ts';
import { type Cost, cutTrack, type DriveTrack, type Form } from '../track.ts';

/** Rows after a scene that its TTC may look at, and rows of history before it. */
const LOOK_AHEAD = 9;
const HISTORY = 15;

export interface NavsimSceneScores {
  /** First and last row. */
  readonly from: number;
  readonly to: number;
  readonly pdmClosed: PdmReference;
  readonly corrected: NavsimScore;
  readonly exact: NavsimScore;
}

/** First rows of a drive's scenes. */
export function sceneStarts(rows: number): number[] {
  const last = Math.max(0, rows - NAVSIM_ROWS);
  const starts: number[] = [];
  for (let from = 0; from < last; from += NAVSIM_ROWS - 1) starts.push(from);
  return [...starts, last];
}

/** Every scene with its scores; empty when the track does not know its route. `human` is the log of the same scenes, row for row. */
export function navsimScenes(track: DriveTrack, human?: DriveTrack): NavsimSceneScores[] {
  return sceneStarts(track.rows).flatMap((from) => {
    const to = Math.min(track.rows, from + NAVSIM_ROWS);
    const window = cutTrack(track, Math.min(track.rows, to + LOOK_AHEAD), from);
    const reference = pdmClosed(cutTrack(window, to - from));
    if (!reference) return [];
    const past = { from: Math.max(0, from - HISTORY), to };
    const score = (drive: DriveTrack, scene: DriveTrack, form: Form, filter?: EpdmParts) => {
      const history = trackComfort(cutTrack({ ...drive, actors: [] }, past.to, past.from), form);
      const facts = { pdmClosed: reference, historyComfortable: history.comfortable };
      return scoreNavsim(scene, facts, form, filter, to - from);
    };
    const humanWindow = human && human.rows >= to && cutTrack(human, Math.min(human.rows, to + LOOK_AHEAD), from);
    const parts = (form: Form) => (human && humanWindow ? score(human, humanWindow, form).parts : undefined);
    const [corrected, exact] = (['corrected', 'navsim-exact'] as const).map((form) =>
      score(track, window, form, parts(form)),
    );
    return [{ from, to: to - 1, pdmClosed: reference, corrected, exact }];
  });
}

/** Mean over scenes; null without any. */
export function sceneMean(
  scenes: readonly NavsimSceneScores[],
  of: (scene: NavsimSceneScores) => number,
): number | null {
  return scenes.length === 0 ? null : scenes.reduce((sum, scene) => sum + of(scene), 0) / scenes.length;
}

/** A cost of a scene at its step of the drive, with the points that the drive's mean would gain without it. */
export interface SceneCost extends Cost {
  readonly points: number;
}

/** What cost points in the scenes, in order of time: each part's points shared among its steps. */
export function sceneCosts(scenes: readonly NavsimSceneScores[], score: 'pdms' | 'epdms', form: Form): SceneCost[] {
  return scenes.flatMap((scene) => {
    const { costs, gains } = form === 'corrected' ? scene.corrected : scene.exact;
    return costs.flatMap((cost) => {
      const part = cost.part.startsWith('comfort.') ? (score === 'pdms' ? 'comfort' : 'historyComfort') : cost.part;
      const gain = gains[score][part as keyof (typeof gains)[typeof score]];
      const steps = costs.filter((other) => other.part.split('.')[0] === cost.part.split('.')[0]).length;
      if (!gain) return [];
      return [{ ...cost, step: cost.step + scene.from, points: gain / steps / scenes.length }];
    });
  });
}
