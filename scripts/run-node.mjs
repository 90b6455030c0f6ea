// Runs a TypeScript program of the repo under tsx with this process's terminal, signals and exit code.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Starts `program` (relative to the root); signals sent to this process reach it. */
export function runNode(program, args, stdio = 'inherit') {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, program), ...args], { stdio });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  endWithNpm(child);
  return child;
}

const LOOK_MS = 100;
/** npm hands a signal to the shell that it started, which dies of it without a word to us; then the child is to end as well. */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    child.kill('SIGTERM');
  }, LOOK_MS);
  look.unref();
}

/** The same, and ends as it ends. */
export function becomeNode(program, args) {
  runNode(program, args).on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
}
