/**
 * Lanes of a timeline as plain data, and how figures become lines in them. A player says which lanes it has; the timeline draws them,
 * whatever they are of. Pure.
 */
import type { DriveEventKind } from '../../core/episode/episode.ts';
import type { LiveOccurrence } from '../../workers/contracts/proxy-protocol.ts';

/** Something that happened at a step; a click jumps there. */
export interface Mark {
  readonly key: string;
  readonly step: number;
  /** "3.5 s: a red light is run". */
  readonly text: string;
  readonly shape: EventShape;
  readonly tone: string;
  /** The ghost's. */
  readonly hollow?: boolean;
}

/** Steps [from, to) of which one word holds; null: nothing was said. */
export interface WordRun {
  readonly from: number;
  readonly to: number;
  readonly word: string | null;
  readonly edited?: boolean;
}

/** Where playing stops by itself, and for what. */
export interface Stop {
  readonly step: number;
  readonly text: string;
}

/** A figure by step, NaN where there is none, from its first step to its last. */
export interface LineOf {
  readonly value: (step: number) => number;
  readonly from: number;
  readonly steps: number;
}

export type TimeLane =
  | { readonly kind: 'marks'; readonly name: string; readonly marks: readonly Mark[] }
  | { readonly kind: 'blocks'; readonly name: string; readonly blocks: readonly WordRun[] }
  | { readonly kind: 'stops'; readonly name: string; readonly stops: readonly Stop[] }
  | {
      readonly kind: 'line';
      readonly name: string;
      readonly range: ValueRange;
      readonly own: LineOf;
      /** A counterfactual's, dashed over it. */
      readonly ghost?: LineOf | null;
    };

/** Bounds of the TTC lane, s: above, nothing is in the way. */
export const TTC_TOP = 8;

export interface ValueRange {
  readonly low: number;
  readonly high: number;
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
