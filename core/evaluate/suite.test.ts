import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { driveEpisode } from '../episode/drive.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import type { Scenario } from '../tasks/driving/scenario/scenario.ts';
import { parseShipped } from '../tasks/driving/scenario/shipped.ts';
import { createWasmWorlds } from '../tasks/driving/world/wasm/wasm.ts';
import { auditDrive } from './audit.ts';
import { driveOne, expertDriver, type DrivingPolicy, randomDriver } from '../tasks/driving/policy/driver.ts';
import { reportMarkdown } from './markdown.ts';
import { allScores } from '../tasks/driving/scores/drive-scores.ts';
import { SCORE_IDS } from '../tasks/driving/scores/score-list.ts';
import { compare, makeReport, summarisePolicy, summariseScore } from './report.ts';
import { scoreDrive } from '../tasks/driving/scores/lab/score.ts';
import { type EpisodeRow, runSuite, type ScoredRow } from './suite.ts';
import { episodeKey } from '../task/episode-key.ts';

let shipped: Map<string, Scenario>;
const pick = (...ids: string[]) => ids.map((id) => shipped.get(id) as Scenario);
const suite = (driver: DrivingPolicy, ids: string[], seeds: number[], batch?: number) =>
  runSuite({ driver, createWorlds: createWasmWorlds, instantiate, scenarios: pick(...ids), seeds, batch });

beforeAll(() => {
  shipped = parseShipped((id) => readFileSync(`public/scenarios/${id}.yaml`, 'utf8'));
});

describe('closed-loop suite', () => {
  test('rows come by scenario, then seed, whatever the batch; results are the same bit for bit', async () => {
    const ids = ['lead_brake', 'right_bend'];
    const wide = await suite(randomDriver(3), ids, [5, 6, 7], 64);
    const narrow = await suite(randomDriver(3), ids, [5, 6, 7], 2);
    const split = await suite(randomDriver(3), ['right_bend'], [6], 1);
    expect(wide.map(({ scenario, seed }) => `${scenario} ${seed}`)).toEqual(
      ids.flatMap((id) => [5, 6, 7].map((seed) => `${id} ${seed}`)),
    );
    expect(narrow).toEqual(wide);
    expect(split).toEqual([wide[4]]);
    expect(await suite(randomDriver(4), ids, [5, 6, 7])).not.toEqual(wide);
  });

  test('a suite drive is the recorded drive', async () => {
    const [row] = await suite(expertDriver(), ['crossing_pedestrian'], [9]);
    const spec = instantiate(pick('crossing_pedestrian')[0], 9);
    const worlds = createWasmWorlds(1);
    const episode = await driveEpisode({
      worlds,
      spec,
      driver: driveOne(expertDriver()),
      policy: { kind: 'expert', name: 'Expert' },
      now: '2024-01-01T00:00:00Z',
    });
    expect(episode.stateHashes.at(-1)?.[1]).toBe(row.hash);
    expect(episode.score).toEqual(row.score);
    expect(episode.decisions.length).toBe(row.decisions);
    worlds.dispose();
  });

  test('the expert thinks in well-formed traces and beats the random policy', async () => {
    const ids = ['lead_brake', 'crossing_pedestrian', 'signalled_crossing'];
    const expert = await suite(expertDriver(), ids, [1, 2, 3]);
    const random = await suite(randomDriver(1), ids, [1, 2, 3]);
    for (const row of expert) expect(row.validTraces).toBe(row.decisions);
    for (const row of random) expect(row.validTraces).toBeNull();
    expect(compare(expert, random).difference.low).toBeGreaterThan(0.5);
  });

  test('only unfinished worlds reach the driver, and a stop is honoured between decisions', async () => {
    const inner = randomDriver(1);
    const batches: number[] = [];
    const spy: DrivingPolicy = { name: 'spy', act: (request) => (batches.push(request.batch), inner.act(request)) };
    const rows = await suite(spy, ['lead_brake', 'straight_road'], [1, 2], 3);
    expect(batches[0]).toBe(3);
    expect(batches.reduce((sum, n) => sum + n, 0)).toBe(rows.reduce((sum, row) => sum + row.decisions, 0));
    let checks = 0;
    const control = {
      checkpoint: async () => {
        if (++checks > 3) throw new Error('stopped');
      },
    };
    const options = { driver: inner, createWorlds: createWasmWorlds, instantiate, scenarios: pick('lead_brake') };
    await expect(runSuite({ ...options, seeds: [1], control })).rejects.toThrow('stopped');
  });

  test('a drive keeps its key in any suite, and no two share one', () => {
    expect(episodeKey('s_curve', 4)).toBe(episodeKey('s_curve', 4));
    const keys = ['a', 'b', 'ab', 'ba'].flatMap((id) => Array.from({ length: 500 }, (_, seed) => episodeKey(id, seed)));
    expect(new Set(keys).size).toBe(2000);
  });
});

