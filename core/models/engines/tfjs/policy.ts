/**
 * The policy as TensorFlow.js operations, the way its users write one: a tensor a parameter, matrix products on
 * [rows × width], a key/value cache that grows by `concat`. Every function must be called inside `tf.tidy`.
 *
 * Only operations with a gradient are used where training goes through (no gather: token embeddings are one-hot products).
 */
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { type ParameterView, type PolicyConfig, WAYPOINT_OUTPUTS } from '../../config.ts';
import type { Tf } from './loader.ts';

/** Parameters by name. */
export type Weights = Readonly<Record<string, Tensor>>;

/** Keys and values so far, one pair a layer, [batch, heads, positions, width / heads]. */
export type Cache = readonly { readonly k: Tensor4D; readonly v: Tensor4D }[];

export interface TfPolicy {
  /** The flat vector cut into the views, whose offsets are relative to `first`. */
  cut(flat: Tensor1D, views: readonly ParameterView[], first: number): Record<string, Tensor>;
  rms<T extends Tensor>(x: T): T;
  /** Prefix embeddings [batch, prefix, width] of observations [batch, observationSize]. */
  encode(w: Weights, observations: Tensor2D): Tensor3D;
  /** Residual stream after the last layer for embeddings [batch, n, width] at positions `at`.., and the longer cache. */
  forward(w: Weights, embeddings: Tensor3D, at: number, cache?: Cache): { x: Tensor3D; cache: Cache };
  /** x [rows, in] · Wᵀ for W [out, in]. */
  linear(x: Tensor2D, w: Tensor): Tensor2D;
  /** Raw outputs of the head `name` on z [batch, width]. */
  head(w: Weights, name: 'waypoint' | 'residual' | 'value', z: Tensor2D): Tensor2D;
  /** Waypoint head outputs as [batch, waypoints, 3]. */
  waypoints(w: Weights, z: Tensor2D): Tensor3D;
}

export function tfPolicy(tf: Tf, config: PolicyConfig): TfPolicy {
  const { width: E, heads: H, layers, prefix: P } = config;
  const D = E / H;

  const linear = (x: Tensor2D, w: Tensor) => tf.matMul(x, w as Tensor2D, false, true) as Tensor2D;
  function rms<T extends Tensor>(x: T): T {
    const mean = tf.div(tf.sum(tf.square(x), -1, true), x.shape[x.shape.length - 1]);
    return tf.mul(x, tf.rsqrt(tf.add(mean, 1e-5))) as T;
  }
  function mlp(w: Weights, name: string, x: Tensor2D, activation: 'relu' | 'tanh'): Tensor2D {
    const layer = (input: Tensor2D, part: 1 | 2, activation: 'relu' | 'linear') =>
      tf.fused.matMul({
        a: input,
        b: w[`${name}.w${part}`] as Tensor2D,
        transposeB: true,
        bias: w[`${name}.b${part}`],
        activation,
      }) as Tensor2D;
    // The fused product has no gradient through tanh.
    const hidden =
      activation === 'relu' ? layer(x, 1, 'relu') : tf.tanh(tf.add(linear(x, w[`${name}.w1`]), w[`${name}.b1`]));
    return layer(hidden as Tensor2D, 2, 'linear');
  }
  /** Attention of n new positions, the first of them at `at`, to the cache that already holds them. */
  function attend(q: Tensor4D, { k, v }: Cache[number], at: number, n: number): Tensor4D {
    let scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(D)) as Tensor;
    if (n > 1) {
      const total = at + n;
      const mask = Float32Array.from({ length: n * total }, (_, i) =>
        i % total > at + Math.floor(i / total) ? -1e9 : 0,
      );
      scores = tf.add(scores, tf.tensor2d(mask, [n, total]));
    }
    return tf.matMul(tf.softmax(scores), v) as Tensor4D;
  }

  return {
    rms,
    linear,
    cut: (flat, views, first) =>
      Object.fromEntries(
        views.map(({ name, offset, shape }) => {
          const size = shape.reduce((product, n) => product * n, 1);
          return [name, tf.reshape(tf.slice(flat, offset - first, size), [...shape])];
        }),
      ),
    encode: (w, observations) => tf.reshape(mlp(w, 'encoder', observations, 'relu'), [-1, P, E]),
    forward(w, embeddings, at, cache) {
      const [batch, n] = embeddings.shape;
      const split = (x: Tensor) => tf.transpose(tf.reshape(x, [batch, n, H, D]), [0, 2, 1, 3]) as Tensor4D;
      const positions = tf.slice(w.wpe as Tensor2D, [at, 0], [n, E]);
      let x = tf.reshape(rms(tf.add(embeddings, positions)), [batch * n, E]) as Tensor2D;
      const longer: Cache[number][] = [];
      for (let layer = 0; layer < layers; layer++) {
        const p = (name: string) => w[`layer${layer}.${name}`];
        const h = rms(x);
        let k = split(linear(h, p('attn_wk')));
        let v = split(linear(h, p('attn_wv')));
        if (cache) {
          k = tf.concat([cache[layer].k, k], 2);
          v = tf.concat([cache[layer].v, v], 2);
        }
        longer.push({ k, v });
        const mixed = attend(split(linear(h, p('attn_wq'))), { k, v }, at, n);
        const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * n, E]) as Tensor2D;
        x = tf.add(x, linear(joined, p('attn_wo'))) as Tensor2D;
        const hidden = tf.relu(linear(rms(x), p('mlp_fc1')));
        x = tf.add(x, linear(hidden, p('mlp_fc2'))) as Tensor2D;
      }
      return { x: tf.reshape(x, [batch, n, E]), cache: longer };
    },
    head: (w, name, z) => mlp(w, name, z, name === 'waypoint' ? 'relu' : 'tanh'),
    waypoints: (w, z) => tf.reshape(mlp(w, 'waypoint', z, 'relu'), [-1, config.waypoints, WAYPOINT_OUTPUTS]),
  };
}
