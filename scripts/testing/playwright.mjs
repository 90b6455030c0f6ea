// Playwright's settings for one run: a browser, the built app and ports that nothing else listens on, so that several runs can go on at once.
import { createServer } from 'node:net';
import { findBrowser } from '../browser.mjs';
import { buildApp } from '../build.mjs';

/** The environment of a run. Builds the app when it is not up to date, and installs a Chromium when there is none. */
export async function playwrightEnv() {
  const [port, sourcePort] = await freePorts(2);
  return {
    CHROMIUM_PATH: await findBrowser(),
    TRACEWAY_APP: await buildApp(),
    TRACEWAY_E2E_PORT: port,
    TRACEWAY_SOURCE_PORT: sourcePort,
  };
}

/** `n` ports that nothing listens on now. */
async function freePorts(n) {
  const servers = await Promise.all(
    Array.from(
      { length: n },
      () =>
        new Promise((done) => {
          const server = createServer().listen(0, 'localhost', () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => String(server.address().port));
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
