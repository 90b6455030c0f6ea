/**
 * Things that move and are no drive of the lab: CARLA's live frames, a recording. While there is one the viewport shows it instead of the
 * drive; `position` and `follow` are all there is to say about it, time is the source's own.
 */
import { createStore } from 'zustand/vanilla';
import type { SceneFrames } from '../../core/episode/scene-frames.ts';

export interface SceneState {
  readonly scene: SceneFrames | null;
  /** Steps, fractional, 0..scene.steps. */
  readonly position: number;
  /** Index of the actor the camera follows; -1: the scene's ego, or the whole map where it has none. */
  readonly follow: number;
  /** Counts up when something of the same scene that stands still is new: its map came. */
  readonly built: number;
}

export const sceneStore = createStore<SceneState>(() => ({ scene: null, position: 0, follow: -1, built: 0 }));
