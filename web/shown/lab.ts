/**
 * Which of the lab's own players is shown: whatever was opened last. A source that is watched hides the drive until it is left; a drive
 * that is opened, from wherever, takes the place of all else. Called once, by whoever starts the page.
 */
import { driveStore } from '../stores/drive.ts';
import { liveStore } from '../stores/live-state.ts';
import { viewStore } from '../stores/view.ts';
import { drivePlayer } from './drive.ts';
import type { Player } from './player.ts';
import { recordingPlayer } from './recording.ts';
import { show, shownStore } from './shown.ts';

const closeInset = () => viewStore.setState({ insetOf: null });

/** The drive that is open, as what it is. */
function driven(): Player | null {
  const { episode } = driveStore.getState();
  if (!episode) return null;
  return episode.recording ? recordingPlayer : drivePlayer;
}

export function showWhatIsOpened(): void {
  if (driveStore.getState().episode) show(driven());
  driveStore.subscribe(({ episode }, { episode: before }) => {
    if (episode === before) return;
    // Another drive has other actors; a counterfactual has the same.
    const same = episode?.scenario.hash === before?.scenario.hash && episode?.seed === before?.seed;
    if (!same) {
      closeInset();
      driveStore.setState({ follow: -1 });
    }
    if (liveStore.getState().sourceId === null) show(driven());
  });
  liveStore.subscribe(({ sourceId }, before) => {
    if (sourceId === before.sourceId) return;
    closeInset();
    if (sourceId !== null) void showSource(sourceId);
    else if (shownStore.getState().player?.kind === 'source') show(driven());
  });
}

/** Its code comes with the first source. */
async function showSource(id: string): Promise<void> {
  const { livePlayer } = await import('./live.ts');
  if (liveStore.getState().sourceId !== id) return;
  driveStore.setState({ follow: -1 });
  show(livePlayer);
}
