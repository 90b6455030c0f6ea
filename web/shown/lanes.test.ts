import { describe, expect, test } from 'vitest';
import type { Episode } from '../../core/episode/episode.ts';
import { decisionWordIndex } from '../../core/tasks/driving/words/sentence.ts';
import { VOCABULARY, wordId } from '../../core/tasks/driving/words/vocabulary.ts';
import { type DriveStates, STATE_REWARD, STATE_STRIDE, STATE_TTC } from '../../workers/contracts/protocol.ts';
import { breakpointHits, decisionRuns, rewardRange } from './drive-lanes.ts';
import { linePath, shownTtc, speedRange } from './lanes.ts';
import { signed } from '../ui/format.ts';
import { figuresAt, momentText } from './moment.ts';

/** Tokens up to a decision word; the rest of a trace does not matter to the timeline. */
function traceOf(word: string): number[] {
  const plan = VOCABULARY.find(({ text }) => text === '<plan>');
  const tokens = [wordId('<perceive>'), wordId('<predict>'), plan?.id, wordId(word)].map((id) => id ?? -1);
  expect(decisionWordIndex(tokens)).toBe(3);
  return tokens;
}

function episodeOf(words: readonly string[]): Episode {
  const decisions = words.map((word, i) => ({ step: i * 5, tokens: traceOf(word), waypoints: [] }));
  return { decisions, events: [] } as unknown as Episode;
}

function framesOf(steps: number, fill: (step: number) => Readonly<Record<number, number>>): DriveStates {
  const ego = new Float64Array((steps + 1) * STATE_STRIDE);
  for (let step = 0; step <= steps; step++)
    for (const [field, value] of Object.entries({ [STATE_TTC]: Infinity, ...fill(step) }))
      ego[step * STATE_STRIDE + Number(field)] = value;
  return { steps, dt: 0.1, ego } as unknown as DriveStates;
}

describe('lanes', () => {
  test('equal decisions in a row are one block and the blocks cover the drive', () => {
    const runs = decisionRuns(episodeOf(['proceed', 'proceed', 'yield', 'proceed']), 18);
    expect(runs.map(({ word, from, to }) => [word, from, to])).toEqual([
      ['proceed', 0, 10],
      ['yield', 10, 15],
      ['proceed', 15, 18],
    ]);
  });

  test('an edited decision stands by itself', () => {
    const episode = episodeOf(['yield', 'yield', 'yield']);
    const edited = { ...episode.decisions[1], edit: { index: 3, from: 1, to: 2 } };
    const runs = decisionRuns({ ...episode, decisions: [episode.decisions[0], edited, episode.decisions[2]] }, 15);
    expect(runs.map((run) => run.edited)).toEqual([false, true, false]);
  });

  test('one collision does not flatten the reward line', () => {
    const frames = framesOf(100, (step) => ({ [STATE_REWARD]: step === 100 ? -50 : 0.1 }));
    expect(rewardRange([frames])).toEqual({ low: 0, high: 0.1 });
  });

  test('the TTC line breaks where nothing is in the way', () => {
    const line = { range: { low: 0, high: 8 }, steps: 4, total: 4 };
    const path = linePath((step) => shownTtc(step === 2 ? Infinity : 4), line);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path.startsWith('M0.0 50.0L250.0 50.0M750.0')).toBe(true);
  });

  test('an hour’s line is thinned to what a lane can show, and the lane may be longer than its line', () => {
    const path = linePath(() => 0, { range: { low: 0, high: 1 }, steps: 36_000, total: 72_000 });
    expect(path.split('L').length).toBeLessThan(700);
    expect(path.endsWith('L500.0 96.0')).toBe(true);
  });

  test('a lane of speeds reaches from standing to the fastest', () => {
    expect(speedRange((step) => (step === 3 ? 25 : Number.NaN), 5)).toEqual({ low: 0, high: 25 });
    expect(speedRange(() => 2, 5).high).toBe(10);
  });

  test('a breakpoint on a decision is marked wherever playback would stop for it', () => {
    const episode = episodeOf(['proceed', 'yield', 'yield', 'proceed', 'yield']);
    const frames = framesOf(24, () => ({}));
    const hits = breakpointHits(episode, frames, [{ kind: 'decision', value: 'yield' }]);
    expect(hits.map((hit) => hit.step)).toEqual([5, 20]);
  });

  test('a TTC breakpoint is marked where the bound is crossed', () => {
    const frames = framesOf(24, (step) => ({ [STATE_TTC]: step >= 8 && step < 12 ? 1.5 : Infinity }));
    const hits = breakpointHits(episodeOf(['proceed']), frames, [{ kind: 'ttc', value: '2' }]);
    expect(hits.map((hit) => hit.step)).toEqual([8]);
  });
});

describe('the moment in words', () => {
  test('says time, step, speed, decision and TTC', () => {
    const frames = framesOf(10, (step) => ({ [STATE_TTC]: step === 7 ? 1.84 : Infinity, 3: 6.44 }));
    const episode = episodeOf(['proceed', 'yield']);
    expect(momentText(figuresAt(episode, frames, 7))).toBe('0.7 s, step 7, 6.4 m/s, decision 2: yield, TTC 1.8 s');
    expect(momentText(figuresAt(episode, frames, 2))).toBe(
      '0.2 s, step 2, 6.4 m/s, decision 1: proceed, no collision ahead',
    );
  });

  test('a minus is a minus sign and nothing is minus zero', () => {
    expect([signed(-1.24, 1, false), signed(0.65), signed(-0.001, 1)]).toEqual(['−1.2', '+0.65', '0.0']);
  });
});
