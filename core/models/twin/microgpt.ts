/**
 * Karpathy's microgpt, forward and backward, in plain TypeScript: RMSNorm without gain, no biases, ReLU MLP ×4, learned
 * positions, untied head, no final norm, and an extra norm straight after the embedding.
 *
 * It runs position by position with a growing key/value cache, in training as in generation (so causality needs no mask,
 * and cached decoding is the full forward). Everything a position computes stays in `Activations`: the backward pass reads
 * it, and so does the debugger. In float64 it reproduces the reference implementation to 1e-12.
 */
import { type ParameterLayout, type PolicyConfig, parameterLayout } from '../config.ts';
import { type Floats, matVec, matVecBackward, rmsNorm, rmsNormBackward, softmax } from './linear.ts';

export interface Microgpt {
  readonly config: PolicyConfig;
  readonly layout: ParameterLayout;
  readonly wte: number;
  readonly wpe: number;
  readonly lmHead: number;
  readonly layers: readonly {
    readonly wq: number;
    readonly wk: number;
    readonly wv: number;
    readonly wo: number;
    readonly fc1: number;
    readonly fc2: number;
  }[];
}

/** Where the parts of the language model lie in the flat parameters. */
export function microgptOf(config: PolicyConfig): Microgpt {
  const layout = parameterLayout(config);
  const at = (name: string) => layout.byName.get(name)?.offset as number;
  return {
    config,
    layout,
    wte: at('wte'),
    wpe: at('wpe'),
    lmHead: at('lm_head'),
    layers: Array.from({ length: config.layers }, (_, i) => ({
      wq: at(`layer${i}.attn_wq`),
      wk: at(`layer${i}.attn_wk`),
      wv: at(`layer${i}.attn_wv`),
      wo: at(`layer${i}.attn_wo`),
      fc1: at(`layer${i}.mlp_fc1`),
      fc2: at(`layer${i}.mlp_fc2`),
    })),
  };
}

/** What one layer computed; one row of `width` a position unless said otherwise. */
export interface LayerActivations {
  /** Normalised input of attention, and the norm's factor [positions]. */
  readonly h1: Floats;
  readonly s1: Floats;
  readonly q: Floats;
  readonly k: Floats;
  readonly v: Floats;
  /** Attention weights, [positions × heads × positions]; zero for positions in the future. */
  readonly attention: Floats;
  /** Heads' outputs side by side. */
  readonly o: Floats;
  /** Normalised input of the MLP, and the norm's factor [positions]. */
  readonly h2: Floats;
  readonly s2: Floats;
  /** After ReLU, [positions × 4·width]. */
  readonly m: Floats;
}

export interface Activations {
  readonly positions: number;
  /** x after the embedding's norm, and the norm's factor [positions]. */
  readonly x0: Floats;
  readonly s0: Floats;
  readonly layers: readonly LayerActivations[];
  /** Residual stream after the last layer. */
  readonly x: Floats;
}

/** Room for a sequence of up to `positions`. */
export function createActivations(
  config: PolicyConfig,
  positions: number,
  make: (n: number) => Floats = (n) => new Float64Array(n),
): Activations {
  const rows = () => make(positions * config.width);
  return {
    positions,
    x0: rows(),
    s0: make(positions),
    layers: Array.from({ length: config.layers }, () => ({
      h1: rows(),
      s1: make(positions),
      q: rows(),
      k: rows(),
      v: rows(),
      attention: make(positions * config.heads * positions),
      o: rows(),
      h2: rows(),
      s2: make(positions),
      m: make(positions * 4 * config.width),
    })),
    x: rows(),
  };
}

/** Runs position `t`, reading and extending the cache in `act`; `input` [width] is the embedding before wpe is added. */
export function forwardPosition(gpt: Microgpt, p: Floats, act: Activations, t: number, input: Floats, inputAt: number) {
  const { width: E, heads: H } = gpt.config;
  const D = E / H;
  const row = t * E;
  const sum = new Float64Array(E);
  for (let i = 0; i < E; i++) sum[i] = input[inputAt + i] + p[gpt.wpe + row + i];
  act.s0[t] = rmsNorm(sum, 0, E, act.x0, row);
  const x = act.x0.slice(row, row + E);
  const add = new Float64Array(E);
  gpt.layers.forEach((w, index) => {
    const a = act.layers[index];
    a.s1[t] = rmsNorm(x, 0, E, a.h1, row);
    matVec(p, w.wq, E, E, a.h1, row, a.q, row);
    matVec(p, w.wk, E, E, a.h1, row, a.k, row);
    matVec(p, w.wv, E, E, a.h1, row, a.v, row);
    for (let h = 0; h < H; h++) {
      const at = (t * H + h) * act.positions;
      for (let u = 0; u <= t; u++) {
        let dot = 0;
        for (let d = h * D; d < (h + 1) * D; d++) dot += a.q[row + d] * a.k[u * E + d];
        a.attention[at + u] = dot / Math.sqrt(D);
      }
      softmax(a.attention, at, t + 1);
      for (let d = h * D; d < (h + 1) * D; d++) {
        let value = 0;
        for (let u = 0; u <= t; u++) value += a.attention[at + u] * a.v[u * E + d];
        a.o[row + d] = value;
      }
    }
    matVec(p, w.wo, E, E, a.o, row, add, 0);
    for (let i = 0; i < E; i++) x[i] += add[i];
    a.s2[t] = rmsNorm(x, 0, E, a.h2, row);
    matVec(p, w.fc1, 4 * E, E, a.h2, row, a.m, 4 * row);
    for (let i = 0; i < 4 * E; i++) a.m[4 * row + i] = Math.max(0, a.m[4 * row + i]);
    matVec(p, w.fc2, E, 4 * E, a.m, 4 * row, add, 0);
    for (let i = 0; i < E; i++) x[i] += add[i];
  });
  act.x.set(x, row);
}

