/**
 * Opens up decisions as the cursor reaches them: the current one first, then the next few, one question at a time, so that
 * the lab worker is never behind a queue. Thoughts stay with the drive until another is opened.
 */
import { driveStore, IDLE } from './drive.ts';
import { ask, lab } from './services.ts';

const AHEAD = 3;
/** A drive just opened is drawn first; what it thinks is asked for when it moves, and the code for it fetched then. */
const FIRST_MS = 400;
let busy = false;

function wanted(): number | null {
  const { episode, decision, thoughts, thinking } = driveStore.getState();
  if (!episode) return null;
  if (thinking.phase === 'failed' && !thoughts.has(decision)) return null;
  for (let index = decision; index <= decision + AHEAD; index++) {
    if (episode.decisions[index]?.tokens.length && !thoughts.has(index)) return index;
  }
  return null;
}

async function work(): Promise<void> {
  if (busy) return;
  busy = true;
  for (let index = wanted(); index !== null; index = wanted()) {
    const { episode } = driveStore.getState();
    if (!episode) break;
    const asked = index;
    const thought = await ask(() => lab().think(episode, asked));
    if (driveStore.getState().episode !== episode) continue;
    if (thought.ok) {
      driveStore.setState(({ thoughts }) => ({
        thoughts: new Map(thoughts).set(asked, thought.value),
        thinking: IDLE,
      }));
    } else {
      driveStore.setState({ thinking: { phase: 'failed', failure: thought.failure } });
      break;
    }
  }
  busy = false;
}

/** Starts following the cursor; returns how to stop. */
export function followThoughts(): () => void {
  void work();
  return driveStore.subscribe((state, before) => {
    if (state.episode === before.episode && state.decision === before.decision && state.thoughts === before.thoughts)
      return;
    if (state.thinking.phase === 'failed' && state.decision !== before.decision)
      driveStore.setState({ thinking: IDLE });
    setTimeout(() => void work(), state.episode === before.episode ? 0 : FIRST_MS);
  });
}

/** Tries the current decision again after a failure. */
export function thinkAgain(): void {
  driveStore.setState({ thinking: IDLE });
  void work();
}
