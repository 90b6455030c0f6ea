// Entry of a worker thread: loads TypeScript (as `tsx` does for the main thread), then the module named by workerData.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.module);
