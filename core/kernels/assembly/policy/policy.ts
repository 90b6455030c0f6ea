// The whole policy in one module instance: memory, parameters, heads and optimiser. sft.ts trains it,
// generate.ts writes traces with it. Parameters lie in the order of core/models/config.ts.
import { adamUpdate, gradientNorm } from './adam';
import { createGpt, Gpt, gptSize } from './gpt';
import { ceil4, ceil8 } from './linalg';
import { sigmoid1 } from './math';
import { alloc } from '../memory';
import { createMlp, Mlp, mlpSize } from './mlp';

/** Addresses the host reads and writes; core/models/engines/wasm/policy.ts names them in this order. */
@unmanaged
export class Io {
  size: i32;
  imitationSize: i32;
  params: usize;
  grads: usize;
  m: usize;
  v: usize;
  /** [maxBatch × observationSize] */
  observations: usize;
  /** [maxBatch × (context + 1)]: tokens in (training) or out (generation). */
  tokens: usize;
  lengths: usize;
  /** [maxBatch × (context + 1)]: weights of tokens in training, uniforms in generation. */
  numbers: usize;
  forced: usize;
  forcedLengths: usize;
  logProbs: usize;
  /** [maxBatch × width] */
  z: usize;
  /** Targets [maxBatch × waypoints × 2]. */
  targets: usize;
  /** [maxBatch × waypoints × 3], packed. */
  waypoints: usize;
  /** [maxBatch × residualSize], packed, and [maxBatch]. */
  residual: usize;
  value: usize;
  /** float64 × 3: sums of the token, waypoint and confidence losses. */
  losses: usize;
  /** [vocabSize] of row 0 after policy_next. */
  logits: usize;
  /** Training: gradient on z from elsewhere, [maxBatch × width]. */
  dz: usize;
}

export let io: Io = changetype<Io>(0);
export let gpt: Gpt = changetype<Gpt>(0);
export let encoder: Mlp = changetype<Mlp>(0);
export let waypointHead: Mlp = changetype<Mlp>(0);
let residualHead: Mlp = changetype<Mlp>(0);
let valueHead: Mlp = changetype<Mlp>(0);

export let prefix: i32 = 0;
export let observationSize: i32 = 0;
export let waypointCount: i32 = 0;
let residualSize: i32 = 0;
/** Row length of the waypoint head's output. */
export let waypointRow: i32 = 0;
/** [rows × prefix·width] and its gradient. */
export let prefixes: usize = 0;
export let dPrefixes: usize = 0;
/** Raw head outputs, [rows × waypointRow] or 8 a row, and the gradient of one row. */
export let headRows: usize = 0;
export let dHeadRow: usize = 0;
/** Logits of one sequence or one generation step, rows of ceil8(vocabSize). */
export let logits: usize = 0;
/** Generation: which cache each active row has, and the distribution of the row at hand. */
export let slots: usize = 0;
export let probabilities: usize = 0;

function numbers(count: i32): usize {
  return alloc(<usize>count << 2);
}

