// `npm start`: set-up, build, serve on loopback, say where, open a browser where there is a display. The server is the proxy, so the
// page can watch and drive sources at its own address. PORT chooses the port (default 5173, or the next free one), BROWSER=none keeps
// the browser shut. SIGINT and SIGTERM end everything.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { buildApp } from './build.mjs';
import { runNode } from './run-node.mjs';
import { exitWith, setUp } from './setup.mjs';

const asked = process.env.PORT;
const wanted = Number(asked ?? 5173);
if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65535)
  exitWith(`PORT must be a number from 1 to 65535, not "${asked}".`);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => setTimeout(() => process.exit(0), 5000).unref());

await setUp();
const outDir = await buildApp();
const port = asked === undefined ? await nextFree(wanted) : wanted;
const proxy = runNode(
  'sim-proxy/cli/proxy.ts',
  ['--port', String(port), '--lab', outDir, ...process.argv.slice(2)],
  ['ignore', 'pipe', 'pipe'],
);
let problem = '';
proxy.stderr.on('data', (data) => {
  for (const line of String(data).split('\n')) {
    if (/^\{.*"level":"(?:warn|error)"/.test(line)) console.error(line);
    else if (line && !line.startsWith('{')) problem += `${line}\n`;
  }
});
proxy.on('exit', (code) => {
  if (problem.includes('EADDRINUSE') || problem.includes('EACCES'))
    exitWith(`Port ${port} cannot be used. Choose another: PORT=5199 npm start`);
  if (problem) console.error(problem.trim());
  process.exit(code ?? 0);
});
await new Promise((ready) => proxy.stdout.once('data', ready));
const url = `http://localhost:${port}/`;
const answer = await fetch(url);
if (!answer.ok) exitWith(`The lab was built but answers ${answer.status} at ${url}.`);
console.log(`Traceway: ${url}`);
if (process.env.BROWSER !== 'none') openBrowser(url);

/** The first port from `from` on that nothing listens on. */
async function nextFree(from) {
  for (let port = from; port < from + 100; port++) {
    const free = await new Promise((done) => {
      const server = createServer()
        .once('error', () => done(false))
        .listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (free) return port;
  }
  return exitWith(`No port from ${from} to ${from + 99} is free. Choose one: PORT=8000 npm start`);
}

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
