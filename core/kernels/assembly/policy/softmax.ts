// Softmax over the vocabulary. Rows have room for n rounded up to 8; what lies beyond n is overwritten.
import { ceil8 } from './linalg';
import { exp4, sum4 } from './math';

/** The largest of n numbers; fills up to ceil8(n) with what no maximum and no sum of exponentials sees. */
export function highest(x: usize, n: i32): f32 {
  const end8 = x + (<usize>ceil8(n) << 2);
  for (let at = x + (<usize>n << 2); at < end8; at += 4) store<f32>(at, -1e30);
  let most = v128.load(x);
  for (let at = x + 16; at < end8; at += 16) most = f32x4.pmax(v128.load(at), most);
  return max<f32>(
    max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}

/** log Σ exp x over n numbers of which `high` is the largest; follows `highest` of the same row. */
export function logSumExp(x: usize, n: i32, high: f32): f64 {
  const most = f32x4.splat(high);
  let sums = f32x4.splat(0);
  for (const end8 = x + (<usize>ceil8(n) << 2); x < end8; x += 16)
    sums = f32x4.add(sums, exp4(f32x4.sub(v128.load(x), most)));
  return <f64>high + Math.log(<f64>sum4(sums));
}

/** In place: softmax(x / temperature) over n numbers, zeros up to ceil8(n); returns log Σ exp(x / temperature). */
export function softmaxRow(x: usize, n: i32, temperature: f32): f64 {
  const high = highest(x, n);
  const end = x + (<usize>n << 2);
  const end8 = x + (<usize>ceil8(n) << 2);
  const inverse = f32x4.splat(<f32>1 / temperature);
  let sums = f32x4.splat(0);
  for (let at = x; at < end8; at += 16) {
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(at), f32x4.splat(high)), inverse));
    v128.store(at, e);
    sums = f32x4.add(sums, e);
  }
  const sum = sum4(sums);
  const factor = f32x4.splat(<f32>1 / sum);
  for (let at = x; at < end8; at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
  for (let at = end; at < end8; at += 4) store<f32>(at, 0);
  return <f64>high / <f64>temperature + Math.log(<f64>sum);
}
