/**
 * The recording that is open, while the open drive is one: what it holds and through whose eyes it is seen. The drive's own store keeps
 * the cursor. Opening and driving are in open.ts.
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

/** Sets out what a recording holds with the drive that is opened, or puts it away (null). */
export function showDetails(details: RecordingDetails | null): void {
  const before = recordingStore.getState().details;
  if (!details && !before) return;
  if (!details) return recordingStore.setState(CLOSED);
  recordingStore.setState({ ...CLOSED, details, view: details.view });
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
}

driveStore.subscribe(({ episode }) => {
  const { details } = recordingStore.getState();
  if (details && episode?.id !== details.episode.id) showDetails(null);
});
