// Bump allocation in linear memory. An engine or a batch of worlds owns a whole module instance, so nothing is ever
// freed: dropping the instance frees all of it.

let top: usize = (__heap_base + 15) & ~15;

/** Reserves `bytes` bytes, 16-byte aligned and zeroed; traps when the memory cannot grow. */
export function alloc(bytes: usize): usize {
  const at = top;
  top = (at + bytes + 15) & ~15;
  const pages = <i32>((top + 0xffff) >>> 16);
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) unreachable();
  return at;
}
