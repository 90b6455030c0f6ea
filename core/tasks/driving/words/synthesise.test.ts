import { describe, expect, test } from 'vitest';
import { MAX_TRACE } from '../../../models/config.ts';
import type { Decision } from '../expert/maneuver.ts';
import { formatTrace, isValidTrace } from './grammar.ts';
import { synthesise } from './synthesise.ts';
import { observationOf } from './testing.ts';

const decision: Decision = {
  longitudinal: 'yield',
  lateral: 'keep_lane',
  cause: { kind: 'actor', slot: 1 },
  targetSpeedMps: 1.2,
  accelMps2: -2.6,
  stopDistance: 8.4,
  predictions: [
    { slot: 1, motion: 'crosses', inPath: true, gap: 8.6, ttc: 2.1 },
    { slot: 0, motion: 'stands', inPath: false, gap: 6, ttc: Number.POSITIVE_INFINITY },
  ],
  waypoints: new Float32Array(40),
};
const observation = observationOf({
  light: { state: 1, d: 20 },
  actors: [
    { slot: 0, kind: 3, x: 10.4, y: -2.8 },
    { slot: 1, kind: 2, x: 12.3, y: -2.6, vy: 1.4 },
  ],
});

describe('synthesise', () => {
  test('writes what it sees, what that will do, what to do and how', () => {
    expect(formatTrace(synthesise(observation, decision))).toBe(
      '<perceive> v:6 lim:8 lat:0 road:straight light:green d:20 A2 ped d:12 y:-3 v:0 vy:1.5 A1 box d:10 y:-3 ' +
        '<predict> A2 crosses ttc:2 gap:8 A1 stands <plan> yield A2 <act> v:1 a:-3 d:8 keep_lane <end>',
    );
  });

  test('reads a batch at its offset', () => {
    const batch = new Float32Array(2 * observation.length);
    batch.set(observation, observation.length);
    expect(synthesise(batch, decision, observation.length)).toEqual(synthesise(observation, decision));
  });

  test('of six actors it speaks of the three most critical, the blamed and the passed one always among them', () => {
    const actors = [0, 1, 2, 3, 4, 5].map((slot) => ({ slot, kind: 1, x: 10 + 5 * slot, y: 0, vx: 4 }));
    const predictions = actors.map(({ slot }) => ({ slot, motion: 'keeps', inPath: true, gap: 5, ttc: 3 }) as const);
    const crowded = {
      ...decision,
      predictions,
      cause: { kind: 'occlusion', slot: 3 },
      lateral: 'pass_left',
      lateralSlot: 5,
    } as const;
    const fog = { friction: 0.5, sight: 40, daylight: 0.2 };
    const tokens = synthesise(observationOf({ actors, light: { state: 3, d: 30 }, ...fog }), crowded);
    expect(isValidTrace(tokens)).toBe(true);
    expect(tokens.length).toBe(MAX_TRACE);
    expect(formatTrace(tokens)).toMatch(
      /road:straight grip:low dark sight:40 light:red d:32 A1 .* A4 .* A6 .* <predict> .* occlusion A4 .* pass_left A6 <end>/,
    );
  });

  test('a bend and no stopping point', () => {
    const free = {
      ...decision,
      longitudinal: 'slow',
      cause: { kind: 'curve' },
      predictions: [],
      stopDistance: NaN,
    } as const;
    expect(formatTrace(synthesise(observationOf({ curvature: -0.01 }), free))).toBe(
      '<perceive> v:6 lim:8 lat:0 road:right <predict> <plan> slow curve <act> v:1 a:-3 keep_lane <end>',
    );
  });
});
