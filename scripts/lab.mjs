// `npm run -s lab -- …`: set-up, then the command line of sim-proxy/cli/lab.ts under tsx, with its exit code.
import { becomeNode } from './run-node.mjs';
import { setUp } from './setup.mjs';

await setUp();
becomeNode('sim-proxy/cli/lab.ts', process.argv.slice(2));
