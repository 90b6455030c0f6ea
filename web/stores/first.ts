/**
 * The first minutes. The shipped drive plays; at a breakpoint before its near miss it stops and one hint offers to change
 * *yield* to *proceed*; the cost of that is shown; then "Train your own". Putting the hint away ends the tour for good.
 */
import { createStore } from 'zustand/vanilla';
import { decisionWordIndex } from '../../core/trace/sentence.ts';
import { wordId } from '../../core/trace/vocabulary.ts';
import { decisionWord } from './breakpoints.ts';
import { driveStore } from './drive.ts';
import { forkAt } from './fork.ts';
import { openLink, openShipped } from './open.ts';
import { goToToken, play } from './playback.ts';
import { viewStore } from './view.ts';

/** What the tour shows now: nothing, the opening line, the offer, or the cost. */
export type Scene = 'none' | 'watch' | 'offer' | 'cost';
export const tourStore = createStore<{ readonly scene: Scene }>(() => ({ scene: 'none' }));

/** Decision at which the tour offers the change: the last *yield* (else slow or stop) before the smallest time to collision. */
export function tourDecision(): number | null {
  const { episode } = driveStore.getState();
  if (!episode) return null;
  const words = episode.decisions.map((decision) => decisionWord(decision.tokens));
  for (const verb of ['yield', 'stop', 'slow']) {
    const at = words.indexOf(verb);
    if (at >= 0) return at;
  }
  return null;
}

const scene = (next: Scene): void => tourStore.setState({ scene: next });

/** Opens what the address asks for, else the shipped drive, and plays it. */
export async function openFirst(hash: string): Promise<void> {
  if (hash.startsWith('#r')) {
    if (!(await openLink(hash))) await showShipped(false);
    return;
  }
  await showShipped(!viewStore.getState().toured);
}

async function showShipped(tour: boolean): Promise<void> {
  if (!(await openShipped())) return;
  if (!tour) return;
  const decision = tourDecision();
  const verb = decision === null ? null : decisionWord(driveStore.getState().episode?.decisions[decision]?.tokens);
  scene('watch');
  if (verb) driveStore.setState({ breakpoints: [{ kind: 'decision', value: verb }] });
  play();
}

/** Ends the tour and does not show it again. */
export function endTour(): void {
  scene('none');
  viewStore.setState({ toured: true });
}

/** Makes the tour's one change: the decision word becomes *proceed*. */
export async function changeTheThought(): Promise<void> {
  const decision = tourDecision();
  const { episode } = driveStore.getState();
  const proceed = wordId('proceed');
  if (decision === null || !episode || proceed === undefined) return;
  const token = decisionWordIndex(episode.decisions[decision].tokens);
  goToToken(decision, token);
  if (!(await forkAt(decision, token, proceed))) return;
  driveStore.setState({ breakpoints: [] });
  scene('cost');
  play();
}

/** Follows the drive: stopping at the tour's decision brings the offer; another drive ends the scene. */
driveStore.subscribe((state, before) => {
  const { scene: now } = tourStore.getState();
  if (now === 'none') return;
  if (state.episode !== before.episode && before.episode) scene('none');
  else if (now === 'watch' && state.stoppedAt && state.decision === tourDecision()) scene('offer');
});
viewStore.subscribe((state, before) => {
  if (before.toured && !state.toured && driveStore.getState().source === 'shipped') {
    scene(driveStore.getState().decision === tourDecision() ? 'offer' : 'watch');
  }
});
