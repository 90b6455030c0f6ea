import { describe, expect, it } from 'vitest';
import { toEgo } from '../../../../base/geometry.ts';
import { routePose } from '../../roads/routes/route-geometry.ts';
import { ACCEL_QUANTUM, DECISION_STEPS, DT, OBS_DIM, STEER_QUANTUM, WAYPOINTS } from '../../../../abi/layout.ts';
import type { RoadSpec } from '../../roads/road-spec.ts';
import { lanePlan, testRoad, testSpec } from '../testing.ts';
import { createWasmWorlds } from '../wasm/wasm.ts';
import type { WorldState } from '../world.ts';

/** Drives `steps` steps on `road`; `aim(step)` is the speed to reach and how fast to change it. Renews the plan every decision. */
function drive(road: RoadSpec, speedMps: number, steps: number, aim: (step: number) => [number, number]): WorldState[] {
  const worlds = createWasmWorlds(1);
  const ego = { s: 5, lateral: 0, headingErrorRad: 0, speedMps };
  worlds.reset(0, testSpec({ road, ego, maxSteps: 10_000, goalS: 9_000 }));
  const states: WorldState[] = [];
  for (let step = 0; step < steps; step++) {
    if (step % DECISION_STEPS === 0) worlds.setPlan(0, lanePlan(worlds.observe().slice(0, OBS_DIM), 0, ...aim(step)));
    worlds.stepPlans();
    states.push(worlds.state(0));
  }
  return states;
}

const straight = testRoad([{ length: 600, curvature: 0 }]);
const last = (states: readonly WorldState[]) => states[states.length - 1];

describe('the tracker', () => {
  it('starts from standstill within half a second and reaches the planned speed', () => {
    const states = drive(straight, 0, 100, () => [8, 1.5]);
    expect(states[4].speedMps).toBeGreaterThan(0.1);
    expect(last(states).speedMps).toBeCloseTo(8, 1);
    expect(Math.max(...states.map((state) => state.accelMps2))).toBeLessThan(1.9);
  });

  it('brakes to a full stop along the plan, and then stands without creeping', () => {
    const states = drive(straight, 8, 150, () => [0, 2]);
    const stopped = states.findIndex((state) => state.speedMps === 0);
    // v / a = 4 s at constant deceleration.
    expect(stopped * DT).toBeGreaterThan(3.8);
    expect(stopped * DT).toBeLessThan(5.5);
    expect(states[stopped].s - 5).toBeGreaterThan(15);
    expect(states[stopped].s - 5).toBeLessThan(18);
    for (const state of states.slice(stopped)) expect(state.s).toBe(states[stopped].s);
  });

  it('does not creep when a plan that stands still is noisy by 2 cm', () => {
    const worlds = createWasmWorlds(1);
    worlds.reset(0, testSpec());
    for (let step = 0; step < 100; step++) {
      const plan = Float64Array.from(
        { length: 2 * WAYPOINTS },
        (_, i) => 0.02 * (((i * 7919 + step * 104729) % 13) / 6 - 1),
      );
      if (step % DECISION_STEPS === 0) worlds.setPlan(0, plan);
      worlds.stepPlans();
    }
    expect(worlds.state(0).s).toBe(5);
  });

  it('holds a constant speed on a straight without moving the wheel', () => {
    const states = drive(straight, 10, 100, () => [10, 1]);
    for (const state of states) {
      expect(Math.abs(state.steerRad)).toBeLessThanOrEqual(STEER_QUANTUM);
      expect(Math.abs(state.accelMps2)).toBeLessThanOrEqual(ACCEL_QUANTUM + 1e-9);
      expect(Math.abs(state.lateral)).toBeLessThan(0.02);
    }
  });

  it('keeps to a plan along the lane centre within 0.25 m where it bends at once into a radius of 12.5 m and then of 25 m', () => {
    const road = testRoad([
      { length: 30, curvature: 0 },
      { length: 19, curvature: 0.08 },
      { length: 25, curvature: 0 },
      { length: 35, curvature: -0.04 },
      { length: 60, curvature: 0 },
    ]);
    const worlds = createWasmWorlds(1);
    worlds.reset(0, testSpec({ road, ego: { s: 5, lateral: 0, headingErrorRad: 0, speedMps: 5 }, goalS: 160 }));
    for (let step = 0; step < 290; step++) {
      const ego = worlds.state(0);
      if (step % DECISION_STEPS === 0) {
        const centre = Array.from({ length: WAYPOINTS }, (_, k) => routePose(road, ego.s + 5 * DT * (k + 1), 0));
        worlds.setPlan(
          0,
          centre.map((pose) => toEgo(ego, pose)).flatMap(({ x, y }) => [x, y]),
        );
      }
      worlds.stepPlans();
      expect(Math.abs(worlds.state(0).lateral)).toBeLessThan(0.25);
    }
    expect(worlds.state(0).s).toBeGreaterThan(145);
  });

  it('returns from 0.5 m beside the lane centre without overshooting by more than 5 cm', () => {
    const worlds = createWasmWorlds(1);
    worlds.reset(
      0,
      testSpec({ road: straight, ego: { s: 5, lateral: 0.5, headingErrorRad: 0, speedMps: 8 }, goalS: 500 }),
    );
    let lowest = 1;
    for (let step = 0; step < 80; step++) {
      if (step % DECISION_STEPS === 0) worlds.setPlan(0, lanePlan(worlds.observe(), 0, 8, 1));
      worlds.stepPlans();
      lowest = Math.min(lowest, worlds.state(0).lateral);
    }
    expect(lowest).toBeGreaterThan(-0.05);
    expect(Math.abs(worlds.state(0).lateral)).toBeLessThan(0.03);
  });

  it('stays comfortable: planned changes of speed never break the bound on jerk', () => {
    const states = drive(straight, 6, 200, (step) => [step % 60 < 30 ? 10 : 3, 2]);
    const jerks = states.slice(1).map((state, i) => Math.abs(state.accelMps2 - states[i].accelMps2) / DT);
    expect(Math.max(...jerks)).toBeLessThan(8.37);
  });

  it('brakes as hard as the plan asks in an emergency', () => {
    const states = drive(straight, 12, 20, () => [0, 8]);
    expect(Math.min(...states.map((state) => state.accelMps2))).toBeLessThan(-7);
    expect(last(states).speedMps).toBeLessThan(1);
  });

  it('brings the ego to a stop when the plan runs out', () => {
    const worlds = createWasmWorlds(1);
    worlds.reset(
      0,
      testSpec({ road: straight, ego: { s: 5, lateral: 0, headingErrorRad: 0, speedMps: 6 }, goalS: 500 }),
    );
    worlds.setPlan(0, lanePlan(worlds.observe(), 0, 6, 1));
    for (let step = 0; step < 80; step++) worlds.stepPlans();
    expect(worlds.state(0).speedMps).toBe(0);
  });
});
