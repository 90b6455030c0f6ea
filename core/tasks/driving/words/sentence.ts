/**
 * The grammar of a trace, as one table read by the parser, the printer and the editor alike:
 *
 *   trace    := <perceive> v lim lat road [grip:low] [dark] [sight] [light d] (actor moving | actor box d y){0,3}
 *               <predict> (actor motion [ttc gap])* <plan> decision cause <act> v a [d] lateral <end>
 *   moving   := (veh | ped | cyc | emv) d y v vy
 *   cause    := actor | occlusion actor | light | curve | sight | limit | clear
 *   lateral  := keep_lane | recenter | (pass_left | pass_right | pull_right) actor
 *
 * No actor is perceived or predicted twice; only perceived actors are predicted, blamed or passed. `ttc gap` stands exactly where the
 * actor is or comes into the ego's path. `d` after `<act>` is the point where the plan stands still. The decision word comes
 * first in the plan, so whatever is generated after an edit of it is conditioned on it. The longest sentence has MAX_TRACE
 * tokens. Every function here is total: any array of numbers gives a value, never an exception.
 */
import { PLAIN_CAUSES } from '../expert/maneuver.ts';
import { PLAN, type TraceStage, VOCABULARY, type Word, type WordClass, wordId } from './vocabulary.ts';

/** Actors one trace perceives at most, most critical first. */
export const TRACE_ACTORS = 3;

/** Where in the sentence a word stands: the name of what the word says. */
export type WordRole =
  | 'perceive'
  | 'speed'
  | 'limit'
  | 'lateral'
  | 'road'
  | 'grip'
  | 'dark'
  | 'sight'
  | 'light'
  | 'lightDistance'
  | 'actor'
  | 'kind'
  | 'distance'
  | 'y'
  | 'v'
  | 'vy'
  | 'box'
  | 'boxDistance'
  | 'boxY'
  | 'predict'
  | 'predicted'
  | 'motion'
  | 'ttc'
  | 'gap'
  | 'plan'
  | 'decision'
  | 'cause'
  | 'occlusion'
  | 'blamed'
  | 'act'
  | 'targetSpeed'
  | 'acceleration'
  | 'stopDistance'
  | 'manoeuvre'
  | 'aside'
  | 'passed'
  | 'end';

interface Rule {
  readonly class: WordClass;
  /** Only these words of the class; absent = all. */
  readonly words?: readonly string[];
  readonly follows: readonly WordRole[];
}

const afterActor: readonly WordRole[] = ['actor', 'predict'];
const afterWeather: readonly WordRole[] = ['light', ...afterActor];
const lateral: readonly WordRole[] = ['manoeuvre', 'aside'];
const afterPrediction: readonly WordRole[] = ['predicted', 'plan'];

/** What class of word stands at each place, and which places may follow. */
const RULES: Readonly<Record<WordRole, Rule>> = {
  perceive: { class: 'perceive', follows: ['speed'] },
  speed: { class: 'v', follows: ['limit'] },
  limit: { class: 'lim', follows: ['lateral'] },
  lateral: { class: 'lat', follows: ['road'] },
  road: { class: 'road', follows: ['grip', 'dark', 'sight', ...afterWeather] },
  grip: { class: 'weather', words: ['grip:low'], follows: ['dark', 'sight', ...afterWeather] },
  dark: { class: 'weather', words: ['dark'], follows: ['sight', ...afterWeather] },
  sight: { class: 'sight', follows: afterWeather },
  light: { class: 'light', follows: ['lightDistance'] },
  lightDistance: { class: 'd', follows: afterActor },
  actor: { class: 'actor', follows: ['kind', 'box'] },
  kind: { class: 'kind', words: ['veh', 'ped', 'cyc', 'emv'], follows: ['distance'] },
  distance: { class: 'd', follows: ['y'] },
  y: { class: 'y', follows: ['v'] },
  v: { class: 'v', follows: ['vy'] },
  vy: { class: 'vy', follows: afterActor },
  box: { class: 'kind', words: ['box'], follows: ['boxDistance'] },
  boxDistance: { class: 'd', follows: ['boxY'] },
  boxY: { class: 'y', follows: afterActor },
  predict: { class: 'predict', follows: afterPrediction },
  predicted: { class: 'actor', follows: ['motion'] },
  motion: { class: 'motion', follows: ['ttc', ...afterPrediction] },
  ttc: { class: 'ttc', follows: ['gap'] },
  gap: { class: 'gap', follows: afterPrediction },
  plan: { class: 'plan', follows: ['decision'] },
  decision: { class: 'decision', follows: ['cause', 'occlusion', 'blamed'] },
  cause: { class: 'cause', words: PLAIN_CAUSES, follows: ['act'] },
  occlusion: { class: 'cause', words: ['occlusion'], follows: ['blamed'] },
  blamed: { class: 'actor', follows: ['act'] },
  act: { class: 'act', follows: ['targetSpeed'] },
  targetSpeed: { class: 'v', follows: ['acceleration'] },
  acceleration: { class: 'a', follows: ['stopDistance', ...lateral] },
  stopDistance: { class: 'd', follows: lateral },
  manoeuvre: { class: 'lateral', words: ['keep_lane', 'recenter'], follows: ['end'] },
  aside: { class: 'lateral', words: ['pass_left', 'pass_right', 'pull_right'], follows: ['passed'] },
  passed: { class: 'actor', follows: ['end'] },
  end: { class: 'end', follows: [] },
};

