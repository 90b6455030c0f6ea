import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,workers,web,sim-proxy,scripts}/**/*.test.{ts,tsx}'],
    benchmark: { include: ['{core,workers,web,sim-proxy}/**/*.bench.ts'] },
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    pool: 'threads',
    maxWorkers: 2,
  },
});
