/** A rollout worker on a Node worker thread: `LocalRollouts` behind Comlink; gradients are transferred, not copied. */
import { parentPort } from 'node:worker_threads';
import { expose, transfer } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { LocalRollouts } from '../../core/learn/worker.ts';
import { buffersOf, type GradientReply, type GradientRequest } from '../../core/learn/sharded-learner.ts';

if (!parentPort) throw new Error('rollout-thread.ts runs on a worker thread.');
class ThreadRollouts extends LocalRollouts {
  override async gradient(request: GradientRequest): Promise<GradientReply> {
    const reply = await super.gradient(request);
    return transfer(reply, buffersOf(reply));
  }
}
expose(new ThreadRollouts(), nodeEndpoint(parentPort));
