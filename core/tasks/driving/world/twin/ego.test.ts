import { describe, expect, it } from 'vitest';
import { ACCEL_QUANTUM, LIGHT_GREEN, LIGHT_NONE, LIGHT_RED } from '../../../../abi/layout.ts';
import type { WorldSpec } from '../spec/spec.ts';
import { CLEAR, lanePlan, PERFECT, testBuiltRoad, testSpec } from '../testing.ts';
import { createTwinWorlds } from './twin.ts';
import type { Worlds } from '../world.ts';

function start(more: Partial<WorldSpec>): Worlds {
  const worlds = createTwinWorlds(1);
  worlds.reset(0, testSpec(more));
  return worlds;
}

const moving = (speedMps: number, s = 5) => ({ s, lateral: 0, headingErrorRad: 0, speedMps });
const wide = testBuiltRoad([{ length: 400, curvature: 0 }], { lanesLeft: 20, lanesRight: 20 });

describe('delayed controls', () => {
  it('act exactly as many steps later, and the commanded ones are published at once', () => {
    for (const latencySteps of [0, 1, 3, 5]) {
      const worlds = start({ sensors: { ...PERFECT, latencySteps } });
      const accelerations = Array.from({ length: 8 }, (_, k) => {
        worlds.stepControls([10 + k, 5]);
        expect([...worlds.controls]).toEqual([10 + k, 5]);
        return worlds.state(0).accelMps2;
      });
      accelerations.forEach((accel, k) => {
        expect(accel).toBeCloseTo(k < latencySteps ? 0 : (10 + k - latencySteps) * ACCEL_QUANTUM, 9);
      });
    }
  });

  it('are part of a snapshot and of the hash', () => {
    const worlds = start({ sensors: { ...PERFECT, latencySteps: 3 } });
    const other = start({ sensors: { ...PERFECT, latencySteps: 3 } });
    worlds.stepControls([40, 0]);
    other.stepControls([30, 0]);
    worlds.stepControls([0, 0]);
    other.stepControls([0, 0]);
    expect(worlds.hash(0)).not.toBe(other.hash(0));
    const saved = worlds.snapshot(0);
    const next = () => Array.from({ length: 4 }, () => (worlds.stepControls([0, 0]), worlds.hash(0)));
    const first = next();
    worlds.restore(0, saved);
    expect(next()).toEqual(first);
    expect(worlds.state(0).speedMps).toBeCloseTo(40 * ACCEL_QUANTUM * 0.1, 9);
  });

  it('a drive by plans replays from its commands', () => {
    const more = { sensors: { ...PERFECT, latencySteps: 2 }, ego: { ...moving(6), lateral: 0.5 } };
    const [planned, replayed] = [start(more), start(more)];
    for (let step = 0; step < 60; step++) {
      if (step % 5 === 0) planned.setPlan(0, lanePlan(planned.observe(), 0, 8, 2));
      planned.stepPlans();
      replayed.stepControls(planned.controls);
      expect(replayed.hash(0)).toBe(planned.hash(0));
    }
    expect(Math.abs(planned.state(0).lateral)).toBeLessThan(0.3);
  });
});

describe('grip', () => {
  const onIce = (friction: number) => ({ ...wide, weather: { ...CLEAR, friction }, goalS: 390 });

  it('bounds braking and acceleration at friction · g', () => {
    const braking = start({ ...onIce(0.3), ego: moving(10) });
    braking.stepControls([-160, 0]);
    expect(braking.state(0).accelMps2).toBeCloseTo(-0.3 * 9.81, 9);
    const starting = start({ ...onIce(0.2), ego: moving(1) });
    starting.stepControls([60, 0]);
    expect(starting.state(0).accelMps2).toBeCloseTo(0.2 * 9.81, 9);
    const dry = start({ ...onIce(0.9), ego: moving(10) });
    dry.stepControls([-160, 0]);
    expect(dry.state(0).accelMps2).toBeCloseTo(-8, 9);
  });

  it('bounds cornering: speed · yaw rate reaches friction · g and no more, and the car runs wide', () => {
    const turn = (friction: number, speedMps: number) => {
      const worlds = start({ ...onIce(friction), ego: moving(speedMps, 100) });
      worlds.stepControls([0, 200]);
      return worlds.state(0);
    };
    const slides = turn(0.3, 12);
    expect(slides.speedMps * slides.yawRateRadps).toBeCloseTo(0.3 * 9.81, 9);
    expect(slides.steerRad).toBeCloseTo(0.4, 12);
    const slow = turn(0.3, 2);
    expect(slow.yawRateRadps).toBeCloseTo((2 * Math.sin(Math.atan(0.5 * Math.tan(0.4)))) / 1.35, 9);
    expect(slides.lateral).toBeLessThan(turn(0.9, 12).lateral);
  });
});

describe('lights of the route', () => {
  const light = { stopLineS: 40, green: 2, yellow: 1, red: 60, offset: 0 };
  const drawn = testBuiltRoad([{ length: 200, curvature: 0 }], { light });
  const two = {
    ...drawn,
    signals: [...drawn.signals, { green: 60, yellow: 1, red: 1, offset: 0 }],
    lights: [...drawn.lights, { stopLineS: 90, signal: 1 }],
  };

  it('shows the next one until 6 m past its line, then the one after it, then none', () => {
    const worlds = start({ ...two, ego: moving(10) });
    const shown = new Map<number, readonly [number, number]>();
    for (let step = 1; step <= 130; step++) {
      worlds.stepControls([0, 0]);
      const { light: state, stopLineS, s } = worlds.state(0);
      shown.set(Math.round(s), [state, stopLineS]);
    }
    expect(shown.get(43)).toEqual([LIGHT_RED, 40]);
    expect(shown.get(45)).toEqual([LIGHT_GREEN, 90]);
    expect(shown.get(93)).toEqual([LIGHT_GREEN, 90]);
    expect(shown.get(95)).toEqual([LIGHT_NONE, Number.NaN]);
  });

  it('counts a line crossed at red, and not one crossed at green', () => {
    const worlds = start({ ...two, ego: moving(10) });
    for (let step = 0; step < 130; step++) worlds.stepControls([0, 0]);
    expect(worlds.totals(0).redLights).toBe(1);
  });

  it('the speed limit is that of the sample where the ego is', () => {
    const road = { ...drawn.road, speedLimitMps: drawn.road.speedLimitMps.map((_, i) => (i < 50 ? 13 : 8)) };
    const worlds = start({ ...drawn, road, ego: moving(10, 40) });
    worlds.stepControls([0, 0]);
    expect(worlds.state(0).speedLimitMps).toBe(13);
    for (let step = 0; step < 20; step++) worlds.stepControls([0, 0]);
    expect(worlds.state(0).speedLimitMps).toBe(8);
    expect(worlds.totals(0).speedingSteps).toBe(12);
  });
});
