/**
 * A GPUDevice that cannot fail silently.
 *
 * An invalid kernel drops its whole command batch without a word, and reading back then gives whatever lay in the buffer.
 * So: an error scope round each pipeline and each submit, a listener for errors no scope caught, results poisoned before
 * each run, and a ticket that every workgroup must hand back. A lost device rejects every call, waiting or to come.
 */

/** GPUBufferUsage and GPUMapMode, spelt out so that core needs no browser globals. */
export const USAGE = { MAP_READ: 0x1, COPY_SRC: 0x4, COPY_DST: 0x8, UNIFORM: 0x40, STORAGE: 0x80 } as const;
const MAP_READ_MODE = 0x1;

/** The device is gone (driver reset, tab in the background, `destroy()`): nothing on it can be read any more. */
export class DeviceLostError extends Error {
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(`The GPU device was lost (${reason}): ${message || 'no reason given'}`);
    this.name = 'DeviceLostError';
    this.reason = reason;
  }
}

/** The GPU refused or botched a piece of work. `stage` says which. */
export class GpuError extends Error {
  readonly stage: string;
  constructor(stage: string, message: string) {
    super(`GPU error while ${stage}: ${message}`);
    this.name = 'GpuError';
    this.stage = stage;
  }
}

/** One bit pattern that is −2 as an i32 (no token) and NaN as an f32. */
export const POISON = 0xfffffffe;

/** What anything that computes on a device needs to know of it. */
export interface DeviceWatch {
  /** Throws when the device is lost or the watch disposed. */
  assertAlive(stage: string): void;
  /** `work`, or a rejection with `DeviceLostError` as soon as the device is lost; other failures become `GpuError`. */
  alive<T>(stage: string, work: Promise<T>): Promise<T>;
  /** Throws `GpuError` when the device has reported an error that no scope caught since the last call. */
  throwUncaptured(stage: string): void;
  dispose(): void;
}

export function watchDevice(device: GPUDevice): DeviceWatch {
  let lost: DeviceLostError | undefined;
  let disposed = false;
  const uncaptured: string[] = [];
  const onUncaptured = (event: GPUUncapturedErrorEvent) => uncaptured.push(event.error.message);
  device.addEventListener('uncapturederror', onUncaptured);
  const whenLost = device.lost.then((info) => {
    lost = new DeviceLostError(info.reason, info.message);
    return lost;
  });
  return {
    assertAlive(stage) {
      if (disposed) throw new GpuError(stage, 'the engine was disposed');
      if (lost) throw lost;
    },
    alive(stage, work) {
      const settled = work.catch(async (error: unknown) => {
        // A loss may make pending work fail a moment before `lost` resolves: one round trip to the GPU decides.
        await Promise.race([whenLost, device.queue.onSubmittedWorkDone().catch(() => undefined)]);
        throw lost ?? (error instanceof GpuError ? error : new GpuError(stage, String(error)));
      });
      const rejected = whenLost.then((error) => {
        throw error;
      });
      return Promise.race([settled, rejected]);
    },
    throwUncaptured(stage) {
      const messages = uncaptured.splice(0);
      if (messages.length > 0) throw new GpuError(stage, messages.join('; '));
    },
    dispose() {
      disposed = true;
      device.removeEventListener('uncapturederror', onUncaptured);
    },
  };
}

export interface CheckedDevice {
  readonly device: GPUDevice;
  /** Compiles `code`; the entry point is the only one in it. Rejects with `GpuError` (compiler messages) when invalid. */
  pipeline(stage: string, code: string): Promise<GPUComputePipeline>;
  buffer(stage: string, bytes: number, usage: number): GPUBuffer;
  /** Frees a buffer before the rest. */
  free(buffer: GPUBuffer | undefined): void;
  /** Records with `encode` and submits it as one batch, its output poisoned first; resolves to `words` words of `output`. */
  run(
    stage: string,
    output: GPUBuffer,
    words: number,
    encode: (encoder: GPUCommandEncoder) => void,
  ): Promise<Uint32Array>;
  dispose(): void;
}

export function checkDevice(device: GPUDevice): CheckedDevice {
  const watch = watchDevice(device);
  const { alive, assertAlive } = watch;
  const buffers = new Set<GPUBuffer>();

  /** Runs `work` inside scopes for all kinds of error; resolves when they are known to be empty. */
  async function scoped<T>(stage: string, work: () => T): Promise<T> {
    assertAlive(stage);
    const kinds = ['validation', 'out-of-memory', 'internal'] as const;
    for (const kind of kinds) device.pushErrorScope(kind);
    let result: T | undefined;
    let thrown: unknown;
    try {
      result = work();
    } catch (error) {
      thrown = error;
    }
    const found = await alive(stage, Promise.all(kinds.map(() => device.popErrorScope())));
    const error = found.find((e) => e !== null);
    if (error) throw new GpuError(stage, error.message);
    if (thrown) throw thrown;
    return result as T;
  }

  function buffer(stage: string, bytes: number, usage: number): GPUBuffer {
    assertAlive(stage);
    const made = device.createBuffer({ label: stage, size: Math.ceil(bytes / 16) * 16, usage });
    buffers.add(made);
    return made;
  }

  function free(old: GPUBuffer | undefined): void {
    if (!old) return;
    old.destroy();
    buffers.delete(old);
  }

  let poison: GPUBuffer | undefined;
  let staging: GPUBuffer | undefined;
  function ensureStaging(stage: string, bytes: number): { poison: GPUBuffer; staging: GPUBuffer } {
    if (!poison || !staging || staging.size < bytes) {
      free(poison);
      free(staging);
      staging = buffer(`${stage}: read-back`, bytes, USAGE.MAP_READ | USAGE.COPY_DST);
      poison = buffer(`${stage}: poison`, bytes, USAGE.COPY_SRC | USAGE.COPY_DST);
      device.queue.writeBuffer(poison, 0, new Uint32Array(poison.size / 4).fill(POISON));
    }
    return { poison, staging };
  }

  return {
    device,
    buffer,
    free,
    async pipeline(stage, code) {
      const module = await scoped(stage, () => device.createShaderModule({ label: stage, code }));
      const info = await alive(stage, module.getCompilationInfo());
      const bad = info.messages.filter((m) => m.type === 'error');
      if (bad.length > 0) throw new GpuError(stage, bad.map((m) => `line ${m.lineNum}: ${m.message}`).join('; '));
      return alive(
        stage,
        scoped(stage, () => device.createComputePipelineAsync({ label: stage, layout: 'auto', compute: { module } })),
      );
    },
    async run(stage, output, words, encode) {
      const bytes = words * 4;
      let readBack!: GPUBuffer;
      await scoped(stage, () => {
        const { poison: from, staging: to } = ensureStaging(stage, bytes);
        readBack = to;
        const encoder = device.createCommandEncoder({ label: stage });
        encoder.copyBufferToBuffer(from, 0, output, 0, bytes);
        encode(encoder);
        encoder.copyBufferToBuffer(output, 0, to, 0, bytes);
        device.queue.submit([encoder.finish()]);
      });
      await alive(stage, readBack.mapAsync(MAP_READ_MODE, 0, bytes));
      const result = new Uint32Array(readBack.getMappedRange(0, bytes).slice(0));
      readBack.unmap();
      watch.throwUncaptured(stage);
      return result;
    },
    dispose() {
      watch.dispose();
      for (const made of buffers) made.destroy();
      buffers.clear();
    },
  };
}
