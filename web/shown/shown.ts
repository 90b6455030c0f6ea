/**
 * What is on the screen, whichever of the three it is: a drive of the lab, a recording, a live source. Its moving things in one shape,
 * where it stands, and whom the camera follows. The list of actors, the read-outs and the keys need no more.
 */
import { sceneOfDrive } from '../../core/episode/scene-of-drive.ts';
import type { SceneFrames } from '../../core/episode/scene-frames.ts';
import { driveStore, seek } from '../stores/drive.ts';
import { liveStore } from '../stores/live-state.ts';
import { viewThroughActor, recordingStore } from '../stores/recording.ts';
import { sceneStore } from '../stores/scene.ts';
import { viewStore } from '../stores/view.ts';

export interface Shown {
  readonly kind: 'drive' | 'recording' | 'live';
  readonly frames: SceneFrames;
  /** Whole step of the moment shown. */
  readonly step: number;
  /** Index of the followed actor, the ego's unless another was chosen; -1 for nobody. */
  readonly follow: number;
}

/** null while nothing is open, or nothing has come. */
export function shown(): Shown | null {
  const { scene, follow } = sceneStore.getState();
  const live = liveStore.getState();
  const drive = driveStore.getState();
  const made = (kind: Shown['kind'], frames: SceneFrames, step: number): Shown => {
    const chosen = follow >= 0 && follow < frames.actors.length;
    return { kind, frames, step, follow: chosen ? follow : frames.ego };
  };
  if (live.sourceId !== null) return live.scene && made('live', live.scene, live.step);
  if (scene) return made('recording', scene, drive.step);
  return drive.frames && made('drive', sceneOfDrive(drive.frames), drive.step);
}

/** Puts the camera on an actor; a recording is seen through its eyes altogether: read-outs and curves. */
export function followWithCamera(index: number): void {
  const now = shown();
  const actor = now?.frames.actors[index];
  if (!now || !actor) return;
  if (now.kind === 'recording') void viewThroughActor(actor.id);
  else sceneStore.setState({ follow: index === now.frames.ego ? -1 : index });
}

/** Opens what the followed actor's driver sees as a picture in the picture, or closes it. */
export function toggleInset(): void {
  const now = shown();
  const id = now?.frames.actors[now.follow]?.id ?? null;
  viewStore.setState(({ insetOf }) => ({ insetOf: insetOf === null ? id : null }));
}
const closeInset = () => viewStore.setState({ insetOf: null });

/** Whether an actor can be followed: whatever drives, rides or walks, and of a recording whatever it has a track of. */
export function canFollow({ kind, frames }: Shown, index: number): boolean {
  const actor = frames.actors[index];
  if (actor.kind === 'cone' || actor.kind === 'barrier' || actor.kind === 'box') return false;
  if (kind !== 'recording') return true;
  return recordingStore.getState().details?.actors.find(({ id }) => id === actor.id)?.follows ?? false;
}

/** Stands at a step of what is shown. */
export function goToStep(step: number): void {
  if (liveStore.getState().sourceId === null) seek(step);
  else void import('../stores/live-clock.ts').then(({ seekLive }) => seekLive(step));
}

// Another drive has other actors; a counterfactual has the same.
driveStore.subscribe(({ episode }, { episode: before }) => {
  const same = episode?.scenario.hash === before?.scenario.hash && episode?.seed === before?.seed;
  if (same) return;
  closeInset();
  if (!sceneStore.getState().scene) sceneStore.setState({ follow: -1 });
});
liveStore.subscribe(({ sourceId }, before) => {
  if (sourceId !== before.sourceId) closeInset();
});
