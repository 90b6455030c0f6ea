import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { initParameters } from '../models/initialise.ts';
import { createWasmEngine } from '../models/engines/wasm/wasm.ts';
import { shippedScenarios } from '../../sim-proxy/node/scenarios.ts';
import { BLOCKSWORLD } from '../tasks/blocksworld/task.ts';
import { DRIVING } from '../tasks/driving-task.ts';
import { checkPolicy, type PolicyConformanceOptions } from './policy-conformance.ts';
import type { Policy } from './policy.ts';
import type { Task, TaskScenario } from './task.ts';

const ROWS = 4;

/** What the oracle sees after some decisions of its own. */
async function seen(task: Task, scenarios: readonly TaskScenario[]): Promise<PolicyConformanceOptions> {
  const env = task.env(ROWS);
  for (let i = 0; i < ROWS; i++) env.reset(i, task.start(scenarios[i % scenarios.length], 10 + i));
  const observations = (await env.observe()).slice();
  const { observationSpace, actionSpace } = env;
  env.dispose();
  const { extra } = await task.oracle().act({ observations, batch: ROWS, keys: new Uint32Array(ROWS) });
  return { observations, observationSpace, actionSpace, forced: Array.from(extra.tokens?.subarray(0, 11) ?? []) };
}

const TASKS: readonly (readonly [Task, readonly TaskScenario[]])[] = [
  [DRIVING, [...shippedScenarios().values()].slice(0, 8)],
  [BLOCKSWORLD, BLOCKSWORLD.scenarios ?? []],
];

for (const [task, scenarios] of TASKS) {
  test(`${task.title}: oracle, random and checkpoint, greedy and sampled, conform`, async () => {
    const options = await seen(task, scenarios);
    const engine = createWasmEngine(task.model, initParameters(task.model, createRandom(3)));
    const { forced: _, ...wordless } = options;
    expect(await checkPolicy(task.oracle(), options)).toEqual([]);
    expect(await checkPolicy(task.random(5), wordless)).toEqual([]);
    for (const temperature of [0, 1]) {
      const policy = task.policy(engine, { residual: true, temperature, seed: 2 });
      expect(await checkPolicy(policy, options)).toEqual([]);
    }
    engine.dispose();
  });
}

test('each promise that is broken is found', async () => {
  const [task, scenarios] = TASKS[0];
  const options = await seen(task, scenarios);
  const oracle = task.oracle();
  let calls = 0;
  const broken: Readonly<Record<string, Policy>> = {
    rows: {
      name: 'looks at its neighbours',
      act: async (r) => ({ ...(await oracle.act(r)), logProbs: new Float32Array(r.batch).fill(r.batch) }),
    },
    repeatable: {
      name: 'counts',
      act: async (r) => ({ ...(await oracle.act(r)), logProbs: new Float32Array(r.batch).fill(calls++) }),
    },
    actions: {
      name: 'too far',
      act: async (r) => ({ ...(await oracle.act(r)), actions: new Float32Array(r.batch * 40).fill(1e6) }),
    },
    untouched: { name: 'scribbles', act: async (r) => (r.observations.fill(0), oracle.act(r)) },
    forced: { name: 'deaf', act: (r) => oracle.act({ observations: r.observations, batch: r.batch, keys: r.keys }) },
  };
  const start = (options.forced as readonly number[]).with(3, 0);
  for (const [check, policy] of Object.entries(broken)) {
    const found = await checkPolicy(policy, { ...options, forced: start });
    expect([check, found.map((finding) => finding.check)]).toEqual([check, expect.arrayContaining([check])]);
  }
});
