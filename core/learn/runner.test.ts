import { createRandom } from '../base/random.ts';
import { chooseEngine, measureEngines } from '../models/choose.ts';
import type { Engine, EngineName } from '../models/engine.ts';
import { createWasmEngine } from '../models/engines/wasm/wasm.ts';
import { initParameters } from '../models/initialise.ts';
import { expect, test } from 'vitest';
import { shippedScenarios } from '../../sim-proxy/node/scenarios.ts';
import { DRIVING } from '../tasks/driving-task.ts';
import { POLICY_CONFIG } from '../tasks/driving/policy/config.ts';
import { StoppedError, TrainControl } from './run/hold.ts';
import type { EvaluationResult } from './evaluate.ts';
import { Pipeline, type PipelineOptions } from './run/runner.ts';
import type { RunState } from './run/state.ts';
import { ShardedLearner } from './sharded-learner.ts';
import { pipelineOf } from './stages.ts';
import { LocalRollouts } from './worker.ts';
import { WasmHeads } from '../models/engines/wasm/heads.ts';

const scenarios = [...shippedScenarios().values()].slice(0, 3);
const TINY = {
  seed: 5,
  settings: {
    synthesise: { examples: 256 },
    sft: { steps: 12, batch: 8, rounds: 1, roundExamples: 64 },
    ppo: { iterations: 4, worlds: 4, decisions: 4, minibatch: 16, validateEvery: 2, validationSeeds: 1 },
    evaluate: { seeds: 1 },
  },
};

function pipeline(more: Partial<PipelineOptions> = {}) {
  const worker = new LocalRollouts();
  const saved: RunState[] = [];
  const control = new TrainControl();
  let now = 0;
  const made = new Pipeline({
    stages: pipelineOf(),
    config: TINY,
    task: DRIVING,
    engine: () => 'wasm',
    policy: POLICY_CONFIG,
    scenarios,
    workers: [worker],
    learner: (flat) => new ShardedLearner(POLICY_CONFIG, flat, [worker]),
    headLearner: (flat, maxRows) => new WasmHeads(POLICY_CONFIG, flat, { maxRows }),
    control,
    clock: () => now++,
    report: () => {},
    save: async (state) => {
      saved.push(state);
    },
    ...more,
  });
  return { made, control, saved };
}

/** A whole run, which several tests look at. */
const whole = pipeline();
const finished = whole.made.run();

test('a run goes through every stage, freezes the imitation model and evaluates all four policies on the same drives', async () => {
  const { made, saved } = whole;
  const result = await finished;
  expect(made.state.stages.map(({ stage, status }) => [stage, status])).toEqual([
    ['synthesise', 'done'],
    ['sft', 'done'],
    ['ppo', 'done'],
    ['evaluate', 'done'],
  ]);
  expect(result.imitationAfter).toBe(result.imitationBefore);
  expect((result.evaluation as EvaluationResult).report.lines.map(({ policy, drives }) => [policy, drives])).toEqual(
    ['random', 'expert', 'SFT', 'SFT + PPO'].map((name) => [name, 3]),
  );
  expect(saved.at(-1)?.stage).toBe('evaluate');
  expect(new Set(made.state.points.map(({ name }) => name))).toContain('validation score');
});

test('the same seed gives the same parameters', async () => {
  const again = await pipeline().made.run();
  expect(again.parameters).toEqual((await finished).parameters);
});

test('a stopped run keeps its state and goes on from it to the end', async () => {
  const control = new TrainControl();
  let last: RunState | undefined;
  const first = pipeline({
    control,
    save: async (state) => {
      last = state;
      if (state.stage === 'ppo') control.stop();
    },
  });
  await expect(first.made.run()).rejects.toBeInstanceOf(StoppedError);
  expect(last?.stage).toBe('ppo');
  const second = pipeline({ resume: last });
  const result = await second.made.run();
  expect(result.imitationAfter).toBe(last?.imitation);
  expect(second.made.state.stages.every(({ status }) => status === 'done')).toBe(true);
});

test('the engine that is chosen by measurement, at the size that will run, is what the workers think on', async () => {
  const fast: EngineName = 'webgpu';
  /** Milliseconds a decision, by engine: made up. */
  const cost: Partial<Record<EngineName, number>> = { wasm: 2, [fast]: 1, ts: 9 };
  let now = 0;
  const asked: number[] = [];
  const fake = (name: EngineName): Engine => {
    const real = createWasmEngine(POLICY_CONFIG, initParameters(POLICY_CONFIG, createRandom(1)));
    return {
      ...real,
      name,
      generate: async (request) => {
        asked.push(request.batch);
        now += request.batch * (cost[name] ?? 0);
        const { batch, maxTokens } = request;
        const z = new Float32Array(batch * POLICY_CONFIG.width);
        const numbers = new Float32Array(batch * maxTokens);
        return { z, logProbs: numbers, tokens: new Int32Array(batch * maxTokens), lengths: new Int32Array(batch) };
      },
    };
  };
  const made: EngineName[] = [];
  const worker = new LocalRollouts((name, config, flat, rows) => {
    made.push(name);
    return createWasmEngine(config, flat, { maxBatch: rows });
  });
  const { made: run } = pipeline({
    workers: [worker],
    learner: (flat) => new ShardedLearner(POLICY_CONFIG, flat, [worker]),
    config: { ...TINY, settings: { ...TINY.settings, ppo: { ...TINY.settings.ppo, worlds: 96 } } },
    engine: async (size) => {
      expect(size.batch).toBe(96);
      const candidates = (Object.keys(cost) as EngineName[]).map((engine) => ({
        engine,
        software: false,
        create: async () => fake(engine),
      }));
      return chooseEngine(await measureEngines(candidates, size, 200, () => now)).engine;
    },
  });
  await run.run();
  expect(Math.max(...asked)).toBe(96);
  expect(made).toEqual([fast]);
});
