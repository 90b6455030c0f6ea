// `npm test`: set-up, then every check; one line a check, the output of a failed one in full, the slowest twenty tests at the end.
// `npm test -- types lint unit` runs only those named. With `--changed`, or `--changed=COMMIT`, tests run that depend on files changed
// since the last commit, or since that one; of the end-to-end tests those whose own file changed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';
import { playwrightEnv } from './testing/playwright.mjs';
import { slowest } from './testing/slowest.mjs';

const node = process.execPath;
const bin = (name) => `node_modules/.bin/${name}`;
const SLOWEST = 20;

const CHECKS = {
  types: async () => (await typeCheck('tsconfig.json')) && typeCheck('core/tsconfig.json'),
  lint: async () => (await run(bin('oxlint'), ['--deny-warnings'])) && run(bin('biome'), ['check', '.']),
  api: () => run(node, ['scripts/proto.mjs', 'check']),
  walls: () => run(node, ['scripts/walls.mjs']),
  unused: () => run(bin('knip'), ['--include', 'exports,types,files,nsExports', '--no-progress']),
  unit: () => vitest('unit'),
  integration: () => vitest('integration'),
  e2e: () => playwright('lab'),
  timing: () => playwright('timing'),
};
/** Checks of one row run at the same time. Pages and servers have time limits of their own, so their tests do not share the machine. */
const ROWS = [['types', 'lint', 'api', 'walls', 'unused'], ['unit'], ['integration'], ['e2e'], ['timing']];

/** The compiler itself; `typescript` is there for tools that read code through its API. */
const typeCheck = (project) => run(node, ['node_modules/typescript-native/bin/tsc', '--noEmit', '-p', project]);

function vitest(project, ...more) {
  const only = since === undefined ? [] : ['--changed', since, '--passWithNoTests'];
  return run(bin('vitest'), ['run', '--project', project, ...only, ...more], durations, true);
}

async function playwright(project) {
  const files = since === undefined ? [] : changedSince(since).filter((path) => /^e2e\/.*\.test\.ts$/.test(path));
  if (since !== undefined && files.length === 0) return true;
  const args = ['test', '--project', project, '--output', `test-results/${process.pid}-${project}`];
  return run(
    bin('playwright'),
    [...args, '--pass-with-no-tests', ...files],
    { ...durations, ...(await playwrightEnv()) },
    true,
  );
}

/** Files that differ from that commit, new ones too. */
function changedSince(commit) {
  const lines = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  const changed = lines('diff', '--name-only', '--diff-filter=d', commit);
  return [...changed, ...lines('ls-files', '--others', '--exclude-standard')];
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

/** Runs a check and prints its line; whether it passed. */
async function check(name) {
  const started = Date.now();
  let ok = false;
  try {
    ok = await CHECKS[name]();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  console.log(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return ok;
}

const words = process.argv.slice(2);
const changed = words.find((word) => /^--changed(=.+)?$/.test(word));
const since = changed && (changed.split('=')[1] ?? 'HEAD');
const asked = words.filter((word) => word !== changed);
const asks = (name) => asked.length === 0 || asked.includes(name);
const unknown = asked.find((name) => !(name in CHECKS));
if (unknown !== undefined) {
  console.error(`Unknown check "${unknown}"; there are ${Object.keys(CHECKS).join(', ')}, and --changed[=COMMIT].`);
  process.exit(2);
}
await setUp();
const folder = mkdtempSync(join(tmpdir(), 'traceway-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const durations = { TRACEWAY_DURATIONS: join(folder, 'durations') };

const results = [];
for (const row of ROWS) results.push(...(await Promise.all(row.filter(asks).map(check))));
const lines = slowest(durations.TRACEWAY_DURATIONS, SLOWEST);
if (lines.length > 0) console.log(['the slowest tests:', ...lines].join('\n'));
const passed = results.filter(Boolean).length;
console.log(`checks: ${passed} passed, ${results.length - passed} failed`);
process.exit(passed < results.length ? 1 : 0);
