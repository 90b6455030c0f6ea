/**
 * One hidden layer: y = W2 f(W1 x + b1) + b2. Encoder and waypoint head use ReLU; residual and value heads use tanh, which
 * stays finite and smooth for PPO. Parameters are the layout's `<name>.w1`, `.b1`, `.w2`, `.b2`.
 */
import type { ParameterLayout } from '../config.ts';
import { matVec, matVecBackward, type Floats } from './linear.ts';

export type MlpName = 'encoder' | 'waypoint' | 'residual' | 'value';

export interface Mlp {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly tanh: boolean;
  /** Offsets into the flat parameters. */
  readonly w1: number;
  readonly b1: number;
  readonly w2: number;
  readonly b2: number;
}

/** Where the MLP `name` lies. Throws when the layout has none (a plain language model). */
export function mlpOf(layout: ParameterLayout, name: MlpName): Mlp {
  const view = (part: string) => {
    const found = layout.byName.get(`${name}.${part}`);
    if (!found) throw new Error(`this model has no ${name}`);
    return found;
  };
  const w1 = view('w1');
  const w2 = view('w2');
  return {
    inputs: w1.shape[1],
    hidden: w1.shape[0],
    outputs: w2.shape[0],
    tanh: name === 'residual' || name === 'value',
    w1: w1.offset,
    b1: view('b1').offset,
    w2: w2.offset,
    b2: view('b2').offset,
  };
}

/** y[outputs] from x[inputs]; `hidden` receives the activations that the backward pass needs. */
export function mlpForward(mlp: Mlp, p: Floats, x: Floats, xAt: number, hidden: Floats, y: Floats, yAt: number): void {
  matVec(p, mlp.w1, mlp.hidden, mlp.inputs, x, xAt, hidden, 0);
  for (let i = 0; i < mlp.hidden; i++) {
    const a = hidden[i] + p[mlp.b1 + i];
    hidden[i] = mlp.tanh ? Math.tanh(a) : Math.max(0, a);
  }
  matVec(p, mlp.w2, mlp.outputs, mlp.hidden, hidden, 0, y, yAt);
  for (let i = 0; i < mlp.outputs; i++) y[yAt + i] += p[mlp.b2 + i];
}

/** Adds to `grads` (layout of `p`) and, when given, to dx[inputs]. `hidden` as the forward pass left it. */
export function mlpBackward(
  mlp: Mlp,
  p: Floats,
  grads: Floats,
  x: Floats,
  xAt: number,
  hidden: Floats,
  dy: Floats,
  dyAt: number,
  dx?: Floats,
  dxAt = 0,
): void {
  const dHidden = new Float64Array(mlp.hidden);
  matVecBackward(p, grads, mlp.w2, mlp.outputs, mlp.hidden, hidden, 0, dy, dyAt, dHidden);
  for (let i = 0; i < mlp.outputs; i++) grads[mlp.b2 + i] += dy[dyAt + i];
  for (let i = 0; i < mlp.hidden; i++) {
    const h = hidden[i];
    dHidden[i] *= mlp.tanh ? 1 - h * h : h > 0 ? 1 : 0;
    grads[mlp.b1 + i] += dHidden[i];
  }
  matVecBackward(p, grads, mlp.w1, mlp.hidden, mlp.inputs, x, xAt, dHidden, 0, dx, dxAt);
}
