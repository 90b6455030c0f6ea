import { describe, expect, it } from 'vitest';
import { fromCarlaPose, toCarlaPose } from '../../../io/recordings/carla-frame.ts';
import { createRandom } from '../../../base/random.ts';
import { type ExternalActor, RouteObserver } from './external.ts';
import { OBS_ACTOR, OBS_ACTOR_STRIDE, OBS_ACTORS } from '../../../abi/layout.ts';
import { createTwinWorlds } from './twin/twin.ts';
import { PERFECT, randomSpec } from './testing.ts';
import { signalAt } from './twin/signals.ts';

/** Poses as they come back from CARLA: left-handed, degrees, float32. */
function throughCarla<T extends { x: number; y: number; headingRad: number }>(thing: T): T {
  const { location, rotation } = toCarlaPose({ ...thing, z: 0, pitchRad: 0, rollRad: 0 });
  const f = Math.fround;
  const { x, y, headingRad } = fromCarlaPose(
    { x: f(location.x), y: f(location.y), z: 0 },
    { pitch: 0, yaw: f(rotation.yaw), roll: 0 },
  );
  return { ...thing, x, y, headingRad };
}

const same: typeof throughCarla = (thing) => thing;

/** Without empty slots: an actor of ours that is gone keeps its slot, another simulator knows nothing of it any more. */
function withoutGaps(observation: Float32Array): number[] {
  const slots = Array.from({ length: OBS_ACTORS }, (_, slot) => OBS_ACTOR + slot * OBS_ACTOR_STRIDE);
  const seen = slots.filter((at) => observation[at] === 1);
  return [
    observation.subarray(0, OBS_ACTOR),
    ...seen.map((at) => observation.subarray(at, at + OBS_ACTOR_STRIDE)),
  ].flatMap((part) => [...part]);
}

describe('observations of a world that another simulator computes', () => {
  for (const [name, carried, tolerance] of [
    ['equal those of our own world for the same poses', same, 0],
    ['survive CARLA’s left-handed degrees', throughCarla, 2e-5],
  ] as const)
    it(name, () => {
      let compared = 0;
      for (let seed = 1; seed <= 20; seed++) {
        const spec = { ...randomSpec(createRandom(seed)), sensors: PERFECT };
        const worlds = createTwinWorlds(1);
        worlds.reset(0, spec);
        const { road, goalS, weather, lights } = spec;
        const observer = new RouteObserver({ road, startS: spec.ego.s, goalS, lights, weather });
        for (let step = 0; step < 40 && !worlds.terminated[0]; step++) {
          const state = worlds.state(0);
          const actors: ExternalActor[] = state.actors.flatMap((actor) =>
            actor.present ? [carried({ ...actor, yawRateRadps: actor.yawRateRadps })] : [],
          );
          const lightStates = lights.map(({ signal }) => signalAt(spec.signals[signal], step));
          const seen = observer.observe(carried(state), actors, lightStates);
          const [theirs, own] = [withoutGaps(seen), withoutGaps(worlds.observe())];
          expect(theirs.length).toBe(own.length);
          for (let i = 0; i < own.length; i++) {
            if (!(Math.abs(theirs[i] - own[i]) <= tolerance))
              expect(`seed ${seed} step ${step} [${i}] ${theirs[i]}`).toBe(`${own[i]}`);
          }
          expect(observer.place.s).toBeCloseTo(state.s, 3);
          worlds.stepControls([10, (seed % 5) - 2]);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(300);
    });
});
