import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS } from './scripts/browser.mjs';

/** Two free ports when `npm test` chose them, so that several runs can go on at once. */
const port = process.env.TRACEWAY_E2E_PORT ?? '5198';

/** End-to-end tests drive the built app (TRACEWAY_APP, a folder) in a real Chromium with WebGPU on its software adapter. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.test.ts',
  timeout: 90_000,
  workers: 1,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  reporter: 'list',
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
