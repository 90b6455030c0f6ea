/**
 * The few operations on vectors that every part of the policy is made of, with their derivatives, in plain loops.
 *
 * Generic over Float32Array and Float64Array: in float64 they are the oracle that the hand-written kernels are compared
 * with. Matrices are [rows = out][cols = in], row-major, addressed as (array, offset) so that one flat parameter array
 * serves. Backward functions add to their outputs.
 */
export type Floats = Float32Array | Float64Array;

/** y = W x. */
export function matVec(
  w: Floats,
  wAt: number,
  rows: number,
  cols: number,
  x: Floats,
  xAt: number,
  y: Floats,
  yAt: number,
): void {
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    const row = wAt + i * cols;
    for (let j = 0; j < cols; j++) sum += w[row + j] * x[xAt + j];
    y[yAt + i] = sum;
  }
}

/** Derivative of y = W x: dW += dy xᵀ, dx += Wᵀ dy (dx may be left out). `dw` has the layout of `w`. */
export function matVecBackward(
  w: Floats,
  dw: Floats,
  wAt: number,
  rows: number,
  cols: number,
  x: Floats,
  xAt: number,
  dy: Floats,
  dyAt: number,
  dx?: Floats,
  dxAt = 0,
): void {
  for (let i = 0; i < rows; i++) {
    const d = dy[dyAt + i];
    if (d === 0) continue;
    const row = wAt + i * cols;
    for (let j = 0; j < cols; j++) dw[row + j] += d * x[xAt + j];
    if (dx) for (let j = 0; j < cols; j++) dx[dxAt + j] += d * w[row + j];
  }
}

/** h = x · (mean(x²) + 1e-5)^-½, microgpt's norm: no gain, no mean subtraction. Returns the factor. */
export function rmsNorm(x: Floats, xAt: number, n: number, h: Floats, hAt: number): number {
  let squares = 0;
  for (let i = 0; i < n; i++) squares += x[xAt + i] * x[xAt + i];
  const scale = (squares / n + 1e-5) ** -0.5;
  for (let i = 0; i < n; i++) h[hAt + i] = x[xAt + i] * scale;
  return scale;
}

/** dx += scale · (dh − h · mean(dh·h)). */
export function rmsNormBackward(
  h: Floats,
  hAt: number,
  scale: number,
  dh: Floats,
  dhAt: number,
  n: number,
  dx: Floats,
  dxAt: number,
): void {
  let dot = 0;
  for (let i = 0; i < n; i++) dot += dh[dhAt + i] * h[hAt + i];
  dot /= n;
  for (let i = 0; i < n; i++) dx[dxAt + i] += scale * (dh[dhAt + i] - h[hAt + i] * dot);
}

/** In place: x[at .. at+n) becomes softmax(x / temperature); returns log Σ exp(x / temperature) of what it replaced. */
export function softmax(x: Floats, at: number, n: number, temperature = 1): number {
  let max = -Infinity;
  for (let i = 0; i < n; i++) max = Math.max(max, x[at + i]);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    x[at + i] = Math.exp((x[at + i] - max) / temperature);
    sum += x[at + i];
  }
  for (let i = 0; i < n; i++) x[at + i] /= sum;
  return max / temperature + Math.log(sum);
}
