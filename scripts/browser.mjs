// Finds a Chromium for the end-to-end tests, or gets one: Playwright's own download, else Debian's package when root.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Flags that give headless Chromium WebGPU on its software adapter and keep it off the network. */
export const CHROMIUM_FLAGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

async function installed() {
  const { chromium } = await import('playwright-core');
  const places = [
    process.env.CHROMIUM_PATH,
    chromium.executablePath(),
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  return places.find((place) => place && existsSync(place));
}

/** Path of a Chromium; installs one when none is found. Says in one line what it did. Throws when nothing helped. */
export async function findBrowser() {
  const found = await installed();
  if (found) return found;
  const playwright = spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'ignore', timeout: 240_000 });
  let path = playwright.status === 0 ? await installed() : undefined;
  if (path) {
    console.log(`No browser was found: Playwright downloaded its own Chromium (${path}).`);
    return path;
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    path = await installed();
    if (path) {
      console.log(
        `No browser was found and Playwright's download failed: installed Debian's chromium package (${path}).`,
      );
      return path;
    }
  }
  throw new Error('No Chromium was found and none could be installed; set CHROMIUM_PATH to one.');
}
