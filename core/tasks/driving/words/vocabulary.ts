/**
 * The words of a reasoning trace, `traceway-vocabulary/2`. A word's id is its place in `VOCABULARY`; checkpoints, records and
 * replay links store ids, so the list is frozen by a hash in its test and any change makes a new version.
 *
 * A numeric word is a bin: it stands for every number nearer to its `value` than to its neighbours', and the outermost bins
 * also for everything beyond. `tolerance` is half the distance to the farther neighbour: a claim is true when the number it
 * speaks of is no farther from `value` than that. Fields share words where they share a meaning (`v:` is the speed of ego
 * and actors alike; `d:` is any distance ahead), which keeps the softmax small and lets one embedding learn from all of them.
 */
import type { Lateral, Longitudinal, Motion, PlainCause } from '../expert/maneuver.ts';
import { LIGHT_GREEN, LIGHT_RED, LIGHT_YELLOW, OBS_ACTORS } from '../../../abi/layout.ts';
import { OBSERVED_KINDS } from '../kinds/kinds.ts';

export const VOCABULARY_VERSION = 'traceway-vocabulary/2';

export type TraceStage = 'perceive' | 'predict' | 'plan' | 'act';
export const TRACE_STAGES: readonly TraceStage[] = ['perceive', 'predict', 'plan', 'act'];

export type RoadBend = 'straight' | 'left' | 'right';

/** What a word can be; the grammar is written in these. */
export type WordClass =
  | 'perceive'
  | 'predict'
  | 'plan'
  | 'act'
  | 'end'
  | 'actor'
  | 'kind'
  | 'light'
  | 'road'
  | 'weather'
  | 'motion'
  | 'decision'
  | 'cause'
  | 'lateral'
  | NumberClass;

/** Speed, limit, ego offset, sight, distance ahead, actor offset, sideways speed, time to collision, gap, acceleration. */
export type NumberClass = 'v' | 'lim' | 'lat' | 'sight' | 'd' | 'y' | 'vy' | 'ttc' | 'gap' | 'a';

export interface Word {
  readonly id: number;
  readonly text: string;
  readonly class: WordClass;
  /** Stages the word may stand in. */
  readonly stages: readonly TraceStage[];
  /** One plain phrase for a tooltip. */
  readonly meaning: string;
  /** Numeric words: SI value (Infinity = `ttc:none`) and tolerance; `open` marks the bins that also hold everything beyond. */
  readonly value?: number;
  readonly tolerance?: number;
  readonly open?: 'below' | 'above';
  /** The code a non-numeric word stands for: actor slot, KIND_*, LIGHT_*, or the word of `decision.ts`. */
  readonly code?: number | string;
}

type Draft = Omit<Word, 'id'>;

const bins = (from: number, to: number, by = 1) =>
  Array.from({ length: Math.round((to - from) / by) + 1 }, (_, i) => from + i * by);
const mirrored = (positive: readonly number[]) => [...positive.toReversed().map((value) => -value), 0, ...positive];

function numbers(
  name: NumberClass,
  stages: readonly TraceStage[],
  values: readonly number[],
  meaning: (value: number) => string,
): Draft[] {
  return values.map((value, i) => {
    const last = i === values.length - 1;
    const below = i > 0 ? value - values[i - 1] : 0;
    const above = last ? 0 : values[i + 1] - value;
    const open = i === 0 ? { open: 'below' as const } : last ? { open: 'above' as const } : {};
    return {
      text: `${name}:${value}`,
      class: name,
      stages,
      meaning: meaning(value),
      value,
      tolerance: Math.max(below, above) / 2,
      ...open,
    };
  });
}

const side = (value: number) => (value > 0 ? ' to the left' : value < 0 ? ' to the right' : '');
const word = (
  name: WordClass,
  stages: readonly TraceStage[],
  text: string,
  meaning: string,
  code?: number | string,
): Draft => ({
  text,
  class: name,
  stages,
  meaning,
  ...(code === undefined ? {} : { code }),
});

