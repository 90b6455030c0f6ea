/**
 * Loads TensorFlow.js (only here, by dynamic import, so that it is a chunk of its own) and gives it our GPUDevice.
 *
 * TensorFlow.js has one global engine and its own idea of which device to ask for. A second backend of its webgpu class,
 * under our name and on our device, with the kernels copied to that name, makes its tensors live beside our buffers. One
 * device at a time: engines on it are counted, and the last one frees the backend.
 */
import type * as TfCore from '@tensorflow/tfjs-core';

export type Tf = typeof TfCore;

const BACKEND = 'traceway-webgpu';

let users = 0;
let current: { readonly device: GPUDevice; readonly ready: Promise<Tf> } | undefined;

async function load(device: GPUDevice, adapter: GPUAdapterInfo): Promise<Tf> {
  // In this order: gradients and backend register themselves with a core that must have been evaluated.
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-core/dist/register_all_gradients');
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  // Fewer submits: the default hands over every 15 dispatches.
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 100);
  if (tf.getKernelsForBackend(BACKEND).length === 0) tf.copyRegisteredKernels('webgpu', BACKEND);
  tf.registerBackend(BACKEND, () => new WebGPUBackend(device, adapter));
  if (!(await tf.setBackend(BACKEND))) throw new Error('TensorFlow.js did not accept the GPU device');
  return tf;
}

/** TensorFlow.js on `device`; call `release` once when done. Throws when it already runs on another device. */
export async function acquireTfjs(device: GPUDevice, adapter: GPUAdapterInfo): Promise<{ tf: Tf; release(): void }> {
  if (current && current.device !== device && users > 0)
    throw new Error('TensorFlow.js already runs on another GPU device');
  if (current?.device !== device) current = { device, ready: load(device, adapter) };
  const mine = current;
  users++;
  const release = (tf?: Tf) => {
    if (--users > 0 || current !== mine) return;
    current = undefined;
    tf?.removeBackend(BACKEND);
  };
  try {
    const tf = await mine.ready;
    let released = false;
    return {
      tf,
      release() {
        if (!released) release(tf);
        released = true;
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