describe('published scores of a suite', () => {
  test('a scored suite drives the same, and an audit of the recorded drive says the same numbers', async () => {
    const ids = ['lead_brake', 'unprotected_left'];
    const options = { driver: expertDriver(), createWorlds: createWasmWorlds, instantiate, scenarios: pick(...ids) };
    const rows = await runSuite({ ...options, seeds: [3, 4], scored: true });
    const bare = await runSuite({ ...options, seeds: [3, 4] });
    expect(rows.map(({ scores: _s, metrics: _m, infractions: _i, actors: _a, ...row }) => row)).toEqual(bare);
    for (const row of rows) {
      expect(Object.keys(row.scores).sort()).toEqual([...SCORE_IDS].sort());
      const spec = instantiate(pick(row.scenario)[0], row.seed);
      const worlds = createWasmWorlds(1);
      const now = '2024-01-01T00:00:00Z';
      const policy = { kind: 'expert', name: 'Expert' } as const;
      const episode = await driveEpisode({ worlds, spec, driver: driveOne(expertDriver()), policy, now });
      const audit = auditDrive(episode, spec, worlds);
      expect(allScores(episode.score, audit.scores)).toEqual(row.scores);
      expect([audit.metrics, audit.infractions]).toEqual([row.metrics, row.infractions]);
      expect(audit.actors).toHaveLength(spec.actors.length);
      worlds.dispose();
    }
  });
});

const PERFECT = scoreDrive(
  {
    steps: 100,
    routeCompletion: 1,
    collisions: 0,
    offRoad: 0,
    redLights: 0,
    ttcSteps: 0,
    speedingSteps: 0,
    uncomfortableSteps: 0,
    minTtc: Number.POSITIVE_INFINITY,
    minGap: 4,
    returnSum: 3,
  },
  true,
  100,
);

describe('report', () => {
  const row = (scenario: string, seed: number, score: number, valid: number | null, collision = false): EpisodeRow => ({
    scenario,
    seed,
    steps: 100,
    hash: '0',
    collision,
    offRoad: false,
    redLight: false,
    decisions: 20,
    validTraces: valid,
    score: {
      ...PERFECT,
      score,
      noCollision: collision ? 0 : 1,
      success: !collision,
    },
  });
  const good = [row('a', 1, 1, 20), row('a', 2, 0.8, 19), row('b', 1, 0.6, 20), row('b', 2, 0.6, 20)];
  const bad = [row('b', 2, 0.5, null), row('b', 1, 0.4, null), row('a', 2, 0.5, null), row('a', 1, 0, null, true)];

  test('a line adds up its rows', () => {
    const line = summarisePolicy('good', good);
    expect(line.score.mean).toBeCloseTo(0.75, 12);
    expect(line.formatValid).toBe(79 / 80);
    expect(line.byScenario).toEqual({ a: 0.9, b: 0.6 });
    expect(summarisePolicy('bad', bad)).toMatchObject({
      collisionsPer100: 25,
      formatValid: null,
      success: { mean: 0.75 },
    });
  });

  const scored = (drive: EpisodeRow, scores: Partial<ScoredRow['scores']>): ScoredRow => ({
    ...drive,
    scores: { ...(Object.fromEntries(SCORE_IDS.map((id) => [id, null])) as ScoredRow['scores']), ...scores },
    metrics: { route_completion: 1 } as ScoredRow['metrics'],
    infractions: [],
    actors: { reactive: 0, replayed: 0, fixed: 0 },
  });

  test('order of aggregation: drives whole, seeds within a scenario, then scenarios; never over all drives at once', () => {
    const uneven = [
      scored(row('a', 1, 1, null), { pdms: 1 }),
      scored(row('a', 2, 1, null), { pdms: 1 }),
      scored(row('a', 3, 1, null), { pdms: 1 }),
      scored(row('b', 1, 1, null), { pdms: 0 }),
    ];
    expect(summariseScore(uneven, 'pdms')).toMatchObject({ mean: 0.5, drives: 4 });
    expect(summariseScore(uneven.toReversed(), 'pdms')?.mean).toBe(0.5);
  });

  test('drives without a value of a score are left out of it, and a score without any is null', () => {
    const some = [
      scored(row('a', 1, 1, null), { min_ttc: 1 }),
      scored(row('a', 2, 1, null), {}),
      scored(row('b', 1, 1, null), {}),
    ];
    expect(summariseScore(some, 'min_ttc')).toMatchObject({ mean: 1, drives: 1 });
    expect(summarisePolicy('x', some).scores?.ade).toBeNull();
    expect(summarisePolicy('x', some).scores?.route_completion).toMatchObject({ mean: 1, drives: 3 });
  });

  test('a comparison tells the probability of improvement and pairs collisions by drive', () => {
    const { improvement, collisions } = compare(good, bad);
    expect(improvement.mean).toBe(1);
    expect(collisions).toMatchObject({ onlyFirst: 0, onlySecond: 1, twoSided: 1 });
  });

  test('drives pair by scenario and seed, in any order, and only when they are the same', () => {
    const { difference } = compare(good, bad);
    expect(difference.mean).toBeCloseTo((1 + 0.3 + 0.2 + 0.1) / 4, 12);
    expect(difference.pairs).toBe(4);
    expect(() => compare(good, bad.slice(1))).toThrow(RangeError);
  });

  test('reads as Markdown and survives JSON', () => {
    const report = makeReport(
      new Map([
        ['good', good],
        ['bad', bad],
      ]),
      [['good', 'bad']],
    );
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    const text = reportMarkdown(report);
    expect(text).toContain(
      '| good | 0.7500 | 0.7000 … 0.8000 | 0.7000 | 100.0 % (39.8 % … 100.0 %) | 0.00 | 0.00 | 0.00 | 98.75 % |',
    );
    expect(text).toContain('good − bad: +0.4000');
    expect(() => makeReport(new Map([['good', good]]), [['good', 'absent']])).toThrow(RangeError);
  });
});
