/**
 * The `tfjs` engine: the same policy in TensorFlow.js operations on its webgpu backend, on the caller's GPUDevice. Slow at
 * these sizes (hundreds of dispatches a step); here as an independent oracle of generation, heads and SFT step, and as the
 * ground on which models without hand-written kernels run. TensorFlow.js is loaded when the engine is made, not before.
 *
 * Generation keeps a key/value cache and chooses tokens on the GPU; tokens come back once, at the end, so rows that have
 * ended are computed on and cut afterwards.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { parameterLayout, type PolicyConfig, WAYPOINT_SCALE_X, WAYPOINT_SCALE_Y } from '../../config.ts';
import type {
  Engine,
  GenerateRequest,
  Generation,
  HeadsOutput,
  SftBatch,
  SftOptions,
  SftResult,
} from '../../engine.ts';
import { checkGenerate, checkSft, RequestError } from '../../request.ts';
import { tfDecode } from './generate.ts';
import { acquireTfjs } from './loader.ts';
import { tfPolicy } from './policy.ts';
import { tfSftStep, zeroAdam } from './sft.ts';
import { describeAdapter } from '../webgpu/webgpu.ts';
import { GpuError, watchDevice } from '../webgpu/device.ts';

/**
 * An engine for `config` with parameters `flat` (layout order) on `device`; `adapter` is the device's adapter info. Rejects
 * with `RequestError` on a wrong size, `DeviceLostError` when the device is gone, and when TensorFlow.js cannot be loaded.
 */
