/** A rollout worker on a Node worker thread: `LocalRollouts` behind Comlink. */
import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { LocalRollouts } from '../core/learn/pool.ts';

if (!parentPort) throw new Error('rollout-thread.ts runs on a worker thread.');
expose(new LocalRollouts(), nodeEndpoint(parentPort));
