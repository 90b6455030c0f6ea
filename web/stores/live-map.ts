/** Maps of live scenes: fetched from the source and drawn in a worker, kept by hash, put into the scene when they are there. */
import type { MapDrawing } from '../../core/tasks/driving/roads/drawing/model.ts';
import type { LiveService } from '../../workers/contracts/live-protocol.ts';
import type { LiveMap } from '../../workers/contracts/proxy-protocol.ts';
import type { LiveScene } from './live-scene.ts';
import { liveStore } from './live-state.ts';
import { complain } from './notices.ts';
import { ask } from './services.ts';
import { proxy } from './sources.ts';

let worker: Promise<LiveService> | undefined;
/** The worker that draws maps and packs recordings. */
export function liveWorker(): Promise<LiveService> {
  worker ??= import('../../workers/live/live.ts').then(({ createLive }) => createLive());
  return worker;
}

/** The newest map and its drawing: a town is drawn once, however many episodes it serves. */
let last: { readonly map: LiveMap; readonly seed: number; readonly drawing: MapDrawing } | null = null;

/** The text of the map that was drawn last, for recordings. */
export const lastMap = (): LiveMap | null => last?.map ?? null;

export async function showLiveMap(sourceId: string, scene: LiveScene): Promise<void> {
  const { mapName, mapSha256, seed } = scene.episode;
  const put = (drawing: MapDrawing) => {
    // It may have been trimmed since.
    const { newest } = liveStore.getState();
    const target = newest?.episode === scene.episode ? newest : scene;
    target.map = drawing;
    // The scene is the same and grows; only what stands still is to be built again.
    liveStore.setState(({ scene: shown, built }) => ({ map: 'drawn', built: shown === target ? built + 1 : built }));
  };
  if (last && mapSha256 !== '' && last.map.sha256 === mapSha256) return put(last.drawing);
  liveStore.setState({ map: 'coming' });
  const mine = () => liveStore.getState().newest?.episode === scene.episode;
  const map = await ask(async () => (await proxy()).map(sourceId));
  if (!mine()) return;
  if (!map.ok) return failed(`The map ${mapName} did not come: ${map.failure.message}`);
  if (map.value === null) return liveStore.setState({ map: 'none' });
  // Between asking and answering the source may have gone on to another episode, whose map this is.
  if (mapSha256 !== '' && map.value.sha256 !== mapSha256) return liveStore.setState({ map: 'none' });
  const found = map.value;
  const drawing = await ask(async () => (await liveWorker()).draw(found, seed));
  if (!mine()) return;
  if (!drawing.ok) return failed(`The map ${found.name} was not drawn: ${drawing.failure.message}`);
  last = { map: found, seed, drawing: drawing.value };
  put(drawing.value);
}

function failed(message: string): void {
  liveStore.setState({ map: 'failed' });
  complain({ message }, 'The source is shown without its map.');
}
