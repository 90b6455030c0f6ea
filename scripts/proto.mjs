// The proxy's API: TypeScript for both ends from sim-proxy/proto (git-ignored `generated/` folders), built when a source is newer.
// As a program: `node scripts/proto.mjs` builds, `… check` lints and refuses changes that would break clients of the accepted API,
// `… accept` makes the API as it stands the accepted one (sim-proxy/proto/baseline.binpb, committed, so no history is needed).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const folder = 'sim-proxy/proto/traceway/v1';
const baseline = 'sim-proxy/proto/baseline.binpb';
const outputs = ['sim-proxy/generated', 'workers/generated'];

/** Runs buf; returns whether it succeeded. Its messages go to stderr. */
function buf(...args) {
  const program = createRequire(import.meta.url).resolve('@bufbuild/buf/bin/buf');
  return (
    spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  );
}

/** Generates messages and services for both ends when the API is newer than they are; returns whether it did. */
export function buildProto(force = false) {
  const inputs = [
    ...readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
    join(root, 'buf.gen.yaml'),
    fileURLToPath(import.meta.url),
  ];
  const newest = Math.max(...inputs.map((path) => statSync(path).mtimeMs));
  const fresh = (output) => {
    const built = join(root, output, 'traceway/v1/source_pb.ts');
    return existsSync(built) && statSync(built).mtimeMs >= newest;
  };
  if (!force && outputs.every(fresh)) return false;
  const part = join('.setup', `proto-${process.pid}`);
  try {
    if (!buf('generate', '--output', part)) throw new Error('The API in sim-proxy/proto could not be generated.');
    for (const output of outputs) {
      rmSync(join(root, output), { recursive: true, force: true });
      renameSync(join(root, part, output), join(root, output));
    }
  } finally {
    rmSync(join(root, part), { recursive: true, force: true });
  }
  return true;
}

const COMMANDS = {
  build: () => (console.log(buildProto(true) ? 'API: built' : ''), true),
  check: () => buf('lint') && buf('breaking', '--against', baseline),
  accept: () => buf('build', '--exclude-source-info', '--output', baseline),
};
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const command = process.argv[2] ?? 'build';
  if (!Object.hasOwn(COMMANDS, command)) {
    console.error(`proto: there is no command "${command}"; there are ${Object.keys(COMMANDS).join(', ')}.`);
    process.exit(2);
  }
  process.exit(COMMANDS[command]() ? 0 : 1);
}
