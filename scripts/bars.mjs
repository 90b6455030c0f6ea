// `npm run bars -- NAME`: what takes minutes and a machine that does nothing else: benchmarks and long trainings, held to their bars.
// None of them is part of `npm test`. Without a name it lists them. Figures land in out/measurements.
import { spawnSync } from 'node:child_process';
import { root, setUp } from './setup.mjs';
import { playwrightEnv } from './testing/playwright.mjs';

const vitest = (...args) => ['node_modules/vitest/vitest.mjs', ...args];
const playwright = (...args) => ['node_modules/@playwright/test/cli.js', 'test', ...args];
const BARS = {
  bench: { what: 'benchmarks, *.bench.ts (2 min)', run: () => [vitest('bench', '--run')] },
  proxy: {
    what: 'the proxy in Chromium: throughput, ratio to the official client, memory over a slow minute (4 min)',
    run: async () => [playwright('e2e/proxy.timing.test.ts'), await playwrightEnv()],
  },
  latency: {
    what: "from a CARLA server's frame to the page, at 20 and 50 steps a second (2 min)",
    run: async () => [playwright('e2e/latency.timing.test.ts'), await playwrightEnv()],
  },
  reconnect: {
    what: 'how soon a page goes on after CARLA or the proxy was killed (1 min)',
    run: async () => [
      playwright('e2e/sources-outside.timing.test.ts', '--grep', 'killed in mid-watch'),
      await playwrightEnv(),
    ],
  },
  grpo: {
    what: 'GRPO on the thoughts: returns rise with three seeds of three, driving and Blocksworld (20 min)',
    run: () => [vitest('run', '--project', 'bars', 'grpo.bars')],
  },
  training: {
    what: 'the default training with seed 42 gives the files it gave (4 min)',
    run: () => [vitest('run', '--project', 'bars', 'pinned-training')],
  },
};

const [name, ...rest] = process.argv.slice(2);
if (!(name in BARS) || rest.length > 0) {
  for (const [each, { what }] of Object.entries(BARS)) console.error(`npm run bars -- ${each.padEnd(9)}  ${what}`);
  process.exit(2);
}
await setUp();
const [args, env = {}] = await BARS[name].run();
const { status } = spawnSync(process.execPath, args, {
  cwd: root,
  env: { ...process.env, ...env, TRACEWAY_BARS: '1' },
  stdio: 'inherit',
});
process.exit(status ?? 1);
