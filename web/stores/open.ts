/**
 * Putting a drive on the screen, from wherever it comes: the shipped file, a new drive, the store, a link, a file, a
 * training curve. A new request overtakes an older one; a failure leaves the drive that was open untouched.
 */
import type { Episode } from '../../core/episode/episode.ts';
import type {
  ActorMode,
  DriveFiles,
  DriveStates,
  DriveRequest,
  Failure,
  LinkView,
  LogReport,
  LogSummary,
  PolicyChoice,
  RecordingDetails,
  Result,
} from '../../workers/contracts/protocol.ts';
import { type DriveSource, cursorAt, driveStore, IDLE } from './drive.ts';
import { keepEpisode, readKept } from './episodes.ts';
import { complain, failureOf, say } from './notices.ts';
import { play } from './playback.ts';
import { recordingStore, showDetails } from './recording.ts';
import { ask, fail, lab, now } from './services.ts';
import { viewStore } from './view.ts';

interface Opened {
  readonly episode: Episode;
  readonly source: DriveSource;
  readonly view?: LinkView;
  readonly report?: LogReport;
  readonly imported?: LogSummary;
  /** Drives the same log again, its road users behaving otherwise. */
  readonly again?: (mode: ActorMode, beside?: DriveFiles) => void;
  /** Of a recording, if they are known already. */
  readonly details?: RecordingDetails;
  readonly keep?: boolean;
  readonly playNow?: boolean;
  /** Where to stand, steps. */
  readonly position?: number;
}

let request = 0;

interface States {
  readonly frames: DriveStates;
  readonly details: RecordingDetails | null;
}

/** A drive's states: replayed, or out of its recording. */
async function statesOf({ episode, details }: Opened): Promise<Result<States>> {
  if (!episode.recording) {
    const frames = await ask(() => lab().frames(episode));
    return frames.ok ? { ok: true, value: { frames: frames.value, details: null } } : frames;
  }
  const shown = details ? ({ ok: true, value: details } as const) : await ask(() => lab().showRecording(episode));
  return shown.ok ? { ok: true, value: { frames: shown.value.view.frames, details: shown.value } } : shown;
}

/** Runs `find`, recomputes the states of what it found, and shows it. Returns whether it is on the screen. */
async function open(text: string, find: () => Promise<Result<Opened>>, retry?: () => void): Promise<boolean> {
  const mine = ++request;
  driveStore.setState({ opening: { phase: 'running', text } });
  const found = await ask(find);
  const states = found.ok ? await statesOf(found.value) : found;
  if (mine !== request) return false;
  if (!found.ok || !states.ok) {
    const { failure } = found.ok ? (states as { failure: Failure }) : found;
    driveStore.setState({ opening: { phase: 'failed', failure } });
    if (driveStore.getState().episode) complain(failure, 'The drive that was open stays as it was.', retry);
    return false;
  }
  const { episode, source, view, report, keep, playNow } = found.value;
  const { frames, details } = states.value;
  const { again } = found.value;
  const imported = found.value.imported
    ? { ...found.value.imported, again }
    : details && { format: 'a CARLA recording', ...details };
  const before = driveStore.getState();
  // First, so that the viewport never builds a scene of the bare drive.
  showDetails(details);
  const sameFamily = before.family.some(({ id }) => id === episode.id);
  driveStore.setState({
    opening: IDLE,
    episode,
    frames,
    source,
    report: report ?? null,
    imported,
    ...cursorAt(episode, frames, view?.step ?? found.value.position ?? 0),
    playing: false,
    stoppedAt: null,
    thoughts: new Map(),
    thinking: IDLE,
    forking: IDLE,
    ghost: null,
    family: sameFamily ? before.family : [episode],
    ...(view ? { breakpoints: view.breakpoints } : {}),
  });
  if (view) viewStore.setState({ camera: view.camera });
  if (frames.verified !== true) {
    complain(
      {
        message: `This drive diverged at step ${frames.verified.divergedAtStep}: its states do not hash as recorded.`,
      },
      'It is shown up to there as recomputed; nothing was stored.',
    );
  } else if (keep) {
    // Not waited for: what follows a slow write would take people back to a lab that they have left meanwhile.
    void keepEpisode(episode);
  }
  if (playNow) play();
  return true;
}

const found = (value: Opened): Result<Opened> => ({ ok: true, value });

/** The drive that comes with the lab. */
export function openShipped(): Promise<boolean> {
  return open(
    'Opening the shipped drive',
    async () => {
      const response = await fetch(`${import.meta.env.BASE_URL}shipped/drive.json`).catch((error: unknown) => error);
      if (!(response instanceof Response)) {
        const detail = failureOf(response).message;
        return fail({ message: 'The shipped drive could not be fetched: the server does not answer.', detail });
      }
      if (!response.ok || !response.headers.get('content-type')?.includes('json')) {
        return fail({ message: 'The shipped drive is missing.', where: `HTTP ${response.status}` });
      }
      return found({ episode: (await response.json()) as Episode, source: 'shipped' });
    },
    () => void openShipped(),
  );
}

