/**
 * What the timeline draws, computed once a drive: runs of equal decisions, lines of reward and time to collision, where the
 * breakpoints strike. Pure; positions are shares 0..1 of the drive.
 */
import type { DriveEventKind, Episode } from '../../../core/episode/episode.ts';
import { type DriveFrames, FRAME_REWARD, FRAME_STRIDE, FRAME_TTC } from '../../../workers/protocol.ts';
import { decisionWord, nextHit } from '../../stores/breakpoints.ts';
import type { Breakpoint } from '../../stores/drive.ts';

export interface DecisionRun {
  /** Longitudinal decision, or null without a trace. */
  readonly word: string | null;
  readonly first: number;
  readonly last: number;
  /** Steps [from, to). */
  readonly from: number;
  readonly to: number;
  /** Whether one of its decisions was edited. */
  readonly edited: boolean;
}

/** Decisions with the same word after one another, as blocks that cover the drive. */
export function decisionRuns({ decisions }: Episode, steps: number): DecisionRun[] {
  const runs: DecisionRun[] = [];
  decisions.forEach((decision, index) => {
    const word = decisionWord(decision.tokens);
    const to = decisions[index + 1]?.step ?? steps;
    const edited = decision.edit !== undefined;
    const before = runs.at(-1);
    if (before && before.word === word && !edited && !before.edited)
      runs[runs.length - 1] = { ...before, last: index, to };
    else runs.push({ word, first: index, last: index, from: decision.step, to, edited });
  });
  return runs;
}

/** Bounds of the TTC lane, s: above, nothing is in the way. */
export const TTC_TOP = 8;

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Share of the rewards a lane may cut off at either end: a collision or the goal's bonus would flatten all else. */
const OUTLIERS = 0.02;

/** Range of the usual rewards of all drives shown; never empty, 0 inside. */
export function rewardRange(drives: readonly DriveFrames[]): Range {
  const rewards = drives
    .flatMap(({ ego, steps }) => Array.from({ length: steps }, (_, i) => ego[(i + 1) * FRAME_STRIDE + FRAME_REWARD]))
    .sort((a, b) => a - b);
  const at = (share: number) => rewards[Math.round(share * (rewards.length - 1))] ?? 0;
  return { low: Math.min(0, at(OUTLIERS)), high: Math.max(0.01, at(1 - OUTLIERS)) };
}

/** SVG path of a frame column in a box 1000 × 100, y down; `from` cuts off what a ghost shares with its drive. */
export function linePath(frames: DriveFrames, field: number, range: Range, steps: number, from = 0): string {
  const parts: string[] = [];
  let pen = 'M';
  for (let step = Math.max(from, field === FRAME_REWARD ? 1 : 0); step <= frames.steps; step++) {
    const value = frames.ego[step * FRAME_STRIDE + field];
    if (field === FRAME_TTC && !(value < TTC_TOP)) {
      pen = 'M';
      continue;
    }
    const share = (Math.min(range.high, Math.max(range.low, value)) - range.low) / (range.high - range.low);
    parts.push(`${pen}${((1000 * step) / steps).toFixed(1)} ${(96 - 92 * share).toFixed(1)}`);
    pen = 'L';
  }
  return parts.join('');
}

export interface BreakpointHit {
  readonly breakpoint: Breakpoint;
  readonly step: number;
}

/** Every moment at which playback would stop, at most `limit`. */
export function breakpointHits(
  episode: Episode,
  frames: DriveFrames,
  breakpoints: readonly Breakpoint[],
  limit = 200,
): BreakpointHit[] {
  const hits: BreakpointHit[] = [];
  let from = { position: 0, step: 0, decision: 0, token: -1 };
  while (hits.length < limit) {
    const hit = nextHit(episode, frames, breakpoints, from, frames.steps);
    if (!hit) break;
    if (hits.at(-1)?.step !== hit.cursor.step) hits.push({ breakpoint: hit.breakpoint, step: hit.cursor.step });
    from = hit.cursor;
  }
  return hits;
}

export type EventShape = 'circle' | 'square' | 'diamond' | 'triangle' | 'bar' | 'cross' | 'flag' | 'ring';

/** Shape and colour of an event: no two kinds share both, and shape alone tells good from bad. */
export const EVENT_MARKS: Readonly<Record<DriveEventKind, { readonly shape: EventShape; readonly tone: string }>> = {
  collision: { shape: 'cross', tone: 'error' },
  'off-road': { shape: 'diamond', tone: 'error' },
  'lane-invasion': { shape: 'diamond', tone: 'warn' },
  'red-light': { shape: 'square', tone: 'error' },
  'near-miss': { shape: 'triangle', tone: 'warn' },
  'hard-brake': { shape: 'bar', tone: 'warn' },
  appears: { shape: 'circle', tone: 'pedestrian' },
  leaves: { shape: 'circle', tone: 'dim' },
  light: { shape: 'ring', tone: 'ego' },
  goal: { shape: 'flag', tone: 'ego' },
  timeout: { shape: 'ring', tone: 'dim' },
  edit: { shape: 'diamond', tone: 'counterfactual' },
};
