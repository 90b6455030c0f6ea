/**
 * Blocks of linear memory by power-of-two size, given back and used again. The kernels' own allocation only ever grows; this
 * keeps roads and tracks that come and go with every reset from filling it.
 */
export class Blocks {
  readonly #free = new Map<number, number[]>();
  readonly #alloc: (bytes: number) => number;
  constructor(alloc: (bytes: number) => number) {
    this.#alloc = alloc;
  }
  take(bytes: number): Block {
    const size = 2 ** Math.ceil(Math.log2(Math.max(64, bytes)));
    return { at: this.#free.get(size)?.pop() ?? this.#alloc(size), size };
  }
  give({ at, size }: Block): void {
    const list = this.#free.get(size);
    if (list) list.push(at);
    else this.#free.set(size, [at]);
  }
}
export interface Block {
  readonly at: number;
  readonly size: number;
}
