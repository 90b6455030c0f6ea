// Set-up that `npm start`, `npm test` and `npm run lab` share: dependencies, the WASM kernels and the proxy's API. Uses only Node
// itself, since it runs before anything is installed. Safe to run twice and from several processes: one does the work under a lock,
// the others wait, and whoever finds everything fresh does nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const stateDir = join(root, '.setup');

/** Runs `work` while holding the lock `name`; waits for another living process that holds it. */
export async function withLock(name, work) {
  mkdirSync(stateDir, { recursive: true });
  const lock = join(stateDir, `${name}.lock`);
  for (let waited = 0; ; waited++) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const owner = Number(readIfThere(join(lock, 'pid')) || 0);
      const stale = owner ? !isAlive(owner) : waited > 20;
      if (stale) rmSync(lock, { recursive: true, force: true });
      else await new Promise((done) => setTimeout(done, 250));
      if (waited === 8) console.error(`waiting for another Traceway command to finish its set-up (${name})`);
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** SHA-256 over the names and contents of files and folders under the root; generated folders are left out. */
export function contentHash(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path).sort()) if (entry !== 'generated') visit(join(path, entry));
    } else hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  };
  for (const path of paths) visit(join(root, path));
  return hash.digest('hex').slice(0, 16);
}

/** Installs dependencies when the lock file changed since the last time, then builds the kernels and the proxy's API. Prints to stderr. */
export async function setUp() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    exitWith(`Traceway needs Node 20.19 or newer; this is ${process.versions.node}.`);
  await withLock('setup', async () => {
    const wanted = contentHash(['package.json', 'package-lock.json']);
    const stamp = join(stateDir, 'installed');
    if (!existsSync(join(root, 'node_modules')) || readIfThere(stamp) !== wanted) {
      console.error('installing dependencies (npm ci)');
      const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        shell: process.platform === 'win32',
      });
      if (npm.status !== 0) exitWith('npm ci failed; its messages stand above.');
      writeFileSync(stamp, wanted);
    }
    const { buildKernels } = await import('./kernels.mjs');
    if (buildKernels()) console.error('built the WASM kernels');
    const { buildProto } = await import('./proto.mjs');
    if (buildProto()) console.error("built the proxy's API");
  });
}

export function exitWith(sentence) {
  console.error(sentence);
  process.exit(1);
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
