import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveScenario } from '../../core/episode/link/resolve.ts';
import { replayEpisode } from '../../core/episode/replay.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import { checkDraft, driveDraft } from './drafts.ts';
import { Policies } from './policies.ts';

const worlds = createWasmWorlds(1);
const text = readFileSync('public/scenarios/hidden_pedestrian.yaml', 'utf8').replace(
  'id: hidden_pedestrian',
  'id: my_street',
);
const policies = new Policies(() => Promise.reject(new Error('not needed')));

test('a good draft is shown as its seed draws it', async () => {
  const drawn = await Promise.all([1, 2].map((seed) => checkDraft(text, seed, worlds)));
  for (const check of drawn) expect(check).toMatchObject({ fits: true, id: 'my_street', frames: { steps: 0 } });
  const [one, two] = drawn.map((check) => (check.fits ? [...check.frames.actors, ...check.frames.ego] : []));
  expect(one).not.toEqual(two);
});

test('a mistake comes back with line, path, what was found and what was expected', async () => {
  const line = text.split('\n').findIndex((row) => row.includes('speedLimitMps')) + 1;
  expect(await checkDraft(text.replace('speedLimitMps: 10', 'speedLimitMps: fast'), 1, worlds)).toEqual({
    fits: false,
    problem: { line, path: 'road.speedLimitMps', problem: 'got "fast"', expected: expect.stringContaining('a number') },
  });
  expect(await checkDraft('road: [', 1, worlds)).toMatchObject({ fits: false, problem: { expected: 'YAML' } });
  expect(await checkDraft('', 1, worlds)).toMatchObject({ fits: false });
});

test('a draft on a network comes with the drawing of its map', async () => {
  const check = await checkDraft(readFileSync('public/scenarios/roundabout.yaml', 'utf8'), 1, worlds);
  expect(check.fits && check.frames.map?.tiles.length).toBeGreaterThan(2);
});

test('the expert’s drive carries the text and replays from it', async () => {
  const episode = await driveDraft(text, 3, '2025-01-01T00:00:00Z', worlds, policies);
  expect(episode.scenario).toMatchObject({ id: 'my_street', inline: text });
  const scenario = resolveScenario(episode.scenario, () => undefined);
  const { frames, score } = replayEpisode(episode, instantiate(scenario, 3), worlds);
  expect(frames.verified).toBe(true);
  expect(score).toEqual(episode.score);
});
