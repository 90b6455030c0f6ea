// microgpt in float32: whole sequences forward and backward for training, one position of many rows for generation.
//
// A sequence is processed on its own (its activations fit the second-level cache, no padding is computed); weights are
// shared panels, gradients add up in the flat vector. wq, wk, wv lie one after the other, so they act as one matrix.
// Width and head size: multiples of 8 and 4.
import { attend, attendBackward, interleave, separate, wideRow } from './gpt-attention';
import { addTo, ceil4, ceil8, createLinear, Linear, relu, reluBackward, rmsRows, rmsRowsBackward } from './linalg';
import { alloc } from '../memory';

@unmanaged
class Layer {
  qkv: Linear;
  wo: Linear;
  fc1: Linear;
  fc2: Linear;
  // One sequence's activations, one row a position: see core/models/twin/microgpt.ts.
  h1: usize;
  s1: usize;
  /** Interleaved queries, keys, values: see gpt-attention.ts. */
  q: usize;
  k: usize;
  v: usize;
  /** [group of heads][position][position][4] */
  weights: usize;
  o: usize;
  h2: usize;
  s2: usize;
  m: usize;
  // Generation: interleaved keys and values [slot][context][wide].
  keys: usize;
  values: usize;
}

@unmanaged
export class Gpt {
  V: i32;
  E: i32;
  T: i32;
  H: i32;
  count: i32;
  /** Groups of four heads, and the numbers of an interleaved row. */
  groups: i32;
  wide: i32;
  wte: usize;
  wpe: usize;
  toGradient: usize;
  head: Linear;
  layers: usize;
  // One sequence.
  e: usize;
  x0: usize;
  s0: usize;
  x: usize;
  dx: usize;
  dE: usize;
  dh: usize;
  dm: usize;
  projected: usize;
  dqkv: usize;
  dO: usize;
  // Interleaved: gradients on queries, keys, values and on the output, and the output.
  dq: usize;
  dk: usize;
  dv: usize;
  dWide: usize;
  wideO: usize;
  scores: usize;
  // Generation, one row a sequence.
  rx: usize;
  rh: usize;
  rs: usize;
  rqkv: usize;
  rq: usize;
  ro: usize;
  rm: usize;

  // @ts-ignore: decorator
  @inline
  layer(i: i32): Layer {
    return changetype<Layer>(this.layers + <usize>i * offsetof<Layer>());
  }

  pack(): void {
    this.head.pack();
    for (let i = 0; i < this.count; i++) {
      const layer = this.layer(i);
      layer.qkv.pack();
      layer.wo.pack();
      layer.fc1.pack();
      layer.fc2.pack();
    }
  }

  /** e[t] = embedding + wpe[t]. */
  embed(t: i32, embedding: usize): void {
    const bytes = <usize>this.E << 2;
    memory.copy(this.e + <usize>t * bytes, embedding, bytes);
    addTo(this.e + <usize>t * bytes, this.wpe + <usize>t * bytes, this.E);
  }

  /** e [length] → x [length], the residual stream after the last layer. */
  forward(length: i32): void {
    const E = this.E;
    const D = E / this.H;
    const bytes = <usize>E << 2;
    const wide = <usize>this.wide << 2;
    const weightRow = <usize>this.T << 4;
    const x = this.x;
    rmsRows(this.e, this.x0, this.s0, length, E);
    memory.copy(x, this.x0, <usize>(length * E) << 2);
    for (let i = 0; i < this.count; i++) {
      const a = this.layer(i);
      rmsRows(x, a.h1, a.s1, length, E);
      a.qkv.apply(a.h1, E, this.projected, 3 * E, length);
      for (let t = 0; t < length; t++) {
        const from = this.projected + (<usize>(t * 3 * E) << 2);
        const to = <usize>t * wide;
        interleave(from, this.H, D, a.q + to);
        interleave(from + bytes, this.H, D, a.k + to);
        interleave(from + (bytes << 1), this.H, D, a.v + to);
        this.attendGroups(a.q + to, a.k, a.v, t, a.weights + <usize>t * weightRow, <usize>this.T * weightRow, this.wideO);
        separate(this.wideO, this.H, D, a.o + <usize>t * bytes);
      }
      a.wo.apply(a.o, E, x, E, length, true);
      rmsRows(x, a.h2, a.s2, length, E);
      a.fc1.apply(a.h2, E, a.m, 4 * E, length);
      relu(a.m, length * 4 * E);
      a.fc2.apply(a.m, 4 * E, x, E, length, true);
    }
  }

