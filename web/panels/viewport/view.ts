/**
 * Connects the stores to a picture. Positions go from the store to the viewer without React: 60 pictures a second need no
 * render. three.js is loaded here, on demand; a browser without WebGL 2 gets the 2-D view.
 */
import { type DriveState, driveStore } from '../../stores/drive.ts';
import { viewStore } from '../../stores/view.ts';
import { openSurface } from '../../viewer/gpu.ts';
import { partingStep } from '../../viewer/pose.ts';
import type { DriveView, Scene, ViewOptions } from '../../viewer/scene.ts';

export interface Attached {
  readonly view: DriveView;
  detach(): void;
}

/** Makes the best view this browser can and keeps it up to date until detached. */
export async function attachView(container: HTMLElement, onContext: (alive: boolean) => void): Promise<Attached> {
  const options: ViewOptions = {
    container,
    reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    onCamera: (camera) => viewStore.setState({ camera }),
    onContext,
  };
  const surface = openSurface();
  const view = surface
    ? (await import('../../viewer/viewer.ts')).createViewer(options, surface)
    : (await import('../../viewer/top2d.ts')).createTop2d(options);
  view.setCamera(viewStore.getState().camera);
  showScene(view, driveStore.getState());
  showMoment(view, driveStore.getState());
  const themes = new MutationObserver(() => view.refreshTheme());
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
  const unsubscribes = [
    driveStore.subscribe((state, before) => {
      if (state.episode !== before.episode || state.frames !== before.frames || state.ghost !== before.ghost)
        showScene(view, state);
      if (state.position !== before.position || state.lookAheadSeconds !== before.lookAheadSeconds)
        showMoment(view, state);
    }),
    viewStore.subscribe((state, before) => {
      if (state.camera !== before.camera) view.setCamera(state.camera);
    }),
  ];
  return {
    view,
    detach() {
      themes.disconnect();
      for (const unsubscribe of unsubscribes) unsubscribe();
      view.dispose();
    },
  };
}

const showMoment = (view: DriveView, { position, lookAheadSeconds }: DriveState) =>
  view.setMoment({ time: position, lookAheadSeconds });

const showScene = (view: DriveView, state: DriveState) => view.setScene(sceneOf(state));

/** The scene a drive state means, or null while nothing is open. */
export function sceneOf({ episode, frames, ghost }: Pick<DriveState, 'episode' | 'frames' | 'ghost'>): Scene | null {
  if (!episode || !frames) return null;
  return { drive: { episode, frames }, ghost: ghost && { ...ghost, fromStep: partingStep(frames, ghost.frames) } };
}
