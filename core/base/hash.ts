/**
 * State hashes: FNV-1a with 64 bits (Fowler, Noll, Vo), printed as 16 hex digits. Not cryptographic; it proves that two
 * drives went through the same numbers, bit for bit.
 */
const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** A 64-bit hash, signed (as WASM returns it) or not, as 16 hex digits. */
export function hashText(hash: bigint): string {
  return BigInt.asUintN(64, hash).toString(16).padStart(16, '0');
}

/** FNV-1a 64 of `bytes`. */
export function fnv1a64(bytes: Uint8Array): string {
  let hash = OFFSET;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hashText(hash);
}
