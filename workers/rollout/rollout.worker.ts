/** One core's worth of rollouts: `LocalRollouts` behind Comlink; big arrays are transferred, not copied. */
import { expose, transfer } from 'comlink';
import { LocalRollouts, type RolloutService } from '../../core/learn/worker.ts';
import { buffersOf } from '../../core/learn/sharded-learner.ts';

const rollouts = new LocalRollouts();
const buffers = (value: object) =>
  Object.values(value).flatMap((field) => (ArrayBuffer.isView(field) ? [field.buffer as ArrayBuffer] : []));

const service: RolloutService = {
  configure: (setup) => rollouts.configure(setup),
  setParameters: (flat) => rollouts.setParameters(flat),
  async work(stage, part, request) {
    const reply = await rollouts.work<object>(stage, part, request);
    return transfer(reply, buffers(reply)) as never;
  },
  async gradient(request) {
    const reply = await rollouts.gradient(request);
    return transfer(reply, buffersOf(reply));
  },
  logProbs: (request) => rollouts.logProbs(request),
  score: (actor, scenarioIds, seeds) => rollouts.score(actor, scenarioIds, seeds),
  openLoop: (actor, scenarioIds, seeds) => rollouts.openLoop(actor, scenarioIds, seeds),
};
expose(service);
