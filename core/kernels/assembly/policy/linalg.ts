// Matrix products and row operations in float32.
//
// Both products use a register tile of 4 rows × 2 vectors (8 columns): eight accumulators and their operands fit the 16
// SIMD registers; a 4×4 tile would spill. Weights W [n][k] (row-major, out × in) are repacked once an update into panels
// of 8 columns, so that the inner loop reads them contiguously:
//   forward panels   [n/8][k][8]  for Y = X Wᵀ    (columns beyond n are zero)
//   backward panels  [k/8][n][8]  for dX = dY W
// Rows come in fours: the caller's buffers have room for a row count rounded up to 4, and rows beyond the count are
// computed from whatever lies there and never read.
import { sum4 } from './math';
import { alloc } from '../memory';

// @ts-ignore: decorator
@inline
export function ceil4(n: i32): i32 {
  return (n + 3) & ~3;
}
// @ts-ignore: decorator
@inline
export function ceil8(n: i32): i32 {
  return (n + 7) & ~7;
}

// @ts-ignore: decorator
@inline
function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** C[m][n] = (C +) A[m][k] · panels. `lda`, `ldc` are row lengths in numbers; n counts the panels' columns (multiple of 8). */
export function multiply(
  a: usize,
  lda: i32,
  panels: usize,
  c: usize,
  ldc: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
): void {
  const ra = <usize>lda << 2;
  const rc = <usize>ldc << 2;
  const panel = <usize>k << 5;
  for (let j = 0; j < n; j += 8, panels += panel, c += 32) {
    let ai = a;
    let ci = c;
    for (let i = 0; i < m; i += 4, ai += ra << 2, ci += rc << 2) {
      let x00 = f32x4.splat(0);
      let x01 = x00;
      let x10 = x00;
      let x11 = x00;
      let x20 = x00;
      let x21 = x00;
      let x30 = x00;
      let x31 = x00;
      let a0 = ai;
      let a1 = a0 + ra;
      let a2 = a1 + ra;
      let a3 = a2 + ra;
      const end = panels + panel;
      // Not unrolled: V8 gives this loop its registers, the unrolled one costs a third of the speed.
      for (let b = panels; b < end; b += 32, a0 += 4, a1 += 4, a2 += 4, a3 += 4) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        let s = v128.load32_splat(a0);
        x00 = madd(x00, s, b0);
        x01 = madd(x01, s, b1);
        s = v128.load32_splat(a1);
        x10 = madd(x10, s, b0);
        x11 = madd(x11, s, b1);
        s = v128.load32_splat(a2);
        x20 = madd(x20, s, b0);
        x21 = madd(x21, s, b1);
        s = v128.load32_splat(a3);
        x30 = madd(x30, s, b0);
        x31 = madd(x31, s, b1);
      }
      let row = ci;
      put(row, x00, x01, accumulate);
      row += rc;
      put(row, x10, x11, accumulate);
      row += rc;
      put(row, x20, x21, accumulate);
      row += rc;
      put(row, x30, x31, accumulate);
    }
  }
}

// @ts-ignore: decorator
@inline
function put(at: usize, low: v128, high: v128, accumulate: bool): void {
  if (accumulate) {
    v128.store(at, f32x4.add(v128.load(at), low));
    v128.store(at, f32x4.add(v128.load(at, 16), high), 16);
  } else {
    v128.store(at, low);
    v128.store(at, high, 16);
  }
}

