/** Driving as a task: its world, words, expert and suite behind the interface that learners know. */
import { runSuite } from '../evaluate/suite.ts';
import { MAX_TRACE } from '../models/config.ts';
import type { Task } from '../task/task.ts';
import { PlanEnv } from './driving/plan-env.ts';
import { POLICY_CONFIG } from './driving/policy/config.ts';
import { type DrivingPolicy, engineDriver, expertDriver, randomDriver } from './driving/policy/driver.ts';
import { instantiate } from './driving/scenario/instantiate/instantiate.ts';
import type { Scenario } from './driving/scenario/scenario.ts';
import { synthesiseDataset } from './driving/synthesise-dataset.ts';
import { stageOf } from './driving/words/grammar.ts';
import { isValidTrace } from './driving/words/sentence.ts';
import { END, VOCABULARY } from './driving/words/vocabulary.ts';
import type { WorldSpec } from './driving/world/spec/spec.ts';
import { createWasmWorlds } from './driving/world/wasm/wasm.ts';

/** Worlds that synthesis drives at once: the expert's, and the learner's, whose thoughts gain from larger batches. */
const EXPERT_WORLDS = 32;
const LEARNER_WORLDS = 64;

export const DRIVING: Task<Scenario, WorldSpec> = {
  id: 'driving',
  title: 'Driving',
  model: POLICY_CONFIG,
  words: {
    vocabulary: VOCABULARY,
    end: END,
    maxTokens: MAX_TRACE,
    stageOf,
    isValid: (tokens) => isValidTrace(tokens),
  },
  env: (count) => new PlanEnv(createWasmWorlds(count)),
  start: instantiate,
  policy: engineDriver,
  oracle: expertDriver,
  random: randomDriver,
  async synthesise({ settings, learner, ...request }) {
    const worlds = createWasmWorlds(learner ? LEARNER_WORLDS : EXPERT_WORLDS);
    const { noise, noisyShare, forcedShare, shuffledShare } = settings;
    const shares = { noise, noisyShare, forcedShare, shuffledShare };
    const data = await synthesiseDataset({
      ...request,
      ...shares,
      worlds,
      learner: learner as DrivingPolicy | undefined,
    });
    worlds.dispose();
    return data;
  },
  evaluate: (policy, scenarios, seeds) =>
    runSuite({ driver: policy as DrivingPolicy, createWorlds: createWasmWorlds, instantiate, scenarios, seeds }),
};
