import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,workers,web,sim-proxy,scripts}/**/*.test.{ts,tsx}'],
    benchmark: { include: ['{core,workers,web,sim-proxy}/**/*.bench.ts'] },
    // Wide enough for a machine that does much else at the same time.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'threads',
    maxWorkers: 2,
  },
});
