/**
 * What must go wrong safely: broken kernels, a device that is lost, engines used after their end, memory that must not grow;
 * and the sizes the main suite leaves out (a plain language model, a batch in several dispatches). Each row is one fact.
 */
import { conformanceParameters, maxRelativeError, runConformance } from '../core/models/conformance.ts';
import type { Engine, GenerateRequest, SftBatch, SftOptions } from '../core/models/engine.ts';
import { acquireTfjs } from '../core/models/engines/tfjs/loader.ts';
import { createTfjsEngine } from '../core/models/engines/tfjs/tfjs.ts';
import { createTsEngine } from '../core/models/engines/ts/ts.ts';
import { createWebGpuEngine } from '../core/models/engines/webgpu/webgpu.ts';
import { checkDevice, DeviceLostError, GpuError, POISON, USAGE } from '../core/models/engines/webgpu/device.ts';
import { drivingConfig, NAMES_CONFIG, type PolicyConfig } from '../core/models/config.ts';
import { createRandom } from '../core/base/random.ts';

export interface FaultRow {
  readonly name: string;
  readonly passed: boolean;
  readonly note?: string;
}

const config: PolicyConfig = { ...drivingConfig(40, 20), width: 32, encoderHidden: 24, waypointHidden: 24 };
const parameters = conformanceParameters(config, createRandom(7));

function request(batch: number, maxTokens: number): GenerateRequest {
  const random = createRandom(5);
  const observations = Float32Array.from({ length: batch * config.observationSize }, () => random.between(-1, 1));
  return { batch, maxTokens, observations, endToken: config.vocabSize, temperature: 0 };
}

/** What `work` rejects with. */
async function rejection(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was rejected');
}

async function newDevice(): Promise<{ device: GPUDevice; info: GPUAdapterInfo }> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  return { device: await adapter.requestDevice(), info: adapter.info };
}

const FACTS: Readonly<Record<string, () => Promise<boolean>>> = {
  'a kernel that does not compile is a GpuError that names the line': async () => {
    const { device } = await newDevice();
    const error = await rejection(checkDevice(device).pipeline('test', 'fn broken( {'));
    device.destroy();
    return error instanceof GpuError && /:1:|line 1\b/.test(error.message);
  },
  'a dropped command batch is a GpuError': async () => {
    const { device } = await newDevice();
    const gpu = checkDevice(device);
    const output = gpu.buffer('output', 64, USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST);
    const elsewhere = gpu.buffer('not a copy source', 64, USAGE.STORAGE);
    const work = gpu.run('test', output, 16, (encoder) => encoder.copyBufferToBuffer(elsewhere, 0, output, 0, 64));
    const error = await rejection(work);
    device.destroy();
    return error instanceof GpuError;
  },
  'output that no kernel wrote reads as poison, never as zeros': async () => {
    const { device } = await newDevice();
    const gpu = checkDevice(device);
    const output = gpu.buffer('output', 64, USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST);
    const words = await gpu.run('test', output, 16, () => undefined);
    device.destroy();
    return words.every((word) => word === POISON) && Number.isNaN(new Float32Array(words.buffer)[0]);
  },
  'parameters that are not finite are a GpuError, not a trace': async () => {
    const { device, info } = await newDevice();
    const engine = await createWebGpuEngine(
      device,
      info,
      config,
      parameters.map(() => Number.NaN),
    );
    const error = await rejection(engine.generate(request(3, 4)));
    device.destroy();
    return error instanceof GpuError;
  },
  'webgpu: a device lost in mid-flight rejects pending and later calls with DeviceLostError': () =>
    lost(createWebGpuEngine),
  'tfjs: a device lost in mid-flight rejects pending and later calls with DeviceLostError': () =>
    lost(createTfjsEngine),
  'webgpu: a disposed engine rejects and leaves the device to others': () => disposed(createWebGpuEngine),
  'tfjs: a disposed engine rejects and leaves the device to others': () => disposed(createTfjsEngine),
  'calls made at once answer each with its own result': async () => {
    const { device, info } = await newDevice();
    const engine = await createWebGpuEngine(device, info, config, parameters);
    const alone = [await engine.generate(request(5, 6)), await engine.generate(request(2, 9))];
    const together = await Promise.all([engine.generate(request(5, 6)), engine.generate(request(2, 9))]);
    device.destroy();
    return alone.every((g, i) => maxRelativeError(together[i].z, g.z) === 0);
  },
  'a batch too large for one dispatch gives the same rows': async () => {
    const { device, info } = await newDevice();
    const whole = await createWebGpuEngine(device, info, config, parameters);
    const pieces = await createWebGpuEngine(device, info, config, parameters, { cacheBytes: 200_000 });
    const [a, b] = await Promise.all([whole.generate(request(37, 12)), pieces.generate(request(37, 12))]);
    device.destroy();
    const same = a.tokens.every((token, i) => token === b.tokens[i]);
    return same && maxRelativeError(b.logProbs, a.logProbs) === 0 && maxRelativeError(b.z, a.z) === 0;
  },
  'tfjs: generation, heads and SFT steps leave no tensor behind': async () => {
    const { device, info } = await newDevice();
    const engine = await createTfjsEngine(device, info, config, parameters);
    const { tf, release } = await acquireTfjs(device, info);
    const round = async () => {
      const { z } = await engine.generate(request(2, 3));
      await engine.heads(z, 2);
      await engine.sftStep?.(sftBatch(), SFT);
      await engine.generate(request(2, 3));
    };
    await round();
    const before = tf.memory().numTensors;
    await round();
    await round();
    const after = tf.memory().numTensors;
    engine.dispose();
    const left = tf.memory().numTensors;
    release();
    device.destroy();
    if (after !== before || left !== 0) throw new Error(`tensors: ${before}, then ${after}, after dispose ${left}`);
    return true;
  },
  'webgpu: conformance on a plain language model': () => names(createWebGpuEngine),
  'tfjs: conformance on a plain language model': () => names(createTfjsEngine),
};

