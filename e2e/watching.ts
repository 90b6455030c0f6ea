/** What tests of watched sources share: programs of the repo that they start, and the page's Sources panel and live view. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { expect, type Locator, type Page } from '@playwright/test';
import { button, PATIENT, region } from './helpers.ts';

const children: ChildProcess[] = [];

export interface Started {
  readonly child: ChildProcess;
  /** The first line that it printed. */
  readonly line: string;
}

/** Starts a program of the repo; rejects with what it said when it ends before it printed a line. */
export async function startProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  children.push(child);
  let said = '';
  child.stderr?.on('data', (data) => (said += String(data)));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
  });
  return { child, line };
}
/** Ends whatever was started here; for `test.afterEach`. */
export function endPrograms(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL');
}

/** A proxy at a port, for pages of `baseURL`. */
export const startProxy = (port: number, baseURL = '', args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  startProgram(
    'sim-proxy/cli/proxy.ts',
    ['--port', String(port), '--allow-origin', new URL(baseURL).origin, ...args],
    env,
  );

export const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

export const sources = (page: Page): Locator => region(page, 'Sources');
export const live = (page: Page): Locator => region(page, 'Live');
export const slider = (page: Page): Locator => page.getByRole('slider', { name: 'Live timeline' });
export const connection = (page: Page): Locator => live(page).getByRole('status', { name: 'Connection' });
/** Steps of the newest moment, and of the one that is looked at. */
export const newest = async (page: Page): Promise<number> => Number(await slider(page).getAttribute('aria-valuemax'));
export const moment = async (page: Page): Promise<number> => Number(await slider(page).getAttribute('aria-valuenow'));

/** Unfolds the sources and asks for the proxy at this port. */
export async function connect(page: Page, port: number): Promise<void> {
  await page.goto('/');
  await sources(page)
    .getByRole('button', { name: /^Sources/ })
    .click(PATIENT);
  await page.getByRole('textbox', { name: 'Address of the proxy' }).fill(`localhost:${port}`, PATIENT);
  await button(page, 'Connect').click();
}
/** Watches a source of that name until frames have come. */
export async function watch(page: Page, name: RegExp): Promise<void> {
  await sources(page).getByRole('button', { name }).click(PATIENT);
  await expect(connection(page)).toContainText('live', PATIENT);
  await expect.poll(() => newest(page), PATIENT).toBeGreaterThan(5);
}