/** Drives a scenario anew and keeps the drive. */
export function newDrive(scenario: string, seed: number, policy: PolicyChoice): Promise<boolean> {
  const asked: DriveRequest = { scenario, seed, policy, now: now() };
  return open(
    `Driving ${scenario}, seed ${seed}`,
    async () => {
      const result = await lab().drive(asked);
      return result.ok ? found({ episode: result.value, source: 'own', keep: true, playNow: true }) : result;
    },
    () => void newDrive(scenario, seed, policy),
  );
}

/**
 * Drives the open drive's scenario and seed with another policy; the drive that was open stays as the ghost, so that before
 * and after stand side by side.
 */
export async function driveBeside(policy: PolicyChoice): Promise<void> {
  const { episode, frames } = driveStore.getState();
  if (!episode || !frames) return;
  if (!(await newDrive(episode.scenario.id, episode.seed, policy))) return;
  driveStore.setState({ ghost: { episode, frames } });
  viewStore.setState({ preset: 'compare' });
}

/** Shows an episode at hand. */
export function showEpisode(episode: Episode, source: DriveSource, keep = false): Promise<boolean> {
  return open(`Opening ${episode.name}`, async () => found({ episode, source, keep }));
}

/** Opens a replay link's fragment ("#r1.…") read-only. */
export async function openLink(fragment: string): Promise<boolean> {
  return open('Opening the replay link', async () => {
    const result = await lab().openLink(fragment, now());
    return result.ok ? found({ ...result.value, source: 'link' }) : result;
  });
}

/** Opens an episode or a recorded drive from a file; a recorded drive is driven by `policy` behind the log, with the files `beside` it. */
export async function openFile(
  file: File,
  policy: PolicyChoice = { kind: 'checkpoint', hash: 'shipped', residual: true },
  actors: ActorMode = 'replayed',
  beside: DriveFiles = {},
): Promise<boolean> {
  const opened = await open(`Opening ${file.name}`, async () => {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const result = await lab().openFile(file.name, bytes, policy, now(), actors, beside);
      const again = (mode: ActorMode, more: DriveFiles = {}) =>
        void openFile(file, policy, mode, { ...beside, ...more });
      if (result.ok) return found({ ...result.value, again, source: 'file', keep: true });
      return notOpened(file, result.failure);
    } catch (error) {
      return fail(failureOf(error));
    }
  });
  const { imported, episode } = driveStore.getState();
  if (opened && imported && !episode?.recording) viewStore.setState({ preset: 'compare' });
  return opened;
}

/** Opens a simulator's recording and plays it; one that is too long to stand in an episode is not kept. */
export async function openRecordingFile(file: File): Promise<boolean> {
  const opened = await open(`Opening ${file.name}`, async () => {
    const result = await ask(() => lab().openRecording(file.name, file, now()));
    if (!result.ok) return notOpened(file, result.failure);
    const { episode, kept } = result.value;
    return found({ episode, details: result.value, source: 'file', keep: kept, playNow: true });
  });
  if (!opened) return false;
  if (SHOWS_RECORDING.every((preset) => preset !== viewStore.getState().preset))
    viewStore.setState({ preset: 'debug' });
  if (recordingStore.getState().details?.kept === false)
    say('This recording is too long to be kept in the browser; it plays from its file.');
  return true;
}
const SHOWS_RECORDING: readonly string[] = ['debug', 'watch'];

/** Gives the open recording its map; it plays on from where it stands. */
export async function addMapFile(file: File): Promise<boolean> {
  const { episode, playing } = driveStore.getState();
  if (!episode?.recording) return false;
  const result = await ask(() => lab().addMap(episode, file.name, file));
  if (!result.ok) {
    complain(notOpened(file, result.failure).failure, 'The recording stays as it was.');
    return false;
  }
  if (driveStore.getState().episode !== episode) return false;
  const { position } = driveStore.getState();
  const { kept } = result.value;
  const shown = { episode: result.value.episode, details: result.value, source: 'file', keep: kept, position } as const;
  return open(`Opening ${file.name}`, async () => found({ ...shown, playNow: playing }));
}

/** Puts a policy in the place of the actor that is followed; the drive is one like any other. */
export async function driveRecording(policy: PolicyChoice, actors: ActorMode): Promise<boolean> {
  const { details, view } = recordingStore.getState();
  return details && view ? driveIn(details.episode, view.follow, policy, actors) : false;
}

function driveIn(recorded: Episode, ego: string, policy: PolicyChoice, actors: ActorMode): Promise<boolean> {
  return open(`Driving in the place of ${ego}`, async () => {
    const result = await ask(() => lab().driveRecording(recorded, { ego, actors, policy, now: now() }));
    const again = (mode: ActorMode) => void driveIn(recorded, ego, policy, mode);
    return result.ok ? found({ ...result.value, again, source: 'own', keep: true, playNow: true }) : result;
  });
}

const notOpened = (file: File, failure: Failure) =>
  fail({ ...failure, message: `“${file.name}” was not opened: ${failure.message}` });

/** Makes a drive that came by link one's own. */
export async function keepOpenDrive(): Promise<void> {
  const { episode } = driveStore.getState();
  if (!episode || !(await keepEpisode(episode))) return;
  driveStore.setState({ source: 'stored' });
  say(`Kept “${episode.name}”.`);
}

/** Opens a kept episode. */
export async function openKept(id: string, source: DriveSource = 'stored'): Promise<boolean> {
  const episode = await readKept(id);
  return episode !== null && showEpisode(episode, source);
}