type Create = (device: GPUDevice, info: GPUAdapterInfo, config: PolicyConfig, flat: Float32Array) => Promise<Engine>;

async function lost(create: Create): Promise<boolean> {
  const { device, info } = await newDevice();
  const engine = await create(device, info, config, parameters);
  const pending = rejection(engine.generate(request(8, 12)));
  device.destroy();
  const errors = [await pending, await rejection(engine.generate(request(1, 2)))];
  engine.dispose();
  const wrong = errors.find((error) => !(error instanceof DeviceLostError));
  if (wrong) throw wrong;
  return true;
}

async function disposed(create: Create): Promise<boolean> {
  const { device, info } = await newDevice();
  const first = await create(device, info, config, parameters);
  first.dispose();
  await rejection(first.generate(request(1, 2)));
  const second = await create(device, info, config, parameters);
  const { lengths } = await second.generate(request(1, 2));
  second.dispose();
  device.destroy();
  return lengths[0] === 2;
}

async function names(create: Create): Promise<boolean> {
  const { device, info } = await newDevice();
  const flat = conformanceParameters(NAMES_CONFIG, createRandom(7));
  const engine = await create(device, info, NAMES_CONFIG, flat);
  const oracle = createTsEngine(NAMES_CONFIG, flat);
  const rows = await runConformance(engine, oracle, {
    parameters: flat,
    random: createRandom(2),
    maxTokens: 6,
    sftSteps: 3,
  });
  engine.dispose();
  device.destroy();
  const failed = rows.find((row) => !row.passed);
  if (failed) throw new Error(`${failed.name}: ${failed.maxRelativeError} ${failed.note ?? ''}`);
  return rows.length >= 10;
}

const SFT: SftOptions = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  waypointWeight: 1,
  confidenceWeight: 0.1,
  maxGradNorm: Number.POSITIVE_INFINITY,
};

function sftBatch(): SftBatch {
  return {
    batch: 2,
    maxTokens: 3,
    observations: request(2, 3).observations,
    tokens: Int32Array.of(1, 2, 3, 4, 5, -1),
    lengths: Int32Array.of(3, 2),
    tokenWeights: new Float32Array(6).fill(1),
    waypoints: new Float32Array(2 * config.waypoints * 2).fill(1),
  };
}

/** Checks every fact, one after another. */
export async function runFaults(): Promise<FaultRow[]> {
  const rows: FaultRow[] = [];
  for (const [name, fact] of Object.entries(FACTS)) {
    try {
      rows.push({ name, passed: await fact() });
    } catch (error) {
      rows.push({ name, passed: false, note: String(error) });
    }
  }
  return rows;
}
