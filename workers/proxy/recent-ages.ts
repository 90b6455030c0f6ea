/** Ages of what came over the last seconds, and their quantiles: what is usual now, and what is the rare worst of it. */

const WINDOW_MS = 5000;
/** Held at most; a faster stream is seen over a shorter time. */
const MOST = 1024;

export class RecentAges {
  readonly #ages = new Float64Array(MOST);
  readonly #at = new Float64Array(MOST).fill(Number.NEGATIVE_INFINITY);
  #next = 0;
  #newest = Number.NEGATIVE_INFINITY;

  /** `nowMs`: when it came, by a clock that only goes on. */
  add(ageMs: number, nowMs: number): void {
    this.#ages[this.#next] = ageMs;
    this.#at[this.#next] = nowMs;
    this.#next = (this.#next + 1) % MOST;
    this.#newest = nowMs;
  }

  /** The age below which this share of them lies (nearest rank), of the seconds before the newest; 0 before the first. */
  quantile(share: number): number {
    const recent = this.#ages.filter((_, i) => this.#at[i] > this.#newest - WINDOW_MS).sort();
    return recent[Math.max(0, Math.ceil(share * recent.length) - 1)] ?? 0;
  }
}
