/** scenario + seed → `WorldSpec`, whatever the road; draw-world.ts does it. */
import { drawWorld } from './draw-world.ts';
import { NETWORKS } from './network-road.ts';
import type { Scenario } from './scenario-schema.ts';
import type { WorldSpec } from './spec.ts';

/** The world that `seed` (32-bit unsigned) makes of a checked scenario; the same in every engine. */
export function instantiate(scenario: Scenario, seed: number): WorldSpec {
  return drawWorld(scenario, seed, NETWORKS);
}
