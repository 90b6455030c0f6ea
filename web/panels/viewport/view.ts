/**
 * Connects the stores to a picture. Positions go from the store to the viewer without React: 60 pictures a second need no
 * render. three.js is loaded here, on demand; a browser without WebGL 2 gets the 2-D view.
 */
import { type DriveState, driveStore } from '../../stores/drive.ts';
import { sceneStore } from '../../stores/scene.ts';
import { viewStore } from '../../stores/view.ts';
import { driveScene } from '../../viewer/drive-scene.ts';
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
    coveredBelow: () => coveredBelow(container),
    onCamera: (camera) => viewStore.setState({ camera }),
    onContext,
  };
  const surface = openSurface();
  const view = surface
    ? (await import('../../viewer/viewer.ts')).createViewer(options, surface)
    : (await import('../../viewer/top2d.ts')).createTop2d(options);
  view.setCamera(viewStore.getState().camera);
  showScene(view);
  showMoment(view);
  const themes = new MutationObserver(() => view.refreshTheme());
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
  const unsubscribes = [
    driveStore.subscribe((state, before) => {
      if (state.episode !== before.episode || state.frames !== before.frames || state.ghost !== before.ghost)
        showScene(view);
      if (state.position !== before.position || state.lookAheadSeconds !== before.lookAheadSeconds) showMoment(view);
    }),
    sceneStore.subscribe((state, before) => {
      if (state.scene !== before.scene || state.built !== before.built) showScene(view);
      showMoment(view);
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

function showMoment(view: DriveView): void {
  const { scene, position, follow } = sceneStore.getState();
  const drive = driveStore.getState();
  const { lookAheadSeconds } = drive;
  view.setMoment(
    scene ? { time: position, lookAheadSeconds, follow } : { time: drive.position, lookAheadSeconds, follow },
  );
}

function showScene(view: DriveView): void {
  const { scene } = sceneStore.getState();
  view.setScene(scene ? { frames: scene, drive: null, ghost: null } : sceneOfDriveState(driveStore.getState()));
}

/** The scene a drive state means, or null while nothing is open. */
export function sceneOfDriveState({
  episode,
  frames,
  ghost,
}: Pick<DriveState, 'episode' | 'frames' | 'ghost'>): Scene | null {
  if (!episode || !frames) return null;
  return driveScene({ episode, frames }, ghost && { ...ghost, fromStep: partingStep(frames, ghost.frames) });
}

/** Height of the read-outs where they reach under the middle of the picture, px. */
function coveredBelow(container: HTMLElement): number {
  const hud = container.parentElement?.querySelector('.viewport-hud')?.getBoundingClientRect();
  const picture = container.getBoundingClientRect();
  if (!hud || hud.right < picture.left + picture.width * 0.4) return 0;
  return Math.max(0, picture.bottom - hud.top) + CLEARANCE;
}
/** Kept free between read-outs and the car, px. */
const CLEARANCE = 8;
