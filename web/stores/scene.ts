import { createStore } from 'zustand/vanilla';
import type { SceneFrames } from '../../core/episode/scene-frames.ts';
export interface SceneState {
  readonly scene: SceneFrames | null;
  readonly position: number;
  readonly follow: number;
}
export const sceneStore = createStore<SceneState>(() => ({ scene: null, position: 0, follow: -1 }));