const MOTIONS: Readonly<Record<Motion, string>> = {
  keeps: 'drives the same way and keeps its lane',
  slower: 'is ahead in the lane and more than 2 m/s slower',
  joins: 'comes into the lane in the same direction',
  overtakes: 'comes up from behind, faster',
  oncoming: 'drives towards the ego',
  turns: 'is turning',
  crosses: 'crosses the lane',
  leaves: 'moves across, away from the lane',
  waits: 'waits beside the lane',
  stands: 'stands still',
};
const DECISIONS: Readonly<Record<Longitudinal, string>> = {
  proceed: 'decides to drive on',
  follow: 'decides to follow',
  yield: 'decides to give way',
  slow: 'decides to slow down',
  stop: 'decides to stop',
};
const LATERALS: Readonly<Record<Lateral, string>> = {
  keep_lane: 'holds the lane centre',
  recenter: 'steers back to the lane centre',
  pass_left: 'passes on the left of',
  pass_right: 'passes on the right of',
  pull_right: 'moves to the right edge for',
};
const CAUSES: Readonly<Record<PlainCause | 'occlusion', string>> = {
  occlusion: 'because somebody may be hidden behind',
  light: 'because of the traffic light',
  curve: 'because of the curve',
  sight: 'because it sees no farther',
  limit: 'because of the speed limit',
  clear: 'because nothing is in the way',
};

const drafts: readonly Draft[] = [
  word('perceive', ['perceive'], '<perceive>', 'what is there'),
  word('predict', ['predict'], '<predict>', 'what it will do'),
  word('plan', ['plan'], '<plan>', 'what to do about it, and why'),
  word('act', ['act'], '<act>', 'how, in numbers'),
  word('end', ['act'], '<end>', 'end of the trace'),
  ...Array.from({ length: OBS_ACTORS }, (_, slot) =>
    word('actor', ['perceive', 'predict', 'plan'], `A${slot + 1}`, `actor ${slot + 1}`, slot),
  ),
  ...OBSERVED_KINDS.map((kind) => word('kind', ['perceive'], kind.word, kind.meaning, kind.code)),
  word('light', ['perceive'], 'light:green', 'the traffic light is green', LIGHT_GREEN),
  word('light', ['perceive'], 'light:yellow', 'the traffic light is yellow', LIGHT_YELLOW),
  word('light', ['perceive'], 'light:red', 'the traffic light is red', LIGHT_RED),
  word('road', ['perceive'], 'road:straight', 'the road goes straight on', 'straight'),
  word('road', ['perceive'], 'road:left', 'the road bends left', 'left'),
  word('road', ['perceive'], 'road:right', 'the road bends right', 'right'),
  word('weather', ['perceive'], 'grip:low', 'the road is slippery', 'slippery'),
  word('weather', ['perceive'], 'dark', 'it is dark', 'dark'),
  ...Object.entries(MOTIONS).map(([text, meaning]) => word('motion', ['predict'], text, meaning, text)),
  ...Object.entries(DECISIONS).map(([text, meaning]) => word('decision', ['plan'], text, meaning, text)),
  ...Object.entries(CAUSES).map(([text, meaning]) => word('cause', ['plan'], text, meaning, text)),
  ...Object.entries(LATERALS).map(([text, meaning]) => word('lateral', ['act'], text, meaning, text)),
  ...numbers(
    'v',
    ['perceive', 'act'],
    [-20, -15, -10, -6, -3, -1, ...bins(0, 16), 18, 20, 25, 30, 35],
    (value) => `speed about ${value} m/s`,
  ),
  ...numbers(
    'lim',
    ['perceive'],
    [4, 6, 8, 10, 12, 14, 16, 20, 25, 30, 35],
    (value) => `speed limit about ${value} m/s (${Math.round(value * 3.6)} km/h)`,
  ),
  ...numbers('lat', ['perceive'], mirrored([0.5, 1, 1.5, 2, 2.5, 3, 4]), (value) =>
    value === 0 ? 'on the lane centre' : `${Math.abs(value)} m${side(value)} of the lane centre`,
  ),
  ...numbers('sight', ['perceive'], bins(10, 70, 10), (value) => `one sees about ${value} m far`),
  ...numbers(
    'd',
    ['perceive', 'act'],
    [-60, -40, -30, -20, -10, -5, ...bins(0, 24, 2), 28, 32, 40, 50, 65, 80],
    (value) => (value < 0 ? `about ${-value} m behind` : `about ${value} m ahead`),
  ),
  ...numbers('y', ['perceive'], mirrored([1, 2, 3, 4, 6, 10, 15, 25, 40]), (value) =>
    value === 0 ? 'straight ahead' : `about ${Math.abs(value)} m${side(value)}`,
  ),
  ...numbers('vy', ['perceive'], mirrored([0.5, 1, 1.5, 2, 3, 5, 8, 12]), (value) =>
    value === 0 ? 'not moving sideways' : `moving${side(value)} at about ${Math.abs(value)} m/s`,
  ),
  ...numbers('ttc', ['predict'], bins(0, 8), (value) => `they would meet in about ${value} s`),
  {
    text: 'ttc:none',
    class: 'ttc',
    stages: ['predict'],
    meaning: 'at present speeds they do not meet within 8 s',
    value: Number.POSITIVE_INFINITY,
    tolerance: 0,
  },
  ...numbers('gap', ['predict'], [...bins(0, 12, 2), 16, 20, 25, 30, 40, 60], (value) => `gap of about ${value} m`),
  ...numbers(
    'a',
    ['act'],
    [-8, -6, -4, -3, -2, -1, 0, 1, 2],
    (value) => `${value < 0 ? 'brakes' : 'accelerates'} at about ${Math.abs(value)} m/s²`,
  ),
];

