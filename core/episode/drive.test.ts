import { describe, expect, test } from 'vitest';
import { expertDriver, type EpisodeDriver } from '../tasks/driving/policy/driver.ts';
import { runSuite } from '../evaluate/suite.ts';
import { decisionWordIndex } from '../tasks/driving/words/sentence.ts';
import { wordId } from '../tasks/driving/words/vocabulary.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import { LIGHT_RED } from '../abi/layout.ts';
import { createWasmWorlds } from '../tasks/driving/world/wasm/wasm.ts';
import type { WorldState } from '../tasks/driving/world/world.ts';
import { EventDetector } from './events.ts';
import { STATE_STEER, STATE_STRIDE, STATE_X } from './frames.ts';
import { episodeFromJson, episodeToJson } from './json.ts';
import { drive, expert, shipped, specOf, worlds } from './testing-lab.ts';
import { replayEpisode } from './replay.ts';
import { resolveScenario } from './link/resolve.ts';

const PROCEED = wordId('proceed') ?? -1;

describe('a recorded drive', () => {
  test('replays to the same states and score, without a policy', async () => {
    const episode = await drive('signalled_crossing', 3);
    const { frames, score } = replayEpisode(episode, specOf('signalled_crossing', 3), createWasmWorlds(1));
    expect(frames.verified).toBe(true);
    expect(score).toEqual(episode.score);
    expect(frames.steps).toBe(episode.score.steps);
    expect(frames.ego.length).toBe((frames.steps + 1) * STATE_STRIDE);
    expect(frames.road.lights[0].stopLineS).toBeGreaterThan(0);
    expect(frames.lights).toHaveLength(1);
    expect(frames.signalStates).toHaveLength((frames.steps + 1) * frames.signals);
    expect(frames.ego[frames.steps * STATE_STRIDE + STATE_X]).toBeGreaterThan(frames.ego[STATE_X]);
    expect(Math.max(...frames.ego.filter((_, i) => i % STATE_STRIDE === STATE_STEER).map(Math.abs))).toBeLessThan(0.5);
  });

  test('is the drive that a suite scores', async () => {
    const scenario = shipped.get('hidden_pedestrian');
    if (!scenario) throw new Error('no scenario');
    const driver = expertDriver();
    const [row] = await runSuite({
      driver,
      createWorlds: createWasmWorlds,
      instantiate,
      scenarios: [scenario],
      seeds: [5],
    });
    const episode = await drive('hidden_pedestrian', 5);
    expect(episode.stateHashes.at(-1)).toEqual([row.steps, row.hash]);
    expect(episode.score).toEqual(row.score);
  });

  test('replayed with one control changed names the first step whose hash differs', async () => {
    const episode = await drive('straight_road', 1);
    const controls = episode.controls.with(2 * 60, episode.controls[2 * 60] - 1);
    const { frames } = replayEpisode({ ...episode, controls }, specOf('straight_road', 1), worlds);
    expect(frames.verified).toEqual({ divergedAtStep: 100 });
  });

  test('survives its JSON file', async () => {
    const episode = await drive('crossing_pedestrian', 2);
    expect(episodeFromJson(episodeToJson(episode))).toEqual(episode);
  });

  test('only resolves to the scenario it was recorded in', async () => {
    const { scenario } = await drive('straight_road', 1);
    const find = (id: string) => shipped.get(id);
    expect(resolveScenario(scenario, find).id).toBe('straight_road');
    expect(() => resolveScenario({ ...scenario, id: 'nowhere' }, find)).toThrow('no scenario "nowhere"');
    expect(() => resolveScenario({ ...scenario, hash: '0'.repeat(64) }, find)).toThrow('hash differs');
  });
});

