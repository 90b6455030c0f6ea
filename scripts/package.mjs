// Builds `core` as a package that plain Node, a bundler or a browser imports: JavaScript and declarations beside one another, and a
// package.json whose exports are core's own with `.ts` made `.js`. Prints the folder (dist/core, or the one given).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

export function buildPackage(out = join(root, 'dist/core')) {
  rmSync(out, { recursive: true, force: true });
  const scratch = mkdtempSync(join(root, 'core/.package-'));
  try {
    const project = join(scratch, 'tsconfig.json');
    const options = {
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      outDir: out,
      rootDir: '..',
    };
    const exclude = ['../kernels/assembly', '../**/*.test.ts', '../**/*.bench.ts', '../**/testing*'];
    writeFileSync(
      project,
      JSON.stringify({ extends: '../tsconfig.json', compilerOptions: options, include: ['..'], exclude }),
    );
    const tsc = join(root, 'node_modules/typescript-native/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`core does not build as a package:\n${stdout}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const { exports, ...about } = JSON.parse(readFileSync(join(root, 'core/package.json'), 'utf8'));
  const built = Object.entries(exports).map(([name, path]) => {
    const stem = path.replace(/\.ts$/, '');
    return [name, { types: `${stem}.d.ts`, default: `${stem}.js` }];
  });
  writeFileSync(
    join(out, 'package.json'),
    `${JSON.stringify({ ...about, exports: Object.fromEntries(built) }, null, 2)}\n`,
  );
  return out;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setUp();
  console.log(buildPackage(process.argv[2] && resolve(process.argv[2])));
}
