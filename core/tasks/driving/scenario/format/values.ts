/** Valibot fragments that scenario files are made of: numbers, names, texts, places. Units: m, s, m/s, m/s², rad. */
import * as v from 'valibot';
import type { Range } from './sample.ts';

/** A fixed number within [low, high]. */
export const fixed = (low: number, high: number) =>
  v.pipe(v.number(), v.minValue(low, `from ${low} to ${high}`), v.maxValue(high, `from ${low} to ${high}`));

export const whole = (low: number, high: number) => v.pipe(fixed(low, high), v.integer('a whole number'));

type NumberSchema = ReturnType<typeof numberWithin>;
const numbers = new Map<string, NumberSchema>();
/** The number schemas made so far, by a name of their bounds: definitions of the JSON Schema. */
export const numberDefinitions = (): Record<string, NumberSchema> => Object.fromEntries(numbers);

/** A fixed number, a range `[low, high]` or a distribution to draw from; every end within [low, high]. One schema a pair of bounds. */
export function number(low: number, high: number): NumberSchema {
  const name = `number from ${low} to ${high}`.replaceAll(' ', '_').replaceAll('-', 'minus_');
  const known = numbers.get(name) ?? numberWithin(low, high);
  numbers.set(name, known);
  return known;
}

const numberWithin = (low: number, high: number) => {
  const expected = `a number from ${low} to ${high}, or a range [low, high] within that`;
  const within = fixed(low, high);
  const range = v.pipe(
    v.strictTuple([within, within]),
    v.check(([from, to]) => from <= to, `${expected}, low ≤ high`),
  );
  const normal = v.pipe(
    v.strictObject({
      normal: v.strictTuple([within, fixed(0, high - low)]),
      min: v.optional(within),
      max: v.optional(within),
    }),
    v.check(({ min = low, max = high }) => min <= max, `${expected}, min ≤ max`),
    v.check(
      ({ normal: [mean, deviation], min, max }) =>
        (min ?? mean - 4 * deviation) >= low && (max ?? mean + 4 * deviation) <= high,
      `${expected}; a normal distribution reaches 4 deviations, or to its min and max`,
    ),
    v.check(
      ({ normal: [mean], min = mean, max = mean }) => min <= mean && mean <= max,
      `${expected}, min ≤ mean ≤ max`,
    ),
  );
  const choice = v.strictObject({
    choice: v.pipe(v.array(within), v.minLength(1, 'at least one'), v.maxLength(50, 'at most 50')),
  });
  return v.union([within, range, v.strictObject({ uniform: range }), normal, choice], expected);
};

export const name = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,39}$/, 'lower-case letters, digits and _, starting with a letter'),
);
export const text = (max: number) =>
  v.pipe(v.string(), v.minLength(1, 'some text'), v.maxLength(max, `at most ${max} characters`));
export const routeOffset = { s: number(-5000, 5000), from: v.optional(name) };
export const probability = v.optional(fixed(0, 1));
export const size = { length: v.optional(fixed(0.2, 20)), width: v.optional(fixed(0.2, 4)) };
export const point = v.strictTuple([fixed(-1e5, 1e5), fixed(-1e5, 1e5), fixed(-1000, 1000)]);

/** An arc length counted from the route's start or from something named. */
export interface RouteOffset {
  readonly s: Range;
  readonly from?: string | undefined;
}
