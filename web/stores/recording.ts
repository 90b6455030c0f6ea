/**
 * The recording on the screen, while the open drive is one: what it holds, through whose eyes it is seen, and its scene in the viewport.
 * The drive's own store keeps the cursor; here the scene follows it. Opening and driving are in open.ts.
 */
import { createStore } from 'zustand/vanilla';
import type { Episode } from '../../core/episode/episode.ts';
import type {
  ActorMode,
  DriveAudit,
  Failure,
  RecordedView,
  RecordingDetails,
} from '../../workers/contracts/protocol.ts';
import { driveStore } from './drive.ts';
import { complain } from './notices.ts';
import { sceneStore } from './scene.ts';
import { ask, lab } from './services.ts';

export interface RecordingState {
  readonly details: RecordingDetails | null;
  readonly view: RecordedView | null;
  /** How the others behave when the policy drives. */
  readonly mode: ActorMode;
  readonly audit: DriveAudit | null;
  readonly auditFailure: Failure | null;
}

const CLOSED = { details: null, view: null, audit: null, auditFailure: null } as const;
export const recordingStore = createStore<RecordingState>(() => ({ ...CLOSED, mode: 'replayed' }));

/** Shows a recording's scene with the drive that is opened, or puts it away (null). */
export function showDetails(details: RecordingDetails | null): void {
  const before = recordingStore.getState().details;
  if (!details && !before) return;
  if (!details) {
    recordingStore.setState(CLOSED);
    sceneStore.setState({ scene: null, follow: -1 });
    return;
  }
  recordingStore.setState({ ...CLOSED, details, view: details.view });
  sceneStore.setState({ scene: details.scene, position: driveStore.getState().position, follow: details.scene.ego });
  void readAudit(details.episode);
}

async function readAudit(episode: Episode): Promise<void> {
  const audit = await ask(() => lab().audit(episode));
  if (recordingStore.getState().details?.episode !== episode) return;
  recordingStore.setState(audit.ok ? { audit: audit.value } : { auditFailure: audit.failure });
}

/** Sees the recording through another actor's eyes: camera, read-outs and curves. */
export async function viewThroughActor(id: string): Promise<void> {
  const { details } = recordingStore.getState();
  if (!details) return;
  const view = await ask(() => lab().followActor(details.episode, id));
  if (recordingStore.getState().details !== details) return;
  if (!view.ok) return complain(view.failure, 'The view stays where it was.');
  recordingStore.setState({ view: view.value });
  driveStore.setState({ frames: view.value.frames });
  sceneStore.setState({ follow: details.scene.actors.findIndex((actor) => actor.id === id) });
}

driveStore.subscribe((state, before) => {
  const { details } = recordingStore.getState();
  if (!details) return;
  if (state.episode?.id !== details.episode.id) showDetails(null);
  else if (state.position !== before.position) sceneStore.setState({ position: state.position });
});
