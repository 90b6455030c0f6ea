import { describe, expect, it } from 'vitest';
import { laneTables } from './lane-tables.ts';
import { crossingSpec, mergeSpec, testBuiltRoad } from './testing.ts';

describe('the tables of a lane network', () => {
  it('bend speeds give 2 m/s² to the side in a bend, and grow away from it as braking with 1.5 m/s² allows', () => {
    const { network } = testBuiltRoad([
      { length: 100, curvature: 0 },
      { length: 40, curvature: 0.08 },
      { length: 40, curvature: 0 },
    ]);
    const { bendMps } = laneTables(network);
    const bend = network.lanes.findIndex(({ headingRad }) => Math.abs(headingRad[5] - headingRad[4]) > 0.05);
    expect(bendMps[bend][8]).toBeCloseTo(Math.sqrt(2 / 0.08), 6);
    const after = bendMps[network.lanes[bend].next[0]];
    expect(after[10]).toBeGreaterThan(after[0] - 1e-9);
    for (const speeds of bendMps)
      for (let i = 0; i + 1 < speeds.length; i++)
        expect(speeds[i] ** 2 - speeds[i + 1] ** 2).toBeLessThanOrEqual(2 * 1.5 * network.ds + 1e-9);
  });

  it('know where both lanes yield, or neither, and where both lead into one', () => {
    const one = laneTables(crossingSpec([], [1]).network);
    expect([one.mutual, one.joins]).toEqual([
      [[false], [false]],
      [[false], [false]],
    ]);
    for (const yields of [[0, 1], []])
      expect(laneTables(crossingSpec([], yields).network).mutual).toEqual([[true], [true]]);
    expect(laneTables(mergeSpec([]).network).joins).toEqual([[true], [true], []]);
  });

  it('are made once a network', () => {
    const { network } = crossingSpec([]);
    expect(laneTables(network)).toBe(laneTables(network));
  });
});
