/**
 * CPython's `random`, number for number: MT19937 (Matsumoto & Nishimura 1998) seeded the way `random.seed(int)` does it, with
 * `random`, `getrandbits`, `shuffle`, `gauss` and `choices` as Lib/random.py (3.11) defines them. Needed to reproduce
 * microgpt's `names` run exactly; everything else in the lab uses core/base/random.ts.
 */
const N = 624;
const M = 397;

export interface PythonRandom {
  /** Uniform in [0, 1) with 53 bits. */
  random(): number;
  /** Uniform integer of `bits` bits, 1..32. */
  getrandbits(bits: number): number;
  /** In place, Fisher–Yates from the end. */
  shuffle<T>(items: T[]): void;
  gauss(mean: number, deviation: number): number;
  /** Index drawn with probability ∝ weights: `random.choices(range(n), weights)[0]`. */
  choice(weights: ArrayLike<number>): number;
}

/** `random.Random(seed)` for 0 ≤ seed < 2³². */
export function createPythonRandom(seed: number): PythonRandom {
  const state = new Uint32Array(N);
  let index = N;
  let gaussNext: number | undefined;

  // init_genrand(19650218), then init_by_array([seed]).
  state[0] = 19650218;
  for (let i = 1; i < N; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  let i = 1;
  for (let k = 0; k < N; k++) {
    state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1664525)) + seed;
    if (++i >= N) {
      state[0] = state[N - 1];
      i = 1;
    }
  }
  for (let k = 0; k < N - 1; k++) {
    state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1566083941)) - i;
    if (++i >= N) {
      state[0] = state[N - 1];
      i = 1;
    }
  }
  state[0] = 0x80000000;

  function word(): number {
    if (index === N) {
      for (let k = 0; k < N; k++) {
        const y = (state[k] & 0x80000000) | (state[(k + 1) % N] & 0x7fffffff);
        state[k] = state[(k + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      index = 0;
    }
    let y = state[index++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }
  const random = () => {
    const high = word() >>> 5;
    return (high * 67108864 + (word() >>> 6)) / 9007199254740992;
  };
  const getrandbits = (bits: number) => word() >>> (32 - bits);
  const below = (n: number) => {
    const bits = 32 - Math.clz32(n);
    let r = getrandbits(bits);
    while (r >= n) r = getrandbits(bits);
    return r;
  };
  return {
    random,
    getrandbits,
    shuffle(items) {
      for (let k = items.length - 1; k > 0; k--) {
        const j = below(k + 1);
        const kept = items[k];
        items[k] = items[j];
        items[j] = kept;
      }
    },
    gauss(mean, deviation) {
      let z = gaussNext;
      gaussNext = undefined;
      if (z === undefined) {
        const angle = random() * 2 * Math.PI;
        const radius = Math.sqrt(-2 * Math.log(1 - random()));
        z = Math.cos(angle) * radius;
        gaussNext = Math.sin(angle) * radius;
      }
      return mean + z * deviation;
    },
    choice(weights) {
      const cumulative = new Float64Array(weights.length);
      let total = 0;
      for (let k = 0; k < weights.length; k++) {
        total += weights[k];
        cumulative[k] = total;
      }
      const x = random() * total;
      let low = 0;
      let high = weights.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (x < cumulative[middle]) high = middle;
        else low = middle + 1;
      }
      return low;
    },
  };
}
