// Runs a TypeScript program of the repo under tsx with this process's terminal, signals and exit code.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Starts `program` (relative to the root); signals sent to this process reach it. */
export function runNode(program, args, stdio = 'inherit') {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, program), ...args], { stdio });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return child;
}

/** The same, and ends as it ends. */
export function becomeNode(program, args) {
  runNode(program, args).on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
}
