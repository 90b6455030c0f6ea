import { describe, expect, it } from 'vitest';
import { D_FIELDS, D_HASHED } from '../../../../abi/world-fields.ts';
import { createRandom } from '../../../../base/random.ts';
import { ACCEL_MIN_Q, DECISION_STEPS, OBS_DIM, STEER_MAX_Q } from '../../../../abi/layout.ts';
import { lanePlan, randomJunctionSpec, randomSpec } from '../testing.ts';
import { createTwinWorlds } from './twin.ts';
import { createWasmWorlds } from '../wasm/wasm.ts';
import type { Worlds } from '../world.ts';

const WORLDS = 60;

/** Largest difference relative to max(1, size); equal infinities differ by 0. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): { readonly by: number; readonly at: number } {
  let worst = { by: 0, at: -1 };
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    const by = Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(a[i]));
    if (!(by <= worst.by)) worst = { by, at: i };
  }
  return worst;
}

const fields = (worlds: Worlds, i: number) => new Float64Array(worlds.snapshot(i).slice().buffer);

/** Steps both through the same random drives, half by plans and half by controls, and calls `check` after every step. */
function drive(check: (kernel: Worlds, twin: Worlds, step: number) => void): [Worlds, Worlds] {
  const random = createRandom(20240611);
  const kernel = createWasmWorlds(WORLDS);
  const twin = createTwinWorlds(WORLDS);
  for (let i = 0; i < WORLDS; i++) {
    const spec = i % 3 === 2 ? randomJunctionSpec(random) : randomSpec(random);
    kernel.reset(i, spec);
    twin.reset(i, spec);
  }
  check(kernel, twin, 0);
  const counts = new Int16Array(2 * WORLDS);
  for (let step = 0; step < 120; step++) {
    const byPlan = step % 40 < 30;
    if (byPlan && step % DECISION_STEPS === 0) {
      const seen = kernel.observe();
      for (let i = 0; i < WORLDS; i++) {
        const plan = lanePlan(seen, i * OBS_DIM, random.between(0, 12), random.between(0.5, 5));
        for (let k = 0; k < plan.length; k++) plan[k] += random.between(-0.02, 0.02);
        kernel.setPlan(i, plan);
        twin.setPlan(i, plan);
      }
    }
    for (let i = 0; i < WORLDS; i++) {
      counts[2 * i] = Math.round(random.between(ACCEL_MIN_Q / 4, 60));
      counts[2 * i + 1] = Math.round(random.between(-STEER_MAX_Q / 8, STEER_MAX_Q / 8));
    }
    for (const worlds of [kernel, twin]) {
      if (byPlan) worlds.stepPlans();
      else worlds.stepControls(counts);
    }
    check(kernel, twin, step + 1);
  }
  return [kernel, twin];
}

describe('the twin', () => {
  it('agrees with the kernel to 1e-9 in every field of the state, to 1e-6 in the observation, exactly in what is seen', () => {
    const met = { collision: 0, offRoad: 0, redLight: 0, hidden: 0, ttc: 0, crossing: 0 };
    const [kernel] = drive((a, b, step) => {
      expect([...a.terminated, ...a.truncated]).toEqual([...b.terminated, ...b.truncated]);
      expect(a.controls).toEqual(b.controls);
      expect(difference(a.reward, b.reward).by).toBeLessThanOrEqual(1e-9);
      for (let i = 0; i < WORLDS; i++) {
        const { by, at } = difference(fields(a, i), fields(b, i));
        expect(by, `world ${i}, step ${step}, field ${at} of ${D_FIELDS} (${D_HASHED} hashed)`).toBeLessThanOrEqual(
          1e-9,
        );
        if (step % 10 > 0) continue;
        const [x, y] = [a.state(i), b.state(i)];
        expect(x.actors.map((actor) => actor.visible)).toEqual(y.actors.map((actor) => actor.visible));
        met.hidden += x.actors.filter((actor) => actor.present && !actor.visible).length;
        met.crossing += x.actors.filter((actor) => actor.kind === 2 && actor.speedMps > 0).length;
        met.ttc += +Number.isFinite(x.ttc);
      }
      if (step % 5 === 0) expect(difference(a.observe(), b.observe()).by).toBeLessThanOrEqual(1e-6);
    });
    for (let i = 0; i < WORLDS; i++) {
      const state = kernel.state(i);
      met.collision += +state.collision;
      met.offRoad += +state.offRoad;
      met.redLight += kernel.totals(i).redLights;
    }
    // The drives must have met what they are meant to compare.
    for (const kind of ['collision', 'offRoad', 'redLight', 'hidden', 'ttc', 'crossing'] as const)
      expect(met[kind], kind).toBeGreaterThan(0);
  });

  it('continues from a snapshot of the kernel', () => {
    const random = createRandom(5);
    const spec = randomSpec(random);
    const kernel = createWasmWorlds(1);
    const twin = createTwinWorlds(1);
    kernel.reset(0, spec);
    twin.reset(0, spec);
    for (let step = 0; step < 20; step++) kernel.stepControls([20, 0]);
    twin.restore(0, kernel.snapshot(0));
    expect(twin.hash(0)).toBe(kernel.hash(0));
    for (let step = 0; step < 5; step++) {
      kernel.stepControls([20, 5]);
      twin.stepControls([20, 5]);
    }
    expect(difference(fields(kernel, 0), fields(twin, 0)).by).toBeLessThanOrEqual(1e-9);
  });
});
