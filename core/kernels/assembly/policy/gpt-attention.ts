// Causal attention of four heads at a time, one a lane: every sum over head size or positions is a plain vector sum, and
// softmax needs no horizontal operation. Rows are interleaved for it: [group of four heads][headSize][4 lanes], "wide" rows
// of wideRow(heads, headSize) numbers; lanes beyond the last head stay zero.
import { exp4 } from './math';

// @ts-ignore: decorator
@inline
function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Numbers an interleaved row has. */
export function wideRow(heads: i32, headSize: i32): i32 {
  return ((heads + 3) >> 2) * headSize * 4;
}

/** out = the row x [heads][headSize], interleaved. */
export function interleave(x: usize, heads: i32, headSize: i32, out: usize): void {
  const row = <usize>headSize << 2;
  for (let left = heads; left > 0; left -= 4, x += row << 2, out += row << 2) {
    if (left >= 4) for (let d: usize = 0; d < row; d += 16) transpose(x + d, row, out + (d << 2), 16);
    else
      for (let h: usize = 0; h < <usize>left; h++)
        for (let d: usize = 0; d < row; d += 4) store<f32>(out + (d << 2) + (h << 2), load<f32>(x + h * row + d));
  }
}

/** out [heads][headSize] = the interleaved row x. */
export function separate(x: usize, heads: i32, headSize: i32, out: usize): void {
  const row = <usize>headSize << 2;
  for (let left = heads; left > 0; left -= 4, x += row << 2, out += row << 2) {
    if (left >= 4) for (let d: usize = 0; d < row; d += 16) transpose(x + (d << 2), 16, out + d, row);
    else
      for (let h: usize = 0; h < <usize>left; h++)
        for (let d: usize = 0; d < row; d += 4) store<f32>(out + h * row + d, load<f32>(x + (d << 2) + (h << 2)));
  }
}

/** The 4 × 4 transpose of rows `step` bytes apart, to rows `stepOut` bytes apart. */
// @ts-ignore: decorator
@inline
function transpose(x: usize, step: usize, out: usize, stepOut: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + step);
  const c = v128.load(x + (step << 1));
  const d = v128.load(x + step * 3);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(out + stepOut, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(out + (stepOut << 1), v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
  v128.store(out + stepOut * 3, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
}

/**
 * One group: weights [count][4] = softmax(q·k / √headSize) over the positions, o [headSize][4] = Σ weights · v. Keys and
 * values lie `row` bytes a position apart.
 */
export function attend(
  q: usize,
  keys: usize,
  values: usize,
  row: usize,
  count: i32,
  headSize: i32,
  weights: usize,
  o: usize,
): void {
  const scale = f32x4.splat(<f32>1 / sqrt<f32>(<f32>headSize));
  const end = weights + (<usize>count << 4);
  let high = f32x4.splat(-1e30);
  for (let w = weights, k = keys; w < end; w += 16, k += row) {
    let even = f32x4.splat(0);
    let odd = even;
    for (let d: usize = 0; d < <usize>headSize << 4; d += 32) {
      even = madd(even, v128.load(q + d), v128.load(k + d));
      odd = madd(odd, v128.load(q + d, 16), v128.load(k + d, 16));
    }
    const score = f32x4.mul(f32x4.add(even, odd), scale);
    v128.store(w, score);
    high = f32x4.pmax(score, high);
  }
  for (let w = weights; w < end; w += 16) v128.store(w, exp4(f32x4.sub(v128.load(w), high)));
  const sum = f32x4.add(
    f32x4.add(everyFourth(weights, end), everyFourth(weights + 16, end)),
    f32x4.add(everyFourth(weights + 32, end), everyFourth(weights + 48, end)),
  );
  const factor = f32x4.div(f32x4.splat(1), sum);
  for (let w = weights; w < end; w += 16) v128.store(w, f32x4.mul(v128.load(w), factor));
  weigh(weights, 16, end, values, row, headSize, o);
}

/** Sum of the vectors at `at`, `at` + 64, … below `end`. */
// @ts-ignore: decorator
@inline
function everyFourth(at: usize, end: usize): v128 {
  let sum = f32x4.splat(0);
  for (; at < end; at += 64) sum = f32x4.add(sum, v128.load(at));
  return sum;
}

/** o [headSize][4] = Σ w · x over the vectors w at `weights`, `weights` + `step`, … below `end` and the rows at `x`, `x` + `row`, … */
function weigh(weights: usize, step: usize, end: usize, x: usize, row: usize, headSize: i32, o: usize): void {
  for (const last = x + (<usize>headSize << 4); x < last; x += 64, o += 64) {
    let o0 = f32x4.splat(0);
    let o1 = o0;
    let o2 = o0;
    let o3 = o0;
    for (let w = weights, at = x; w < end; w += step, at += row) {
      const s = v128.load(w);
      o0 = madd(o0, s, v128.load(at));
      o1 = madd(o1, s, v128.load(at, 16));
      o2 = madd(o2, s, v128.load(at, 32));
      o3 = madd(o3, s, v128.load(at, 48));
    }
    v128.store(o, o0);
    v128.store(o, o1, 16);
    v128.store(o, o2, 32);
    v128.store(o, o3, 48);
  }
}

/**
 * Backward pass of one group over a sequence of `length`: q, k, v and dO, and dq, dk, dv (written), are interleaved rows
 * `row` bytes apart. `weights` of position t are the t + 1 vectors at weights + t · weightRow, as `attend` left them;
 * `scores` [length][length][4] is scratch.
 */
export function attendBackward(
  q: usize,
  k: usize,
  v: usize,
  dO: usize,
  dq: usize,
  dk: usize,
  dv: usize,
  row: usize,
  length: i32,
  headSize: i32,
  weights: usize,
  weightRow: usize,
  scores: usize,
): void {
  const scoreRow = <usize>length << 4;
  const scale = f32x4.splat(<f32>1 / sqrt<f32>(<f32>headSize));
  // d score = weight · (dO·v − Σ weight · dO·v) / √headSize
  for (let t = 0; t < length; t++) {
    const s = scores + <usize>t * scoreRow;
    const end = s + (<usize>(t + 1) << 4);
    const d0 = dO + <usize>t * row;
    const w0 = weights + <usize>t * weightRow;
    let mean = f32x4.splat(0);
    for (let at = s, w = w0, u = v; at < end; at += 16, w += 16, u += row) {
      let even = f32x4.splat(0);
      let odd = even;
      for (let d: usize = 0; d < <usize>headSize << 4; d += 32) {
        even = madd(even, v128.load(d0 + d), v128.load(u + d));
        odd = madd(odd, v128.load(d0 + d, 16), v128.load(u + d, 16));
      }
      const dot = f32x4.add(even, odd);
      v128.store(at, dot);
      mean = madd(mean, dot, v128.load(w));
    }
    for (let at = s, w = w0; at < end; at += 16, w += 16)
      v128.store(at, f32x4.mul(f32x4.mul(v128.load(w), f32x4.sub(v128.load(at), mean)), scale));
    weigh(s, 16, end, k, row, headSize, dq + <usize>t * row);
  }
  const scoresEnd = scores + <usize>length * scoreRow;
  const weightsEnd = weights + <usize>length * weightRow;
  for (let u = 0; u < length; u++) {
    const from = <usize>u * row;
    const s = scores + <usize>u * (scoreRow + 16);
    const w = weights + <usize>u * (weightRow + 16);
    weigh(s, scoreRow, scoresEnd, q + from, row, headSize, dk + from);
    weigh(w, weightRow, weightsEnd, dO + from, row, headSize, dv + from);
  }
}