/** One word in its place. `slot` is the actor it speaks of, -1 for none. */
export interface Field {
  readonly index: number;
  readonly place: WordRole;
  readonly word: Word;
  readonly slot: number;
}

/** Where and why a token sequence stops being a trace. */
export class TraceError extends Error {
  /** Index of the first token that cannot stand there; the sequence's length when it ends too early. */
  readonly index: number;
  /** Texts of the words that could. */
  readonly expected: readonly string[];

  constructor(index: number, found: string, expected: readonly string[]) {
    super(`Token ${index}: ${found}, expected ${expected.length > 0 ? summary(expected) : 'nothing more'}`);
    this.name = 'TraceError';
    this.index = index;
    this.expected = expected;
  }
}

/** Fields of the longest valid beginning of `tokens`. */
export function readFields(tokens: ArrayLike<number>): readonly Field[] {
  const fields: Field[] = [];
  let state: State | undefined = START;
  for (let index = 0; index < tokens.length; index++) {
    const word = VOCABULARY[tokens[index]];
    state = word && advance(state, word);
    if (!state) break;
    fields.push({ index, place: state.place as WordRole, word, slot: state.slot });
  }
  return fields;
}

/** The whole sentence's fields, or where it goes wrong. */
export function traceFields(tokens: ArrayLike<number>): readonly Field[] | TraceError {
  const fields = readFields(tokens);
  if (fields.length === tokens.length && fields.at(-1)?.place === 'end') return fields;
  const index = fields.length;
  const found = index < tokens.length ? `"${VOCABULARY[tokens[index]]?.text ?? tokens[index]}"` : 'the trace ends';
  return new TraceError(
    index,
    found,
    wordsAfter(tokens, index).map((word) => word.text),
  );
}

/** Ids of the words that may follow `tokens`: empty after `<end>` and after anything that is no beginning of a trace. */
export function allowedNext(tokens: ArrayLike<number>): number[] {
  return wordsAfter(tokens, tokens.length).map((word) => word.id);
}

/** Whether `tokens` is a complete, well-formed trace. */
export function isValidTrace(tokens: ArrayLike<number>): boolean {
  return runGrammar(tokens, tokens.length)?.place === 'end';
}

/** Stage that token `index` belongs to: that of the last stage word at or before it (`perceive` before the first). */
export function stageOf(tokens: ArrayLike<number>, index: number): TraceStage {
  for (let i = Math.min(index, tokens.length - 1); i >= 0; i--) {
    const name = VOCABULARY[tokens[i]]?.class;
    if (name === 'perceive' || name === 'predict' || name === 'plan' || name === 'act') return name;
  }
  return 'perceive';
}

