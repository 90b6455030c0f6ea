/** Three ranges of seeds that never meet, so that nothing is judged on what it was trained or chosen on. */
import { mixSeed } from '../base/random.ts';

/** Training seeds lie below, validation (which parameters to keep) from here … */
export const VALIDATION_SEED = 900_000_000;
/** … and held-out seeds, which only the final evaluation drives, from here on. */
export const HELD_OUT_SEED = 1_000_000_000;

/** The k-th training seed of worker `index` of `workers` in run `seed`. */
export function trainingSeed(seed: number, k: number, index: number, workers: number): number {
  return mixSeed(seed, k * workers + index) % VALIDATION_SEED;
}

/** The first `count` held-out seeds after `from` of them. */
export const heldOutSeeds = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, i) => HELD_OUT_SEED + from + i);
