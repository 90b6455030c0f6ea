/**
 * A WASM module of kernels, compiled once a thread and instantiated per owner. Each instance has its own memory: a policy engine
 * or a batch of worlds owns one, and dropping it frees everything it held. The modules are world.ts and policy.ts.
 */

/** Exports every kernel shares; a user of a kernel group casts `exports` to that group's own interface. */
export interface KernelInstance<Exports> {
  readonly exports: Exports & { readonly memory: WebAssembly.Memory; alloc(bytes: number): number };
  /** Views of linear memory; a view is made anew when memory has grown since the last call. */
  f32(at: number, length: number): Float32Array;
  f64(at: number, length: number): Float64Array;
  i32(at: number, length: number): Int32Array;
  u8(at: number, length: number): Uint8Array;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The maker of fresh instances of a module given in base64; the module is compiled when the first is asked for. */
export function kernelModule(base64: string): <Exports>() => KernelInstance<Exports> {
  let compiled: WebAssembly.Module | undefined;
  return <Exports>() => {
    compiled ??= new WebAssembly.Module(decodeBase64(base64));
    return instanceOf<Exports>(new WebAssembly.Instance(compiled, {}));
  };
}

function instanceOf<Exports>(instance: WebAssembly.Instance): KernelInstance<Exports> {
  const exports = instance.exports as unknown as KernelInstance<Exports>['exports'];
  return {
    exports,
    f32: (at, length) => new Float32Array(exports.memory.buffer, at, length),
    f64: (at, length) => new Float64Array(exports.memory.buffer, at, length),
    i32: (at, length) => new Int32Array(exports.memory.buffer, at, length),
    u8: (at, length) => new Uint8Array(exports.memory.buffer, at, length),
  };
}
