import { describe, expect, test } from 'vitest';
import { driveScores } from './drive-scores.ts';
import { flags, testActor, testDrive } from './testing.ts';

describe('all scores of a drive', () => {
  test('a clean whole route is perfect by each, with nothing to open', () => {
    const { scores, metrics, infractions, costs } = driveScores(testDrive({ rows: 102 }));
    expect(scores).toEqual({
      carla_1_0: 100,
      carla_2_0: 100,
      carla_2_1: 100,
      nuplan: 1,
      comfort: 1,
      comfort_segments: 1,
      min_ttc: null,
      rss_violations: 0,
    });
    expect(metrics.success).toBe(true);
    expect([infractions, costs.nuplan, costs.comfort, costs.rss]).toEqual([[], [], [], []]);
  });

  test('the points an only infraction cost are the points that are missing', () => {
    const { scores, costs } = driveScores(testDrive({ rows: 102, area: { redLight: flags(102, 40, 41) } }));
    expect(costs.carla['2.0']).toEqual([
      { kind: 'red-light', step: 40, points: expect.closeTo(100 - scores.carla_2_0, 9) },
    ]);
    expect(costs.carla['2.1'][0].points).toBeCloseTo(100 - scores.carla_2_1, 9);
    expect([scores.carla_1_0, scores.carla_2_1]).toEqual([expect.closeTo(70, 9), expect.closeTo(100 / 1.4, 9)]);
  });

  test('a crash costs every score, each at its own step', () => {
    const { scores, costs, metrics } = driveScores(
      testDrive({ rows: 102, actors: [testActor({ x: 50, rows: 102 })] }),
      { success: false },
    );
    expect(scores).toMatchObject({ carla_2_0: expect.closeTo(60, 9), nuplan: 0, min_ttc: 0 });
    expect(costs.nuplan.map(({ part, step }) => [part, step])).toEqual([
      ['noCollision', 46],
      ['ttc', 37],
    ]);
    expect(costs.rss[0].step).toBeLessThan(37);
    expect(metrics).toMatchObject({ collision_count: 1, success: false });
  });

  test('infractions that a track cannot show can be added', () => {
    const { scores } = driveScores(testDrive({ rows: 102 }), { moreInfractions: [{ kind: 'stop-sign', step: 12 }] });
    expect(scores.carla_2_0).toBeCloseTo(80, 9);
  });
});
