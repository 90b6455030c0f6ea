/**
 * Being told to end: Ctrl+C, SIGTERM, a terminal that closes. One Ctrl+C reaches a program more than once (from the terminal, from npm,
 * from the script that started it), and that must not cut short the clean-up that the first began; who asks again later means it.
 */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** Signals this close together are one. */
const ONE_MS = 1000;

/** Calls `end` once, with the exit code that the signal stands for; a second, later signal exits at once. Returns how to stop listening. */
export function onInterrupt(end: (exitCode: number) => void): () => void {
  let first: number | null = null;
  const listeners = Object.entries(SIGNALS).map(([signal, exitCode]) => {
    const listener = () => {
      const now = performance.now();
      if (first !== null && now - first > ONE_MS) process.exit(exitCode);
      if (first !== null) return;
      first = now;
      end(exitCode);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}