/** dW[n][k] += dY[rows][n]ᵀ · X[rows][k], any n and k; in blocks of 64 rows so that both stay in the first-level cache. */
export function outerProducts(dy: usize, ldy: i32, x: usize, ldx: i32, dw: usize, rows: i32, n: i32, k: i32): void {
  const ry = <usize>ldy << 2;
  const rx = <usize>ldx << 2;
  const rw = <usize>k << 2;
  const n4 = n & ~3;
  const k8 = k & ~7;
  for (let from = 0; from < rows; from += 64) {
    const count = min(64, rows - from);
    const y0 = dy + <usize>from * ry;
    const x0 = x + <usize>from * rx;
    const end = y0 + <usize>count * ry;
    for (let j = 0; j < k8; j += 8) {
      const xj = x0 + (<usize>j << 2);
      for (let i = 0; i < n4; i += 4) {
        let s00 = f32x4.splat(0);
        let s01 = s00;
        let s10 = s00;
        let s11 = s00;
        let s20 = s00;
        let s21 = s00;
        let s30 = s00;
        let s31 = s00;
        let b = xj;
        for (let a = y0 + (<usize>i << 2), last = end + (<usize>i << 2); a < last; a += ry, b += rx) {
          const b0 = v128.load(b);
          const b1 = v128.load(b, 16);
          let s = v128.load32_splat(a);
          s00 = madd(s00, s, b0);
          s01 = madd(s01, s, b1);
          s = v128.load32_splat(a, 4);
          s10 = madd(s10, s, b0);
          s11 = madd(s11, s, b1);
          s = v128.load32_splat(a, 8);
          s20 = madd(s20, s, b0);
          s21 = madd(s21, s, b1);
          s = v128.load32_splat(a, 12);
          s30 = madd(s30, s, b0);
          s31 = madd(s31, s, b1);
        }
        let row = dw + <usize>i * rw + (<usize>j << 2);
        put(row, s00, s01, true);
        row += rw;
        put(row, s10, s11, true);
        row += rw;
        put(row, s20, s21, true);
        row += rw;
        put(row, s30, s31, true);
      }
      for (let i = n4; i < n; i++) {
        let low = f32x4.splat(0);
        let high = low;
        let b = xj;
        for (let a = y0 + (<usize>i << 2), last = end + (<usize>i << 2); a < last; a += ry, b += rx) {
          const s = v128.load32_splat(a);
          low = madd(low, s, v128.load(b));
          high = madd(high, s, v128.load(b, 16));
        }
        put(dw + <usize>i * rw + (<usize>j << 2), low, high, true);
      }
    }
    for (let j = k8; j < k; j++) {
      for (let i = 0; i < n; i++) {
        let sum: f32 = 0;
        let b = x0 + (<usize>j << 2);
        for (let a = y0 + (<usize>i << 2), last = end + (<usize>i << 2); a < last; a += ry, b += rx)
          sum += load<f32>(a) * load<f32>(b);
        const at = dw + <usize>i * rw + (<usize>j << 2);
        store<f32>(at, load<f32>(at) + sum);
      }
    }
  }
}

/** Forward panels of W [n][k]; `out` holds ceil8(n)·k numbers. */
export function packForward(w: usize, n: i32, k: i32, out: usize): void {
  for (let j = 0; j < n; j += 8) {
    for (let p = 0; p < k; p++) {
      for (let c = 0; c < 8; c++, out += 4) {
        store<f32>(out, j + c < n ? load<f32>(w + (<usize>((j + c) * k + p) << 2)) : 0);
      }
    }
  }
}

/** Backward panels of W [n][k], k a multiple of 8; `out` holds n·k numbers. */
export function packBackward(w: usize, n: i32, k: i32, out: usize): void {
  for (let j = 0; j < k; j += 8) {
    let row = w + (<usize>j << 2);
    for (let i = 0; i < n; i++, row += <usize>k << 2, out += 32) {
      v128.store(out, v128.load(row));
      v128.store(out, v128.load(row, 16), 16);
    }
  }
}

/** h = x · (mean(x²) + 1e-5)^-½ for `rows` contiguous rows of n (multiple of 4); the factors go to `scales` [rows]. */
export function rmsRows(x: usize, h: usize, scales: usize, rows: i32, n: i32): void {
  const bytes = <usize>n << 2;
  for (let r = 0; r < rows; r++, x += bytes, h += bytes, scales += 4) {
    let squares = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const v = v128.load(x + i);
      squares = madd(squares, v, v);
    }
    const scale = <f32>1 / sqrt<f32>(sum4(squares) / <f32>n + <f32>1e-5);
    const s = f32x4.splat(scale);
    for (let i: usize = 0; i < bytes; i += 16) v128.store(h + i, f32x4.mul(v128.load(x + i), s));
    store<f32>(scales, scale);
  }
}

