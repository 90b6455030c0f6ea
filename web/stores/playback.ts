/**
 * Moving through a drive: the clock that plays it and the debugger's steps. The clock is requestAnimationFrame; the world's
 * own time is never a clock's, so a slow screen drops frames of drawing, not steps of the drive.
 */
import { DECISION_STEPS, DT } from '../../core/abi/layout.ts';
import { type Breakpoint, cursorAt, cursorOn, driveStore, traceLength } from './drive.ts';
import { nextHit, previousHit, sameBreakpoint } from './breakpoints.ts';
import { paceStore } from './pace.ts';

/** Longest time one frame may stand for, s: a tab that was hidden does not jump on return. */
const MAX_FRAME_SECONDS = 0.25;

let frame = 0;
let last = 0;

function tick(now: number): void {
  const state = driveStore.getState();
  const { episode, frames } = state;
  if (!state.playing || !episode || !frames) {
    frame = 0;
    return;
  }
  const seconds = Math.min((now - last) / 1000, MAX_FRAME_SECONDS);
  last = now;
  const target = Math.min(state.position + (seconds * paceStore.getState().speed) / DT, frames.steps);
  const hit = nextHit(episode, frames, state.breakpoints, state, Math.floor(target));
  if (hit) {
    driveStore.setState({ ...hit.cursor, playing: false, stoppedAt: hit.breakpoint });
    frame = 0;
    return;
  }
  const ended = target >= frames.steps;
  driveStore.setState({ ...cursorAt(episode, frames, target), playing: !ended, stoppedAt: null });
  frame = ended ? 0 : requestAnimationFrame(tick);
}

/** Plays on from here, or from the start when at the end. */
export function play(): void {
  const { episode, frames, position, playing } = driveStore.getState();
  if (!episode || !frames || playing) return;
  if (position >= frames.steps) driveStore.setState(cursorAt(episode, frames, 0));
  driveStore.setState({ playing: true });
  last = performance.now();
  if (!frame) frame = requestAnimationFrame(tick);
}

export const pause = (): void => driveStore.setState({ playing: false });

/** Puts the cursor on a token of a decision and stops there. */
export function goToToken(decision: number, token: number): void {
  const { episode } = driveStore.getState();
  if (episode) driveStore.setState({ ...cursorOn(episode, decision, token), playing: false, stoppedAt: null });
}

/** Moves the world by whole steps and stops there. */
export function stepWorld(by: number): void {
  const { episode, frames, step } = driveStore.getState();
  driveStore.setState({ ...cursorAt(episode, frames, step + by), playing: false, stoppedAt: null });
}

/** Next or previous decision; stands on its first token. */
export function stepDecision(by: 1 | -1): void {
  const { episode, decision, step, token } = driveStore.getState();
  if (!episode) return;
  const inside = by < 0 && (step > (episode.decisions[decision]?.step ?? 0) || token > 0);
  if (episode.decisions.length === 0) stepWorld(by * DECISION_STEPS);
  else goToToken(inside ? decision : decision + by, 0);
}

/** Next token; after the last one, the first of the next decision (the world moves on). Backwards likewise. */
export function stepToken(by: 1 | -1): void {
  const { episode, decision, token } = driveStore.getState();
  if (!episode?.decisions.length) return stepWorld(by);
  const target = token + by;
  if (target >= 0 && target < traceLength(episode, decision)) return goToToken(decision, target);
  if (episode.decisions[decision + by]) goToToken(decision + by, by > 0 ? 0 : Number.MAX_SAFE_INTEGER);
  else if (by > 0) stepWorld(Number.MAX_SAFE_INTEGER);
}

/** Forwards: plays to the next breakpoint. Backwards: jumps to the one before, or to the start. */
export function resume(by: 1 | -1): void {
  if (by > 0) return play();
  const { episode, frames, breakpoints } = driveStore.getState();
  if (!episode || !frames) return;
  const hit = previousHit(episode, frames, breakpoints, driveStore.getState());
  driveStore.setState({
    ...(hit?.cursor ?? cursorOn(episode, 0, 0)),
    playing: false,
    stoppedAt: hit?.breakpoint ?? null,
  });
}

/** Sets or removes a breakpoint. */
export function toggleBreakpoint(breakpoint: Breakpoint): void {
  driveStore.setState(({ breakpoints }) => ({
    breakpoints: breakpoints.some((b) => sameBreakpoint(b, breakpoint))
      ? breakpoints.filter((b) => !sameBreakpoint(b, breakpoint))
      : [...breakpoints, breakpoint],
  }));
}
