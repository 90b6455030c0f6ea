/** The last result again for as long as what it is made of is the same, so that a listener sees by identity whether there is something new. */
export function memo<const K extends readonly unknown[], T>(keys: () => K, make: (keys: K) => T): () => T {
  let last: { readonly keys: K; readonly made: T } | null = null;
  return () => {
    const now = keys();
    if (!last || now.some((key, i) => !Object.is(key, last?.keys[i]))) last = { keys: now, made: make(now) };
    return last.made;
  };
}

/** Code that is fetched when it is first asked for: null until then, and `come` is told once it is there. */
export function lazily<T>(load: () => Promise<T>, come: () => void): () => T | null {
  let code: T | null = null;
  let asked = false;
  return () => {
    if (!asked) {
      asked = true;
      void load().then((loaded) => {
        code = loaded;
        come();
      });
    }
    return code;
  };
}
