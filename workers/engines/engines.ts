/**
 * Engines in a worker: makes one by name, shares one GPUDevice among those that need it, and measures what each can do here.
 * `ts` and `wasm` are always there; `webgpu` and `tfjs` need an adapter and are loaded only when asked for.
 */
import type { Engine, EngineName } from '../../core/models/engine.ts';
import { createTsEngine } from '../../core/models/engines/ts/ts.ts';
import { createWasmEngine } from '../../core/models/engines/wasm/wasm.ts';
import type { PolicyConfig } from '../../core/models/config.ts';

interface Gpu {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
}
let gpu: Promise<Gpu> | undefined;

/** The worker's GPUDevice, requested once; asked for anew after it was lost. Rejects with one sentence when there is none. */
export function gpuDevice(): Promise<Gpu> {
  gpu ??= requestGpu().catch((error: unknown) => {
    gpu = undefined;
    throw error;
  });
  return gpu;
}

async function requestGpu(): Promise<Gpu> {
  if (!navigator.gpu) throw new Error('This browser has no WebGPU.');
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('This browser has WebGPU but found no graphics adapter for it.');
  const device = await adapter.requestDevice();
  void device.lost.then(() => {
    gpu = undefined;
  });
  return { device, info: adapter.info };
}

/** An engine of that name with these parameters, for `rows` rows at once. Rejects with one sentence when this browser cannot run it. */
export async function createEngine(
  name: EngineName,
  config: PolicyConfig,
  flat: Float32Array,
  rows?: number,
): Promise<Engine> {
  switch (name) {
    case 'ts':
      return createTsEngine(config, flat);
    case 'wasm':
      return createWasmEngine(config, flat, rows === undefined ? {} : { maxBatch: rows });
    case 'webgpu': {
      const { device, info } = await gpuDevice();
      const { createWebGpuEngine } = await import('../../core/models/engines/webgpu/webgpu.ts');
      return createWebGpuEngine(device, info, config, flat);
    }
    case 'tfjs': {
      const { device, info } = await gpuDevice();
      const { createTfjsEngine } = await import('../../core/models/engines/tfjs/tfjs.ts');
      return createTfjsEngine(device, info, config, flat);
    }
  }
}