/** Builds the model; returns the address of the Io table. Call once in an instance. */
export function policy_create(
  V: i32,
  layers: i32,
  E: i32,
  H: i32,
  T: i32,
  P: i32,
  observation: i32,
  encoderHidden: i32,
  W: i32,
  waypointHidden: i32,
  R: i32,
  residualHidden: i32,
  maxBatch: i32,
): usize {
  io = changetype<Io>(alloc(offsetof<Io>()));
  prefix = P;
  observationSize = observation;
  waypointCount = W;
  residualSize = R;
  waypointRow = ceil8(W * 3);
  const language = gptSize(V, E, T, layers);
  const encoderSize = P ? mlpSize(observation, encoderHidden, P * E) : 0;
  const waypointSize = P ? mlpSize(E, waypointHidden, W * 3) : 0;
  const residualPart = P ? mlpSize(E, residualHidden, R) + R : 0;
  const valueSize = P ? mlpSize(E, residualHidden, 1) : 0;
  io.imitationSize = language + encoderSize + waypointSize;
  io.size = io.imitationSize + residualPart + valueSize;
  io.params = numbers(io.size);
  io.grads = numbers(io.size);
  io.m = numbers(io.imitationSize);
  io.v = numbers(io.imitationSize);
  const rows = ceil4(maxBatch);
  io.observations = numbers(rows * observation);
  io.tokens = numbers(rows * (T + 1));
  io.lengths = numbers(rows);
  io.numbers = numbers(rows * (T + 1));
  io.forced = numbers(rows * T);
  io.forcedLengths = numbers(rows);
  io.logProbs = numbers(rows * T);
  io.z = numbers(rows * E);
  io.targets = numbers(rows * W * 2);
  io.waypoints = numbers(rows * W * 3);
  io.residual = numbers(rows * R);
  io.value = numbers(rows);
  io.losses = alloc(24);
  io.dz = numbers(rows * E);
  const toGradient = io.grads - io.params;
  gpt = createGpt(io.params, toGradient, V, E, T, layers, H, maxBatch);
  logits = numbers(max(rows, ceil4(T) + 4) * ceil8(V));
  io.logits = logits;
  slots = numbers(rows);
  probabilities = numbers(ceil8(V));
  if (P) {
    let at = io.params + (<usize>language << 2);
    encoder = createMlp(at, toGradient, observation, encoderHidden, P * E, false, rows, false);
    at += <usize>encoderSize << 2;
    waypointHead = createMlp(at, toGradient, E, waypointHidden, W * 3, false, rows, true);
    at += <usize>waypointSize << 2;
    residualHead = createMlp(at, toGradient, E, residualHidden, R, true, rows, false);
    at += <usize>residualPart << 2;
    valueHead = createMlp(at, toGradient, E, residualHidden, 1, true, rows, false);
    prefixes = numbers(rows * P * E);
    dPrefixes = numbers(rows * P * E);
    headRows = numbers(rows * max(waypointRow, ceil8(R)));
    dHeadRow = numbers(4 * waypointRow);
  }
  return changetype<usize>(io);
}

/** Makes the products see the present parameters; call after every change of them. */
export function policy_pack(): void {
  gpt.pack();
  if (!prefix) return;
  encoder.pack();
  waypointHead.pack();
  residualHead.pack();
  valueHead.pack();
}

/** Waypoint units of the heads: WAYPOINT_SCALE_X and _Y of core/models/config.ts, m. */
export const SCALE_X: f32 = 20;
export const SCALE_Y: f32 = 4;

/** io.z [rows] → io.waypoints (metres, confidence 0..1), io.residual, io.value. */
export function policy_heads(rows: i32): void {
  const E = gpt.E;
  waypointHead.forward(io.z, E, headRows, waypointRow, rows);
  let out = io.waypoints;
  for (let r = 0; r < rows; r++) {
    let y = headRows + (<usize>(r * waypointRow) << 2);
    for (let i = 0; i < waypointCount; i++, y += 12, out += 12) {
      store<f32>(out, load<f32>(y) * SCALE_X);
      store<f32>(out, load<f32>(y, 4) * SCALE_Y, 4);
      store<f32>(out, sigmoid1(load<f32>(y, 8)), 8);
    }
  }
  const ld = ceil8(residualSize);
  residualHead.forward(io.z, E, headRows, ld, rows);
  for (let r = 0; r < rows; r++)
    memory.copy(
      io.residual + (<usize>(r * residualSize) << 2),
      headRows + (<usize>(r * ld) << 2),
      <usize>residualSize << 2,
    );
  valueHead.forward(io.z, E, headRows, 8, rows);
  for (let r = 0; r < rows; r++) store<f32>(io.value + (<usize>r << 2), load<f32>(headRows + (<usize>r << 5)));
}

/** Norm of the imitation model's gradient. */
export function policy_gradient_norm(): f64 {
  return gradientNorm(io.grads, io.imitationSize);
}

/** Adam on the imitation model (see adam.ts for the numbers); zeroes its gradient. policy_pack must follow. */
export function policy_adam(
  clip: f32,
  rate: f32,
  root: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
): void {
  const n = io.imitationSize;
  adamUpdate(io.params, io.grads, io.m, io.v, n, clip, rate, root, beta1, rest1, beta2, rest2, epsilon);
}
