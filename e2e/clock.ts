/**
 * The system's clock read finely, the same in Node and in the page: what two processes of one machine note may be compared to about 0.2 ms.
 * `Date.now` is that clock rounded down to whole ms, `performance.now` runs evenly from a start of its own: their difference is at most the
 * true distance of the two and comes within the clocks' own steps of it when read often. (`performance.timeOrigin` is read once
 * when a process starts, and drifts from the system's clock after.)
 */

/** Reads both clocks for `ms`; gives a function that tells ms since 1970. Its text is run in the page: no names from outside. */
export function fineClock(ms = 30): () => number {
  let distance = Number.NEGATIVE_INFINITY;
  const end = performance.now() + ms;
  while (performance.now() < end) distance = Math.max(distance, Date.now() - performance.now());
  return () => performance.now() + distance;
}
