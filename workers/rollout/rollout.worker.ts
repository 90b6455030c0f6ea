/** One core's worth of rollouts: `LocalRollouts` behind Comlink; big arrays are transferred, not copied. */
import { expose, transfer } from 'comlink';
import { LocalRollouts, type RolloutService } from '../../core/learn/rollout-worker.ts';
import { buffersOf } from '../../core/learn/sharded-sft.ts';

const rollouts = new LocalRollouts();
const buffers = (value: object) =>
  Object.values(value).flatMap((field) => (ArrayBuffer.isView(field) ? [field.buffer as ArrayBuffer] : []));

const service: RolloutService = {
  configure: (setup) => rollouts.configure(setup),
  setParameters: (flat) => rollouts.setParameters(flat),
  async synthesise(options) {
    const data = await rollouts.synthesise(options);
    return transfer(data, buffers(data));
  },
  async gradient(request) {
    const reply = await rollouts.gradient(request);
    return transfer(reply, buffersOf(reply));
  },
  async collect(decisions, logStd) {
    const trajectories = await rollouts.collect(decisions, logStd);
    return transfer(trajectories, buffers(trajectories));
  },
  evaluate: (policy, scenarioIds, seeds) => rollouts.evaluate(policy, scenarioIds, seeds),
  score: (policy, scenarioIds, seeds) => rollouts.score(policy, scenarioIds, seeds),
  openLoop: (policy, scenarioIds, seeds) => rollouts.openLoop(policy, scenarioIds, seeds),
};
expose(service);
