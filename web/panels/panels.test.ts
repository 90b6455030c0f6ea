import { expect, test } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import { randomTrace } from '../../core/tasks/driving/words/testing.ts';
import { VOCABULARY } from '../../core/tasks/driving/words/vocabulary.ts';
import { testEpisode, YIELDS } from '../stores/testing.ts';
import { common } from './compare/common.ts';
import { bytes, clock, formatProbability, short, signed } from '../ui/format.ts';
import { curveCharts } from './metrics/charts.ts';
import { layOut } from '../shown/trace-lines.ts';
import { treeOrder } from './trace/tree.ts';

test('a trace laid out holds every token once, in order', () => {
  const random = createRandom(7);
  for (let i = 0; i < 200; i++) {
    const tokens = randomTrace(random);
    const shown = layOut(tokens).flatMap(({ heading, lines }) => [...(heading ? [heading] : []), ...lines.flat()]);
    expect(shown.map(({ text }) => text)).toEqual(tokens.map((id) => VOCABULARY[id].text));
    expect(shown.map(({ index }) => index)).toEqual(tokens.map((_, at) => at));
  }
});

test('words that are no trace are laid out all the same', () => {
  const shown = layOut([9999, YIELDS[0], 3]).flatMap(({ heading, lines }) => [
    ...(heading ? [heading] : []),
    ...lines.flat(),
  ]);
  expect(shown.map(({ text }) => text)[0]).toBe('#9999');
  expect(shown.length).toBe(3);
});

test('every actor perceived has a line of its own', () => {
  const perceive = layOut(YIELDS)[0];
  expect(perceive.lines.map((line) => line[0].text)).toEqual(['v:6', 'A2', 'A1']);
});

test('common words are a common subsequence, as long for either side', () => {
  const random = createRandom(3);
  for (let i = 0; i < 100; i++) {
    const a = randomTrace(random);
    const b = randomTrace(random);
    const keptA = a.filter((_, at) => common(a, b)[at]);
    const keptB = b.filter((_, at) => common(b, a)[at]);
    expect(keptA.length).toBe(keptB.length);
    expect(keptA.length).toBeGreaterThan(0);
  }
  expect(common(YIELDS, YIELDS).every(Boolean)).toBe(true);
});

test('branches stand below their parents', () => {
  const root = testEpisode();
  const fork = (id: string, episodeId: string) => ({
    ...root,
    id,
    parent: { episodeId, decision: 2, edit: { index: 1, from: 1, to: 2 }, returnDelta: -1 },
  });
  const order = treeOrder([root, fork('a', 'test'), fork('b', 'test'), fork('c', 'a'), fork('lost', 'gone')]);
  expect(order.map(({ episode, depth }) => [episode.id, depth])).toEqual([
    ['test', 0],
    ['a', 1],
    ['c', 2],
    ['b', 1],
    ['lost', 0],
  ]);
});

test('a shorter ghost leaves gaps, not zeros, and no danger is a gap in TTC', () => {
  const curve = (key: 'ttc' | 'speed', y: readonly number[]) => ({ key, x: y.map((_, i) => i / 10), y });
  const danger = curve('ttc', [Number.POSITIVE_INFINITY, 9, 1.5]);
  const [ttc, speed] = curveCharts([curve('speed', [1, 2, 3]), danger], [curve('speed', [1, 5])]).toReversed();
  expect(ttc.series.map(({ y }) => y)).toEqual([[null, null, 1.5]]);
  expect(speed.series.map(({ y }) => y)).toEqual([
    [1, 2, 3],
    [1, 5, null],
  ]);
});

test('a longer ghost goes on beyond its drive', () => {
  const curve = (y: readonly number[]) => ({ key: 'speed' as const, x: y.map((_, i) => i / 10), y });
  const [{ x, series }] = curveCharts([curve([1])], [curve([1, 2])]);
  expect([x, series[0].y]).toEqual([
    [0, 0.1],
    [1, null],
  ]);
});

test('charts stand in one order whatever they are of, and what cannot be drawn comes last and says why', () => {
  const curve = (key: 'jerk' | 'lane' | 'speed') => ({ key, x: [0], y: [0] });
  const charts = curveCharts([curve('jerk'), { ...curve('lane'), missing: 'No map.' }, curve('speed')]);
  expect(charts.map(({ title, missing }) => [title, missing])).toEqual([
    ['speed m/s', undefined],
    ['jerk m/s³', undefined],
    ['distance to lane centre m', 'No map.'],
  ]);
});

test('numbers are written as the lab writes them', () => {
  expect([clock(41), clock(372)]).toEqual(['0:41', '6:12']);
  expect([formatProbability(0.8814), formatProbability(1), formatProbability(0.0001)]).toEqual(['.881', '1', '<.001']);
  expect([signed(-0.651), signed(0.5)]).toEqual(['−0.65', '+0.50']);
  expect([bytes(900), bytes(74_000), bytes(10.7e9)]).toEqual(['900 B', '74.0 kB', '10.7 GB']);
  expect([short(0.00012), short(12.34), short(Number.NaN)]).toEqual(['1.2e−4', '12.3', '–']);
});
