// `npm run proxy -- …`: set-up, then the proxy (sim-proxy/cli/proxy.ts) under tsx, with its exit code.
import { becomeNode } from './run-node.mjs';
import { setUp } from './setup.mjs';

await setUp();
becomeNode('sim-proxy/cli/proxy.ts', process.argv.slice(2));
