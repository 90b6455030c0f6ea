// `npm start`: set-up, build, serve on loopback, say where, open a browser where there is a display.
// PORT chooses the port (default 5173, or the next free one), BROWSER=none keeps the browser shut. SIGINT and SIGTERM end everything.
import { spawn } from 'node:child_process';
import { buildApp } from './build.mjs';
import { fail, setUp } from './setup.mjs';

const asked = process.env.PORT;
const port = Number(asked ?? 5173);
if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`PORT must be a number from 1 to 65535, not "${asked}".`);

let server;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server?.httpServer.closeAllConnections?.();
    server?.httpServer.close();
    process.exit(0);
  });
}

await setUp();
const outDir = await buildApp();
const { preview } = await import('vite');
try {
  server = await preview({
    build: { outDir },
    logLevel: 'warn',
    preview: { port, strictPort: asked !== undefined, host: 'localhost', open: false },
  });
} catch (error) {
  fail(`Port ${port} cannot be used (${error.code ?? error.message}). Choose another: PORT=5199 npm start`);
}
const url = `http://localhost:${server.httpServer.address().port}/`;
const answer = await fetch(url);
if (!answer.ok) fail(`The lab was built but answers ${answer.status} at ${url}.`);
console.log(`Traceway: ${url}`);
if (process.env.BROWSER !== 'none') openBrowser(url);

function openBrowser(address) {
  const { platform, env } = process;
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return;
  const [command, ...args] =
    platform === 'darwin'
      ? ['open', address]
      : platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
