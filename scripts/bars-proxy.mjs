// `npm run bars:proxy`: the proxy held to its bars (throughput, ratio to the official client, memory over a slow minute) in a real
// Chromium. Takes about four minutes and wants a machine that does nothing else; figures land in out/measurements.
import { spawnSync } from 'node:child_process';
import { buildApp } from './build.mjs';
import { findBrowser } from './browser.mjs';
import { root, setUp } from './setup.mjs';

await setUp();
const env = {
  ...process.env,
  TRACEWAY_BARS: '1',
  CHROMIUM_PATH: await findBrowser(),
  TRACEWAY_APP: await buildApp(),
};
const { status } = spawnSync(process.execPath, ['node_modules/@playwright/test/cli.js', 'test', 'e2e/proxy.test.ts'], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exit(status ?? 1);
