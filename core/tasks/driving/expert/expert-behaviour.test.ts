import { describe, expect, test } from 'vitest';
import { observationOf, type SceneDraft } from '../words/testing.ts';
import type { Decision } from './maneuver.ts';
import { decide } from './expert.ts';
import { LIGHT_GREEN, LIGHT_RED, WAYPOINTS } from '../../../abi/layout.ts';
import { KIND_BICYCLE, KIND_EMERGENCY, KIND_PEDESTRIAN, KIND_STATIC, KIND_VEHICLE } from '../kinds/kinds.ts';

/** Ego at 8 m/s on a street of one lane each way, oncoming from 1.75 m to the left; limit 10 m/s. */
const drive = (draft: SceneDraft): Decision => decide(observationOf({ speed: 8, limit: 10, ...draft }));
const actor = (kind: number, x: number, y: number, vx = 0, vy = 0, rest: object = {}) => {
  const heading = vx === 0 && vy === 0 ? 0 : Math.atan2(vy, vx);
  return { slot: 0, kind, x, y, vx, vy, heading, ...rest };
};
const slots = (...actors: ReturnType<typeof actor>[]) => actors.map((a, slot) => ({ ...a, slot }));
const endLateral = ({ waypoints }: Decision) => waypoints[2 * WAYPOINTS - 1];
const LEFT = -Math.PI / 2;

describe('whoever crosses', () => {
  test('a car that could not stop any more is given way to, a car that stands at its line is not', () => {
    const runner = drive({ actors: [actor(KIND_VEHICLE, 18, 18, 0, -11, { heading: LEFT })] });
    expect(runner).toMatchObject({ longitudinal: 'yield', cause: { kind: 'actor', slot: 0 } });
    expect(runner.predictions[0]).toMatchObject({ motion: 'crosses', inPath: true });
    const waiting = drive({ actors: [actor(KIND_VEHICLE, 22, 8, 0, 0, { heading: LEFT })] });
    expect(waiting).toMatchObject({ longitudinal: 'proceed', cause: { kind: 'clear' } });
  });

  test('with green ahead a crossing car is trusted to stop as long as it can', () => {
    const light = { state: LIGHT_GREEN, d: 15 };
    const far = actor(KIND_VEHICLE, 24, 32, 0, -8, { heading: LEFT });
    expect(drive({ light, actors: [far] }).longitudinal).toBe('proceed');
    const late = actor(KIND_VEHICLE, 18, 18, 0, -11, { heading: LEFT });
    expect(drive({ light, actors: [late] }).longitudinal).toBe('yield');
  });

  test('a car that has crossed, or comes much later, is no reason to slow down', () => {
    expect(drive({ actors: [actor(KIND_VEHICLE, 20, -6, 0, -8, { heading: LEFT })] }).longitudinal).toBe('proceed');
    expect(drive({ actors: [actor(KIND_VEHICLE, 10, 60, 0, -8, { heading: LEFT })] }).longitudinal).toBe('proceed');
  });

  test('turning left, oncoming traffic goes first; a gap that is long enough is used', () => {
    const turn = { speed: 3, curvature: 0.08, edgeLeft: 8 };
    const near = drive({ ...turn, actors: [actor(KIND_VEHICLE, 26, 3.5, -9, 0, { heading: Math.PI })] });
    expect(near).toMatchObject({ longitudinal: 'yield', cause: { kind: 'actor', slot: 0 } });
    const far = drive({ ...turn, actors: [actor(KIND_VEHICLE, 78, 3.5, -9, 0, { heading: Math.PI })] });
    expect(far.cause).not.toMatchObject({ slot: 0 });
  });

  test('going straight, oncoming traffic in its own lane is not in the way', () => {
    const passes = drive({ actors: [actor(KIND_VEHICLE, 30, 3.5, -9, 0, { heading: Math.PI })] });
    expect(passes).toMatchObject({ longitudinal: 'proceed', lateral: 'keep_lane' });
    expect(passes.predictions[0]).toMatchObject({ motion: 'oncoming', inPath: false });
  });

  test('a person who walks in the lane may stop there: the ego stays able to', () => {
    const walks = drive({ speed: 9, actors: [actor(KIND_PEDESTRIAN, 12, 1.2, 0, 1.4, { length: 0.5, width: 0.5 })] });
    expect(walks.cause).toEqual({ kind: 'actor', slot: 0 });
    expect(walks.waypoints[18]).toBeLessThan(8.7);
  });
});

