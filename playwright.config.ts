import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS } from './scripts/browser.mjs';

/** Two free ports when `npm test` chose them, so that several runs can go on at once. */
const port = process.env.TRACEWAY_E2E_PORT ?? '5198';
const TIMING = '**/*.timing.test.ts';

/** End-to-end tests drive the built app (TRACEWAY_APP, a folder) in a real Chromium with WebGPU on its software adapter. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 90_000,
  // One page keeps less than half a core busy. Pages share the two servers and nothing else.
  workers: 2,
  fullyParallel: true,
  projects: [
    { name: 'lab', testMatch: '**/*.test.ts', testIgnore: TIMING },
    // What measures time has the machine to itself.
    { name: 'timing', testMatch: TIMING, workers: 1 },
  ],
  forbidOnly: !!process.env.CI,
  // A machine that has just cloned and installed is not quiet yet; what passes the second time is called flaky in the list.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list'], ['./scripts/testing/slowest-e2e.mjs']],
  outputDir: 'test-results',
  use: {
    baseURL: `http://localhost:${port}/`,
    actionTimeout: 30_000,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: CHROMIUM_FLAGS,
    },
  },
  webServer: [
    { command: 'node e2e/serve.mjs', url: `http://localhost:${port}/`, reuseExistingServer: false, timeout: 60_000 },
  ],
});
