// Writing traces: a batch of sequences decoded together with a key/value cache. Rows that have ended are taken out of the
// batch, so they cost nothing; caches stay where they are and rows find them by slot.
import { ceil8, rmsRows } from './linalg';
import { encoder, gpt, io, logits, observationSize, prefix, prefixes, probabilities, slots } from './policy';
import { highest, logSumExp, softmaxRow } from './softmax';

/**
 * In: io.observations, io.numbers (uniforms), io.forced, io.forcedLengths (all zero when nothing is forced).
 * Out: io.tokens, io.lengths, io.logProbs [rows × maxTokens], io.z. The request's meaning is in engine.ts.
 */
export function policy_generate(rows: i32, maxTokens: i32, endToken: i32, temperature: f32): void {
  const E = gpt.E;
  const bytes = <usize>E << 2;
  for (let r = 0; r < rows; r++) store<i32>(slots + (<usize>r << 2), r);
  if (prefix) encoder.forward(io.observations, observationSize, prefixes, prefix * E, rows);
  for (let t = 0; t < prefix; t++) {
    for (let r = 0; r < rows; r++)
      memory.copy(gpt.rx + <usize>r * bytes, prefixes + <usize>(r * prefix + t) * bytes, bytes);
    gpt.decode(rows, slots, t);
  }
  let active = rows;
  for (let i = 0; active > 0; i++) {
    const predicted = prefix + i > 0;
    if (predicted) gpt.head.apply(gpt.rx, E, logits, ceil8(gpt.V), active);
    for (let r = 0; r < active; r++) {
      const at = <usize>(load<i32>(slots + (<usize>r << 2)) * maxTokens + i) << 2;
      const token = chooseToken(r, i, at, temperature, predicted);
      store<i32>(io.tokens + at, token);
      memory.copy(gpt.rx + <usize>r * bytes, gpt.wte + <usize>token * bytes, bytes);
    }
    gpt.decode(active, slots, prefix + i);
    let kept = 0;
    for (let r = 0; r < active; r++) {
      const slot = load<i32>(slots + (<usize>r << 2));
      const token = load<i32>(io.tokens + (<usize>(slot * maxTokens + i) << 2));
      const x = gpt.rx + <usize>r * bytes;
      if (token == endToken || i + 1 == maxTokens) {
        store<i32>(io.lengths + (<usize>slot << 2), i + 1);
        rmsRows(x, io.z + <usize>slot * bytes, gpt.rs, 1, E);
      } else {
        store<i32>(slots + (<usize>kept << 2), slot);
        if (kept != r) memory.copy(gpt.rx + <usize>kept * bytes, x, bytes);
        kept++;
      }
    }
    active = kept;
  }
}

/** Logits [vocabSize] after `token` at position `t` of one sequence, in io.logits; positions 0..t-1 came before. */
export function policy_next(token: i32, t: i32): void {
  store<i32>(slots, 0);
  const bytes = <usize>gpt.E << 2;
  memory.copy(gpt.rx, gpt.wte + <usize>token * bytes, bytes);
  gpt.decode(1, slots, t);
  gpt.head.apply(gpt.rx, gpt.E, logits, ceil8(gpt.V), 1);
}

/** Token i of active row r, and its log-probability at io.logProbs + at. */
function chooseToken(r: i32, i: i32, at: usize, temperature: f32, predicted: bool): i32 {
  const V = gpt.V;
  const row = logits + (<usize>(r * ceil8(V)) << 2);
  const slot = load<i32>(slots + (<usize>r << 2));
  const forced = i < load<i32>(io.forcedLengths + (<usize>slot << 2));
  if (!predicted) {
    store<f32>(io.logProbs + at, 0);
    return load<i32>(io.forced + at);
  }
  const high = highest(row, V);
  let token = 0;
  if (forced) token = load<i32>(io.forced + at);
  else if (temperature == 0) token = firstOf(row, V, high);
  else {
    memory.copy(probabilities, row, <usize>V << 2);
    softmaxRow(probabilities, V, temperature);
    token = sample(probabilities, V, load<f32>(io.numbers + at));
  }
  const logit = <f64>load<f32>(row + (<usize>token << 2));
  store<f32>(io.logProbs + at, <f32>(logit - logSumExp(row, V, high)));
  return token;
}

/** First index whose cumulative probability exceeds `uniform`; rounding aside there always is one. */
function sample(p: usize, n: i32, uniform: f32): i32 {
  let cumulative: f64 = 0;
  let last = 0;
  for (let i = 0; i < n; i++) {
    const probability = load<f32>(p + (<usize>i << 2));
    cumulative += <f64>probability;
    if (cumulative > <f64>uniform) return i;
    if (probability > 0) last = i;
  }
  return last;
}

/** Index of the first number that equals `high`, which is one of them; 0 when none does (NaN). */
function firstOf(x: usize, n: i32, high: f32): i32 {
  for (let i = 0; i < n; i++) if (load<f32>(x + (<usize>i << 2)) == high) return i;
  return 0;
}
