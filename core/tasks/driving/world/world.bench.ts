/**
 * World steps on the junction map, by number of actors, and the kernel against the twin on the same drives.
 *
 * `vitest bench` repeats whole runs; the lines printed first come from `measureWorld`, which other work on the machine
 * disturbs less: steps a second, and how the cost of one actor grows from 8 to 128.
 */
import { bench, describe } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { DECISION_STEPS, OBS_DIM } from '../../../abi/layout.ts';
import { junctionRun, MEASURED_ACTORS, measureWorld } from './measure.ts';
import { lanePlan, randomSpec } from './testing.ts';
import { createTwinWorlds } from './twin/twin.ts';
import { createWasmWorlds } from './wasm/wasm.ts';
import type { Worlds } from './world.ts';

const speeds = measureWorld(() => performance.now());
for (const { actors, stepsPerSecond, nanosecondsPerMember } of speeds)
  console.log(
    `${actors} actors: ${Math.round(stepsPerSecond).toLocaleString('en')} world steps/s, ${nanosecondsPerMember.toFixed(0)} ns a member`,
  );
const costOf = (count: number) => speeds.find(({ actors }) => actors === count)?.nanosecondsPerMember ?? Number.NaN;
console.log(`128 actors against 8, cost of one: ${(costOf(128) / costOf(8)).toFixed(2)} (1 = linear)`);

for (const actors of MEASURED_ACTORS) {
  const { steps, run } = junctionRun(actors);
  describe(`${steps} world steps, ${actors} actors on the junction map`, () => {
    bench('wasm', () => run());
  });
}

const COUNT = 64;
const STEPS = 20;

/** Random worlds driven by plans, observed four times. */
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

describe(`${COUNT * STEPS} steps of random worlds, observed and planned`, () => {
  bench('wasm', rollout(createWasmWorlds(COUNT)));
  bench('ts twin', rollout(createTwinWorlds(COUNT)));
});
