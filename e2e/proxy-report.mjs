// The proxy's bars in Chromium, as proxy.timing.test.ts, latency.timing.test.ts and sources-outside.timing.test.ts measure them, printed as JSON: { bars,
// throughput, latency: [at 20, at 50 steps a second], back, slow: { steady, fast } }. `node e2e/proxy-report.mjs` takes about five
// minutes; with `quick` one, and the figures then mean nothing. The two slow pages, which mostly wait, are watched at the same time,
// each in a browser and with a server of its own; everything else one after the other.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findBrowser } from '../scripts/browser.mjs';
import { buildApp } from '../scripts/build.mjs';
import { root } from '../scripts/setup.mjs';

const quick = process.argv[2] === 'quick';
const NAMES = [
  'proxy-throughput',
  'proxy-latency-20',
  'proxy-latency-50',
  'proxy-carla-back',
  'proxy-slow-page-steady',
  'proxy-slow-page-fast',
];
const fileOf = (name) => join(root, 'out/measurements', `${name}.json`);

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, 'localhost', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return String(port);
}

/** Runs the tests of a file whose name matches. What they print goes to stderr. */
async function run(file, pattern, workers = 1) {
  const env = {
    ...process.env,
    ...(!quick && { TRACEWAY_BARS: '1' }),
    CHROMIUM_PATH: await findBrowser(),
    TRACEWAY_APP: process.env.TRACEWAY_APP ?? (await buildApp()),
    TRACEWAY_E2E_PORT: await freePort(),
    TRACEWAY_SOURCE_PORT: await freePort(),
  };
  const cli = ['node_modules/@playwright/test/cli.js', 'test', `e2e/${file}.test.ts`, '--grep', pattern];
  const options = ['--output', `test-results/${process.pid}`, '--workers', String(workers), '--fully-parallel'];
  const child = spawn(process.execPath, [...cli, ...options], { cwd: root, env, stdio: ['ignore', 2, 2] });
  await new Promise((done) => child.once('exit', done));
}

/** A missed bar is a failed test, and still a figure; no figure is an error. */
function figures(name) {
  try {
    return JSON.parse(readFileSync(fileOf(name), 'utf8'));
  } catch {
    throw new Error(`The tests left no ${name}; their messages stand above.`);
  }
}

for (const name of NAMES) rmSync(fileOf(name), { force: true });
await run('proxy.timing', 'frames a message');
await run('latency.timing', 'steps a second');
await run('sources-outside', 'killed in mid-watch');
await run('proxy.timing', '200 ms a frame', 2);
const [throughput, at20, at50, back, steady, fast] = NAMES.map(figures);
console.log(JSON.stringify({ bars: !quick, throughput, latency: [at20, at50], back, slow: { steady, fast } }));
