// The slowest tests of a run. Each check's reporter hands its tests' durations in; who started the checks (scripts/test.mjs) prints the
// slowest twenty of them all. A run by hand prints none.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** File that takes the durations, one JSON line a test; unset in a run by hand. */
const { TRACEWAY_DURATIONS: file } = process.env;

/** Hands in durations of tests, `{ name, seconds }` each. */
export function tookSeconds(tests) {
  if (file) appendFileSync(file, tests.map((test) => `${JSON.stringify(test)}\n`).join(''));
}

/** The `count` slowest that were handed in at `path`, one line each. */
export function slowest(path, count) {
  if (!existsSync(path)) return [];
  const tests = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return tests
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map(({ name, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${name}`);
}
