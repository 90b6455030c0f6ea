// `npm test`: set-up, then every check in turn; one line a check, the output of a failed one in full.
// `npm test -- types lint unit` runs only those named.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { buildApp } from './build.mjs';
import { findBrowser } from './browser.mjs';
import { root, setUp } from './setup.mjs';

const node = process.execPath;
const bin = (name) => `node_modules/.bin/${name}`;
const CHECKS = {
  types: async () => (await typeCheck('tsconfig.json')) && typeCheck('core/tsconfig.json'),
  lint: async () => (await run(bin('oxlint'), ['--deny-warnings'])) && run(bin('biome'), ['check', '.']),
  api: () => run(node, ['scripts/proto.mjs', 'check']),
  walls: () => run(node, ['scripts/walls.mjs']),
  unit: () => run(bin('vitest'), ['run', '--reporter=default'], {}, true),
  e2e: async () => {
    const chromium = await findBrowser();
    const app = await buildApp();
    const [port, sourcePort] = await freePorts(2);
    const env = {
      CHROMIUM_PATH: chromium,
      TRACEWAY_APP: app,
      TRACEWAY_E2E_PORT: port,
      TRACEWAY_SOURCE_PORT: sourcePort,
    };
    return run(bin('playwright'), ['test', '--output', `test-results/${process.pid}`], env, true);
  },
};

/** The compiler itself; `typescript` is there for tools that read code through its API. */
const typeCheck = (project) => run(node, ['node_modules/typescript-native/bin/tsc', '--noEmit', '-p', project]);

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

/** Runs a command; shows its output live when `show`, else only when it fails. */
function run(command, args, env = {}, show = false) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.on('error', (error) => done(!console.error(String(error))));
    child.on('exit', (code) => {
      if (code !== 0 && !show) console.error(output);
      done(code === 0);
    });
    children.add(child);
    child.on('exit', () => children.delete(child));
  });
}
const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
    process.exit(130);
  });
}

await setUp();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in CHECKS));
if (unknown.length) {
  console.error(`Unknown check "${unknown[0]}"; there are ${Object.keys(CHECKS).join(', ')}.`);
  process.exit(2);
}
let passed = 0;
let failed = 0;
for (const name of asked.length ? asked : Object.keys(CHECKS)) {
  const started = Date.now();
  let ok = false;
  try {
    ok = await CHECKS[name]();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
console.log(`checks: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
