/** scenario + seed → `WorldSpec`, whatever the road; draw-world.ts does it. */
import { sampleWorld } from './sample-world.ts';
import { NETWORKS } from './network-road.ts';
import type { Scenario } from '../format/schema.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';

/** The world that `seed` (32-bit unsigned) makes of a checked scenario; the same in every engine. */
export function instantiate(scenario: Scenario, seed: number): WorldSpec {
  return sampleWorld(scenario, seed, NETWORKS);
}
