/**
 * The drive on the screen: one episode, where we stand in it, and what it is compared with. No React, no worker calls:
 * actions live in open.ts, fork.ts and playback.ts, so that this file is only the shape and the cursor's invariants.
 *
 * The cursor. `position` is the world's time in steps (fractional while playing), `step` its floor, `decision` the index of
 * the decision in force at `step`, and `token` the token looked at in that decision's trace. While the world moves the
 * trace is already written, so `token` is its last; stepping by token puts the world back to the decision's own step.
 */
import { createStore } from 'zustand/vanilla';
import type { Episode } from '../../core/episode/episode.ts';
import type {
  ActorMode,
  DriveFiles,
  DriveStates,
  Failure,
  LogReport,
  LogSummary,
  Thought,
} from '../../workers/contracts/protocol.ts';

export type BreakpointKind = 'token' | 'decision' | 'ttc';
/** `value`: a trace word, a longitudinal decision, or seconds as text. Same shape as in a replay link's view. */
export interface Breakpoint {
  readonly kind: BreakpointKind;
  readonly value: string;
}

/** Where the drive came from; a `link` is opened read-only until it is forked or kept. */
export type DriveSource = 'shipped' | 'own' | 'stored' | 'link' | 'file' | 'training';

export interface GhostDrive {
  readonly episode: Episode;
  readonly frames: DriveStates;
}

export type PendingWork =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running'; readonly text: string }
  | { readonly phase: 'failed'; readonly failure: Failure };
export const IDLE: PendingWork = { phase: 'idle' };

export interface DriveCursor {
  readonly position: number;
  readonly step: number;
  readonly decision: number;
  readonly token: number;
}

export interface ImportedSummary extends LogSummary {
  /** Drives it again with road users that replay or react, or on another map; absent once the file is no longer at hand. */
  readonly again?: (mode: ActorMode, beside?: DriveFiles) => void;
}

export interface DriveState extends DriveCursor {
  /** Loading a drive; `failed` keeps whatever drive was open before. */
  readonly opening: PendingWork;
  readonly episode: Episode | null;
  readonly frames: DriveStates | null;
  readonly source: DriveSource;
  readonly report: LogReport | null;
  /** What a log that was opened holds and the lab does not use. */
  readonly imported: ImportedSummary | null;
  readonly playing: boolean;
  readonly breakpoints: readonly Breakpoint[];
  /** The breakpoint playback stands at, until it moves on. */
  readonly stoppedAt: Breakpoint | null;
  /** Decisions opened up so far, by decision index. */
  readonly thoughts: ReadonlyMap<number, Thought>;
  /** Why the current decision could not be opened up, if so. */
  readonly thinking: PendingWork;
  readonly ghost: GhostDrive | null;
  readonly forking: PendingWork;
  /** Counterfactuals known of this drive's family (its root and every fork), oldest first, root included. */
  readonly family: readonly Episode[];
  /** Index of the actor that the camera follows, in the drive's scene; -1: the ego. */
  readonly follow: number;
}

export const driveStore = createStore<DriveState>(() => ({
  opening: IDLE,
  episode: null,
  frames: null,
  source: 'shipped',
  report: null,
  imported: null,
  position: 0,
  step: 0,
  decision: 0,
  token: 0,
  playing: false,
  breakpoints: [],
  stoppedAt: null,
  thoughts: new Map(),
  thinking: IDLE,
  ghost: null,
  forking: IDLE,
  family: [],
  follow: -1,
}));

/** Index of the decision in force at `step` (0 when the drive has none). */
export function decisionAt(episode: Episode | null, step: number): number {
  const decisions = episode?.decisions ?? [];
  let low = 0;
  let high = decisions.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (decisions[middle].step <= step) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Number of trace tokens of a decision. */
export function traceLength(episode: Episode | null, decision: number): number {
  return episode?.decisions[decision]?.tokens.length ?? 0;
}

/** The cursor for a moment of world time, clamped to the drive. */
export function cursorAt(episode: Episode | null, frames: DriveStates | null, position: number): DriveCursor {
  const last = frames?.steps ?? 0;
  const clamped = Math.min(Math.max(0, position), last);
  const step = Math.floor(clamped);
  const decision = decisionAt(episode, step);
  return { position: clamped, step, decision, token: Math.max(0, traceLength(episode, decision) - 1) };
}

/** The cursor on one token: the world stands where that decision was made. */
export function cursorOn(episode: Episode, decision: number, token: number): DriveCursor {
  const index = Math.min(Math.max(0, decision), Math.max(0, episode.decisions.length - 1));
  const step = episode.decisions[index]?.step ?? 0;
  const length = traceLength(episode, index);
  return { position: step, step, decision: index, token: Math.min(Math.max(0, token), Math.max(0, length - 1)) };
}

/** Moves to a moment of world time; whatever was playing goes on from there. */
export function seek(position: number): void {
  const { episode, frames } = driveStore.getState();
  driveStore.setState({ ...cursorAt(episode, frames, position), stoppedAt: null });
}
