/** What the read-outs over the picture say: of a drive's ego, and of whoever else is followed. */
import {
  SCENE_SPEED,
  SCENE_X,
  SCENE_Y,
  type SceneActor,
  type SceneFrames,
  sceneRow,
} from '../../core/episode/scene-frames.ts';
import type { DriveState } from '../stores/drive.ts';
import { figure, signed } from '../ui/format.ts';
import { shownTtc } from './lanes.ts';
import { figuresAt } from './moment.ts';
import type { Readout } from './facts.ts';

/** Below these the time to collision is marked, s. */
const TTC_DANGER = 1.5;
const TTC_CAUTION = 3;

export function ttcReadout(seconds: number): Readout {
  const tone = seconds < TTC_DANGER ? 'danger' : seconds < TTC_CAUTION ? 'caution' : undefined;
  return { name: 'TTC s', value: figure(shownTtc(seconds)), ...(tone && { tone }) };
}

/** The driven car of a drive or, of a recording, whom it is seen through. */
type Driven = Pick<DriveState, 'episode' | 'frames' | 'step' | 'ghost'>;
export function driveReadouts({ episode, frames, step, ghost }: Driven): readonly Readout[] {
  if (!episode || !frames) return [];
  const at = figuresAt(episode, frames, step);
  const delta = ghost && ghost.episode.score.score - episode.score.score;
  const title = 'The ghost’s score minus this drive’s';
  return [
    { name: 'speed m/s', value: at.speedMps.toFixed(1) },
    { name: 'steer °', value: signed(at.steerDegrees, 1, false) },
    ttcReadout(at.ttcSeconds),
    ...(at.word ? [{ name: 'decision', value: at.word, tone: `word-${at.word}` }] : []),
    ...(delta === null ? [] : [{ name: 'ghost', value: signed(delta, 2), tone: 'cf', title }]),
  ];
}

/** Of somebody who is not the ego. */
export function actorReadouts(frames: SceneFrames, step: number, follow: number): readonly Readout[] {
  const actor = frames.actors[follow];
  const [own, ego] = [placeOf(actor, step), placeOf(frames.actors[frames.ego], step)];
  return [
    { name: 'followed', value: (actor.name ?? actor.label) || actor.kind },
    { name: 'speed m/s', value: figure(own?.[2] ?? Number.NaN) },
    { name: 'to ego m', value: figure(own && ego ? Math.hypot(own[0] - ego[0], own[1] - ego[1]) : Number.NaN) },
  ];
}

function placeOf(actor: SceneActor | undefined, step: number): readonly [number, number, number] | null {
  const at = actor ? sceneRow(actor, step) : -1;
  return actor && at >= 0 ? [actor.rows[at + SCENE_X], actor.rows[at + SCENE_Y], actor.rows[at + SCENE_SPEED]] : null;
}