/** Index of the decision word (the word after `<plan>`), or -1. Needs no valid trace. */
export function decisionWordIndex(tokens: ArrayLike<number>): number {
  for (let i = 0; i + 1 < tokens.length; i++)
    if (tokens[i] === PLAN) return VOCABULARY[tokens[i + 1]]?.class === 'decision' ? i + 1 : -1;
  return -1;
}

/** Words separated by spaces; an id outside the vocabulary prints as `#id`. */
export function formatTrace(tokens: ArrayLike<number>): string {
  return Array.from(tokens, (id) => VOCABULARY[id]?.text ?? `#${id}`).join(' ');
}

/** Ids of words separated by white space; an unknown word is a TraceError that names it. The sentence itself is not checked. */
export function readTrace(text: string): number[] | TraceError {
  const ids: number[] = [];
  for (const [index, part] of text.split(/\s+/).filter(Boolean).entries()) {
    const id = wordId(part);
    if (id === undefined) return new TraceError(index, `"${part.slice(0, 40)}"`, ['a word of the vocabulary']);
    ids.push(id);
  }
  return ids;
}

/** What the grammar remembers of the words so far. */
interface State {
  readonly place: WordRole | 'start';
  /** Bit sets of the actors perceived and predicted. */
  readonly perceived: number;
  readonly predicted: number;
  /** The actor spoken of, or -1. */
  readonly slot: number;
}

const START: State = { place: 'start', perceived: 0, predicted: 0, slot: -1 };
const ABOUT_ACTOR: ReadonlySet<WordRole> = new Set<WordRole>([
  ...(['actor', 'kind', 'distance', 'y', 'v', 'vy', 'box', 'boxDistance', 'boxY'] as const),
  ...(['predicted', 'motion', 'ttc', 'gap', 'blamed', 'passed'] as const),
]);

/** For each place, the place that each word (by id) takes after it, were it not for who has been named. */
const NEXT: ReadonlyMap<WordRole | 'start', readonly (WordRole | undefined)[]> = new Map(
  (['start', ...(Object.keys(RULES) as WordRole[])] as const).map((place) => {
    const follows: readonly WordRole[] = place === 'start' ? ['perceive'] : RULES[place].follows;
    const next = VOCABULARY.map((word) =>
      follows.find((f) => RULES[f].class === word.class && (RULES[f].words?.includes(word.text) ?? true)),
    );
    return [place, next];
  }),
);

/** The state after `word`, or undefined where it cannot stand. */
function advance({ place: before, perceived, predicted, slot: subject }: State, word: Word): State | undefined {
  const place = NEXT.get(before)?.[word.id];
  if (place === undefined || ((place === 'occlusion' || place === 'aside') && perceived === 0)) return undefined;
  if (word.class !== 'actor') return { place, perceived, predicted, slot: ABOUT_ACTOR.has(place) ? subject : -1 };
  const slot = word.code as number;
  if (!mayName(perceived, predicted, place, slot)) return undefined;
  return {
    place,
    perceived: place === 'actor' ? perceived | (1 << slot) : perceived,
    predicted: place === 'predicted' ? predicted | (1 << slot) : predicted,
    slot,
  };
}

function mayName(perceived: number, predicted: number, place: WordRole, slot: number): boolean {
  const known = ((perceived >> slot) & 1) === 1;
  if (place === 'actor') return !known && bitCount(perceived) < TRACE_ACTORS;
  return known && (place === 'blamed' || place === 'passed' || ((predicted >> slot) & 1) === 0);
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function runGrammar(tokens: ArrayLike<number>, length: number): State | undefined {
  let state: State | undefined = START;
  for (let i = 0; i < length && state; i++) {
    const word: Word | undefined = VOCABULARY[tokens[i]];
    state = word && advance(state, word);
  }
  return state;
}

function wordsAfter(tokens: ArrayLike<number>, length: number): readonly Word[] {
  const state = runGrammar(tokens, length);
  return state ? VOCABULARY.filter((word) => advance(state, word) !== undefined) : [];
}

function summary(words: readonly string[]): string {
  const shown = words.slice(0, 6).join(' ');
  return words.length > 6 ? `${shown} … (${words.length} words)` : shown;
}
