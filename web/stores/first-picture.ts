/**
 * The moment the first drive is playing (or cannot, or the user was faster). What is not needed before it waits for it, so that the
 * drive on the screen never waits for charts, thoughts and dialogs.
 */
import { driveStore } from './drive.ts';

/** Longest wait, ms: without a drive the rest of the lab comes anyway. */
const PATIENCE_MS = 5000;

/** Resolves once. */
export const firstPicture: Promise<void> = new Promise((done) => {
  const ready = () => {
    const { position, playing, frames, opening } = driveStore.getState();
    return opening.phase === 'failed' || (frames !== null && (position > 1 || !playing));
  };
  const finish = () => {
    clearTimeout(timer);
    stop();
    done();
  };
  const timer = setTimeout(finish, PATIENCE_MS);
  const stop = driveStore.subscribe(() => {
    if (ready()) finish();
  });
});
