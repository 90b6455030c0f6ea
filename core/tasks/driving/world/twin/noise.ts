/**
 * Sensor noise without a generator: a counter-based hash of (seed, step, who, channel), so it is the same whenever and however
 * often one looks, and after a snapshot. 32-bit integers only: the kernel computes the same bits.
 *
 * Mixer: lowbias32 (Wellons, "Prospecting for hash functions", 2018). Normal: the sum of twelve uniforms less 6 (Irwin–Hall),
 * mean 0, standard deviation 1, never beyond ±6.
 */

/** Channels of one actor. */
export const NOISE_X = 0;
export const NOISE_Y = 1;
export const NOISE_VX = 2;
export const NOISE_VY = 3;
const CHANNELS = 4;

/** A bijection of 32-bit integers. */
export function mix32(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A standard normal number; `who` is an actor's index, or MAX_ACTORS for the ego. */
export function gaussian(seed: number, step: number, who: number, channel: number): number {
  const key = mix32(mix32(mix32(seed) ^ step) ^ (who * CHANNELS + channel));
  let sum = 0;
  for (let k = 0; k < 12; k++) sum += mix32(key + Math.imul(k, 0x9e3779b9)) / 4294967296;
  return sum - 6;
}

/** `value` measured with standard deviation `sigma`; exactly `value` when that is 0. */
export function measured(
  value: number,
  sigma: number,
  seed: number,
  step: number,
  who: number,
  channel: number,
): number {
  return sigma === 0 ? value : value + sigma * gaussian(seed, step, who, channel);
}