/** dx += scale · (dh − h · mean(dh·h)), row by row. */
export function rmsRowsBackward(h: usize, scales: usize, dh: usize, dx: usize, rows: i32, n: i32): void {
  const bytes = <usize>n << 2;
  for (let r = 0; r < rows; r++, h += bytes, dh += bytes, dx += bytes, scales += 4) {
    let dot = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) dot = madd(dot, v128.load(h + i), v128.load(dh + i));
    const mean = f32x4.splat(sum4(dot) / <f32>n);
    const s = f32x4.splat(load<f32>(scales));
    for (let i: usize = 0; i < bytes; i += 16) {
      const d = f32x4.sub(v128.load(dh + i), f32x4.mul(v128.load(h + i), mean));
      v128.store(dx + i, madd(v128.load(dx + i), s, d));
    }
  }
}

/** x = max(x, 0) over n numbers (multiple of 4). */
export function relu(x: usize, n: i32): void {
  for (const end = x + (<usize>n << 2); x < end; x += 16) v128.store(x, f32x4.pmax(v128.load(x), f32x4.splat(0)));
}

/** dx = 0 where y ≤ 0, over n numbers (multiple of 4). */
export function reluBackward(y: usize, dx: usize, n: i32): void {
  for (const end = y + (<usize>n << 2); y < end; y += 16, dx += 16)
    v128.store(dx, v128.and(v128.load(dx), f32x4.gt(v128.load(y), f32x4.splat(0))));
}

/** y += x over n numbers; vectors first, then the rest. */
export function addTo(y: usize, x: usize, n: i32): void {
  const end = y + (<usize>n << 2);
  for (const end4 = y + (<usize>(n & ~3) << 2); y < end4; y += 16, x += 16)
    v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  for (; y < end; y += 4, x += 4) store<f32>(y, load<f32>(y) + load<f32>(x));
}


/** One matrix of the model: where its numbers, its gradient and its panels lie. */
@unmanaged
export class Linear {
  w: usize;
  dw: usize;
  forward: usize;
  backward: usize;
  n: i32;
  k: i32;

  /** Panels from the present weights; a matrix whose input needs no gradient has no backward panels. */
  pack(): void {
    packForward(this.w, this.n, this.k, this.forward);
    if (this.backward) packBackward(this.w, this.n, this.k, this.backward);
  }
  /** Y[rows][ldy] = (Y +) X Wᵀ; ldy ≥ ceil8(n). */
  apply(x: usize, ldx: i32, y: usize, ldy: i32, rows: i32, accumulate: bool = false): void {
    multiply(x, ldx, this.forward, y, ldy, rows, ceil8(this.n), this.k, accumulate);
  }
  /** dX[rows][ldx] = (dX +) dY W. */
  applyBackward(dy: usize, ldy: i32, dx: usize, ldx: i32, rows: i32, accumulate: bool = false): void {
    multiply(dy, ldy, this.backward, dx, ldx, rows, this.k, this.n, accumulate);
  }
  /** dW += dYᵀ X. */
  addGradient(dy: usize, ldy: i32, x: usize, ldx: i32, rows: i32): void {
    outerProducts(dy, ldy, x, ldx, this.dw, rows, this.n, this.k);
  }
}

/** A matrix [n][k] whose numbers lie at `w` and whose gradient at `dw`. */
export function createLinear(w: usize, dw: usize, n: i32, k: i32, needsBackward: bool = true): Linear {
  const linear = changetype<Linear>(alloc(offsetof<Linear>()));
  linear.w = w;
  linear.dw = dw;
  linear.n = n;
  linear.k = k;
  linear.forward = alloc(<usize>(ceil8(n) * k) << 2);
  linear.backward = needsBackward ? alloc(<usize>(n * k) << 2) : 0;
  return linear;
}
