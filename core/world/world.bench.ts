/** World steps: the kernel against the twin, same specs, same plans (64 worlds × 20 steps with four observations a run). */
import { bench, describe } from 'vitest';
import { createRandom } from '../random.ts';
import { DECISION_STEPS, OBS_DIM } from './layout.ts';
import { lanePlan, randomSpec } from './testing.ts';
import { createTwinWorlds } from './twin.ts';
import { createWasmWorlds } from './wasm.ts';
import type { Worlds } from './world.ts';

const COUNT = 64;
const STEPS = 20;

function rollout(worlds: Worlds): () => void {
  const random = createRandom(1);
  const specs = Array.from({ length: COUNT }, () => randomSpec(random));
  specs.forEach((spec, i) => {
    worlds.reset(i, spec);
  });
  const starts = specs.map((_, i) => worlds.snapshot(i));
  const seen = worlds.observe().slice();
  const plans = specs.map((_, i) => lanePlan(seen, i * OBS_DIM, 6, 1));
  return () => {
    starts.forEach((start, i) => {
      worlds.restore(i, start);
    });
    for (let step = 0; step < STEPS; step++) {
      if (step % DECISION_STEPS === 0) {
        worlds.observe();
        plans.forEach((plan, i) => {
          worlds.setPlan(i, plan);
        });
      }
      worlds.stepPlans();
    }
  };
}

describe(`${COUNT * STEPS} world steps`, () => {
  bench('wasm', rollout(createWasmWorlds(COUNT)));
  bench('ts twin', rollout(createTwinWorlds(COUNT)));
});
