/** Services on Node's worker threads: the twin of workers/expose.ts, with Comlink's endpoint for Node. */
import { parentPort, type Worker } from 'node:worker_threads';
import { expose, proxy, transfer, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { type Answers, answering, asking, type Throwing } from '../../core/base/service.ts';

/** Answers this contract on the worker thread that calls it. */
export function exposeThread<S extends object>(service: Answers<S> | Throwing<S>): void {
  if (!parentPort) throw new Error('A service is exposed on a worker thread, and this is the main one.');
  expose(answering(service, { transfer }), nodeEndpoint(parentPort));
}

/** The service behind a thread. */
export const threadHandle = <S extends object>(thread: Worker): S =>
  asking<S>(wrap(nodeEndpoint(thread)), { transfer, proxy });