/** Logits [vocabSize] of the token after position `t`. */
export function logitsAt(gpt: Microgpt, p: Floats, act: Activations, t: number, out: Floats, outAt = 0): void {
  matVec(p, gpt.lmHead, gpt.config.vocabSize, gpt.config.width, act.x, t * gpt.config.width, out, outAt);
}

/**
 * Backward pass of the first `length` positions. `dx` [length × width] is the loss's gradient on `act.x` and is used up;
 * `grads` (layout of `p`) is added to, except for the input embeddings: their gradient is what `dx` holds afterwards.
 */
export function backwardPositions(
  gpt: Microgpt,
  p: Floats,
  grads: Floats,
  act: Activations,
  length: number,
  dx: Floats,
) {
  const { width: E, heads: H } = gpt.config;
  for (let index = gpt.layers.length - 1; index >= 0; index--) {
    const w = gpt.layers[index];
    const a = act.layers[index];
    const dq = new Float64Array(length * E);
    const dk = new Float64Array(length * E);
    const dv = new Float64Array(length * E);
    for (let t = length - 1; t >= 0; t--) {
      const row = t * E;
      const dm = new Float64Array(4 * E);
      const dh = new Float64Array(E);
      matVecBackward(p, grads, w.fc2, E, 4 * E, a.m, 4 * row, dx, row, dm);
      for (let i = 0; i < 4 * E; i++) if (a.m[4 * row + i] <= 0) dm[i] = 0;
      matVecBackward(p, grads, w.fc1, 4 * E, E, a.h2, row, dm, 0, dh);
      rmsNormBackward(a.h2, row, a.s2[t], dh, 0, E, dx, row);
      const dO = new Float64Array(E);
      matVecBackward(p, grads, w.wo, E, E, a.o, row, dx, row, dO);
      for (let h = 0; h < H; h++) attentionBackward(a, t, h, E, E / H, (t * H + h) * act.positions, dO, dq, dk, dv);
    }
    for (let t = 0; t < length; t++) {
      const row = t * E;
      const dh = new Float64Array(E);
      matVecBackward(p, grads, w.wq, E, E, a.h1, row, dq, row, dh);
      matVecBackward(p, grads, w.wk, E, E, a.h1, row, dk, row, dh);
      matVecBackward(p, grads, w.wv, E, E, a.h1, row, dv, row, dh);
      rmsNormBackward(a.h1, row, a.s1[t], dh, 0, E, dx, row);
    }
  }
  const sum = new Float64Array(E);
  for (let t = 0; t < length; t++) {
    sum.fill(0);
    rmsNormBackward(act.x0, t * E, act.s0[t], dx, t * E, E, sum, 0);
    dx.set(sum, t * E);
    for (let i = 0; i < E; i++) grads[gpt.wpe + t * E + i] += sum[i];
  }
}

/** One head at one position: from dO to dq, dk, dv through the softmax. `at` is where its attention weights start. */
function attentionBackward(
  a: LayerActivations,
  t: number,
  head: number,
  E: number,
  D: number,
  at: number,
  dO: Floats,
  dq: Floats,
  dk: Floats,
  dv: Floats,
) {
  const dWeights = new Float64Array(t + 1);
  let mean = 0;
  for (let u = 0; u <= t; u++) {
    let dot = 0;
    for (let d = head * D; d < (head + 1) * D; d++) {
      dot += dO[d] * a.v[u * E + d];
      dv[u * E + d] += a.attention[at + u] * dO[d];
    }
    dWeights[u] = dot;
    mean += a.attention[at + u] * dot;
  }
  for (let u = 0; u <= t; u++) {
    const dScore = (a.attention[at + u] * (dWeights[u] - mean)) / Math.sqrt(D);
    for (let d = head * D; d < (head + 1) * D; d++) {
      dq[t * E + d] += dScore * a.k[u * E + d];
      dk[u * E + d] += dScore * a.q[t * E + d];
    }
  }
}
