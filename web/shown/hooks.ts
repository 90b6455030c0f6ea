/** React hooks over what is shown. */
import { useStore } from 'zustand';
import { useDrive, useLive } from '../stores/hooks.ts';
import { sceneStore } from '../stores/scene.ts';
import { shown, type Shown } from './shown.ts';

/** What is on the screen (shown.ts), step by step. */
export function useShown(): Shown | null {
  useLive((state) => state.sourceId === null || state.scene);
  useLive((state) => state.step + state.steps);
  useDrive((state) => state.frames);
  useDrive((state) => state.step);
  useStore(sceneStore, (state) => state.scene);
  useStore(sceneStore, (state) => state.follow);
  return shown();
}
