/**
 * Drives a scenario with many seeds at once; for the tests of the expert.
 */
import type { Decision } from './maneuver.ts';
import { instantiate } from '../scenario/instantiate/instantiate.ts';
import { DECISION_STEPS, OBS_DIM } from '../../../abi/layout.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { WorldSpec } from '../world/spec/spec.ts';
import { createWasmWorlds } from '../world/wasm/wasm.ts';
import type { DriveTotals, WorldState } from '../world/world.ts';

export interface ExpertDrive {
  readonly seed: number;
  readonly spec: WorldSpec;
  readonly end: WorldState;
  readonly totals: DriveTotals;
  readonly decisions: readonly Decision[];
}

/** Drives every seed to its end; `decide` is asked every DECISION_STEPS with the batch of observations and the offset of one. */
export function driveSeeds(
  scenario: Scenario,
  seeds: readonly number[],
  decide: (observations: Float32Array, offset: number) => Decision,
): ExpertDrive[] {
  const worlds = createWasmWorlds(seeds.length);
  const specs = seeds.map((seed) => instantiate(scenario, seed));
  const decisions: Decision[][] = seeds.map(() => []);
  const done = new Uint8Array(seeds.length);
  for (let i = 0; i < specs.length; i++) worlds.reset(i, specs[i]);
  for (let step = 0; done.includes(0); step++) {
    if (step % DECISION_STEPS === 0) {
      const observations = worlds.observe();
      for (let i = 0; i < specs.length; i++) {
        if (done[i]) continue;
        const decision = decide(observations, i * OBS_DIM);
        decisions[i].push(decision);
        worlds.setPlan(i, decision.waypoints);
      }
    }
    worlds.stepPlans();
    for (let i = 0; i < specs.length; i++) if (worlds.terminated[i] || worlds.truncated[i]) done[i] = 1;
  }
  const drives = seeds.map((seed, i) => ({
    seed,
    spec: specs[i],
    end: worlds.state(i),
    totals: worlds.totals(i),
    decisions: decisions[i],
  }));
  worlds.dispose();
  return drives;
}