  /** Every group of heads of position t: interleaved q and rows of keys and values → weights, `group` bytes a group, and o. */
  attendGroups(q: usize, keys: usize, values: usize, t: i32, weights: usize, group: usize, o: usize): void {
    const D = this.E / this.H;
    for (let g = 0; g < this.groups; g++) {
      const at = <usize>(g * D) << 4;
      attend(q + at, keys + at, values + at, <usize>this.wide << 2, t + 1, D, weights + <usize>g * group, o + at);
    }
  }

  /** Uses up dx [length] (gradient on x), adds to the gradients, leaves the input embeddings' gradient in dE [length]. */
  backward(length: i32): void {
    const E = this.E;
    const D = E / this.H;
    const bytes = <usize>E << 2;
    const wide = <usize>this.wide << 2;
    const weightRow = <usize>this.T << 4;
    const dx = this.dx;
    for (let i = this.count - 1; i >= 0; i--) {
      const a = this.layer(i);
      a.fc2.addGradient(dx, E, a.m, 4 * E, length);
      a.fc2.applyBackward(dx, E, this.dm, 4 * E, length);
      reluBackward(a.m, this.dm, length * 4 * E);
      a.fc1.addGradient(this.dm, 4 * E, a.h2, E, length);
      a.fc1.applyBackward(this.dm, 4 * E, this.dh, E, length);
      rmsRowsBackward(a.h2, a.s2, this.dh, dx, length, E);
      a.wo.addGradient(dx, E, a.o, E, length);
      a.wo.applyBackward(dx, E, this.dO, E, length);
      for (let t = 0; t < length; t++)
        interleave(this.dO + <usize>t * bytes, this.H, D, this.dWide + <usize>t * wide);
      for (let g = 0; g < this.groups; g++) {
        const group = <usize>(g * D) << 4;
        attendBackward(
          a.q + group,
          a.k + group,
          a.v + group,
          this.dWide + group,
          this.dq + group,
          this.dk + group,
          this.dv + group,
          wide,
          length,
          D,
          a.weights + <usize>(g * this.T) * weightRow,
          weightRow,
          this.scores,
        );
      }
      for (let t = 0; t < length; t++) {
        const from = <usize>t * wide;
        const to = this.dqkv + (<usize>(t * 3 * E) << 2);
        separate(this.dq + from, this.H, D, to);
        separate(this.dk + from, this.H, D, to + bytes);
        separate(this.dv + from, this.H, D, to + (bytes << 1));
      }
      a.qkv.addGradient(this.dqkv, 3 * E, a.h1, E, length);
      a.qkv.applyBackward(this.dqkv, 3 * E, this.dh, E, length);
      rmsRowsBackward(a.h1, a.s1, this.dh, dx, length, E);
    }
    memory.fill(this.dE, 0, <usize>(length * E) << 2);
    rmsRowsBackward(this.x0, this.s0, dx, this.dE, length, E);
    addTo(this.wpe + this.toGradient, this.dE, length * E);
  }

  /**
   * Position `t` of `rows` sequences: rx [rows] holds their embeddings and receives the residual stream; row i's cache is
   * `slots[i]`, which must hold positions 0..t-1.
   */
  decode(rows: i32, slots: usize, t: i32): void {
    const E = this.E;
    const D = E / this.H;
    const bytes = <usize>E << 2;
    const wide = <usize>this.wide << 2;
    for (let r = 0; r < rows; r++) addTo(this.rx + <usize>r * bytes, this.wpe + <usize>t * bytes, E);
    rmsRows(this.rx, this.rx, this.rs, rows, E);
    for (let i = 0; i < this.count; i++) {
      const a = this.layer(i);
      rmsRows(this.rx, this.rh, this.rs, rows, E);
      a.qkv.apply(this.rh, E, this.rqkv, 3 * E, rows);
      for (let r = 0; r < rows; r++) {
        const slot = load<i32>(slots + (<usize>r << 2));
        const from = this.rqkv + (<usize>(r * 3 * E) << 2);
        const keys = a.keys + <usize>(slot * this.T) * wide;
        const values = a.values + <usize>(slot * this.T) * wide;
        interleave(from, this.H, D, this.rq);
        interleave(from + bytes, this.H, D, keys + <usize>t * wide);
        interleave(from + (bytes << 1), this.H, D, values + <usize>t * wide);
        this.attendGroups(this.rq, keys, values, t, this.scores, 0, this.wideO);
        separate(this.wideO, this.H, D, this.ro + <usize>r * bytes);
      }
      a.wo.apply(this.ro, E, this.rx, E, rows, true);
      rmsRows(this.rx, this.rh, this.rs, rows, E);
      a.fc1.apply(this.rh, E, this.rm, 4 * E, rows);
      relu(this.rm, rows * 4 * E);
      a.fc2.apply(this.rm, 4 * E, this.rx, E, rows, true);
    }
  }
}

