// Sensor noise without a generator: a hash of (seed, step, who, channel). Formula and reasons: core/tasks/driving/world/twin/noise.ts.
import { D_STEP, S_SEED } from '../../../abi/world-fields';
import { get, param } from './state';

export const NOISE_X = 0;
export const NOISE_Y = 1;
export const NOISE_VX = 2;
export const NOISE_VY = 3;
const CHANNELS = 4;

/** A bijection of 32-bit integers. */
// @ts-ignore: decorator
@inline
function mix32(value: u32): u32 {
  let h = value;
  h = (h ^ (h >>> 16)) * 0x7feb352d;
  h = (h ^ (h >>> 15)) * 0x846ca68b;
  return h ^ (h >>> 16);
}

/** `value` measured with standard deviation `sigma`; exactly `value` when that is 0. `who`: an actor's number, or EGO. */
export function measured(value: f64, sigma: f64, who: i32, channel: i32): f64 {
  if (sigma == 0.0) return value;
  const key = mix32(mix32(mix32(<u32>(<i64>param(S_SEED))) ^ <u32>get(D_STEP)) ^ <u32>(who * CHANNELS + channel));
  let sum = 0.0;
  for (let k: u32 = 0; k < 12; k++) sum += <f64>mix32(key + k * 0x9e3779b9) / 4294967296.0;
  return value + sigma * (sum - 6.0);
}
