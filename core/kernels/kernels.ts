/**
 * The WASM module, compiled once a thread and instantiated per owner. Each instance has its own memory: a policy engine or a
 * batch of worlds owns one, and dropping it frees everything it held.
 */
import { KERNELS_BASE64 } from './generated/kernels.ts';

/** Exports every kernel shares; a user of a kernel group casts `exports` to that group's own interface. */
export interface KernelInstance<Exports> {
  readonly exports: Exports & { readonly memory: WebAssembly.Memory; alloc(bytes: number): number };
  /** Views of linear memory; a view is made anew when memory has grown since the last call. */
  f32(at: number, length: number): Float32Array;
  f64(at: number, length: number): Float64Array;
  i32(at: number, length: number): Int32Array;
  u8(at: number, length: number): Uint8Array;
}

let compiled: WebAssembly.Module | undefined;

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** A fresh instance of the kernels. */
export function instantiateKernels<Exports>(): KernelInstance<Exports> {
  compiled ??= new WebAssembly.Module(decodeBase64(KERNELS_BASE64));
  const instance = new WebAssembly.Instance(compiled, {});
  const exports = instance.exports as unknown as KernelInstance<Exports>['exports'];
  return {
    exports,
    f32: (at, length) => new Float32Array(exports.memory.buffer, at, length),
    f64: (at, length) => new Float64Array(exports.memory.buffer, at, length),
    i32: (at, length) => new Int32Array(exports.memory.buffer, at, length),
    u8: (at, length) => new Uint8Array(exports.memory.buffer, at, length),
  };
}