describe('a fork', () => {
  test('with the token that was there anyway is the parent’s drive again', async () => {
    const parent = await drive('hidden_pedestrian', 2);
    const at = 12;
    const index = decisionWordIndex(parent.decisions[at].tokens);
    const to = parent.decisions[at].tokens[index];
    const same = await drive('hidden_pedestrian', 2, { fork: { parent, decision: at, index, to } });
    expect(same.controls).toEqual(parent.controls);
    expect(same.stateHashes).toEqual(parent.stateHashes);
    expect(same.parent?.returnDelta).toBe(0);
  });

  test('with “proceed” for “yield” drives on differently and says what it cost', async () => {
    const yields = wordId('yield');
    let [seed, decision, parent] = [0, -1, await drive('crossing_pedestrian', 0)];
    while (decision < 1 && seed < 20) {
      parent = await drive('crossing_pedestrian', ++seed);
      decision = parent.decisions.findIndex(({ tokens }) => tokens[decisionWordIndex(tokens)] === yields);
    }
    const { step, tokens } = parent.decisions[decision];
    const index = decisionWordIndex(tokens);
    const before = structuredClone(parent);
    const forked = await drive('crossing_pedestrian', seed, { fork: { parent, decision, index, to: PROCEED } });
    expect(parent).toEqual(before);
    expect(forked.controls.slice(0, step * 2)).toEqual(parent.controls.slice(0, step * 2));
    expect(forked.controls.slice(step * 2)).not.toEqual(parent.controls.slice(step * 2));
    expect(forked.decisions[decision].edit).toEqual({ index, from: yields, to: PROCEED });
    expect(forked.events.map(({ kind }) => kind)).toContain('edit');
    expect(forked.parent).toEqual({
      episodeId: parent.id,
      decision,
      edit: { index, from: yields, to: PROCEED },
      returnDelta: forked.score.return - parent.score.return,
    });
    expect(forked.id).not.toBe(parent.id);
    const spec = specOf('crossing_pedestrian', seed);
    expect(replayEpisode(forked, spec, worlds).frames.verified).toBe(true);
  });

  test('of a decision or token that is not there is refused', async () => {
    const parent = await drive('straight_road', 1);
    const at = (decision: number, index: number) =>
      drive('straight_road', 1, { fork: { parent, decision, index, to: PROCEED } });
    await expect(at(999, 0)).rejects.toThrow('no decision 999');
    await expect(at(3, 47)).rejects.toThrow('no token 47');
  });

  test('gives the driver the tokens up to and with the edited one', async () => {
    const parent = await drive('straight_road', 1);
    const asked: (readonly number[])[] = [];
    const driver: EpisodeDriver = {
      plan: (observation, forced) => {
        if (forced) asked.push(forced);
        return expert.plan(observation, forced);
      },
    };
    await drive('straight_road', 1, { driver, fork: { parent, decision: 4, index: 2, to: PROCEED } });
    expect(asked).toEqual([[...parent.decisions[4].tokens.slice(0, 2), PROCEED]]);
  });
});

describe('events', () => {
  const state = (step: number, more: Partial<WorldState> = {}): WorldState => ({
    step,
    x: 0,
    y: 0,
    headingRad: 0,
    speedMps: 5,
    accelMps2: 0,
    steerRad: 0,
    yawRateRadps: 0,
    s: 0,
    lateral: 0,
    headingError: 0,
    actors: [],
    speedLimitMps: 13,
    light: 0,
    stopLineS: Number.NaN,
    ttc: Number.POSITIVE_INFINITY,
    reward: 0,
    terminated: false,
    truncated: false,
    collision: false,
    collisionActor: -1,
    offRoad: false,
    ranRedLight: false,
    success: false,
    routeCompletion: 0,
    ...more,
  });
  const person = (visible: boolean) => {
    const box = { x: 10, y: 2, headingRad: 0, speedMps: 0, yawRateRadps: 0, length: 0.5, width: 0.6, present: true };
    return [{ kind: 2, ...box, visible }];
  };
  const eventsOf = (states: readonly Partial<WorldState>[]) => {
    const detector = new EventDetector();
    states.forEach((more, step) => {
      detector.observe(state(step, more));
    });
    return detector.finish().map(({ step, kind, actor }) => [step, kind, ...(actor ? [actor] : [])]);
  };

  test('a near miss stands at the lowest point of each dip, and not where the dip ends in a collision', () => {
    const ttc = (...values: number[]) => values.map((value) => ({ ttc: value, actors: person(true) }));
    expect(eventsOf(ttc(3, 1.4, 0.9, 1.2, 1.6, 1.4, 2.5, 1.2, 3))).toEqual([
      [2, 'near-miss', 'A1'],
      [7, 'near-miss', 'A1'],
    ]);
    expect(eventsOf(ttc(3, 1.6, 1.5, 3))).toEqual([]);
    expect(eventsOf([...ttc(3, 0.4), { ttc: 0, collision: true, collisionActor: 0, actors: person(true) }])).toEqual([
      [2, 'collision', 'A1'],
    ]);
  });

  test('hard braking is told once, an actor appears once it was hidden for a while', () => {
    expect(eventsOf([0, -4, -4.2, -5, -3.5, -4.5, -1, -4.5].map((accelMps2) => ({ accelMps2 })))).toEqual([
      [2, 'hard-brake'],
      [7, 'hard-brake'],
    ]);
    const seen = [...Array(6).fill(false), true, false, true].map((visible) => ({ actors: person(visible) }));
    expect(eventsOf(seen)).toEqual([[6, 'appears', 'A1']]);
  });

  test('light changes, infractions and ends are told when they begin', () => {
    expect(eventsOf([{ light: 1 }, { light: LIGHT_RED }, { light: LIGHT_RED, ranRedLight: true }])).toEqual([
      [1, 'light'],
      [2, 'red-light'],
    ]);
    expect(eventsOf([{}, { offRoad: true }, { offRoad: true, success: true, truncated: true }])).toEqual([
      [1, 'off-road'],
      [2, 'goal'],
      [2, 'timeout'],
    ]);
  });
});

test('a driver that writes no traces is recorded without tokens', async () => {
  const silent: EpisodeDriver = { plan: () => ({ tokens: [], waypoints: new Float32Array(40).fill(0) }) };
  const episode = await drive('straight_road', 1, { driver: silent, policy: { kind: 'random', name: 'Stands' } });
  expect(episode.decisions.every(({ tokens }) => tokens.length === 0)).toBe(true);
  expect(episode.events.at(-1)?.kind).toBe('timeout');
});
