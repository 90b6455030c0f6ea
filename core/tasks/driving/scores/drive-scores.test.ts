import { describe, expect, test } from 'vitest';
import { driveScores } from './drive-scores.ts';
import { SCORE_IDS } from './score-list.ts';
import { flags, testActor, testDrive, withPath } from './testing.ts';

describe('all scores of a drive', () => {
  test('a clean whole route is perfect by each, with nothing to open', () => {
    const { scores, metrics, infractions, costs, scenes } = driveScores(
      withPath(testDrive({ rows: 102, speedLimit: 10 })),
    );
    expect(scores).toEqual({
      carla_1_0: 100,
      carla_2_0: 100,
      carla_2_1: 100,
      bench2drive: 100,
      bench2drive_success: 1,
      nuplan: 1,
      pdms: 1,
      pdms_navsim_exact: 1,
      epdms: 1,
      epdms_navsim_exact: 1,
      comfort: 1,
      comfort_navsim_exact: 1,
      comfort_segments: 1,
      min_ttc: null,
      rss_violations: 0,
      rss_margin: null,
      rss_margin_longitudinal: null,
      rss_margin_lateral: null,
      waymax_overlap_rate: 0,
      waymax_offroad_rate: 0,
      waymax_wrong_way_rate: 0,
      waymax_off_route_rate: 0,
      waymax_infeasible_rate: 0,
      waymax_progression: expect.closeTo(1.01, 9),
      waymax_log_divergence: null,
    });
    expect(scenes.map(({ from, to }) => [from, to])).toEqual([
      [0, 40],
      [40, 80],
      [61, 101],
    ]);
    expect(metrics.success).toBe(true);
    expect(infractions).toEqual([]);
    expect(Object.values(costs).flat()).toEqual([]);
    expect(SCORE_IDS).toEqual(expect.arrayContaining(Object.keys(scores)));
  });

  test('the points an only infraction cost are the points that are missing', () => {
    const { scores, costs } = driveScores(testDrive({ rows: 102, area: { redLight: flags(102, 40, 41) } }));
    const [two, one] = [scores.carla_2_0 ?? 0, scores.carla_2_1 ?? 0];
    expect(costs.carla_2_0).toEqual([{ part: 'red-light', from: 40, to: 40, points: expect.closeTo(100 - two, 9) }]);
    expect(costs.carla_2_1?.[0].points).toBeCloseTo(100 - one, 9);
    expect([scores.carla_1_0, one]).toEqual([expect.closeTo(70, 9), expect.closeTo(100 / 1.4, 9)]);
    expect([scores.bench2drive, scores.bench2drive_success]).toEqual([expect.closeTo(70, 9), 0]);
  });

  test('a crash costs every score, each at its own step', () => {
    const drive = withPath(testDrive({ rows: 102, actors: [testActor({ x: 50, rows: 102 })] }));
    const { scores, costs, metrics, infractions } = driveScores(drive, { success: false });
    expect(scores).toMatchObject({ carla_2_0: expect.closeTo(60, 9), nuplan: 0, min_ttc: 0, bench2drive_success: 0 });
    expect(costs.nuplan?.map(({ part, from }) => [part, from])).toEqual([
      ['noCollision', 46],
      ['ttc', 37],
    ]);
    expect(costs.rss_violations?.[0].from).toBeLessThan(37);
    expect(scores.rss_margin).toBeLessThan(0);
    expect(infractions).toEqual([{ kind: 'collision-vehicle', step: 46, actor: 'a' }]);
    expect(metrics).toMatchObject({ collision_count: 1, success: false });
  });

  test('each scene is scored whole: a crash takes its scene and leaves the others', () => {
    const drive = withPath(testDrive({ rows: 121, goalS: 200, actors: [testActor({ x: 50, rows: 121 })] }));
    const { scores, scenes, costs } = driveScores(drive);
    expect(scenes.map(({ corrected }) => corrected.pdmParts.noCollision)).toEqual([1, 0, 1]);
    const mean = scenes.reduce((sum, { corrected }) => sum + corrected.pdms, 0) / 3;
    expect(scores.pdms).toBeCloseTo(mean, 12);
    const crash = costs.pdms?.find(({ part }) => part === 'noCollision');
    expect(crash).toMatchObject({ from: 46, actor: 'a' });
    expect(crash?.points).toBeGreaterThan(0.05);
  });

  test('without a route PDMS has no reference and no value', () => {
    expect(driveScores(testDrive()).scores).toMatchObject({ pdms: null, epdms: null });
  });

  test('a drive of few rows has its scores too', () => {
    for (const rows of [1, 2, 4, 5, 7]) {
      const { scores } = driveScores(withPath(testDrive({ rows })));
      expect(Object.values(scores).some(Number.isNaN)).toBe(false);
    }
  });

  test('infractions that a track cannot show can be added', () => {
    const { scores } = driveScores(testDrive({ rows: 102 }), { carla: { more: [{ kind: 'stop-sign', step: 12 }] } });
    expect(scores.carla_2_0).toBeCloseTo(80, 9);
  });

  test('with the human’s log: his way is the reference, what he failed is forgiven, and the distance to him counts', () => {
    const human = withPath(testDrive({ rows: 41, speed: 5, lateral: 0.6 }));
    const drive = withPath(testDrive({ rows: 41, speed: 5, lateral: 0.6 }));
    const alone = driveScores(drive);
    const beside = driveScores(drive, { human });
    expect(alone.scores.nuplan).toBeLessThan(beside.scores.nuplan ?? 0);
    expect(alone.scenes[0].corrected.parts.laneKeeping).toBe(0);
    expect((beside.scores.epdms ?? 0) - (alone.scores.epdms ?? 0)).toBeCloseTo(2 / 16, 9);
    expect(beside.scores.waymax_log_divergence).toBe(0);
  });
});
