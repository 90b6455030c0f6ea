/** A past drive's controls through the world, step by step; everything that looks at a past drive goes through here. */
import type { WorldSpec } from './spec/spec.ts';
import type { Worlds, WorldState } from './world.ts';

/**
 * Resets world 0 and steps it with `controls` (integer counts, 2 a step), yielding the state before the first step and after
 * each. Whoever iterates may read the world in between (`observe`, `hash`, `totals`) but must not change it.
 */
export function* replaySteps(
  worlds: Worlds,
  spec: WorldSpec,
  controls: readonly number[],
): Generator<WorldState, void, void> {
  worlds.reset(0, spec);
  yield worlds.state(0);
  const counts = new Int16Array(worlds.count * 2);
  for (let at = 0; at + 1 < controls.length; at += 2) {
    counts[0] = controls[at];
    counts[1] = controls[at + 1];
    worlds.stepControls(counts);
    yield worlds.state(0);
  }
}
