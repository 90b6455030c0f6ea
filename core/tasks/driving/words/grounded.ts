/**
 * Grounded: each id and number of the trace against the observation of its moment, claim by claim.
 *
 * Perceived numbers are compared with the observation itself (scene.ts), predictions with the expert's
 * forecast of the same observation (world/expert-predict.ts), within the word's own tolerance (vocabulary.ts). What the trace
 * leaves out is no claim; the plan and act stages say what will be done, which `consistent` checks.
 */
import { forecast } from '../expert/predict.ts';
import { readEgoView, type EgoView } from '../expert/ego-view.ts';
import { sightSpeed } from '../expert/rules.ts';
import { KIND_STATIC } from '../kinds/kinds.ts';
import { readPercept } from './percept.ts';
import { type Field, TraceError, traceFields } from './sentence.ts';
import { type TraceCheck, unreadable } from './trace-check.ts';
import { wordHolds, wordsOf } from './vocabulary.ts';

/** One statement of the trace and what was really there. */
export interface Claim {
  /** Index of the token that makes it. */
  readonly index: number;
  readonly text: string;
  /** Value of a numeric word (Infinity: never), text of any other. */
  readonly claimed: number | string;
  /** The same read from the observation; null when what it speaks of is not there. */
  readonly actual: number | string | null;
  readonly passed: boolean;
}

/** Checks every claim of `tokens` against `observations` [OBS_DIM] at `offset`; unreadable traces have no claims. */
export function grounded(
  tokens: ArrayLike<number>,
  observations: ArrayLike<number>,
  offset = 0,
): TraceCheck & { readonly claims: readonly Claim[] } {
  const fields = traceFields(tokens);
  if (fields instanceof TraceError) return { ...unreadable('grounded'), claims: [] };
  const actualOf = truth(observations, offset);
  const claims = fields.flatMap((field, i) => {
    const actual = actualOf(field, fields[i - 1]);
    return actual === undefined ? [] : [claim(field, actual)];
  });
  const wrong = claims.filter((c) => !c.passed);
  const text =
    wrong.length === 0
      ? `All ${claims.length} claims agree with what was observed.`
      : `${wrong.length} of ${claims.length} claims do not agree with what was observed: ${wrong.slice(0, 3).map(describe).join('; ')}${wrong.length > 3 ? '; …' : ''}.`;
  return { name: 'grounded', passed: wrong.length === 0, text, claims };
}

function claim({ index, word, slot }: Field, actual: number | string | null): Claim {
  const numeric = word.value !== undefined;
  const passed = numeric ? typeof actual === 'number' && wordHolds(word, actual) : actual === word.text;
  const text = word.class === 'actor' || slot < 0 ? word.text : `A${slot + 1} ${word.text}`;
  return { index, text, claimed: word.value ?? word.text, actual, passed };
}

function describe({ text, actual }: Claim): string {
  if (actual === null) return `${text} (not there)`;
  return `${text} (in truth ${typeof actual === 'number' ? actual.toFixed(1) : actual})`;
}

/** What the observation says to a field: null when there is no such thing, undefined for words that claim nothing about it. */
function truth(observations: ArrayLike<number>, offset: number) {
  const scene = readPercept(observations, offset);
  const routeScene = readEgoView(observations, offset);
  const predictions = forecast(routeScene);
  const textOf = (name: 'light' | 'kind', code: number | undefined) =>
    wordsOf(name).find((word) => word.code === code)?.text ?? null;

  return ({ place, slot, word }: Field, before?: Field): number | string | null | undefined => {
    const actor = scene.actors.find((a) => a.slot === slot);
    const prediction = predictions.find((p) => p.slot === slot);
    const named = actor ? word.text : null;
    switch (place) {
      case 'speed':
        return scene.speed;
      case 'limit':
        return scene.limit;
      case 'lateral':
        return scene.lateral;
      case 'road':
        return `road:${scene.road}`;
      case 'grip':
        return scene.slippery ? word.text : null;
      case 'dark':
        return scene.dark ? word.text : null;
      case 'sight':
        return scene.sight;
      case 'light':
        return textOf('light', scene.light?.state);
      case 'lightDistance':
        return scene.light?.d ?? null;
      case 'actor':
        return named;
      case 'kind':
      case 'box':
        return textOf('kind', actor?.kind);
      case 'distance':
      case 'boxDistance':
        return actor?.x ?? null;
      case 'y':
      case 'boxY':
        return actor?.y ?? null;
      case 'v':
        return actor?.vx ?? null;
      case 'vy':
        return actor?.vy ?? null;
      case 'motion':
        return prediction?.motion ?? null;
      case 'ttc':
        return prediction?.inPath ? prediction.ttc : null;
      case 'gap':
        return prediction?.inPath ? prediction.gap : null;
      case 'passed':
        return named;
      case 'blamed':
        return before?.place === 'occlusion' && actor?.kind !== KIND_STATIC ? null : named;
      case 'cause':
        if (word.text === 'light') return scene.light ? word.text : null;
        if (word.text === 'limit') return scene.speed > scene.limit ? word.text : null;
        if (word.text === 'curve') return bends(routeScene) ? word.text : null;
        if (word.text === 'sight') return sightSpeed(routeScene) < scene.limit ? word.text : null;
        return undefined;
      default:
        return undefined;
    }
  };
}

/** A stretch of road that bends less is straight to everybody, 1/m. */
const LEAST_CURVATURE = 0.002;

function bends({ route: { s, headingRad } }: EgoView): boolean {
  return s.some((_, k) => k > 0 && Math.abs(headingRad[k] - headingRad[k - 1]) > LEAST_CURVATURE * (s[k] - s[k - 1]));
}
