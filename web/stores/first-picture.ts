/**
 * The moment the first drive is playing (or cannot, or the user was faster). What is not needed before it waits for it, so that the
 * drive on the screen never waits for charts, thoughts and dialogs.
 */
import { DECISION_STEPS } from '../../core/abi/layout.ts';
import { driveStore } from './drive.ts';

/** Longest wait, ms: without a drive the rest of the lab comes anyway. */
const PATIENCE_MS = 5000;
/** Steps after which a drive is under way beyond doubt, its live text included. */
const SETTLED_STEPS = 3 * DECISION_STEPS;
/** A drive that stands this long, ms, is not about to play by itself. */
const STANDS_MS = 400;

/** Resolves once. */
export const firstPicture: Promise<void> = new Promise((done) => {
  let standing: ReturnType<typeof setTimeout> | undefined;
  const finish = () => {
    clearTimeout(patience);
    clearTimeout(standing);
    stop();
    done();
  };
  const patience = setTimeout(finish, PATIENCE_MS);
  const stop = driveStore.subscribe(({ position, playing, frames, opening }) => {
    if (opening.phase === 'failed' || position > SETTLED_STEPS) return finish();
    if (playing || !frames) {
      clearTimeout(standing);
      standing = undefined;
    } else standing ??= setTimeout(finish, STANDS_MS);
  });
});
