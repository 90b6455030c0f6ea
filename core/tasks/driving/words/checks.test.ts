import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { MAX_TRACE } from '../../../models/config.ts';
import { decide } from '../expert/expert.ts';
import { instantiate } from '../scenario/instantiate/instantiate.ts';
import { DECISION_STEPS, OBS_DIM, WAYPOINTS } from '../../../abi/layout.ts';
import { parseShipped } from '../scenario/shipped.ts';
import { createWasmWorlds } from '../world/wasm/wasm.ts';
import { checkTrace, consistent, grounded, necessary, type Redecide, sufficient, wellFormed } from './checks.ts';
import { formatTrace, readTrace, stageOf } from './grammar.ts';
import { synthesise } from './synthesise.ts';
import { observationOf } from './testing.ts';
import { VOCABULARY, wordsOf } from './vocabulary.ts';

const expert: Redecide = (observation) => {
  const decision = decide(observation);
  return { tokens: synthesise(observation, decision), waypoints: decision.waypoints };
};
const think = (observation: Float32Array) => {
  const decision = decide(observation);
  return { observation, tokens: synthesise(observation, decision), waypoints: decision.waypoints };
};
const read = (text: string) => readTrace(text) as number[];

/** Every decision of the expert on all shipped scenarios, one seed each. */
const thoughts: ReturnType<typeof think>[] = [];

beforeAll(() => {
  const scenarios = [...parseShipped((id) => readFileSync(`public/scenarios/${id}.yaml`, 'utf8')).values()];
  const specs = scenarios.map((scenario) => instantiate(scenario, 1));
  const worlds = createWasmWorlds(specs.length);
  for (const [i, spec] of specs.entries()) worlds.reset(i, spec);
  const running = (i: number) => !worlds.terminated[i] && !worlds.truncated[i];
  while (specs.some((_, i) => running(i))) {
    const observations = worlds.observe();
    for (let i = 0; i < specs.length; i++) {
      if (!running(i)) continue;
      const thought = think(observations.slice(i * OBS_DIM, (i + 1) * OBS_DIM));
      worlds.setPlan(i, thought.waypoints);
      thoughts.push(thought);
    }
    for (let k = 0; k < DECISION_STEPS; k++) worlds.stepPlans();
  }
  worlds.dispose();
});

describe('checks of the expert', () => {
  test('it is well formed, grounded and consistent in every decision of every scenario', () => {
    expect(thoughts.length).toBeGreaterThan(400);
    for (const { tokens, waypoints, observation } of thoughts) {
      expect(wellFormed(tokens).passed).toBe(true);
      expect(grounded(tokens, observation)).toMatchObject({ passed: true });
      const { passed, text } = consistent(tokens, waypoints, observation);
      expect(passed, `${text} ${formatTrace(tokens)}`).toBe(true);
    }
  });

  test('whoever it blames is necessary in 95 of 100 decisions (of two cones neither is), and sufficient in 97', async () => {
    const tally = { necessary: [0, 0], sufficient: [0, 0] };
    for (const { tokens, waypoints, observation } of thoughts) {
      for (const check of [necessary, sufficient] as const) {
        const { name, passed } = await check(tokens, waypoints, observation, expert);
        if (passed !== null) tally[name as 'necessary' | 'sufficient'][passed ? 1 : 0]++;
      }
    }
    expect(tally.necessary[1]).toBeGreaterThan(100);
    expect(tally.necessary[0] / tally.necessary[1]).toBeLessThan(0.05);
    expect(tally.sufficient[0] / tally.sufficient[1]).toBeLessThan(0.03);
  });

  test('traces are short: MAX_TRACE tokens at most, 28 on average', () => {
    const lengths = thoughts.map(({ tokens }) => tokens.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_TRACE);
    expect(lengths.reduce((sum, n) => sum + n, 0) / lengths.length).toBeLessThan(28);
  });

  test('any number or name of what was perceived or predicted, changed by two words, is found out', () => {
    for (const { tokens, observation } of thoughts.filter((_, i) => i % 7 === 0)) {
      for (const [index, id] of tokens.entries()) {
        const word = VOCABULARY[id];
        const stage = stageOf(tokens, index);
        if ((stage !== 'perceive' && stage !== 'predict') || word.class === 'actor') continue;
        const words = wordsOf(word.class);
        const at = words.indexOf(word);
        const other = words[at + 2] ?? words[at - 2];
        if (!other) continue;
        const { passed, claims } = grounded(tokens.with(index, other.id), observation);
        if (word.text === 'box' || other.text === 'box') expect(passed).toBeNull();
        else expect(claims.find((c) => c.index === index)?.passed).toBe(false);
      }
    }
  });

  test('another situation’s plan is found out', () => {
    let caught = 0;
    const { tokens } = think(observationOf({ speed: 8, light: { state: 3, d: 14 } }));
    expect(formatTrace(tokens)).toContain('stop light');
    const fast = thoughts.filter(({ waypoints }) => waypoints[2 * WAYPOINTS - 2] > 16);
    for (const { waypoints, observation } of fast)
      if (consistent(tokens, waypoints, observation).passed === false) caught++;
    expect(caught).toBe(fast.length);
    expect(fast.length).toBeGreaterThan(50);
  });
});

describe('checks say what is wrong in one sentence', () => {
  const scene = observationOf({ speed: 8, actors: [{ slot: 0, kind: 1, x: 16, y: 0, vx: 4 }] });
  const { waypoints } = think(scene);

  test('a number and an actor that are not there', () => {
    const wrong = read(
      '<perceive> v:12 lim:8 lat:0 road:straight A2 ped d:12 y:0 v:0 vy:1 <predict> A2 crosses ttc:2 gap:8 ' +
        '<plan> yield A2 <act> v:3 a:-2 d:8 keep_lane <end>',
    );
    const { passed, text, claims } = grounded(wrong, scene);
    expect(passed).toBe(false);
    expect(text).toMatch(/^\d+ of \d+ claims do not agree .*: v:12 \(in truth 8\.0\); A2 \(not there\); .*…\.$/);
    expect(claims.filter((c) => !c.passed).length).toBe(11);
  });

  test('a blamed bystander is not the reason, and the true reason was left out', async () => {
    const crowd = observationOf({
      speed: 8,
      actors: [
        { slot: 0, kind: 1, x: 16, y: 0, vx: 4 },
        { slot: 1, kind: 1, x: 30, y: 9, vx: 4 },
      ],
    });
    const plan = think(crowd);
    const accused = read(formatTrace(plan.tokens).replace('follow A1', 'follow A2'));
    expect(await necessary(accused, plan.waypoints, crowd, expert)).toEqual({
      name: 'necessary',
      passed: false,
      text: 'Without A2 the driver would do the same: it is not the reason.',
    });
    const { passed, text } = await sufficient(accused, plan.waypoints, crowd, expert);
    expect(passed).toBe(false);
    expect(text).toBe('It does not blame A1, yet without it the driver would proceed instead of follow.');
    expect((await necessary(plan.tokens, plan.waypoints, crowd, expert)).passed).toBe(true);
  });

  test('tokens that are no trace fail the format and nothing else', async () => {
    const checks = await checkTrace(read('<perceive> v:8 <end>'), waypoints, scene, expert);
    expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['format', false],
      ['grounded', null],
      ['consistent', null],
      ['necessary', null],
      ['sufficient', null],
    ]);
    expect(checks[0].text).toMatch(/^Token 2: "<end>", expected lim:4 /);
  });
});
