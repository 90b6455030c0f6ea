// `npm run -s lab -- …`: set-up, then the command line of sim-proxy/lab.ts under tsx, with its exit code.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

await setUp();
const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'sim-proxy/lab.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
