/**
 * The first minutes. The shipped drive plays; at a breakpoint before its near miss it stops and one hint offers to change
 * *yield* to *proceed*; the cost of that is shown; then "Train your own". Putting the hint away ends the tour for good.
 * Which thought to change is found by `npm run ship` and lies beside the drive (`shipped/first-run.json`).
 */
import { createStore } from 'zustand/vanilla';
import { wordId } from '../../core/tasks/driving/words/vocabulary.ts';
import { sameBreakpoint, wordOf } from './breakpoints.ts';
import { type Breakpoint, driveStore } from './drive.ts';
import { forkAt } from './fork.ts';
import { complain } from './notices.ts';
import { openLink, openShipped } from './open.ts';
import { goToToken, play, toggleBreakpoint } from './playback.ts';
import { viewStore } from './view.ts';

/** The change that the tour offers. */
export interface Change {
  readonly decision: number;
  readonly token: number;
  readonly from: string;
  readonly to: string;
}
/** What the tour shows now: nothing, the opening line, the offer, or the cost. */
export type TourStep = 'none' | 'watch' | 'offer' | 'cost';
export const tourStore = createStore<{ readonly scene: TourStep; readonly change: Change | null }>(() => ({
  scene: 'none',
  change: null,
}));

/** Opens what the address asks for, else the shipped drive, and plays it. */
export async function openFirst(hash: string): Promise<void> {
  if (hash.startsWith('#r')) {
    if (await openLink(hash)) return;
    const { opening } = driveStore.getState();
    await openShipped();
    if (opening.phase === 'failed') complain(opening.failure, 'The lab is as it was; this is the shipped drive.');
    return;
  }
  const [opened] = await Promise.all([openShipped(), readChange()]);
  if (opened && !viewStore.getState().toured) beginTour();
}

/** Reads which thought to change; without it the tour is its opening line. */
async function readChange(): Promise<void> {
  try {
    const response = await fetch(`${import.meta.env.BASE_URL}shipped/first-run.json`);
    tourStore.setState({ change: (await response.json()) as Change });
  } catch {
    tourStore.setState({ change: null });
  }
}

/** The change, if the open drive has that word there. */
function changeHere(): Change | null {
  const { change } = tourStore.getState();
  const id = change && driveStore.getState().episode?.decisions[change.decision]?.tokens[change.token];
  return change && id != null && wordOf(id) === change.from ? change : null;
}

function setStop(on: boolean): void {
  const change = tourStore.getState().change;
  if (!change) return;
  const stop: Breakpoint = { kind: 'decision', value: change.from };
  if (driveStore.getState().breakpoints.some((breakpoint) => sameBreakpoint(breakpoint, stop)) !== on) {
    toggleBreakpoint(stop);
  }
}

function beginTour(): void {
  tourStore.setState({ scene: 'watch' });
  if (changeHere()) setStop(true);
  play();
}

/** Ends the tour and does not show it again. */
export function endTour(): void {
  setStop(false);
  tourStore.setState({ scene: 'none' });
  viewStore.setState({ toured: true });
}

/** Makes the tour's one change. */
export async function changeTheThought(): Promise<void> {
  const change = changeHere();
  const to = change && wordId(change.to);
  if (!change || to == null) return;
  goToToken(change.decision, change.token);
  if (await forkAt(change.decision, change.token, to)) play();
}

/** Shows the first steps again, from the start of the shipped drive. */
export async function tourAgain(): Promise<void> {
  viewStore.setState({ toured: false, preset: 'debug' });
  await openFirst('');
}

/** Stopping at the tour's decision brings the offer, a fork there its cost; another drive ends the scene. */
driveStore.subscribe((state, before) => {
  const { scene, change } = tourStore.getState();
  if (scene === 'none') return;
  if (state.episode?.id !== before.episode?.id && before.episode) {
    tourStore.setState({ scene: 'none' });
    setStop(false);
  } else if (state.ghost?.episode.parent?.decision === change?.decision && state.ghost !== before.ghost) {
    setStop(false);
    tourStore.setState({ scene: 'cost' });
  } else if (scene === 'watch' && state.stoppedAt && state.decision === change?.decision) {
    tourStore.setState({ scene: 'offer' });
  }
});
