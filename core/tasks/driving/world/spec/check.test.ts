import { describe, expect, it } from 'vitest';
import { MAX_ACTORS, MAX_LATENCY, MAX_LIGHTS, MAX_SIGNALS } from '../../../../abi/layout.ts';
import type { WorldSpec } from './spec.ts';
import type { LaneNetwork } from '../../roads/road-spec.ts';
import { CLEAR, crossingSpec, PERFECT, testLane, testParked, testSpec, testTraffic } from '../testing.ts';
import { checkSpec, WorldError } from './check.ts';

const signal = { green: 1, yellow: 1, red: 1, offset: 0 };
const many = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe('a world', () => {
  it('takes as much as its limits say', () => {
    const spec = testSpec({
      actors: many(MAX_ACTORS, testParked()),
      signals: many(MAX_SIGNALS, signal),
      lights: many(MAX_LIGHTS, { stopLineS: 20, signal: 0 }),
      sensors: { ...PERFECT, latencySteps: MAX_LATENCY },
    });
    expect(() => checkSpec(spec)).not.toThrow();
  });

  it('refuses by name what it cannot run', () => {
    const refused = (more: Partial<WorldSpec>, message: RegExp) => {
      expect(() => checkSpec({ ...testSpec(), ...more })).toThrow(WorldError);
      expect(() => checkSpec({ ...testSpec(), ...more })).toThrow(message);
    };
    refused({ actors: many(MAX_ACTORS + 1, testParked()) }, /128 actors/);
    refused({ signals: many(MAX_SIGNALS + 1, signal) }, /32 signals/);
    refused({ signals: [signal], lights: many(MAX_LIGHTS + 1, { stopLineS: 20, signal: 0 }) }, /4 lights/);
    refused({ lights: [{ stopLineS: 20, signal: 0 }] }, /light 0 names a signal/);
    refused({ signals: [signal], lights: [30, 20].map((stopLineS) => ({ stopLineS, signal: 0 })) }, /ascend/);
    refused({ signals: [{ ...signal, green: 0, yellow: 0, red: 0 }] }, /cycle/);
    refused({ weather: { ...CLEAR, friction: 0 } }, /friction/);
    refused({ sensors: { ...PERFECT, latencySteps: 6 } }, /latency/);
    refused({ sensors: { ...PERFECT, latencySteps: 0.5 } }, /latency/);
    const { road } = testSpec();
    refused({ road: { ...road, edgeLeft: new Float64Array(3) } }, /columns/);
    refused({ goalS: 5 }, /goal/);
  });

  it('refuses lanes that do not fit together, but only where there is traffic', () => {
    const start = { x: 0, y: 0, headingRad: 0 };
    const spec = (lanes: LaneNetwork['lanes'], more: Parameters<typeof testTraffic>[0] = {}): WorldSpec => ({
      ...crossingSpec([testTraffic(more)]),
      network: { ds: 1, lanes },
    });
    const refused = (lanes: LaneNetwork['lanes'], message: RegExp, more: Parameters<typeof testTraffic>[0] = {}) => {
      expect(() => checkSpec(spec(lanes, more))).toThrow(message);
    };
    refused([testLane('a', start, 50, { next: [3] })], /lane a names a lane/);
    refused([testLane('a', start, 50, { signal: 2, stopLineS: 10 })], /lane a names a signal/);
    refused([testLane('a', start, 50, { length: 60 })], /longer than its samples/);
    refused([testLane('a', start, 50)], /actor traffic drives on a lane/, { lane: 4, lanes: [] });
    refused([testLane('a', start, 50)], /positive acceleration/, { accelMps2: 0 });
    expect(() => checkSpec({ ...spec([]), actors: [] })).not.toThrow();
  });
});
