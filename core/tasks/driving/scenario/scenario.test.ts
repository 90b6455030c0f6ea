import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shippedScenarios } from '../../../../sim-proxy/node/scenarios.ts';
import { checkScenario, parseScenario, ScenarioError, scenarioHash } from './scenario.ts';
import { scenarioJsonSchema } from './format/json-schema.ts';
import { SCENARIO_IDS, tagsOf } from './shipped.ts';

const BASE = `format: traceway-scenario/1
id: t
title: T
description: D
road:
  pieces:
    - { kind: straight, length: 100 }
  speedLimitMps: 10
ego: { s: 5, speedMps: [4, 8] }
goal: { from: ego, s: 80 }
timeLimit: 20
actors:
  - id: walker
    behaviour: cross
    s: 40
    fromLateral: -4
    toLateral: 4
    speedMps: 1.5
    triggerDistance: 20
`;

function errorOf(text: string): ScenarioError {
  try {
    parseScenario(text, 't.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return error as ScenarioError;
  }
  throw new Error('accepted');
}

describe('a broken scenario is refused with file, line, problem and expectation', () => {
  test.each([
    ['speedMps: 1.5', 'speedMps: fast', 18, 'actors.0.speedMps', /got "fast"/, /0\.2 to 5/],
    ['speedMps: 1.5', 'speedMps: .nan', 18, 'actors.0.speedMps', /got/, /0\.2 to 5/],
    ['speedMps: 1.5', 'speedMps: 99', 18, 'actors.0.speedMps', /got 99/, /0\.2 to 5/],
    ['speedMps: 1.5', 'speedMps: [3, 2]', 18, 'actors.0.speedMps', /got \[3,2\]/, /low ≤ high/],
    ['speedMps: 1.5', 'speed: 1.5', 13, 'actors.0.speedMps', /missing/, /key speedMps/],
    ['    triggerDistance: 20', '    triggerDistance: 20\n    hat: 1', 20, 'actors.0.hat', /unknown key/, /format/],
    ['behaviour: cross', 'behaviour: fly', 14, 'actors.0.behaviour', /got "fly"/, /idm/],
    ['from: ego', 'from: moon', 10, 'goal.from', /unknown place "moon"/, /ego/],
    ['s: 80', 's: 180', 10, 'goal.s', /reaches/, /on the road/],
    ['s: 80', 's: -3', 10, 'goal.s', /can lie at/, /beyond/],
    ['timeLimit: 20', 'timeLimit: 20.05', 11, 'timeLimit', /20\.05/, /whole steps/],
    ['id: walker', 'id: ego', 13, 'actors.0', /named twice/, /its own/],
    ['title: T', 'title: T\ntitle: U', 4, '', /unique/i, /YAML/],
    ['title: T', 'title: &a T\nid2: *a', 0, '', /alias/i, /aliases/],
    ['- { kind: straight, length: 100 }', '- { kind: loop, length: 100 }', 7, 'road.pieces.0.kind', /loop/, /arc/],
  ])('%s → %s', (from, to, line, path, problem, expected) => {
    expect(BASE).toContain(from);
    const error = errorOf(BASE.replace(from, to));
    expect(error.path).toBe(path);
    expect(error.problem).toMatch(problem);
    expect(error.expected).toMatch(expected);
    expect(error.line).toBe(line);
    expect(error.message).toMatch(line > 0 ? `t.yaml:${line}` : 't.yaml');
  });

  test('too long, too deep, or not YAML at all', () => {
    expect(errorOf(`${BASE}#${'x'.repeat(70_000)}`).expected).toMatch(/at most 65536/);
    expect(errorOf('['.repeat(30_000)).message).toMatch(/expected/);
    expect(errorOf('').problem).toMatch(/got null|missing/);
    expect(errorOf('\u0000\u0001').message).toMatch(/expected/);
  });

  test('any text at all either parses or throws a ScenarioError', () => {
    const lines = BASE.split('\n');
    const mangled = fc
      .tuple(fc.nat(lines.length - 1), fc.string({ maxLength: 30 }), fc.boolean())
      .map(([at, text, insert]) => lines.toSpliced(at, insert ? 0 : 1, text).join('\n'));
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 200, unit: 'binary' }), mangled), (text) => {
        try {
          parseScenario(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ScenarioError);
        }
      }),
      { numRuns: 150 },
    );
  });
});

test('the hash ignores layout and comments and sees every value', () => {
  const hash = scenarioHash(parseScenario(BASE));
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(scenarioHash(parseScenario(`# hello\n${BASE.replace('s: 40', 's:   40.0')}`))).toBe(hash);
  expect(scenarioHash(checkScenario(JSON.parse(JSON.stringify(parseScenario(BASE)))))).toBe(hash);
  expect(scenarioHash(parseScenario(BASE.replace('s: 40', 's: 41')))).not.toBe(hash);
});

describe('what is published is up to date (npx vitest run core/world -u writes it)', () => {
  test('public/schemas/scenario.schema.json', async () => {
    await expect(scenarioJsonSchema()).toMatchFileSnapshot('../../../../public/schemas/scenario.schema.json');
  });

  test('public/scenarios/index.json lists every shipped scenario and every file is shipped', async () => {
    const files = readdirSync(new URL('../../../../public/scenarios', import.meta.url)).filter((name) =>
      name.endsWith('.yaml'),
    );
    expect(files.sort()).toEqual(SCENARIO_IDS.map((id) => `${id}.yaml`).sort());
    const index = [...shippedScenarios().values()].map((scenario) => ({
      id: scenario.id,
      title: scenario.title,
      description: scenario.description,
      tags: tagsOf(scenario),
      hash: scenarioHash(scenario),
    }));
    await expect(`${JSON.stringify(index, null, 2)}\n`).toMatchFileSnapshot('../../../../public/scenarios/index.json');
  });
});
