/**
 * Connects what is shown to a picture. Positions go from the store to the viewer without React: 60 pictures a second need no
 * render. three.js is loaded here, on demand; a browser without WebGL 2 gets the 2-D view.
 */
import { paceStore } from '../../stores/pace.ts';
import { viewStore } from '../../stores/view.ts';
import { shownStore } from '../../shown/shown.ts';
import { openSurface } from '../../viewer/gpu.ts';
import type { DriveView, ViewOptions } from '../../viewer/drive-view.ts';
import type { Scene } from '../../viewer/scene.ts';

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
  const themes = new MutationObserver(() => view.refreshTheme());
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
  const unsubscribes = [
    feed(view),
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

/** Shows in `view` what is shown, from now on; returns how to stop. */
export function feed(view: Pick<DriveView, 'setScene' | 'setMoment'>): () => void {
  let known: Scene | null | undefined;
  const showScene = () => {
    const { player } = shownStore.getState();
    const scene = player?.scene() ?? null;
    if (scene !== known) view.setScene(scene, player?.layers);
    known = scene;
  };
  const showMoment = () => {
    const { position, follow } = shownStore.getState().cursor;
    view.setMoment({ time: position, lookAheadSeconds: paceStore.getState().lookAheadSeconds, follow });
  };
  showScene();
  showMoment();
  const stops = [
    shownStore.subscribe(({ cursor }, before) => {
      showScene();
      if (cursor !== before.cursor) showMoment();
    }),
    paceStore.subscribe(showMoment),
  ];
  return () => {
    for (const stop of stops) stop();
  };
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
