/** Reference numbers produced by other simulators' own code, for tests only. */
import { existsSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';

/** The JSON file `path`, parsed; undefined when absent, which fails the build on CI and warns elsewhere. */
export function peerNumbers<T>(path: string): T | undefined {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
  if (process.env.CI) throw new Error(`${path} is missing`);
  console.warn(`SKIPPED: ${path} is missing, numbers of the peer's own code are not checked`);
  return undefined;
}

/** `describe` that runs only with the numbers, and hands them over. */
export function describeWith<T>(title: string, numbers: T | undefined, body: (numbers: T) => void): void {
  if (numbers === undefined) describe.skip(title, () => {});
  else describe(title, () => body(numbers));
}

/** Largest absolute difference of two series; Infinity when their lengths differ or a value is NaN. */
export function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }
  return worst;
}
