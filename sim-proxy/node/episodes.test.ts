import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driveEpisode } from '../../core/episode/drive.ts';
import type { Episode } from '../../core/episode/episode.ts';
import { episodeToJson } from '../../core/episode/json.ts';
import { driveOne, expertDriver } from '../../core/tasks/driving/policy/driver.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import type { Scenario } from '../../core/tasks/driving/scenario/scenario.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import { linkOf, openEpisode, plain } from './episodes.ts';
import { shippedScenarios } from './scenarios.ts';

const NOW = '2026-01-01T00:00:00Z';
const folder = mkdtempSync(join(tmpdir(), 'traceway-episodes-'));
let episode: Episode;

beforeAll(async () => {
  const spec = instantiate(shippedScenarios().get('hidden_pedestrian') as Scenario, 7);
  const worlds = createWasmWorlds(1);
  const driver = driveOne(expertDriver());
  episode = await driveEpisode({ worlds, spec, driver, policy: { kind: 'expert', name: 'expert' }, now: NOW });
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a link alone, in an address, and in a file opens the same drive as its episode file', async () => {
  const link = linkOf(episode);
  const opened = await Promise.all(
    [
      link,
      link.slice(1),
      `https://example.org/lab/?x=1${link}`,
      file('drive.link', `${link}\n`),
      file('drive.json', episodeToJson(episode)),
    ].map((text) => openEpisode(text, NOW)),
  );
  for (const { episode: found, replay } of opened) {
    expect(found.id).toBe(episode.id);
    expect(found.stateHashes).toEqual(episode.stateHashes);
    expect(replay.score).toEqual(episode.score);
  }
  expect(opened.map(({ source }) => source)).toEqual(['link', 'link', 'link', 'link', 'file']);
});

test('a changed control diverges, a removed hash proves nothing, and both are refused by name', async () => {
  const controls = [...episode.controls];
  controls[40] = controls[40] > 0 ? -20 : 20;
  const changed = file('changed.json', episodeToJson({ ...episode, controls }));
  await expect(openEpisode(changed, NOW)).rejects.toThrow(/diverged at step \d+/);
  const bare = file('bare.json', episodeToJson({ ...episode, stateHashes: episode.stateHashes.slice(0, -1) }));
  await expect(openEpisode(bare, NOW)).rejects.toThrow(/cannot be verified/);
});

test.each([
  ['#r1.abc.def', /incomplete/],
  ['#r9.abc.def', /newer/],
  ['https://example.org/', /not a replay link/],
  [`#r1.${'A'.repeat(40_000)}.x`, /40\d\d\d characters/],
  ['no such file', /neither a replay link/],
  [folder, /cannot be read/],
])('%.30s is refused in one sentence', async (text, sentence) => {
  const error = await openEpisode(text, NOW).then(
    () => undefined,
    (reason: Error) => reason,
  );
  expect(error?.message).toMatch(sentence);
  expect(error?.message).not.toContain('\n');
});

test('escape sequences in a name do not reach the terminal', () => {
  expect(plain('a\u001b[31mred\u0007\u202eb')).toBe('a[31mredb');
});

test('the shipped drive replays, fits any chat, and its thought to change is where first-run.json says', async () => {
  const shipped = fileURLToPath(new URL('../../public/shipped/', import.meta.url));
  const { episode: drive } = await openEpisode(join(shipped, 'drive.json'), NOW);
  expect(drive.score.success).toBe(true);
  expect(linkOf(drive).length).toBeLessThanOrEqual(2000);
  const first = JSON.parse(readFileSync(join(shipped, 'first-run.json'), 'utf8'));
  const decision = drive.decisions[first.decision];
  expect(decision.step).toBe(first.breakpoint);
  expect(first.episode).toBe(drive.id);
});
