import { expect, test } from 'vitest';
import { drive, NOW, shipped, specOf, worlds } from '../episode/testing-lab.ts';
import { driveEpisode } from '../episode/drive.ts';
import { WAYPOINTS } from '../abi/layout.ts';
import type { ScenarioId } from '../tasks/driving/scenario/shipped.ts';
import { scoreCosts } from './costs.ts';
import { driveOne, randomDriver } from '../tasks/driving/policy/driver.ts';

const policy = { kind: 'random', name: 'random' } as const;
const randomDrive = (id: ScenarioId, seed: number) =>
  driveEpisode({ worlds, spec: specOf(id, seed), driver: driveOne(randomDriver(seed)), policy, now: NOW });

test('what the steps cost adds up to the points the score lacks, for every shipped scenario', async () => {
  let charged = 0;
  for (const id of shipped.keys() as MapIterator<ScenarioId>) {
    for (const episode of [await drive(id, 1), await randomDrive(id, 1)]) {
      const costs = scoreCosts(episode, specOf(id, episode.seed), worlds);
      const sum = costs.reduce((total, { points }) => total + points, 0);
      expect(1 - sum).toBeCloseTo(episode.score.score, 12);
      for (const { from, to, points } of costs) {
        expect(points).toBeGreaterThanOrEqual(0);
        expect(from).toBeLessThanOrEqual(to);
        expect(to).toBeLessThanOrEqual(episode.score.steps);
      }
      charged += costs.length;
    }
  }
  expect(charged).toBeGreaterThan(20);
});

test('a collision takes what is left, at the step of its event', async () => {
  const waypoints = Array.from({ length: 2 * WAYPOINTS }, (_, i) => (i % 2 ? 0 : 2.2 * (i / 2 + 1)));
  const blind = { plan: () => ({ tokens: [], waypoints }) };
  const spec = specOf('lead_brake', 1);
  const episode = await driveEpisode({ worlds, spec, driver: blind, policy, now: NOW });
  const event = episode.events.find(({ kind }) => kind === 'collision');
  const collision = scoreCosts(episode, spec, worlds).find(({ part }) => part === 'noCollision');
  expect(event).toBeDefined();
  expect(collision?.from).toBe(event?.step);
  expect(collision?.points).toBeGreaterThan(0);
});
