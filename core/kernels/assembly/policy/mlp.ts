// One hidden layer on a batch of rows: y = W2 f(W1 x + b1) + b2, f = ReLU or tanh; hidden sizes are multiples of 8.
// Row lengths of outputs are rounded up to 8; the hidden activations stay for the backward pass.
import { addTo, ceil4, ceil8, createLinear, Linear, relu, reluBackward } from './linalg';
import { tanh4 } from './math';
import { alloc } from '../memory';

@unmanaged
export class Mlp {
  l1: Linear;
  l2: Linear;
  b1: usize;
  b2: usize;
  /** Gradients lie at the same distance from every parameter. */
  toGradient: usize;
  hidden: usize;
  dHidden: usize;
  useTanh: bool;

  pack(): void {
    this.l1.pack();
    this.l2.pack();
  }

  /** y[rows][ldy] from x[rows][ldx]. */
  forward(x: usize, ldx: i32, y: usize, ldy: i32, rows: i32): void {
    const n = this.l1.n;
    const outputs = this.l2.n;
    this.l1.apply(x, ldx, this.hidden, n, rows);
    const rowBytes = <usize>n << 2;
    for (let r = 0; r < rows; r++) addTo(this.hidden + <usize>r * rowBytes, this.b1, n);
    if (this.useTanh) {
      for (let at = this.hidden, end = at + <usize>rows * rowBytes; at < end; at += 16)
        v128.store(at, tanh4(v128.load(at)));
    } else relu(this.hidden, rows * n);
    this.l2.apply(this.hidden, n, y, ldy, rows);
    for (let r = 0; r < rows; r++) addTo(y + (<usize>(r * ldy) << 2), this.b2, outputs);
  }

  /** Adds to the gradients and, when `dx` is not 0, writes dx[rows][ldx]. Follows a `forward` of the same rows. */
  backward(x: usize, ldx: i32, dy: usize, ldy: i32, dx: usize, rows: i32): void {
    const n = this.l1.n;
    const outputs = this.l2.n;
    const rowBytes = <usize>n << 2;
    this.l2.addGradient(dy, ldy, this.hidden, n, rows);
    for (let r = 0; r < rows; r++) addTo(this.b2 + this.toGradient, dy + (<usize>(r * ldy) << 2), outputs);
    this.l2.applyBackward(dy, ldy, this.dHidden, n, rows);
    if (this.useTanh) {
      const one = f32x4.splat(1);
      for (let at = this.hidden, d = this.dHidden, end = at + <usize>rows * rowBytes; at < end; at += 16, d += 16) {
        const h = v128.load(at);
        v128.store(d, f32x4.mul(v128.load(d), f32x4.sub(one, f32x4.mul(h, h))));
      }
    } else reluBackward(this.hidden, this.dHidden, rows * n);
    for (let r = 0; r < rows; r++) addTo(this.b1 + this.toGradient, this.dHidden + <usize>r * rowBytes, n);
    this.l1.addGradient(this.dHidden, n, x, ldx, rows);
    if (dx) this.l1.applyBackward(this.dHidden, n, dx, ldx, rows);
  }
}

/** The MLP whose parameters w1, b1, w2, b2 lie one after the other from `at`; `toGradient` bytes further its gradients. */
export function createMlp(
  at: usize,
  toGradient: usize,
  inputs: i32,
  hidden: i32,
  outputs: i32,
  useTanh: bool,
  maxRows: i32,
  inputNeedsGradient: bool,
): Mlp {
  const mlp = changetype<Mlp>(alloc(offsetof<Mlp>()));
  const w1 = at;
  mlp.b1 = w1 + (<usize>(hidden * inputs) << 2);
  const w2 = mlp.b1 + (<usize>hidden << 2);
  mlp.b2 = w2 + (<usize>(outputs * hidden) << 2);
  mlp.l1 = createLinear(w1, w1 + toGradient, hidden, inputs, inputNeedsGradient);
  mlp.l2 = createLinear(w2, w2 + toGradient, outputs, hidden);
  mlp.toGradient = toGradient;
  mlp.useTanh = useTanh;
  const bytes = <usize>(ceil4(maxRows) * ceil8(hidden)) << 2;
  mlp.hidden = alloc(bytes);
  mlp.dHidden = alloc(bytes);
  return mlp;
}

/** Parameters such an MLP takes. */
export function mlpSize(inputs: i32, hidden: i32, outputs: i32): i32 {
  return hidden * inputs + hidden + outputs * hidden + outputs;
}
