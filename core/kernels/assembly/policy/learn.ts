// A learner whose gradients others compute: adds them up and makes Adam's step. No model is here, only flat parameters in
// layout order, of which the first `learned` are learned. An instance of its own.
import { adamUpdate, gradientNorm } from './adam';
import { addTo } from './linalg';
import { alloc } from '../memory';

/** Addresses for the host; core/models/engines/wasm/learner.ts names them in this order. */
@unmanaged
class LearnerIo {
  /** [size] */
  params: usize;
  /** Sum of the gradients added so far, and the one to add next: [learned]. */
  grads: usize;
  part: usize;
  m: usize;
  v: usize;
}

let io: LearnerIo = changetype<LearnerIo>(0);
let count: i32 = 0;

/** Makes room; returns the address of the table of addresses. */
export function learner_create(size: i32, learned: i32): usize {
  io = changetype<LearnerIo>(alloc(offsetof<LearnerIo>()));
  count = learned;
  const bytes = <usize>learned << 2;
  io.params = alloc(<usize>size << 2);
  io.grads = alloc(bytes);
  io.part = alloc(bytes);
  io.m = alloc(bytes);
  io.v = alloc(bytes);
  return changetype<usize>(io);
}

/** grads += part. */
export function learner_add(): void {
  addTo(io.grads, io.part, count);
}

export function learner_gradient_norm(): f64 {
  return gradientNorm(io.grads, count);
}

/** Adam (see adam.ts for the numbers); zeroes the gradient. */
export function learner_adam(
  clip: f32,
  rate: f32,
  root: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
): void {
  adamUpdate(io.params, io.grads, io.m, io.v, count, clip, rate, root, beta1, rest1, beta2, rest2, epsilon);
}
