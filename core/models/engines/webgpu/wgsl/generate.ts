/**
 * Batched trace generation in one dispatch: encoder, prefix, and the whole KV-cached decode loop with the choice of every token.
 *
 * A workgroup of `width` threads carries four rows, one in each component of a vec4; thread c owns channel c of the residual
 * stream. RMSNorm has no gain, so its scale is a factor of the matrix product: each thread sums the squares in the loop that
 * multiplies, and no reduction or barrier is needed for it. Barriers stand in uniform control flow only: the loop's bound is
 * uniform and its early exit goes through `workgroupUniformLoad`.
 *
 * Position p holds prefix p (p < PREFIX) or token p − PREFIX; the state at PREFIX − 1 + i chooses token i, and the state at
 * PREFIX − 1 + n, the row's last token, is z. Rows beyond the batch have length 0 from the start and write nothing.
 */
import type { PolicyConfig } from '../../../config.ts';
import { shapeConstants } from './shape.ts';

export function generateShader(config: PolicyConfig): string {
  return /* wgsl */ `${shapeConstants(config)}
const OPEN = 0x7fffffff; // length of a row still being written

struct Call {
  batch: u32,
  maxTokens: u32,
  endToken: i32,
  ticket: u32,
  temperature: f32,
  forced: u32, // 1: the input holds forced tokens and their lengths
}

@group(0) @binding(0) var<storage, read> params: array<f32>;
// observations [batch][OBSERVATION], uniforms [batch][maxTokens], forced [batch][maxTokens], forced lengths [batch]
@group(0) @binding(1) var<storage, read> input: array<u32>;
// per workgroup: prefix [PREFIX][E], then per layer keys [E][positions] and values [positions][E]
@group(0) @binding(2) var<storage, read_write> cache: array<vec4f>;
// tokens [batch][maxTokens], log-probabilities [batch][maxTokens], z [batch][E], lengths [batch], ticket per workgroup
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
@group(0) @binding(4) var<uniform> call: Call;

var<workgroup> stream: array<vec4f, E>;     // residual stream x
var<workgroup> query: array<vec4f, E>;      // query, then attention output
var<workgroup> embedded: array<vec4f, E>;   // wte + wpe before its norm
var<workgroup> scratch: array<vec4f, SCRATCH>;
var<workgroup> token: array<i32, 4>;        // token written last, per row
var<workgroup> lengths: array<i32, 4>;

fn rmsScale(squares: vec4f) -> vec4f { return inverseSqrt(squares / f32(E) + 1e-5); }

fn log1p(x: f32) -> f32 { return select(log(1.0 + x), x * (1.0 - x * (0.5 - x * (1.0 / 3.0 - x * 0.25))), x < 0.02); }

fn forcedAt() -> u32 {
  return call.batch * (OBSERVATION + select(0u, call.maxTokens, call.temperature > 0.0));
}

/** Token i of row component r is written: the row ends with the end token or when it is full. */
fn record(row: u32, r: u32, i: u32, chosen: u32, logProb: f32) {
  let at = row * call.maxTokens + i;
  output[at] = chosen;
  output[call.batch * call.maxTokens + at] = bitcast<u32>(logProb);
  token[r] = i32(chosen);
  if (i32(chosen) == call.endToken || i + 1u == call.maxTokens) { lengths[r] = i32(i) + 1; }
}

/** Chooses token i of row component r from the logits in scratch. */
fn choose(row: u32, r: u32, i: u32) {
  var best = 0u;
  for (var v = 1u; v < VOCAB; v++) { if (scratch[v][r] > scratch[best][r]) { best = v; } }
  let top = scratch[best][r];
  var rest = 0.0; // of the softmax's denominator, without its largest term 1
  var heated = 0.0;
  for (var v = 0u; v < VOCAB; v++) {
    let below = scratch[v][r] - top;
    if (v != best) { rest += exp(below); }
    if (call.temperature > 0.0) { heated += exp(below / call.temperature); }
  }
  var chosen = best;
  let at = row * call.maxTokens + i;
  if (call.temperature > 0.0) {
    let goal = bitcast<f32>(input[call.batch * OBSERVATION + at]) * heated;
    var sum = 0.0;
    chosen = VOCAB - 1u;
    for (var v = 0u; v < VOCAB; v++) {
      sum += exp((scratch[v][r] - top) / call.temperature);
      if (sum > goal) { chosen = v; break; }
    }
  }
  if (call.forced == 1u && i < input[forcedAt() + call.batch * call.maxTokens + row]) { chosen = input[forcedAt() + at]; }
  record(row, r, i, chosen, scratch[chosen][r] - top - log1p(rest));
}

@compute @workgroup_size(E)
fn generate(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let c = local.x;
  let firstRow = workgroup.x * 4u;
  let positions = PREFIX + call.maxTokens;
  let prefixAt = workgroup.x * (PREFIX + LAYERS * 2u * positions) * E;
  let cacheAt = prefixAt + PREFIX * E;

  if (c < 4u) {
    lengths[c] = select(0, OPEN, firstRow + c < call.batch);
    token[c] = 0;
    // Nothing predicts the first token of a plain language model: it is given.
    if (PREFIX == 0u && firstRow + c < call.batch) {
      record(firstRow + c, c, 0u, input[forcedAt() + (firstRow + c) * call.maxTokens], 0.0);
    }
  }
  // Encoder: observation → hidden → prefix embeddings. Thread c writes and later reads channel c of each prefix position.
  for (var i = c; i < OBSERVATION; i += E) {
    var x = vec4f(0.0);
    for (var r = 0u; r < 4u; r++) {
      if (firstRow + r < call.batch) { x[r] = bitcast<f32>(input[(firstRow + r) * OBSERVATION + i]); }
    }
    scratch[i] = x;
  }
  workgroupBarrier();
  for (var o = c; o < ENCODER; o += E) {
    var sum = vec4f(params[AT_ENCODER_B1 + o]);
    for (var i = 0u; i < OBSERVATION; i++) { sum += params[AT_ENCODER_W1 + i * ENCODER + o] * scratch[i]; }
    scratch[OBSERVATION + o] = max(sum, vec4f(0.0));
  }
  workgroupBarrier();
  for (var o = c; o < PREFIX * E; o += E) {
    var sum = vec4f(params[AT_ENCODER_B2 + o]);
    for (var i = 0u; i < ENCODER; i++) { sum += params[AT_ENCODER_W2 + i * PREFIX * E + o] * scratch[OBSERVATION + i]; }
    cache[prefixAt + o] = sum;
  }
  workgroupBarrier();

  // The decode loop. Its bound is uniform.
  for (var p = 0u; p < positions; p++) {
    var e = vec4f(params[AT_WPE + p * E + c]);
    if (p < PREFIX) {
      e += cache[prefixAt + p * E + c];
    } else {
      for (var r = 0u; r < 4u; r++) { e[r] += params[AT_WTE + u32(token[r]) * E + c]; }
    }
    embedded[c] = e;
    workgroupBarrier();
    var squares = vec4f(0.0);
    for (var i = 0u; i < E; i++) { squares += embedded[i] * embedded[i]; }
    var x = e * rmsScale(squares); // channel c of the residual stream
    stream[c] = x;
    workgroupBarrier();

    for (var layer = 0u; layer < LAYERS; layer++) {
      let wq = AT_LAYERS + layer * 12u * E * E + c;
      let keys = cacheAt + layer * 2u * positions * E;
      let values = keys + positions * E;

      var q = vec4f(0.0);
      var k = vec4f(0.0);
      var v = vec4f(0.0);
      squares = vec4f(0.0);
      for (var i = 0u; i < E; i++) {
        let h = stream[i];
        squares += h * h;
        q += params[wq + i * E] * h;
        k += params[wq + E * E + i * E] * h;
        v += params[wq + 2u * E * E + i * E] * h;
      }
      let scale = rmsScale(squares);
      query[c] = q * scale * inverseSqrt(f32(HEAD));
      cache[keys + c * positions + p] = k * scale;
      cache[values + p * E + c] = v * scale;
      storageBarrier();
      workgroupBarrier();

      for (var t = c; t < HEADS * (p + 1u); t += E) {
        let head = t / (p + 1u);
        let u = t % (p + 1u);
        var score = vec4f(0.0);
        for (var d = head * HEAD; d < (head + 1u) * HEAD; d++) { score += query[d] * cache[keys + d * positions + u]; }
        scratch[head * CONTEXT + u] = score;
      }
      workgroupBarrier();

      let scores = (c / HEAD) * CONTEXT;
      var top = scratch[scores];
      for (var u = 1u; u <= p; u++) { top = max(top, scratch[scores + u]); }
      var total = vec4f(0.0);
      var mixed = vec4f(0.0);
      for (var u = 0u; u <= p; u++) {
        let weight = exp(scratch[scores + u] - top);
        total += weight;
        mixed += weight * cache[values + u * E + c];
      }
      query[c] = mixed / total;
      workgroupBarrier();

      for (var i = 0u; i < E; i++) { x += params[wq + 3u * E * E + i * E] * query[i]; }
      stream[c] = x;
      workgroupBarrier();

      let fc1 = wq + 4u * E * E;
      var h0 = vec4f(0.0);
      var h1 = vec4f(0.0);
      var h2 = vec4f(0.0);
      var h3 = vec4f(0.0);
      squares = vec4f(0.0);
      for (var i = 0u; i < E; i++) {
        let h = stream[i];
        let w = fc1 + i * 4u * E;
        squares += h * h;
        h0 += params[w] * h;
        h1 += params[w + E] * h;
        h2 += params[w + 2u * E] * h;
        h3 += params[w + 3u * E] * h;
      }
      let mlpScale = rmsScale(squares); // > 0, so it may be taken inside the ReLU
      scratch[c] = max(h0, vec4f(0.0)) * mlpScale;
      scratch[E + c] = max(h1, vec4f(0.0)) * mlpScale;
      scratch[2u * E + c] = max(h2, vec4f(0.0)) * mlpScale;
      scratch[3u * E + c] = max(h3, vec4f(0.0)) * mlpScale;
      workgroupBarrier();

      for (var i = 0u; i < 4u * E; i++) { x += params[wq + 8u * E * E + i * E] * scratch[i]; }
      stream[c] = x;
      workgroupBarrier();
    }

    if (p + 1u >= PREFIX) {
      let i = p + 1u - PREFIX;
      let before = workgroupUniformLoad(&lengths);
      let ending = vec4<bool>(before[0] == i32(i), before[1] == i32(i), before[2] == i32(i), before[3] == i32(i));
      if (any(ending)) {
        squares = vec4f(0.0);
        for (var j = 0u; j < E; j++) { squares += stream[j] * stream[j]; }
        let z = x * rmsScale(squares);
        for (var r = 0u; r < 4u; r++) {
          if (ending[r] && firstRow + r < call.batch) {
            output[call.batch * 2u * call.maxTokens + (firstRow + r) * E + c] = bitcast<u32>(z[r]);
          }
        }
      }
      if (max(max(before[0], before[1]), max(before[2], before[3])) <= i32(i)) { break; }
      for (var o = c; o < VOCAB; o += E) {
        var logit = vec4f(0.0);
        for (var j = 0u; j < E; j++) { logit += params[AT_LM_HEAD + j * VOCAB + o] * stream[j]; }
        scratch[o] = logit;
      }
      workgroupBarrier();
      if (c < 4u && lengths[c] == OPEN) { choose(firstRow + c, c, i); }
      workgroupBarrier();
    }
  }
  let lengthsAt = call.batch * (2u * call.maxTokens + E);
  if (c < 4u && firstRow + c < call.batch) { output[lengthsAt + firstRow + c] = u32(lengths[c]); }
  if (c == 0u) { output[lengthsAt + call.batch + workgroup.x] = call.ticket; }
}
`;
}
