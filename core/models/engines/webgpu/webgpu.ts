/**
 * The `webgpu` engine: hand-written WGSL. One flat parameter buffer; a batch of traces is one upload, one dispatch (encoder,
 * prefix and the whole decode loop, cache and sampling on the GPU), one submit and one read-back; the heads are another.
 * Training is not here yet, so `sftStep` is absent; the flat buffer and `CheckedDevice` are what it will need.
 *
 * The device belongs to the caller (it may be shared with TensorFlow.js); `dispose()` frees only what the engine made.
 */
import { parameterLayout, type PolicyConfig, WAYPOINT_OUTPUTS } from '../../config.ts';
import type { Engine, GenerateRequest, Generation, HeadsOutput } from '../../engine.ts';
import { checkGenerate, RequestError } from '../../request.ts';
import { checkDevice, GpuError, USAGE } from './device.ts';
import { generateShader } from './wgsl/generate.ts';
import { headsShader } from './wgsl/heads.ts';
import { ROWS, toKernelOrder, workgroupBytes } from './wgsl/shape.ts';

/** What the engine's label says of the adapter: a `GPUAdapterInfo` fits. */
export interface AdapterLabel {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

export interface WebGpuEngineOptions {
  /** Largest key/value cache of one dispatch, bytes; a batch that needs more is generated in several. Default 64 MiB. */
  readonly cacheBytes?: number;
}

/** Whether the adapter computes on the CPU: SwiftShader, llvmpipe, WARP. */
export function isSoftwareAdapter(info: AdapterLabel): boolean {
  const text = `${info.vendor ?? ''} ${info.architecture ?? ''} ${info.device ?? ''} ${info.description ?? ''}`;
  return info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i.test(text);
}

/** "WebGPU: NVIDIA GeForce RTX 4070", "WebGPU (software): SwiftShader …". */
export function describeAdapter(info: AdapterLabel): string {
  const name = info.description || [info.vendor, info.architecture, info.device].filter(Boolean).join(' ') || 'unnamed';
  return `WebGPU${isSoftwareAdapter(info) ? ' (software)' : ''}: ${name}`;
}

/**
 * An engine for `config` with parameters `flat` (layout order) on `device`. Rejects with `RequestError` when the model does
 * not fit the device's limits, `GpuError` when a kernel does not compile, `DeviceLostError` when the device is gone.
 */
export async function createWebGpuEngine(
  device: GPUDevice,
  adapter: AdapterLabel,
  config: PolicyConfig,
  flat: Float32Array,
  options: WebGpuEngineOptions = {},
): Promise<Engine> {
  const layout = parameterLayout(config);
  const { width: E, vocabSize: V, prefix: P } = config;
  const maxCacheBytes = Math.min(options.cacheBytes ?? 64 * 2 ** 20, device.limits.maxStorageBufferBindingSize);
  checkSize(device.limits, config, layout.size * 4);
  const gpu = checkDevice(device);

  const generateCode = await gpu.pipeline('compiling trace generation', generateShader(config));
  const headsCode = P > 0 ? await gpu.pipeline('compiling the heads', headsShader(config)) : undefined;
  const parameters = gpu.buffer('parameters', layout.size * 4, USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST);
  const call = gpu.buffer('call', 32, USAGE.UNIFORM | USAGE.COPY_DST);
  let current = new Float32Array();
  const setParameters = (values: Float32Array) => {
    if (values.length !== layout.size)
      throw new RequestError('parameters', `needs ${layout.size} numbers, has ${values.length}`);
    current = values.slice();
    device.queue.writeBuffer(parameters, 0, toKernelOrder(layout, values));
  };
  setParameters(flat);

  const scratch = new Map<string, GPUBuffer>();
  /** A buffer of at least `bytes`, kept from call to call. */
  const reuse = (name: string, bytes: number): GPUBuffer => {
    let buffer = scratch.get(name);
    if (!buffer || buffer.size < bytes) {
      gpu.free(buffer);
      buffer = gpu.buffer(name, bytes, USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST);
      scratch.set(name, buffer);
    }
    return buffer;
  };

  let ticket = 0;
  /** One dispatch of a workgroup per ROWS rows; resolves to the first `words` of its output, proven to be of this very run. */
  async function dispatch(
    stage: string,
    code: GPUComputePipeline,
    batch: number,
    words: number,
    callWords: (ticket: number) => ArrayBuffer,
    bind: readonly GPUBuffer[],
  ): Promise<Uint32Array<ArrayBuffer>> {
    const groups = Math.ceil(batch / ROWS);
    const output = reuse(`${stage}: output`, (words + groups) * 4);
    ticket = (ticket + 1) & 0x7fffffff;
    const expected = ticket;
    const bound = [parameters, ...bind, output, call];
    const result = await gpu.run(stage, output, words + groups, (encoder) => {
      device.queue.writeBuffer(call, 0, callWords(expected));
      const pass = encoder.beginComputePass();
      pass.setPipeline(code);
      pass.setBindGroup(
        0,
        device.createBindGroup({
          layout: code.getBindGroupLayout(0),
          entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
        }),
      );
      pass.dispatchWorkgroups(groups);
      pass.end();
    });
    const strays = result.subarray(words).findIndex((word) => word !== expected);
    if (strays >= 0) throw new GpuError(stage, `workgroup ${strays} of ${groups} did not finish`);
    return result.slice(0, words);
  }

  async function generateRows(request: GenerateRequest): Promise<Generation> {
    const { batch: B, maxTokens: M, temperature } = request;
    const sampled = temperature > 0;
    const upload = new Uint32Array(generateInputWords(config, request));
    upload.set(bits(request.observations, B * config.observationSize));
    let at = B * config.observationSize;
    if (sampled) {
      upload.set(bits(request.uniforms as Float32Array, B * M), at);
      at += B * M;
    }
    if (request.forced) {
      upload.set(bits(request.forced, B * M), at);
      upload.set(bits(request.forcedLengths as Int32Array, B), at + B * M);
    }
    const input = reuse('generate: input', upload.byteLength);
    if (upload.length > 0) device.queue.writeBuffer(input, 0, upload);
    const cache = reuse('generate: cache', Math.ceil(B / ROWS) * cacheBytes(config, M));
    const callWords = (expected: number) => {
      const words = new Int32Array([B, M, request.endToken, expected, 0, request.forced ? 1 : 0, 0, 0]);
      new Float32Array(words.buffer)[4] = temperature;
      return words.buffer;
    };
    const words = B * (2 * M + E + 1);
    const result = await dispatch('generating traces', generateCode, B, words, callWords, [input, cache]);
    const tokens = new Int32Array(result.buffer, 0, B * M);
    const logProbs = new Float32Array(result.buffer, B * M * 4, B * M);
    const z = new Float32Array(result.buffer, 2 * B * M * 4, B * E);
    const lengths = new Int32Array(result.buffer, B * (2 * M + E) * 4, B);
    for (let b = 0; b < B; b++) {
      const n = lengths[b];
      const end = b * M + n;
      const complete =
        n >= 1 &&
        n <= M &&
        tokens.subarray(b * M, end).every((t) => t >= 0 && t < V) &&
        logProbs.subarray(b * M, end).every(Number.isFinite) &&
        z.subarray(b * E, (b + 1) * E).every(Number.isFinite);
      if (!complete) throw new GpuError('generating traces', `row ${b} is not a trace with finite numbers`);
      tokens.fill(-1, end, (b + 1) * M);
      logProbs.fill(0, end, (b + 1) * M);
    }
    return { tokens: tokens.slice(), lengths: lengths.slice(), logProbs: logProbs.slice(), z: z.slice() };
  }

  async function headsRows(z: Float32Array, batch: number): Promise<HeadsOutput> {
    if (!headsCode) throw new RequestError('heads', 'a model without prefix has none');
    const outputs = config.waypoints * WAYPOINT_OUTPUTS;
    const input = reuse('heads: input', batch * E * 4);
    device.queue.writeBuffer(input, 0, z.slice(0, batch * E));
    const callWords = (expected: number) => new Int32Array([batch, expected, 0, 0]).buffer;
    const words = batch * (outputs + config.residualSize + 1);
    const result = await dispatch('reading the heads', headsCode, batch, words, callWords, [input]);
    const numbers = new Float32Array(result.buffer);
    if (!numbers.every(Number.isFinite)) throw new GpuError('reading the heads', 'not every number is finite');
    return {
      waypoints: numbers.slice(0, batch * outputs),
      residual: numbers.slice(batch * outputs, batch * (outputs + config.residualSize)),
      value: numbers.slice(batch * (outputs + config.residualSize)),
    };
  }

  // Calls share buffers, so they run one after another in the order they were made.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T> | T): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };

  return {
    name: 'webgpu',
    config,
    description: describeAdapter(adapter),
    setParameters: (values) => inTurn(() => setParameters(values)),
    getParameters: () => inTurn(() => current.slice()),
    async generate(request) {
      checkGenerate(config, request);
      const rows = Math.max(ROWS, Math.floor(maxCacheBytes / cacheBytes(config, request.maxTokens)) * ROWS);
      if (request.batch === 0) return emptyGeneration();
      if (request.batch <= rows) return inTurn(() => generateRows(request));
      const parts: Generation[] = [];
      for (let from = 0; from < request.batch; from += rows) {
        const part = rowsOf(config, request, from, Math.min(from + rows, request.batch));
        parts.push(await inTurn(() => generateRows(part)));
      }
      return joined(parts, request.batch, request.maxTokens, E);
    },
    async heads(z, batch) {
      if (z.length < batch * E) throw new RequestError('z', `needs ${batch * E} numbers, has ${z.length}`);
      if (batch === 0)
        return { waypoints: new Float32Array(), residual: new Float32Array(), value: new Float32Array() };
      return inTurn(() => headsRows(z, batch));
    },
    dispose: () => gpu.dispose(),
  };
}

function checkSize(limits: GPUSupportedLimits, config: PolicyConfig, parameterBytes: number): void {
  const threads = Math.min(limits.maxComputeWorkgroupSizeX, limits.maxComputeInvocationsPerWorkgroup);
  if (config.width < ROWS || config.width > threads || config.width % config.heads !== 0)
    throw new RequestError(
      'width',
      `${config.width} is not a multiple of ${config.heads} heads in ${ROWS}..${threads}`,
    );
  if (workgroupBytes(config) > limits.maxComputeWorkgroupStorageSize)
    throw new RequestError(
      'width',
      `needs ${workgroupBytes(config)} bytes of workgroup memory, the device has ${limits.maxComputeWorkgroupStorageSize}`,
    );
  if (parameterBytes > limits.maxStorageBufferBindingSize)
    throw new RequestError('parameters', `${parameterBytes} bytes exceed the device's largest buffer`);
}

/** Bytes of cache a workgroup of ROWS rows needs. */
function cacheBytes({ prefix, layers, width }: PolicyConfig, maxTokens: number): number {
  return (prefix + 2 * layers * (prefix + maxTokens)) * width * ROWS * 4;
}

function generateInputWords(config: PolicyConfig, { batch, maxTokens, temperature, forced }: GenerateRequest): number {
  return batch * (config.observationSize + (temperature > 0 ? maxTokens : 0) + (forced ? maxTokens + 1 : 0));
}

function bits(array: Float32Array | Int32Array, length: number): Uint32Array {
  return new Uint32Array(array.slice(0, length).buffer);
}

function rowsOf(config: PolicyConfig, request: GenerateRequest, from: number, to: number): GenerateRequest {
  const { maxTokens: M, observations, uniforms, forced, forcedLengths } = request;
  return {
    ...request,
    batch: to - from,
    observations: observations.subarray(from * config.observationSize, to * config.observationSize),
    uniforms: uniforms?.subarray(from * M, to * M),
    forced: forced?.subarray(from * M, to * M),
    forcedLengths: forcedLengths?.subarray(from, to),
  };
}

function emptyGeneration(): Generation {
  return { tokens: new Int32Array(), lengths: new Int32Array(), logProbs: new Float32Array(), z: new Float32Array() };
}

function joined(parts: readonly Generation[], batch: number, maxTokens: number, width: number): Generation {
  const all = {
    tokens: new Int32Array(batch * maxTokens),
    lengths: new Int32Array(batch),
    logProbs: new Float32Array(batch * maxTokens),
    z: new Float32Array(batch * width),
  };
  let row = 0;
  for (const part of parts) {
    all.tokens.set(part.tokens, row * maxTokens);
    all.logProbs.set(part.logProbs, row * maxTokens);
    all.z.set(part.z, row * width);
    all.lengths.set(part.lengths, row);
    row += part.lengths.length;
  }
  return all;
}
