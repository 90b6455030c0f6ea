// Compiles core/kernels/assembly to two WASM modules, the world's and the policy's, and writes each, base64 in a TypeScript
// file, to core/kernels/generated: artifacts that load the same way in a tab, a worker, Node and tests.
// Before it, writes what is written of tables (abi.mjs). Skips either when the output is newer than every source. `--force` builds anyway.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'core/kernels/assembly');
const generated = join(root, 'core/kernels/generated');
const MODULES = ['world', 'policy'];
/** Tables, what is written of them, and who writes it. */
const TABLES = ['core/tasks/driving/kinds/kinds.ts', 'core/tasks/driving/observe', 'scripts/abi.mjs'];
const WRITTEN = ['core/abi/layout.ts', 'docs/observation.md'];

const filesIn = (path) =>
  statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map((f) => join(path, f)) : [path];
const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Brings what is written of tables up to date. In a process of its own: tables are TypeScript. */
function writeTables(force) {
  const written = WRITTEN.map((path) => join(root, path));
  const newest = Math.max(...TABLES.flatMap((path) => filesIn(join(root, path))).map(changed));
  if (!force && newest <= Math.min(...written.map(changed))) return;
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/abi.mjs'], { cwd: root, stdio: 'inherit' });
  for (const path of written) if (changed(path) < newest) utimesSync(path, newest / 1000, newest / 1000 + 0.001);
}

/** Builds the modules when a source is newer than an output; returns whether it built. */
export function buildKernels(force = false) {
  writeTables(force);
  const inputs = [
    ...readdirSync(source, { recursive: true })
      .filter((f) => f.endsWith('.ts'))
      .map((f) => join(source, f)),
    ...readdirSync(join(root, 'core/abi')).map((f) => join(root, 'core/abi', f)),
    fileURLToPath(import.meta.url),
  ];
  const newest = Math.max(...inputs.map((f) => statSync(f).mtimeMs));
  const old = MODULES.filter((name) => {
    const output = join(generated, `${name}.ts`);
    return force || !existsSync(output) || statSync(output).mtimeMs < newest;
  });
  for (const name of old) buildModule(name);
  return old.length > 0;
}

function buildModule(name) {
  mkdirSync(generated, { recursive: true });
  const scratch = join(generated, `.${name}-${process.pid}.wasm`);
  const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
  execFileSync(
    process.execPath,
    [
      asc,
      `core/kernels/assembly/${name}/module.ts`,
      '-o',
      scratch,
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--use',
      'abort=',
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const bytes = readFileSync(scratch);
  rmSync(scratch);
  const text = `// Built by scripts/kernels.mjs from core/kernels/assembly. ${bytes.length} bytes.\nexport const ${name.toUpperCase()}_BASE64 =\n  '${bytes.toString('base64')}';\n`;
  const part = join(generated, `${name}.ts.${process.pid}.part`);
  writeFileSync(part, text);
  renameSync(part, join(generated, `${name}.ts`));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(buildKernels(process.argv.includes('--force')) ? 'kernels: built' : 'kernels: up to date');
}