export async function createTfjsEngine(
  device: GPUDevice,
  adapter: GPUAdapterInfo,
  config: PolicyConfig,
  flat: Float32Array,
): Promise<Engine> {
  const layout = parameterLayout(config);
  const { width: E, prefix: P, vocabSize: V } = config;
  const assertSize = (values: Float32Array) => {
    if (values.length !== layout.size)
      throw new RequestError('parameters', `needs ${layout.size} numbers, has ${values.length}`);
  };
  assertSize(flat);
  const watch = watchDevice(device);
  const { tf, release } = await acquireTfjs(device, adapter).catch((error: unknown) => {
    watch.dispose();
    throw error;
  });
  const policy = tfPolicy(tf, config);

  // The learning part and the rest as flat tensors; `weights` are cut from them and made anew when either changes.
  let imitation = tf.tensor1d(flat.slice(0, layout.imitationSize));
  let rest = tf.tensor1d(flat.slice(layout.imitationSize));
  let adam = zeroAdam(tf, layout);
  let cut: Record<string, Tensor> | undefined;
  /** To be called outside `tidy`, which would dispose what it makes. */
  const weights = () => {
    cut ??= tf.tidy(() => ({
      ...policy.cut(
        imitation,
        layout.views.filter((v) => v.offset < layout.imitationSize),
        0,
      ),
      ...policy.cut(
        rest,
        layout.views.filter((v) => v.offset >= layout.imitationSize),
        layout.imitationSize,
      ),
    }));
    return cut;
  };
  const forget = () => {
    if (cut) tf.dispose(cut);
    cut = undefined;
  };
  /** Numbers of `tensors`, which are disposed; rejects when the device is lost or anything went wrong on it. */
  async function read(stage: string, ...tensors: Tensor[]): Promise<Float32Array[]> {
    try {
      const values = await watch.alive(stage, Promise.all(tensors.map((tensor) => tensor.data<'float32'>())));
      watch.throwUncaptured(stage);
      if (!values.every((array) => array.every(Number.isFinite)))
        throw new GpuError(stage, 'not every number is finite');
      return values;
    } finally {
      tf.dispose(tensors);
    }
  }

  async function generate(request: GenerateRequest): Promise<Generation> {
    const { batch: B, maxTokens: M } = request;
    const w = weights();
    const { tokens: written, logP, states } = tf.tidy(() => tfDecode(tf, policy, config, w, request));
    try {
      const [ids, logProbs] = await read('generating traces', written, logP);
      const tokens = Int32Array.from(ids);
      const lengths = new Int32Array(B);
      const last = new Float32Array(M * B);
      for (let b = 0; b < B; b++) {
        const row = tokens.subarray(b * M, (b + 1) * M);
        if (row.some((token) => !(token >= 0 && token < V)))
          throw new GpuError('generating traces', `row ${b} holds a token outside the vocabulary`);
        const end = row.indexOf(request.endToken);
        lengths[b] = end < 0 ? M : end + 1;
        last[(lengths[b] - 1) * B + b] = 1;
        row.fill(-1, lengths[b]);
        logProbs.fill(0, b * M + lengths[b], (b + 1) * M);
      }
      const atLast = tf.tidy(() => policy.rms(tf.sum(tf.mul(states, tf.tensor3d(last, [M, B, 1])), 0) as Tensor2D));
      const [z] = await read('generating traces', atLast);
      return { tokens, lengths, logProbs, z };
    } finally {
      states.dispose();
    }
  }

  async function heads(z: Float32Array, batch: number): Promise<HeadsOutput> {
    const w = weights();
    const made = tf.tidy(() => {
      const state = tf.tensor2d(z.slice(0, batch * E), [batch, E]);
      const y = policy.waypoints(w, state);
      const xy = tf.mul(tf.slice(y, [0, 0, 0], [-1, -1, 2]), tf.tensor1d([WAYPOINT_SCALE_X, WAYPOINT_SCALE_Y]));
      const confidence = tf.sigmoid(tf.slice(y, [0, 0, 2], [-1, -1, 1]));
      return [tf.concat([xy, confidence], 2), policy.head(w, 'residual', state), policy.head(w, 'value', state)];
    });
    const [waypoints, residual, value] = await read('reading the heads', ...made);
    return { waypoints, residual, value };
  }

  async function sftStep(batch: SftBatch, options: SftOptions): Promise<SftResult> {
    const made = tfSftStep(tf, policy, config, imitation, adam, batch, options);
    imitation.dispose();
    imitation = made.flat;
    forget();
    const [[loss, tokenLoss, waypointLoss, confidenceLoss, gradNorm]] = await read('fine-tuning', made.numbers);
    return { loss, tokenLoss, waypointLoss, confidenceLoss, gradNorm };
  }

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T> | T): Promise<T> => {
    const guarded = () => {
      watch.assertAlive('starting');
      return work();
    };
    const mine = last.then(guarded, guarded);
    last = mine.catch(() => undefined);
    return mine;
  };

  return {
    name: 'tfjs',
    config,
    description: `TensorFlow.js, ${describeAdapter(adapter)}`,
    setParameters: (values, resetOptimiser = false) =>
      inTurn(() => {
        assertSize(values);
        tf.dispose([imitation, rest]);
        imitation = tf.tensor1d(values.slice(0, layout.imitationSize));
        rest = tf.tensor1d(values.slice(layout.imitationSize));
        forget();
        if (!resetOptimiser) return;
        tf.dispose([adam.m, adam.v]);
        adam = zeroAdam(tf, layout);
      }),
    getParameters: () =>
      inTurn(async () => {
        const values = new Float32Array(layout.size);
        values.set(await watch.alive('reading the parameters', imitation.data()));
        if (layout.size > layout.imitationSize)
          values.set(await watch.alive('reading the parameters', rest.data()), layout.imitationSize);
        return values;
      }),
    async generate(request) {
      checkGenerate(config, request);
      if (request.batch === 0)
        return {
          tokens: new Int32Array(),
          lengths: new Int32Array(),
          logProbs: new Float32Array(),
          z: new Float32Array(),
        };
      return inTurn(() => generate(request));
    },
    async heads(z, batch) {
      if (P === 0) throw new RequestError('heads', 'a model without prefix has none');
      if (z.length < batch * E) throw new RequestError('z', `needs ${batch * E} numbers, has ${z.length}`);
      if (batch === 0)
        return { waypoints: new Float32Array(), residual: new Float32Array(), value: new Float32Array() };
      return inTurn(() => heads(z, batch));
    },
    async sftStep(batch, options) {
      checkSft(config, batch);
      return inTurn(() => sftStep(batch, options));
    },
    dispose() {
      watch.dispose();
      forget();
      tf.dispose([imitation, rest, adam.m, adam.v]);
      release();
    },
  };
}