/** Every word; a word's id is its index. */
export const VOCABULARY: readonly Word[] = drafts.map((draft, id) => ({ id, ...draft }));
export const VOCABULARY_SIZE: number = VOCABULARY.length;

const idsByText: ReadonlyMap<string, number> = new Map(VOCABULARY.map((w) => [w.text, w.id]));
const byClass = new Map<WordClass, readonly Word[]>();
for (const w of VOCABULARY) byClass.set(w.class, [...(byClass.get(w.class) ?? []), w]);

/** Words of one class, in id order. */
export function wordsOf(name: WordClass): readonly Word[] {
  return byClass.get(name) ?? [];
}

/** Id of a word's text, or undefined. */
export function wordId(text: string): number | undefined {
  return idsByText.get(text);
}

/** Id of the word of class `name` that stands for `code`. Throws RangeError when there is none. */
export function codeId(name: WordClass, code: number | string): number {
  const found = wordsOf(name).find((w) => w.code === code);
  if (!found) throw new RangeError(`No ${name} word stands for ${code}`);
  return found.id;
}

/** Id of the bin nearest to `value` (ties: the lower bin; beyond MAX_SPOKEN_TTC: `ttc:none`). Throws RangeError for NaN. */
export function numberId(name: NumberClass, value: number): number {
  if (Number.isNaN(value)) throw new RangeError(`NaN has no ${name} word`);
  const words = wordsOf(name);
  if (name === 'ttc' && value > MAX_SPOKEN_TTC) return words[words.length - 1].id;
  let best = words[0];
  for (const w of words) if (Math.abs(value - (w.value ?? 0)) < Math.abs(value - (best.value ?? 0))) best = w;
  return best.id;
}

/** Beyond this many seconds a meeting is not spoken of: `ttc:none`. */
export const MAX_SPOKEN_TTC = 8.5;

/** Whether `value` is what numeric word `w` says: within its tolerance, or beyond it on an open side. */
export function wordHolds(w: Word, value: number): boolean {
  if (w.value === undefined || Number.isNaN(value)) return false;
  if (w.class === 'ttc' && (w.value === Number.POSITIVE_INFINITY || value > MAX_SPOKEN_TTC))
    return w.value === Number.POSITIVE_INFINITY && value > MAX_SPOKEN_TTC;
  if (w.open === 'below' && value < w.value) return true;
  if (w.open === 'above' && value > w.value) return true;
  return Math.abs(value - w.value) <= (w.tolerance ?? 0) + 1e-9;
}

export const PERCEIVE: number = codeOfText('<perceive>');
export const PREDICT: number = codeOfText('<predict>');
export const PLAN: number = codeOfText('<plan>');
export const ACT: number = codeOfText('<act>');
/** Generation stops after this token; it is part of the trace. */
export const END: number = codeOfText('<end>');

function codeOfText(text: string): number {
  const id = idsByText.get(text);
  if (id === undefined) throw new RangeError(`No word "${text}"`);
  return id;
}
