import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { OBS_ACTOR, OBS_ACTOR_VEHICLE, OBS_DIM } from '../abi/layout.ts';
import { auditDrive, type DriveAudit } from '../evaluate/audit.ts';
import { KINDS } from '../tasks/driving/kinds/kinds.ts';
import { driveOne, expertDriver } from '../tasks/driving/policy/driver.ts';
import { parseScenario } from '../tasks/driving/scenario/scenario.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import { SCENARIO_IDS } from '../tasks/driving/scenario/shipped-ids.ts';
import { createTwinWorlds } from '../tasks/driving/world/twin/twin.ts';
import { createWasmWorlds } from '../tasks/driving/world/wasm/wasm.ts';
import { VOCABULARY } from '../tasks/driving/words/vocabulary.ts';
import { driveEpisode } from './drive.ts';
import type { Episode } from './episode.ts';
import { EventDetector } from './events.ts';
import { replayEpisode } from './replay.ts';
import { sceneOfDrive } from './scene-of-drive.ts';

const text = readFileSync('examples/tram_crossing.yaml', 'utf8');
const scenario = parseScenario(text);
const worlds = createWasmWorlds(1);

/** Rolls on as it came, whoever is in the way. */
function roll(source: string, seed: number) {
  const spec = instantiate(parseScenario(source), seed);
  const events = new EventDetector();
  const controls: number[] = [];
  let slowest = Number.POSITIVE_INFINITY;
  worlds.reset(0, spec);
  events.observe(worlds.state(0));
  for (let step = 0; step < 200 && !worlds.terminated[0]; step++) {
    worlds.stepControls([0, 0]);
    controls.push(0, 0);
    events.observe(worlds.state(0));
    slowest = Math.min(slowest, worlds.state(0).actors[0].speedMps);
  }
  return { spec, controls, slowest, texts: events.finish().map((event) => event.text) };
}

describe('a tram', () => {
  it('is none of the shipped scenarios’ road users', () => {
    expect(SCENARIO_IDS).toHaveLength(42);
    expect(SCENARIO_IDS as readonly string[]).not.toContain(scenario.id);
  });

  it('is long and gives way to nobody, where a tram with a car’s manners would', () => {
    const polite = text.replace('kind: tram,', 'kind: tram, givesWay: true,');
    const seeds = [1, 2, 3, 4, 5, 6];
    const [own, given] = [text, polite].map((source) => seeds.map((seed) => roll(source, seed)));
    for (const { spec, slowest } of own) {
      expect(spec.actors[0]).toMatchObject({ kind: KINDS.tram.code, length: 24, givesWay: false });
      expect(slowest).toBeGreaterThan(6);
    }
    expect(Math.min(...given.map(({ slowest }) => slowest))).toBeLessThan(2);
  });

  it('is called so where a drive runs into it, and who reads the score is told so', () => {
    const { spec, controls, texts } = roll(text, 1);
    expect(texts).toContain('Collision with tram A1');
    const audit: DriveAudit = auditDrive({ controls }, spec, worlds);
    expect(audit.infractions.map(({ kind, actor }) => [kind, actor])).toContainEqual(['collision-vehicle', 'tram']);
    expect(audit.actors).toEqual([{ id: 'tram', name: 'tram', conduct: 'reactive' }]);
  });

  it('goes the same way in both worlds, which observe it alike', () => {
    const twin = createTwinWorlds(1);
    twin.reset(0, instantiate(scenario, 2));
    worlds.reset(0, instantiate(scenario, 2));
    for (let step = 0; step < 60; step++) {
      const [a, b] = [worlds.observe(), twin.observe()];
      for (let i = 0; i < OBS_DIM; i++) expect(a[i]).toBeCloseTo(b[i], 5);
      for (const each of [worlds, twin]) each.stepControls([-10, 0]);
    }
  });
});

describe('a thoughtful drive past a tram', () => {
  let episode: Episode;
  const spec = instantiate(scenario, 1);

  beforeAll(async () => {
    const policy = { kind: 'expert', name: 'Expert' } as const;
    const now = '2024-01-01T00:00:00Z';
    episode = await driveEpisode({ worlds, spec, driver: driveOne(expertDriver()), policy, now, inline: text });
  });

  it('observes it as a vehicle and says "veh", with the vocabulary as it was', () => {
    expect(VOCABULARY.some((word) => word.text === 'tram')).toBe(false);
    worlds.reset(0, spec);
    let seen = 0;
    for (const { tokens, step } of episode.decisions) {
      const words = tokens.map((id) => VOCABULARY[id].text);
      const at = words.indexOf('A1');
      if (at < 0 || words.indexOf('<predict>') < at) continue;
      expect(words[at + 1], `step ${step}`).toBe('veh');
      seen++;
    }
    expect(seen).toBeGreaterThan(3);
    for (let step = 0; step < 30; step++) worlds.stepControls([0, 0]);
    const column = worlds.observe().subarray(OBS_ACTOR + 1, OBS_ACTOR + 6);
    expect([...column]).toEqual(Array.from({ length: 5 }, (_, i) => +(i + 1 === OBS_ACTOR_VEHICLE)));
  });

  it('is a scene with a tram, by name and by shape', () => {
    const { frames } = replayEpisode(episode, spec, worlds);
    expect(frames.verified).toBe(true);
    expect(frames.actorInfo[0].label).toBe('A1 tram');
    expect(sceneOfDrive(frames).actors[0]).toMatchObject({ kind: 'tram', length: 24, width: 2.4 });
  });
});
