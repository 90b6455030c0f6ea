/**
 * Where a drive stops by itself: on a trace word, on a new longitudinal decision, or when the time to collision falls
 * below a bound. Pure functions over episode and frames; playback asks, the debugger toggles.
 */
import type { Episode } from '../../core/episode/episode.ts';
import { decisionWordIndex } from '../../core/tasks/driving/words/sentence.ts';
import { VOCABULARY } from '../../core/tasks/driving/words/vocabulary.ts';
import { type DriveStates, STATE_STRIDE, STATE_TTC } from '../../workers/contracts/protocol.ts';
import { type Breakpoint, type DriveCursor, cursorAt, cursorOn } from './drive.ts';

export interface Hit {
  readonly breakpoint: Breakpoint;
  readonly cursor: DriveCursor;
}

export const sameBreakpoint = (a: Breakpoint, b: Breakpoint): boolean => a.kind === b.kind && a.value === b.value;

/** Trace word of a token id, as the vocabulary prints it. */
export const wordOf = (id: number): string => VOCABULARY[id]?.text ?? '?';

/** The longitudinal decision a trace takes ("yield"), or null when it has none. */
export function decisionWord(tokens: readonly number[] | undefined): string | null {
  if (!tokens?.length) return null;
  const at = decisionWordIndex(tokens);
  return at < 0 ? null : wordOf(tokens[at]);
}

/** "stops at *yield*", for labels and live text. */
export function describeBreakpoint({ kind, value }: Breakpoint): string {
  if (kind === 'ttc') return `TTC < ${value} s`;
  return kind === 'decision' ? `decision ${value}` : `token ${value}`;
}

/** The first breakpoint token of one decision in trace order, looking from `from` (inclusive), or −1. */
function tokenHit(episode: Episode, decision: number, breakpoints: readonly Breakpoint[], from: number, by: 1 | -1) {
  const tokens = episode.decisions[decision]?.tokens ?? [];
  const verb = decisionWord(tokens);
  const before = decision > 0 ? decisionWord(episode.decisions[decision - 1].tokens) : null;
  const verbAt = verb === null ? -1 : decisionWordIndex(tokens);
  for (let token = from; token >= 0 && token < tokens.length; token += by) {
    const word = wordOf(tokens[token]);
    const breakpoint = breakpoints.find(
      ({ kind, value }) =>
        (kind === 'token' && value === word) ||
        (kind === 'decision' && token === verbAt && value === verb && verb !== before),
    );
    if (breakpoint) return { breakpoint, token };
  }
  return null;
}

/** Whether the time to collision falls below a bound at `step` (it was above, or the drive starts there). */
function ttcHit(frames: DriveStates, breakpoints: readonly Breakpoint[], step: number): Breakpoint | undefined {
  const ttc = frames.ego[step * STATE_STRIDE + STATE_TTC];
  const before = step > 0 ? frames.ego[(step - 1) * STATE_STRIDE + STATE_TTC] : Number.POSITIVE_INFINITY;
  return breakpoints.find(({ kind, value }) => kind === 'ttc' && ttc < Number(value) && !(before < Number(value)));
}

/**
 * The first breakpoint strictly after `from` up to world step `to`, going forwards. A decision's tokens are thought before
 * the world moves on from its step, so they come before the TTC of the next step.
 */
export function nextHit(
  episode: Episode,
  frames: DriveStates,
  breakpoints: readonly Breakpoint[],
  from: DriveCursor,
  to: number,
): Hit | null {
  if (breakpoints.length === 0) return null;
  const inTrace = tokenHit(episode, from.decision, breakpoints, from.token + 1, 1);
  if (inTrace) {
    return { breakpoint: inTrace.breakpoint, cursor: cursorOn(episode, from.decision, inTrace.token) };
  }
  let decision = from.decision + 1;
  for (let step = from.step + 1; step <= Math.min(to, frames.steps); step++) {
    const late = ttcHit(frames, breakpoints, step);
    const decides = episode.decisions[decision]?.step === step;
    if (late) {
      return { breakpoint: late, cursor: decides ? cursorOn(episode, decision, 0) : cursorAt(episode, frames, step) };
    }
    if (decides) {
      const hit = tokenHit(episode, decision, breakpoints, 0, 1);
      if (hit) return { breakpoint: hit.breakpoint, cursor: cursorOn(episode, decision, hit.token) };
      decision++;
    }
  }
  return null;
}

/** The last breakpoint strictly before `from`, going backwards; null when there is none. */
export function previousHit(
  episode: Episode,
  frames: DriveStates,
  breakpoints: readonly Breakpoint[],
  from: DriveCursor,
): Hit | null {
  if (breakpoints.length === 0) return null;
  let decision = from.decision;
  let fromToken = from.token - 1;
  for (let step = from.step; step >= 0; step--) {
    if (step < from.step) {
      const late = ttcHit(frames, breakpoints, step);
      if (late) return { breakpoint: late, cursor: cursorAt(episode, frames, step) };
    }
    if (episode.decisions[decision]?.step === step) {
      const hit = tokenHit(episode, decision, breakpoints, fromToken, -1);
      if (hit) return { breakpoint: hit.breakpoint, cursor: cursorOn(episode, decision, hit.token) };
      decision--;
      fromToken = (episode.decisions[decision]?.tokens.length ?? 0) - 1;
    }
  }
  return null;
}