function rows(count: i32, width: i32): usize {
  return alloc(<usize>(ceil4(count) * width) << 2);
}

/** Parameters the language model takes. */
export function gptSize(V: i32, E: i32, T: i32, layers: i32): i32 {
  return (2 * V + T) * E + layers * 12 * E * E;
}

/** The model whose parameters start at `at` in the layout's order; gradients lie `toGradient` bytes further. */
export function createGpt(
  at: usize,
  toGradient: usize,
  V: i32,
  E: i32,
  T: i32,
  layers: i32,
  H: i32,
  maxRows: i32,
): Gpt {
  const gpt = changetype<Gpt>(alloc(offsetof<Gpt>()));
  gpt.V = V;
  gpt.E = E;
  gpt.T = T;
  gpt.H = H;
  gpt.count = layers;
  gpt.groups = (H + 3) >> 2;
  gpt.wide = wideRow(H, E / H);
  gpt.toGradient = toGradient;
  gpt.wte = at;
  gpt.wpe = gpt.wte + (<usize>(V * E) << 2);
  let next = gpt.wpe + (<usize>(T * E) << 2);
  gpt.head = createLinear(next, next + toGradient, V, E);
  next += <usize>(V * E) << 2;
  gpt.layers = alloc(<usize>layers * offsetof<Layer>());
  // Four rows of slack: the head reads fours of rows starting anywhere.
  const long = T + 4;
  for (let i = 0; i < layers; i++) {
    const a = gpt.layer(i);
    const square = <usize>(E * E) << 2;
    a.qkv = createLinear(next, next + toGradient, 3 * E, E);
    next += 3 * square;
    a.wo = createLinear(next, next + toGradient, E, E);
    next += square;
    a.fc1 = createLinear(next, next + toGradient, 4 * E, E);
    next += 4 * square;
    a.fc2 = createLinear(next, next + toGradient, E, 4 * E);
    next += 4 * square;
    a.h1 = rows(long, E);
    a.s1 = rows(long, 1);
    a.q = rows(long, gpt.wide);
    a.k = rows(long, gpt.wide);
    a.v = rows(long, gpt.wide);
    a.weights = rows(gpt.groups * T, 4 * T);
    a.o = rows(long, E);
    a.h2 = rows(long, E);
    a.s2 = rows(long, 1);
    a.m = rows(long, 4 * E);
    a.keys = rows(maxRows * T, gpt.wide);
    a.values = rows(maxRows * T, gpt.wide);
  }
  gpt.e = rows(long, E);
  gpt.x0 = rows(long, E);
  gpt.s0 = rows(long, 1);
  gpt.x = rows(long, E);
  gpt.dx = rows(long, E);
  gpt.dE = rows(long, E);
  gpt.dh = rows(long, E);
  gpt.dm = rows(long, 4 * E);
  gpt.projected = rows(long, 3 * E);
  gpt.dqkv = rows(long, 3 * E);
  gpt.dO = rows(long, E);
  gpt.dq = rows(long, gpt.wide);
  gpt.dk = rows(long, gpt.wide);
  gpt.dv = rows(long, gpt.wide);
  gpt.dWide = rows(long, gpt.wide);
  gpt.wideO = rows(1, gpt.wide);
  gpt.scores = rows(long, 4 * T);
  gpt.rx = rows(maxRows, E);
  gpt.rh = rows(maxRows, E);
  gpt.rs = rows(maxRows, 1);
  gpt.rqkv = rows(maxRows, 3 * E);
  gpt.rq = rows(1, gpt.wide);
  gpt.ro = rows(maxRows, E);
  gpt.rm = rows(maxRows, 4 * E);
  return gpt;
}
