// `npm run -s lab -- …`: set-up, then the command line of sim-proxy/lab.ts under tsx, with its exit code.
import { becomeNode } from './run-node.mjs';
import { setUp } from './setup.mjs';

await setUp();
becomeNode('sim-proxy/lab.ts', process.argv.slice(2));
