// Supervised fine-tuning: loss (engine.ts has its definition) and gradient of a batch, sequence by sequence.
import { addTo, ceil8, rmsRows, rmsRowsBackward } from './linalg';
import { exp1, sigmoid1 } from './math';
import {
  dHeadRow,
  dPrefixes,
  encoder,
  gpt,
  headRows,
  io,
  logits,
  observationSize,
  prefix,
  prefixes,
  SCALE_X,
  SCALE_Y,
  waypointCount,
  waypointHead,
  waypointRow,
} from './policy';
import { softmaxRow } from './softmax';

/**
 * Adds the losses' sums of `rows` sequences to io.losses and the gradient of the batch's loss to io.grads.
 * In: io.observations, io.tokens and io.numbers (weights) [rows × maxTokens], io.lengths, io.targets; io.dz where `withDz`. `weightSum` and
 * `batch` are the whole batch's, so a batch may come in several calls.
 */
export function policy_sft(
  rows: i32,
  maxTokens: i32,
  weightSum: f32,
  batch: i32,
  waypointWeight: f32,
  confidenceWeight: f32,
  withDz: i32,
): void {
  const P = prefix;
  const E = gpt.E;
  const bytes = <usize>E << 2;
  if (P) encoder.forward(io.observations, observationSize, prefixes, P * E, rows);
  for (let b = 0; b < rows; b++) {
    const tokens = io.tokens + (<usize>(b * maxTokens) << 2);
    const weights = io.numbers + (<usize>(b * maxTokens) << 2);
    const n = load<i32>(io.lengths + (<usize>b << 2));
    // Without a prefix token 0 is given and the last token is only a target.
    const inputs = P ? n : n - 1;
    const first = P ? 0 : 1;
    const length = P + inputs;
    if (length == 0) continue;
    const ownPrefix = <usize>(b * P) * bytes;
    for (let t = 0; t < P; t++) gpt.embed(t, prefixes + ownPrefix + <usize>t * bytes);
    for (let i = 0; i < inputs; i++)
      gpt.embed(P + i, gpt.wte + <usize>load<i32>(tokens + (<usize>i << 2)) * bytes);
    gpt.forward(length);
    const from = P ? P - 1 : 0;
    crossEntropy(from, n - first, length, tokens + (<usize>first << 2), weights + (<usize>first << 2), weightSum);
    if (P) planLoss(b, length - 1, batch, waypointWeight, confidenceWeight);
    if (withDz) hiddenGradient(b, length - 1);
    gpt.backward(length);
    for (let i = 0; i < inputs; i++) {
      const row = gpt.wte + <usize>load<i32>(tokens + (<usize>i << 2)) * bytes;
      addTo(row + gpt.toGradient, gpt.dE + <usize>(P + i) * bytes, E);
    }
    memory.copy(dPrefixes + ownPrefix, gpt.dE, <usize>P * bytes);
  }
  if (P) encoder.backward(io.observations, observationSize, dPrefixes, P * E, 0, rows);
}

/** Positions [from, from + count) predict `targets`; writes all of gpt.dx [length]. */
function crossEntropy(from: i32, count: i32, length: i32, targets: usize, weights: usize, weightSum: f32): void {
  const E = gpt.E;
  const V = gpt.V;
  const ld = ceil8(V);
  const bytes = <usize>E << 2;
  const x = gpt.x + <usize>from * bytes;
  const dx = gpt.dx + <usize>from * bytes;
  gpt.head.apply(x, E, logits, ld, count);
  for (let r = 0; r < count; r++) {
    const at = logits + (<usize>(r * ld) << 2);
    const target = at + (<usize>load<i32>(targets + (<usize>r << 2)) << 2);
    const weight = load<f32>(weights + (<usize>r << 2));
    const logit = load<f32>(target);
    const logSum = softmaxRow(at, V, <f32>1);
    if (weight != 0) store<f64>(io.losses, load<f64>(io.losses) + <f64>weight * (logSum - <f64>logit));
    const scale = weight == 0 ? <f32>0 : weight / weightSum;
    store<f32>(target, load<f32>(target) - <f32>1);
    for (let v = at, end = at + (<usize>ld << 2); v < end; v += 16)
      v128.store(v, f32x4.mul(v128.load(v), f32x4.splat(scale)));
  }
  gpt.head.addGradient(logits, ld, x, E, count);
  gpt.head.applyBackward(logits, ld, dx, E, count);
  memory.fill(gpt.dx, 0, <usize>from * bytes);
  memory.fill(dx + <usize>count * bytes, 0, <usize>(length - from - count) * bytes);
}

/** A gradient on z of sequence b that comes from elsewhere: adds to its last row of gpt.dx. */
function hiddenGradient(b: i32, last: i32): void {
  const E = gpt.E;
  const row = <usize>(last * E) << 2;
  rmsRows(gpt.x + row, io.z, gpt.rs, 1, E);
  rmsRowsBackward(io.z, gpt.rs, io.dz + (<usize>(b * E) << 2), gpt.dx + row, 1, E);
}

/** Waypoint and confidence loss of sequence b, read from its last position; adds to that row of gpt.dx. */
function planLoss(b: i32, last: i32, batch: i32, waypointWeight: f32, confidenceWeight: f32): void {
  const E = gpt.E;
  const row = <usize>(last * E) << 2;
  const z = io.z;
  rmsRows(gpt.x + row, z, gpt.rs, 1, E);
  waypointHead.forward(z, E, headRows, waypointRow, 1);
  let y = headRows;
  let d = dHeadRow;
  let target = io.targets + (<usize>(b * waypointCount) << 3);
  const count = <f32>(batch * waypointCount);
  let squares: f64 = 0;
  let confidence: f64 = 0;
  for (let i = 0; i < waypointCount; i++, y += 12, d += 12, target += 8) {
    const ex = load<f32>(y) - load<f32>(target) / SCALE_X;
    const ey = load<f32>(y, 4) - load<f32>(target, 4) / SCALE_Y;
    squares += <f64>(ex * ex + ey * ey);
    store<f32>(d, (waypointWeight * ex) / count);
    store<f32>(d, (waypointWeight * ey) / count, 4);
    const near = exp1(-sqrt<f32>(ex * ex * (SCALE_X * SCALE_X) + ey * ey * (SCALE_Y * SCALE_Y)));
    const logit = load<f32>(y, 8);
    confidence += <f64>(max<f32>(logit, 0) - logit * near) + Math.log(1 + <f64>exp1(-abs<f32>(logit)));
    store<f32>(d, (confidenceWeight * (sigmoid1(logit) - near)) / count, 8);
  }
  store<f64>(io.losses, load<f64>(io.losses, 8) + squares, 8);
  store<f64>(io.losses, load<f64>(io.losses, 16) + confidence, 16);
  waypointHead.backward(z, E, dHeadRow, waypointRow, gpt.dh, 1);
  rmsRowsBackward(z, gpt.rs, gpt.dh, gpt.dx + row, 1, E);
}
