import { availableParallelism, loadavg } from 'node:os';
import { defineConfig } from 'vitest/config';

const TESTS = '{core,workers,web,sim-proxy,scripts}/**/*';
const UNIT = [`${TESTS}.test.{ts,tsx}`];
const INTEGRATION = [`${TESTS}.integration.test.ts`];
const BENCHES = '{core,workers,web,sim-proxy}/**/*.bench.ts';
/** What takes minutes: `npm run bars -- NAME`, never `npm test`. */
const BARS = [`${TESTS}.bars.test.ts`];

/** A test that takes longer says so itself, and why. On a machine that does much else every test gets its share of a core only. */
const LIMIT_MS = 10_000 * Math.max(1, loadavg()[0] / availableParallelism());

const project = (name: string, test: object) => ({
  extends: true as const,
  test: { name, testTimeout: LIMIT_MS, hookTimeout: LIMIT_MS, benchmark: { include: [] }, ...test },
});

export default defineConfig({
  test: {
    expect: { poll: { timeout: 60_000 } },
    pool: 'threads',
    maxWorkers: 2,
    reporters: ['default', './scripts/testing/slowest-unit.mjs'],
    projects: [
      project('unit', {
        include: UNIT,
        exclude: [...INTEGRATION, ...BARS],
        setupFiles: ['scripts/testing/unit-guard.mjs'],
        // Reading the modules anew for every file would cost as much as a third of the tests.
        isolate: false,
        benchmark: { include: [BENCHES] },
      }),
      // Processes start slowly: tsx alone takes seconds on a machine that has just been cloned onto.
      project('integration', { include: INTEGRATION, testTimeout: 18 * LIMIT_MS, hookTimeout: 18 * LIMIT_MS }),
      ...(process.env.TRACEWAY_BARS ? [project('bars', { include: BARS, testTimeout: 1_800_000 })] : []),
    ],
  },
});
