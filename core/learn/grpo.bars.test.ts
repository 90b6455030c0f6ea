/**
 * GRPO learns: with three training seeds of three the mean return of sampled thoughts on one scenario rises, from a weak start, for
 * driving and for Blocksworld alike. Minutes on a quiet machine; `npm run bars -- grpo`.
 */
import { afterAll, expect, test } from 'vitest';
import { createNodeRollouts } from '../../sim-proxy/node/rollouts.ts';
import { readPolicyFile } from '../../sim-proxy/node/checkpoints.ts';
import { shippedScenarios } from '../../sim-proxy/node/scenarios.ts';
import { createRandom } from '../base/random.ts';
import { initParameters } from '../models/initialise.ts';
import type { Task, TaskScenario } from '../task/task.ts';
import { BLOCKSWORLD } from '../tasks/blocksworld/task.ts';
import { DRIVING } from '../tasks/driving-task.ts';
import { TrainControl } from './run/hold.ts';
import { Pipeline } from './run/runner.ts';
import type { RunState } from './run/state.ts';
import { stageEntry } from './stages.ts';

const pool = createNodeRollouts(2);
afterAll(() => pool.dispose());

type Settings = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Runs some stages on one scenario, from parameters or from nothing; the state at the end. */
async function learn(
  task: Task,
  scenario: TaskScenario,
  ids: readonly string[],
  seed: number,
  settings: Settings,
  from?: Float32Array,
): Promise<RunState> {
  const run = new Pipeline({
    stages: ids.map(stageEntry),
    config: { seed, settings },
    task,
    engine: () => 'wasm',
    policy: task.model,
    scenarios: [scenario],
    workers: pool.workers,
    ...pool.learners(task.model),
    control: new TrainControl(),
    clock: () => performance.now() / 1000,
    report: () => {},
    save: async () => {},
    resume: from && {
      version: 1,
      stage: ids[0],
      done: 0,
      parameters: from,
      optimiser: new Float32Array(0),
      imitation: null,
      stages: [],
      points: [],
    },
  });
  await run.run();
  return run.state;
}

/** Mean return of the first and of the last quarter of a run's iterations. */
function rise(state: RunState): { readonly first: number; readonly last: number } {
  const returns = state.points.filter(({ stage, name }) => stage === 'grpo' && name === 'return').map(({ y }) => y);
  const quarter = Math.floor(returns.length / 4);
  const mean = (some: readonly number[]) => some.reduce((sum, y) => sum + y, 0) / some.length;
  return { first: mean(returns.slice(0, quarter)), last: mean(returns.slice(-quarter)) };
}

test('blocks of four: the return rises with 3 of 3 seeds', async () => {
  const task = BLOCKSWORLD;
  const scenario = (BLOCKSWORLD.scenarios ?? [])[1];
  const weak = { synthesise: { examples: 12_000 }, sft: { steps: 900, rounds: 0 } };
  const start = initParameters(task.model, createRandom(1));
  const { parameters } = await learn(task, scenario, ['synthesise', 'sft'], 1, weak, start);
  const grpo = {
    iterations: 40,
    groups: 16,
    clones: 8,
    decisions: 8,
    lead: 0,
    klWeight: 0,
    learningRate: 0.0005,
    validateEvery: 100,
  };
  for (const seed of [1, 2, 3]) {
    const { first, last } = rise(await learn(task, scenario, ['grpo'], seed, { grpo }, parameters));
    console.log(`blocks_4, seed ${seed}: return ${first.toFixed(3)} → ${last.toFixed(3)}`);
    expect(last).toBeGreaterThan(first);
  }
});

test('a pedestrian crosses: the return rises with 3 of 3 seeds', async () => {
  const scenario = shippedScenarios().get('crossing_pedestrian') as TaskScenario;
  const { flat } = await readPolicyFile('public/shipped/policy.safetensors');
  const grpo = {
    iterations: 32,
    groups: 16,
    clones: 8,
    decisions: 24,
    lead: 0,
    learningRate: 0.0002,
    validateEvery: 100,
    validationSeeds: 8,
  };
  for (const seed of [1, 2, 3]) {
    const { first, last } = rise(await learn(DRIVING, scenario, ['grpo'], seed, { grpo }, flat));
    console.log(`crossing_pedestrian, seed ${seed}: return ${first.toFixed(3)} → ${last.toFixed(3)}`);
    expect(last).toBeGreaterThan(first);
  }
});