describe('whoever goes the same way', () => {
  test('a car that moves over into the lane ahead is followed before it is there', () => {
    const cutsIn = drive({ actors: [actor(KIND_VEHICLE, 12, 3.2, 7, -1.1)] });
    expect(cutsIn).toMatchObject({ longitudinal: 'follow', cause: { kind: 'actor', slot: 0 } });
    expect(cutsIn.predictions[0]).toMatchObject({ motion: 'joins', inPath: true });
    expect(drive({ actors: [actor(KIND_VEHICLE, 12, 3.5, 7, 0)] }).longitudinal).toBe('proceed');
  });

  test('where the route shifts into the next lane, a car abreast in it goes first and one far behind does not', () => {
    /** A route that shifts 3.5 m to the left over 40 m: the road's left edge comes nearer. */
    const shifting = (x: number) => {
      const observation = observationOf({
        speed: 14,
        limit: 14,
        edgeLeft: 5.25,
        oncomingFrom: 20,
        actors: [actor(1, x, 3.5, 14, 0)],
      });
      [4, 8, 14, 22, 32, 44].forEach((s, k) => {
        const t = Math.min(1, s / 40);
        observation[8 + 3 * k + 1] = (3.5 * t * t * (3 - 2 * t)) / 10;
        observation[8 + 3 * k + 2] = t < 1 ? (3.5 * 6 * t * (1 - t)) / 40 : 0;
      });
      observation[30] = 1.75 / 5;
      return decide(observation);
    };
    expect(shifting(-3)).toMatchObject({ longitudinal: 'yield', cause: { kind: 'actor', slot: 0 } });
    expect(shifting(-30)).toMatchObject({ longitudinal: 'proceed' });
    expect(shifting(5)).toMatchObject({ longitudinal: 'follow', cause: { kind: 'actor', slot: 0 } });
  });
});

describe('across the road', () => {
  const stalled = actor(KIND_STATIC, 30, 0, 0, 0, { length: 4.5, width: 1.9 });

  test('a stalled car is passed on the left when the oncoming lane is free', () => {
    const passes = drive({ speed: 5, limit: 6, actors: [{ ...stalled, x: 20 }] });
    expect(passes).toMatchObject({ lateral: 'pass_left', lateralSlot: 0 });
    expect(endLateral(passes)).toBeGreaterThan(0.4);
    expect(passes.targetSpeedMps).toBeGreaterThan(3.5);
  });

  test('with somebody oncoming it stops behind, with room to swing out', () => {
    const waits = drive({ actors: slots(stalled, actor(KIND_VEHICLE, 60, 3.5, -9, 0, { heading: Math.PI })) });
    expect(waits).toMatchObject({ lateral: 'keep_lane', longitudinal: 'stop', cause: { kind: 'actor', slot: 0 } });
    expect(waits.stopDistance).toBeLessThan(30 - 2.3 - 2.25 - 6);
  });

  test('where the road leaves no room it stops behind', () => {
    expect(drive({ edgeLeft: 1.75, actors: [stalled] })).toMatchObject({ lateral: 'keep_lane', longitudinal: 'stop' });
  });

  test('out beside it, it goes through with the pass', () => {
    const beside = { ...stalled, x: 2, y: -2.4 };
    const passes = drive({ speed: 5, lateral: 2.4, actors: [beside] });
    expect(passes).toMatchObject({ lateral: 'pass_left', longitudinal: 'proceed' });
  });

  test('a slow cyclist is overtaken with more room than a parked car', () => {
    const cyclist = actor(KIND_BICYCLE, 24, -1, 4, 0, { length: 1.8, width: 0.6 });
    const far = drive({ speed: 9, actors: [cyclist] });
    expect(far).toMatchObject({ lateral: 'pass_left', lateralSlot: 0 });
    const oncoming = actor(KIND_VEHICLE, 75, 2.4, -9, 0, { heading: Math.PI });
    expect(drive({ speed: 9, actors: slots(cyclist, oncoming) })).toMatchObject({ longitudinal: 'follow' });
  });

  test('an emergency vehicle from behind gets the way: to the right edge, and slowly, until it is past', () => {
    const behind = actor(KIND_EMERGENCY, -25, 1, 14, 0);
    const aside = drive({ edgeRight: 3, actors: [behind] });
    expect(aside).toMatchObject({ lateral: 'pull_right', lateralSlot: 0, longitudinal: 'yield' });
    expect(endLateral(aside)).toBeLessThan(-0.3);
    const past = drive({ edgeRight: 3, actors: [{ ...behind, x: 20 }] });
    expect(past.lateral).toBe('keep_lane');
  });

  test('a queue before a red light is not passed', () => {
    const queue = drive({ light: { state: LIGHT_RED, d: 40 }, actors: [actor(KIND_VEHICLE, 30, 0)] });
    expect(queue).toMatchObject({ lateral: 'keep_lane', longitudinal: 'follow' });
  });
});

describe('weather', () => {
  test('in fog it drives so that it can stop within what it sees', () => {
    const fog = drive({ speed: 13, limit: 14, sight: 25, daylight: 0.8 });
    expect(fog).toMatchObject({ longitudinal: 'slow', cause: { kind: 'sight' } });
    expect(drive({ speed: 13, limit: 14 }).longitudinal).toBe('proceed');
  });

  test('on a slippery road bends are taken more slowly and brakes are not asked for more than the tyres hold', () => {
    const dry = drive({ speed: 9, curvature: 0.04 });
    const ice = drive({ speed: 9, curvature: 0.04, friction: 0.3 });
    expect(ice.targetSpeedMps).toBeLessThan(dry.targetSpeedMps - 1);
    const emergency = drive({ friction: 0.3, actors: [actor(KIND_STATIC, 8, 0)] });
    const hardest = 0.9 * 0.3 * 9.81;
    const { waypoints } = emergency;
    for (let k = 2; k < WAYPOINTS; k++) {
      const [a, b, c] = [k - 2, k - 1, k].map((i) => waypoints[2 * i]);
      expect((2 * b - a - c) / 0.01).toBeLessThan(hardest + 0.05);
    }
  });
});
