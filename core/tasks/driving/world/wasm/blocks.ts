/**
 * Blocks of linear memory by power-of-two size, given back and used again. The kernels' own allocation only ever grows; this
 * keeps roads, lanes and tracks that come and go with every reset from filling it.
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

/** Blocks that hold what several worlds read: written at the first use of an object, given back after the last. */
export class SharedBlocks<Key extends object> {
  readonly #known = new Map<Key, Block & { users: number }>();
  readonly #blocks: Blocks;
  readonly #bytes: (key: Key) => number;
  readonly #write: (key: Key, at: number) => void;
  constructor(blocks: Blocks, bytes: (key: Key) => number, write: (key: Key, at: number) => void) {
    this.#blocks = blocks;
    this.#bytes = bytes;
    this.#write = write;
  }
  /** Where the block of `key` lies; one more uses it. */
  take(key: Key): number {
    const known = this.#known.get(key);
    if (known) {
      known.users++;
      return known.at;
    }
    const block = this.#blocks.take(this.#bytes(key));
    this.#write(key, block.at);
    this.#known.set(key, { ...block, users: 1 });
    return block.at;
  }
  /** One less uses it. */
  give(key: Key): void {
    const known = this.#known.get(key);
    if (!known || --known.users > 0) return;
    this.#known.delete(key);
    this.#blocks.give(known);
  }
}
