/**
 * Changing a thought: one token is replaced, the rest of the trace written anew, the drive driven to its end. The original
 * is untouched; the fork is shown as its ghost and joins the family of branches.
 */
import type { Episode } from '../../core/episode/episode.ts';
import { wordOf } from './breakpoints.ts';
import { driveStore, IDLE } from './drive.ts';
import { keepEpisode } from './episodes.ts';
import { pause } from './playback.ts';
import { ask, lab, now } from './services.ts';

/** Forks the open drive at one token, `word` being the id to put there. Returns the counterfactual, or null when it failed (the reason is in `forking`). */
export async function forkAt(decision: number, token: number, word: number): Promise<Episode | null> {
  const { episode, forking, source } = driveStore.getState();
  if (!episode || forking.phase === 'running') return null;
  pause();
  driveStore.setState({ forking: { phase: 'running', text: `Driving on with “${wordOf(word)}”` } });
  const fork = await ask(() => lab().fork(episode, decision, token, wordOf(word), now()));
  const frames = fork.ok ? await ask(() => lab().frames(fork.value)) : fork;
  if (driveStore.getState().episode !== episode) {
    driveStore.setState({ forking: IDLE });
    return null;
  }
  if (!fork.ok || !frames.ok) {
    const failure = fork.ok ? (frames.ok ? { message: '' } : frames.failure) : fork.failure;
    driveStore.setState({ forking: { phase: 'failed', failure } });
    return null;
  }
  driveStore.setState(({ family }) => ({
    forking: IDLE,
    ghost: { episode: fork.value, frames: frames.value },
    family: [...family, fork.value],
  }));
  if (source !== 'shipped' && source !== 'stored') {
    await keepEpisode(episode, true);
    driveStore.setState({ source: 'stored' });
  }
  await keepEpisode(fork.value);
  return fork.value;
}

/** Shows a branch of the open drive as its ghost. */
export async function showGhost(branch: Episode): Promise<void> {
  const { episode } = driveStore.getState();
  const frames = await ask(() => lab().frames(branch));
  if (driveStore.getState().episode !== episode) return;
  if (frames.ok) driveStore.setState({ ghost: { episode: branch, frames: frames.value } });
  else driveStore.setState({ forking: { phase: 'failed', failure: frames.failure } });
}

export const clearGhost = (): void => driveStore.setState({ ghost: null });

/** The counterfactual becomes the drive on the screen, and the drive its ghost; the moment stays. */
export function swapGhost(): void {
  const { ghost, episode, frames } = driveStore.getState();
  if (!ghost || !episode || !frames) return;
  driveStore.setState({
    episode: ghost.episode,
    frames: ghost.frames,
    ghost: { episode, frames },
    thoughts: new Map(),
    source: 'stored',
  });
}
