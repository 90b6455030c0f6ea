/**
 * What the timeline draws, computed once a drive: runs of equal decisions, lines of reward and time to collision, where the
 * breakpoints strike. Pure; positions are shares 0..1 of the drive.
 */
import type { DriveEventKind, Episode } from '../../core/episode/episode.ts';
import { type DriveStates, STATE_REWARD, STATE_STRIDE } from '../../workers/contracts/protocol.ts';
import type { LiveOccurrence } from '../../workers/contracts/proxy-protocol.ts';
import { decisionWord, nextHit } from '../stores/breakpoints.ts';
import type { Breakpoint } from '../stores/drive.ts';

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

export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Share of the rewards a lane may cut off at either end: a collision or the goal's bonus would flatten all else. */
const OUTLIERS = 0.02;

/** Range of the usual rewards of all drives shown; never empty, 0 inside. */
export function rewardRange(drives: readonly DriveStates[]): ValueRange {
  const rewards = drives
    .flatMap(({ ego, steps }) => Array.from({ length: steps }, (_, i) => ego[(i + 1) * STATE_STRIDE + STATE_REWARD]))
    .sort((a, b) => a - b);
  const at = (share: number) => rewards[Math.round(share * (rewards.length - 1))] ?? 0;
  return { low: Math.min(0, at(OUTLIERS)), high: Math.max(0.01, at(1 - OUTLIERS)) };
}

/** Points of one line at most: a lane is no wider. */
const POINTS = 600;

interface Line {
  readonly range: ValueRange;
  /** Steps that have a value, and steps that the lane covers. */
  readonly steps: number;
  readonly total: number;
  /** First step drawn: cuts off what a ghost shares with its drive. */
  readonly from?: number;
}

/** SVG path of a figure by step in a box 1000 × 100, y down, thinned to what a lane can show; it breaks where there is none (NaN). */
export function linePath(value: (step: number) => number, { range, steps, total, from = 0 }: Line): string {
  const every = Math.max(1, Math.ceil((steps - from) / POINTS));
  let path = '';
  let pen = 'M';
  for (let step = from; step <= steps; step += every) {
    const at = value(step);
    if (Number.isNaN(at)) {
      pen = 'M';
      continue;
    }
    const share = (Math.min(range.high, Math.max(range.low, at)) - range.low) / (range.high - range.low);
    path += `${pen}${((1000 * step) / Math.max(1, total)).toFixed(1)} ${(96 - 92 * share).toFixed(1)}`;
    pen = 'L';
  }
  return path;
}

/** Height of zero in that box. */
export const zeroOf = ({ low, high }: ValueRange): number => 96 - (92 * -low) / (high - low);

/** A time to collision as the lane shows it: NaN where nothing is in the way. */
export const shownTtc = (seconds: number): number => (seconds < TTC_TOP ? seconds : Number.NaN);

/** Upper end of a lane of speeds at least, m/s. */
const SPEED_TOP = 10;

/** From standing to the fastest of the steps. */
export function speedRange(speed: (step: number) => number, steps: number): ValueRange {
  let high = SPEED_TOP;
  for (let step = 0; step <= steps; step++) if (speed(step) > high) high = speed(step);
  return { low: 0, high };
}

export interface BreakpointHit {
  readonly breakpoint: Breakpoint;
  readonly step: number;
}

/** Every moment at which playback would stop, at most `limit`. */
export function breakpointHits(
  episode: Episode,
  frames: DriveStates,
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

/**
 * Shape and colour of an event, whoever tells of it: shape alone tells good from bad, and two kinds share both only where they mean
 * the same.
 */
export const EVENT_MARKS: Readonly<
  Record<DriveEventKind | LiveOccurrence['kind'], { readonly shape: EventShape; readonly tone: string }>
> = {
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
  'goal-reached': { shape: 'flag', tone: 'ego' },
  timeout: { shape: 'ring', tone: 'dim' },
  'episode-ended': { shape: 'ring', tone: 'dim' },
  edit: { shape: 'diamond', tone: 'counterfactual' },
  note: { shape: 'bar', tone: 'dim' },
  unknown: { shape: 'square', tone: 'dim' },
};
