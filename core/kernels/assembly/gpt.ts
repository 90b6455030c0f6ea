// microgpt in float32: whole sequences forward and backward for training, one position of many rows for generation.
//
// A sequence is processed on its own (its activations fit the second-level cache, no padding is computed); weights are
// shared panels, gradients add up in the flat vector. wq, wk, wv lie one after the other, so they act as one matrix.
// Width and head size: multiples of 8 and 4.
import { attendBackward, attendRow, transposeHead } from './gpt-attention';
import { addTo, ceil4, ceil8, createLinear, Linear, relu, reluBackward, rmsRows, rmsRowsBackward } from './linalg';
import { alloc } from './memory';

@unmanaged
class Layer {
  qkv: Linear;
  wo: Linear;
  fc1: Linear;
  fc2: Linear;
  // One sequence's activations, one row a position: see core/model/microgpt.ts.
  h1: usize;
  s1: usize;
  projected: usize;
  weights: usize;
  o: usize;
  h2: usize;
  s2: usize;
  m: usize;
  // Generation: transposed keys [slot][width][ld] and values [slot][context][width].
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
  /** ceil4(context): row length of whatever is indexed by position. */
  ld: i32;
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
  dqkv: usize;
  dO: usize;
  scratch: usize;
  scores: usize;
  // Generation, one row a sequence.
  rx: usize;
  rh: usize;
  rs: usize;
  rqkv: usize;
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
    const x = this.x;
    rmsRows(this.e, this.x0, this.s0, length, E);
    memory.copy(x, this.x0, <usize>(length * E) << 2);
    for (let i = 0; i < this.count; i++) {
      const a = this.layer(i);
      rmsRows(x, a.h1, a.s1, length, E);
      a.qkv.apply(a.h1, E, a.projected, 3 * E, length);
      for (let h = 0; h < this.H; h++) {
        const head = <usize>(h * D) << 2;
        const q = a.projected + head;
        transposeHead(q + (<usize>E << 2), 3 * E, length, D, this.scratch, this.ld);
        for (let t = 0; t < length; t++)
          attendRow(
            q + (<usize>(t * 3 * E) << 2),
            this.scratch,
            this.ld,
            q + (<usize>E << 3),
            3 * E,
            t + 1,
            D,
            a.weights + (<usize>((h * this.T + t) * this.ld) << 2),
            a.o + head + (<usize>(t * E) << 2),
          );
      }
      a.wo.apply(a.o, E, x, E, length, true);
      rmsRows(x, a.h2, a.s2, length, E);
      a.fc1.apply(a.h2, E, a.m, 4 * E, length);
      relu(a.m, length * 4 * E);
      a.fc2.apply(a.m, 4 * E, x, E, length, true);
    }
  }

  /** Uses up dx [length] (gradient on x), adds to the gradients, leaves the input embeddings' gradient in dE [length]. */
  backward(length: i32): void {
    const E = this.E;
    const D = E / this.H;
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
      for (let h = 0; h < this.H; h++) {
        const head = <usize>(h * D) << 2;
        const q = a.projected + head;
        transposeHead(q + (<usize>E << 3), 3 * E, length, D, this.scratch, this.ld);
        const weights = a.weights + (<usize>(h * this.T * this.ld) << 2);
        attendBackward(q, this.dqkv + head, E, D, length, weights, this.scores, this.ld, this.scratch, this.dO + head);
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
    for (let r = 0; r < rows; r++) addTo(this.rx + <usize>r * bytes, this.wpe + <usize>t * bytes, E);
    rmsRows(this.rx, this.rx, this.rs, rows, E);
    for (let i = 0; i < this.count; i++) {
      const a = this.layer(i);
      rmsRows(this.rx, this.rh, this.rs, rows, E);
      a.qkv.apply(this.rh, E, this.rqkv, 3 * E, rows);
      for (let r = 0; r < rows; r++) {
        const slot = load<i32>(slots + (<usize>r << 2));
        const q = this.rqkv + (<usize>(r * 3 * E) << 2);
        const keys = a.keys + (<usize>(slot * E * this.ld) << 2);
        const values = a.values + (<usize>(slot * this.T * E) << 2);
        for (let d = 0; d < E; d++)
          store<f32>(keys + (<usize>(d * this.ld + t) << 2), load<f32>(q + (<usize>(E + d) << 2)));
        memory.copy(values + <usize>t * bytes, q + (bytes << 1), bytes);
        for (let h = 0; h < this.H; h++) {
          const head = <usize>(h * D) << 2;
          const kT = keys + (<usize>(h * D * this.ld) << 2);
          const o = this.ro + <usize>r * bytes + head;
          attendRow(q + head, kT, this.ld, values + head, E, t + 1, D, this.scores, o);
        }
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
  gpt.ld = ceil4(T);
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
    a.projected = rows(long, 3 * E);
    a.weights = rows(H * T, gpt.ld);
    a.o = rows(long, E);
    a.h2 = rows(long, E);
    a.s2 = rows(long, 1);
    a.m = rows(long, 4 * E);
    a.keys = rows(maxRows * E, gpt.ld);
    a.values = rows(maxRows * T, E);
  }
  gpt.e = rows(long, E);
  gpt.x0 = rows(long, E);
  gpt.s0 = rows(long, 1);
  gpt.x = rows(long, E);
  gpt.dx = rows(long, E);
  gpt.dE = rows(long, E);
  gpt.dh = rows(long, E);
  gpt.dm = rows(long, 4 * E);
  gpt.dqkv = rows(long, 3 * E);
  gpt.dO = rows(long, E);
  gpt.scratch = rows(E / H, gpt.ld);
  gpt.scores = rows(long, gpt.ld);
  gpt.rx = rows(maxRows, E);
  gpt.rh = rows(maxRows, E);
  gpt.rs = rows(maxRows, 1);
  gpt.rqkv = rows(maxRows, 3 * E);
  gpt.ro = rows(maxRows, E);
  gpt.rm = rows(maxRows, 4 * E);
  return gpt;
}
