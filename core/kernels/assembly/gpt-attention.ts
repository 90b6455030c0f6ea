// Causal attention of one head, four positions at a time. Keys are kept transposed, kT [headSize][ldk], so that the scores
// of four positions come out of one vector without a horizontal sum; values are rows of `ldv` numbers.
import { ceil4 } from './linalg';
import { exp4, sum4 } from './math';

/** weights[0..count) = softmax(q·k / √headSize), zero up to ceil4(count); o [headSize] = Σ weights · v. */
export function attendRow(
  q: usize,
  kT: usize,
  ldk: i32,
  v: usize,
  ldv: i32,
  count: i32,
  headSize: i32,
  weights: usize,
  o: usize,
): void {
  const rk = <usize>ldk << 2;
  const rv = <usize>ldv << 2;
  const scale = f32x4.splat(<f32>1 / sqrt<f32>(<f32>headSize));
  const end = weights + (<usize>count << 2);
  const end4 = weights + (<usize>ceil4(count) << 2);
  for (let w = weights, k = kT; w < end4; w += 16, k += 16) {
    let even = f32x4.splat(0);
    let odd = even;
    let row = k;
    for (let d = q, last = q + (<usize>headSize << 2); d < last; d += 8, row += rk << 1) {
      even = f32x4.add(even, f32x4.mul(v128.load32_splat(d), v128.load(row)));
      odd = f32x4.add(odd, f32x4.mul(v128.load32_splat(d, 4), v128.load(row + rk)));
    }
    v128.store(w, f32x4.mul(f32x4.add(even, odd), scale));
  }
  for (let w = end; w < end4; w += 4) store<f32>(w, -1e30);
  let most = v128.load(weights);
  for (let w = weights + 16; w < end4; w += 16) most = f32x4.max(most, v128.load(w));
  const high = f32x4.splat(
    max<f32>(
      max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    ),
  );
  let sum = f32x4.splat(0);
  for (let w = weights; w < end4; w += 16) {
    const e = exp4(f32x4.sub(v128.load(w), high));
    sum = f32x4.add(sum, e);
    v128.store(w, e);
  }
  const factor = f32x4.splat(<f32>1 / sum4(sum));
  for (let w = weights; w < end4; w += 16) v128.store(w, f32x4.mul(v128.load(w), factor));
  for (let w = end; w < end4; w += 4) store<f32>(w, 0);
  weighRows(weights, end, v, rv, headSize, o);
}

/** o [headSize] = Σ weights[i] · v[i], sixteen columns of v at a time where there are so many. */
function weighRows(weights: usize, end: usize, v: usize, rv: usize, headSize: i32, o: usize): void {
  let d = 0;
  for (; d + 16 <= headSize; d += 16, o += 64, v += 64) {
    let o0 = f32x4.splat(0);
    let o1 = o0;
    let o2 = o0;
    let o3 = o0;
    for (let w = weights, row = v; w < end; w += 4, row += rv) {
      const s = v128.load32_splat(w);
      o0 = f32x4.add(o0, f32x4.mul(s, v128.load(row)));
      o1 = f32x4.add(o1, f32x4.mul(s, v128.load(row, 16)));
      o2 = f32x4.add(o2, f32x4.mul(s, v128.load(row, 32)));
      o3 = f32x4.add(o3, f32x4.mul(s, v128.load(row, 48)));
    }
    v128.store(o, o0);
    v128.store(o, o1, 16);
    v128.store(o, o2, 32);
    v128.store(o, o3, 48);
  }
  for (; d < headSize; d += 4, o += 16, v += 16) {
    let value = f32x4.splat(0);
    for (let w = weights, row = v; w < end; w += 4, row += rv)
      value = f32x4.add(value, f32x4.mul(v128.load32_splat(w), v128.load(row)));
    v128.store(o, value);
  }
}

/** out [headSize][ld] = the transpose of `rows` rows of `ldx` numbers. */
export function transposeHead(x: usize, ldx: i32, rows: i32, headSize: i32, out: usize, ld: i32): void {
  const rx = <usize>ldx << 2;
  for (let d = 0; d < headSize; d++, x += 4, out += <usize>ld << 2) {
    let from = x;
    for (let t: usize = 0; t < <usize>rows << 2; t += 4, from += rx) store<f32>(out + t, load<f32>(from));
  }
}

/**
 * Backward pass of one head over a sequence. `qkv` and `dqkv` point at this head's queries; keys lie `width` numbers on,
 * values twice that; rows of 3·width. `weights` [length][ld] as attendRow left them, `scores` [length][ld] scratch,
 * `vT` [headSize][ld] the transposed values. Writes this head's part of dqkv.
 */
export function attendBackward(
  qkv: usize,
  dqkv: usize,
  width: i32,
  headSize: i32,
  length: i32,
  weights: usize,
  scores: usize,
  ld: i32,
  vT: usize,
  dO: usize,
): void {
  const row3 = <usize>(3 * width) << 2;
  const rowO = <usize>width << 2;
  const rw = <usize>ld << 2;
  const toK = <usize>width << 2;
  const toV = <usize>width << 3;
  const scale = <f32>1 / sqrt<f32>(<f32>headSize);
  // d score = weight · (dO·v − Σ weight · dO·v) / √headSize
  for (let t = 0; t < length; t++) {
    const w = weights + <usize>t * rw;
    const s = scores + <usize>t * rw;
    const d0 = dO + <usize>t * rowO;
    const bytes = <usize>ceil4(t + 1) << 2;
    let mean = f32x4.splat(0);
    for (let u: usize = 0; u < bytes; u += 16) {
      let dot = f32x4.splat(0);
      let v = vT + u;
      for (let d = d0, last = d0 + (<usize>headSize << 2); d < last; d += 4, v += rw)
        dot = f32x4.add(dot, f32x4.mul(v128.load32_splat(d), v128.load(v)));
      v128.store(s + u, dot);
      mean = f32x4.add(mean, f32x4.mul(dot, v128.load(w + u)));
    }
    const m = f32x4.splat(sum4(mean));
    const f = f32x4.splat(scale);
    for (let u: usize = 0; u < bytes; u += 16)
      v128.store(s + u, f32x4.mul(f32x4.mul(v128.load(w + u), f32x4.sub(v128.load(s + u), m)), f));
  }
  for (let d: usize = 0; d < <usize>headSize << 2; d += 16) {
    for (let t = 0; t < length; t++) {
      // dq_t = Σ_{u ≤ t} ds(t,u) k_u
      let dq = f32x4.splat(0);
      let s = scores + <usize>t * rw;
      let k = qkv + toK + d;
      for (const last = s + (<usize>t << 2); s <= last; s += 4, k += row3)
        dq = f32x4.add(dq, f32x4.mul(v128.load32_splat(s), v128.load(k)));
      // dk_t = Σ_{u ≥ t} ds(u,t) q_u and dv_t = Σ_{u ≥ t} w(u,t) dO_u
      let dk = f32x4.splat(0);
      let dv = dk;
      let at = <usize>t * rw + (<usize>t << 2);
      let q = qkv + <usize>t * row3 + d;
      let o = dO + <usize>t * rowO + d;
      for (let u = t; u < length; u++, at += rw, q += row3, o += rowO) {
        dk = f32x4.add(dk, f32x4.mul(v128.load32_splat(scores + at), v128.load(q)));
        dv = f32x4.add(dv, f32x4.mul(v128.load32_splat(weights + at), v128.load(o)));
      }
      const out = dqkv + <usize>t * row3 + d;
      v128.store(out, dq);
      v128.store(out + toK, dk);
      v128.store(out + toV, dv);
    }
  }
}
