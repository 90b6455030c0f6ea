// The RL heads alone, for PPO: residual mean and value of many rows of z, their gradients, and Adam on their stretch of
// the flat parameters ([imitationSize, size): residual w1 b1 w2 b2 log_std, value w1 b1 w2 b2). An instance of its own.
import { adamUpdate, gradientNorm } from './adam';
import { ceil4, ceil8 } from './linalg';
import { alloc } from '../memory';
import { createMlp, Mlp, mlpSize } from './mlp';

/** Addresses for the host; core/models/engines/wasm/heads.ts names them in this order. */
@unmanaged
class HeadsIo {
  size: i32;
  params: usize;
  grads: usize;
  m: usize;
  v: usize;
  /** [maxRows × width] */
  z: usize;
  /** Mean and its gradient, rows of ceil8(residualSize). */
  mean: usize;
  dMean: usize;
  /** Value and its gradient, rows of 8 of which the first counts. */
  value: usize;
  dValue: usize;
}

let io: HeadsIo = changetype<HeadsIo>(0);
let residual: Mlp = changetype<Mlp>(0);
let value: Mlp = changetype<Mlp>(0);
let width: i32 = 0;
let row: i32 = 0;

function numbers(count: i32): usize {
  return alloc(<usize>count << 2);
}

/** Builds the heads; returns the address of the table of addresses. */
export function heads_create(E: i32, hidden: i32, R: i32, maxRows: i32): usize {
  io = changetype<HeadsIo>(alloc(offsetof<HeadsIo>()));
  width = E;
  row = ceil8(R);
  const residualPart = mlpSize(E, hidden, R) + R;
  io.size = residualPart + mlpSize(E, hidden, 1);
  io.params = numbers(io.size);
  io.grads = numbers(io.size);
  io.m = numbers(io.size);
  io.v = numbers(io.size);
  const rows = ceil4(maxRows);
  io.z = numbers(rows * E);
  io.mean = numbers(rows * row);
  io.dMean = numbers(rows * row);
  io.value = numbers(rows * 8);
  io.dValue = numbers(rows * 8);
  const toGradient = io.grads - io.params;
  residual = createMlp(io.params, toGradient, E, hidden, R, true, rows, false);
  value = createMlp(io.params + (<usize>residualPart << 2), toGradient, E, hidden, 1, true, rows, false);
  return changetype<usize>(io);
}

/** Call after every change of the parameters from outside. */
export function heads_pack(): void {
  residual.pack();
  value.pack();
}

/** z [rows] → mean, value. */
export function heads_forward(rows: i32): void {
  residual.forward(io.z, width, io.mean, row, rows);
  value.forward(io.z, width, io.value, 8, rows);
}

/** Adds the gradients of dMean and dValue; follows heads_forward of the same rows. The host adds log_std's itself. */
export function heads_backward(rows: i32): void {
  residual.backward(io.z, width, io.dMean, row, 0, rows);
  value.backward(io.z, width, io.dValue, 8, 0, rows);
}

export function heads_gradient_norm(): f64 {
  return gradientNorm(io.grads, io.size);
}

/** Adam (see adam.ts for the numbers); zeroes the gradient. */
export function heads_adam(
  clip: f32,
  rate: f32,
  root: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
): void {
  adamUpdate(io.params, io.grads, io.m, io.v, io.size, clip, rate, root, beta1, rest1, beta2, rest2, epsilon);
  heads_pack();
}
