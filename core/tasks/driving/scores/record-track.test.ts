import { describe, expect, test } from 'vitest';
import { drive, specOf, worlds } from '../../../episode/testing-lab.ts';
import { replayEpisode } from '../../../episode/replay.ts';
import type { ScenarioId } from '../scenario/shipped.ts';
import { carlaDrivingScore } from './carla/carla.ts';
import { carlaRoute } from './carla/infractions.ts';
import { closedLoopMetrics } from './closed-loop.ts';
import { trackOfControls } from './record-track.ts';
import { scoreNuplan } from './nuplan/nuplan.ts';

async function driven(id: ScenarioId, seed: number, waypoints?: Float32Array) {
  const more = waypoints ? { driver: { plan: async () => ({ waypoints, tokens: [] }) } } : {};
  const episode = await drive(id, seed, more);
  const { frames, score } = replayEpisode(episode, specOf(id, seed), worlds);
  return { frames, score, track: trackOfControls(worlds, specOf(id, seed), episode.controls) };
}

describe('a drive of the lab as a track', () => {
  test('the expert’s clean drive is clean by every score', async () => {
    const { frames, score, track } = await driven('straight_road', 3);
    expect(score.success).toBe(true);
    const metrics = closedLoopMetrics(track, score.success);
    expect(metrics).toMatchObject({ collision_count: 0, offroad_count: 0, success: true, route_completion: 1 });
    expect(metrics.num_waypoints_reached).toBe(metrics.total_waypoints);
    expect(metrics.episode_time).toBeCloseTo(frames.steps * 0.1, 9);
    expect(carlaDrivingScore(carlaRoute(track), '2.1')).toMatchObject({ composed: 100, status: 'Perfect' });
    const way = track.route.s[track.rows - 1] - track.route.s[0];
    expect(scoreNuplan(track, way)).toMatchObject({
      noCollision: 1,
      drivableArea: 1,
      makingProgress: 1,
      drivingDirection: 1,
    });
  });

  test('a car that turns off the road is off it in the row the world says', async () => {
    const left = Float32Array.from({ length: 40 }, (_, i) => (i % 2 ? 0.03 * (i >> 1) ** 2 : 0.8 * ((i >> 1) + 1)));
    const { score, track } = await driven('straight_road', 3, left);
    expect(score.onRoad).toBe(0);
    expect([...track.area.nonDrivable.keys()].filter((row) => track.area.nonDrivable[row])).toEqual([track.rows - 1]);
    expect(closedLoopMetrics(track, score.success)).toMatchObject({ offroad_count: 1, success: false });
    const { composed, costs } = carlaDrivingScore(carlaRoute(track), '2.0');
    expect(costs.map(({ kind, step }) => [kind, step])).toEqual([['outside-lanes', track.rows - 1]]);
    expect(composed).toBeLessThan(100);
  });

  test('a car that sees nothing collides, in the row the world says', async () => {
    const straightOn = Float32Array.from({ length: 40 }, (_, i) => (i % 2 ? 0 : ((i >> 1) + 1) * 1.1));
    let seen = 0;
    for (let seed = 0; seed < 12 && seen < 2; seed++) {
      const { score, track } = await driven('crossing_pedestrian', seed, straightOn);
      const metrics = closedLoopMetrics(track, score.success);
      expect(metrics.collision_count > 0).toBe(score.noCollision === 0);
      if (score.noCollision === 1) continue;
      seen++;
      const [first] = carlaRoute(track).infractions.filter(({ kind }) => kind.startsWith('collision'));
      expect(first).toMatchObject({ kind: 'collision-pedestrian', step: track.rows - 1 });
    }
    expect(seen).toBe(2);
  });

  test('a red light run is the step the world counts', async () => {
    const straightOn = Float32Array.from({ length: 40 }, (_, i) => (i % 2 ? 0 : ((i >> 1) + 1) * 1.1));
    let ran = 0;
    for (let seed = 0; seed < 8; seed++) {
      const { score, track } = await driven('signalled_crossing', seed, straightOn);
      const found = track.area.redLight.reduce((sum: number, flag: number) => sum + flag, 0);
      expect(found > 0).toBe(score.noRedLight === 0);
      ran += found;
    }
    expect(ran).toBeGreaterThan(0);
  });
});
