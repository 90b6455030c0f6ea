/**
 * Seeded randomness, passed as an argument everywhere; the lab never calls `Math.random`.
 * Generator: SplitMix32-seeded xoshiro128** (Blackman & Vigna 2018), 32-bit integer arithmetic only, so the same seed gives
 * the same stream in every engine.
 */
export interface Random {
  /** Uniform in [0, 1) with 32 bits. */
  next(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Standard normal (Box–Muller, both values used). */
  normal(): number;
  /** Generator state for checkpoints: `createRandom(0, state)` continues the same stream. */
  state(): number[];
}

/** Deterministic 32-bit mix of two integers: gives each (seed, stream) pair its own generator. */
export function mixSeed(seed: number, stream: number): number {
  let h = (seed ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A generator from a 32-bit seed, or continued from a saved `state()`. */
export function createRandom(seed: number, saved?: readonly number[]): Random {
  let mix = seed >>> 0;
  const splitMix = () => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const s = new Uint32Array(4);
  for (let i = 0; i < 4; i++) s[i] = saved?.[i] ?? splitMix();
  let spare = saved?.[4] ?? Number.NaN;
  const rotl = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0;
  const word = () => {
    const a = s[0];
    const b = s[1];
    const c = s[2];
    const d = s[3];
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    s[2] = c ^ a;
    s[3] = d ^ b;
    s[1] = b ^ (c ^ a);
    s[0] = a ^ (d ^ b);
    s[2] = (c ^ a ^ (b << 9)) >>> 0;
    s[3] = rotl((d ^ b) >>> 0, 11);
    return result;
  };
  const next = () => word() / 4294967296;
  return {
    next,
    below: (n) => Math.floor(next() * n),
    between: (low, high) => low + (high - low) * next(),
    normal() {
      if (!Number.isNaN(spare)) {
        const kept = spare;
        spare = Number.NaN;
        return kept;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    state: () => [...s, spare],
  };
}
