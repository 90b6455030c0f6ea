/** Facts of plain states as a player: how words are laid out and stepped through. */
import { beforeEach, expect, test, vi } from 'vitest';
import { statesPlayer } from './states.ts';

const word = (text: string, stage: string, begins = false) => ({ text, meaning: `means ${text}`, stage, begins });
const player = () =>
  statesPlayer({
    kind: 'count',
    title: { of: 'Counting', by: 'somebody' },
    states: [0, 1, 2],
    words: [
      [word('see', 'perceive'), word('0', 'perceive'), word('want', 'perceive', true), word('add', 'act')],
      [word('see', 'perceive'), word('add', 'act'), word('end', 'act')],
    ],
    actions: ['0 to 1', '1 to 2'],
    stepSeconds: 1,
    say: String,
  });

beforeEach(() => {
  vi.stubGlobal('cancelAnimationFrame', () => {});
});

test('words stand by stage, and in lines of their own where they begin one', () => {
  const stages = player().words();
  expect(stages.map(({ stage, end }) => [stage, end])).toEqual([
    ['perceive', 2],
    ['act', 3],
  ]);
  expect(stages[0].lines.map((line) => line.map(({ text }) => text))).toEqual([['see', '0'], ['want']]);
  expect(stages[1].lines[0][0]).toEqual({ index: 3, text: 'add', meaning: 'means add', tone: '' });
});

test('the lane of decisions says what each does', () => {
  const [lane] = player().lanes();
  expect(lane.kind === 'blocks' && lane.blocks.map(({ word: said }) => said)).toEqual(['0 to 1', '1 to 2']);
});

test('a word beyond the last is the last', () => {
  const shown = player();
  shown.stepBy(1);
  shown.wordAt(0);
  expect(shown.cursor()).toMatchObject({ step: 1, decision: 1, token: 0 });
  shown.wordAt(Number.MAX_SAFE_INTEGER);
  expect(shown.cursor()).toMatchObject({ step: 1, decision: 1, token: 2 });
});

test('after the last word of a thought comes what it does', () => {
  const shown = player();
  shown.wordAt(3);
  shown.wordBy(1);
  expect(shown.cursor()).toMatchObject({ step: 1, decision: 1, token: 0 });
  shown.wordBy(-1);
  expect(shown.cursor()).toMatchObject({ step: 0, decision: 0, token: 3 });
});
