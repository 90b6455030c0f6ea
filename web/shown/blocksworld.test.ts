/** Facts of a board as it is shown: the oracle's words and moves, and where its blocks are drawn. */
import { beforeEach, expect, test, vi } from 'vitest';
import { BLOCKS_SCENARIOS, BLOCKSWORLD } from '../../core/tasks/blocksworld/task.ts';
import { movesTo } from '../../core/tasks/blocksworld/rules.ts';
import { blockPlaces } from '../viewer/layers/blocks.ts';
import { blocksPlayer } from './blocksworld.ts';

beforeEach(() => {
  vi.stubGlobal('cancelAnimationFrame', () => {});
});

test('the oracle solves every board in as few moves as can be, and says so', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const player = await blocksPlayer(seed);
    const { state, goal } = BLOCKSWORLD.start(BLOCKS_SCENARIOS[1], seed);
    const moves = movesTo(goal).get(state.join());
    expect(player.title()).toEqual({ of: `Blocksworld, 4 blocks, seed ${seed}`, by: 'oracle' });
    expect(player.cursor().steps).toBe(moves);
    expect(player.sentence()).toMatch(new RegExp(`^step 0 of ${moves}, .*; ${moves} moves? to go$`));
    player.toEnd();
    expect(player.sentence()).toMatch(/; the goal is reached$/);
  }
});

test('what is given and what is written stand by stage', async () => {
  const player = await blocksPlayer(7);
  const lines = player.words().map(({ stage, lines: all }) => [stage, all.map((line) => line.map(({ text }) => text))]);
  expect(lines).toMatchInlineSnapshot(`
    [
      [
        "perceive",
        [
          [
            "state",
            "0",
            "4",
            "1",
            "0",
          ],
          [
            "goal",
            "0",
            "0",
            "0",
            "3",
          ],
          [
            "clear",
            "2",
            "3",
          ],
        ],
      ],
      [
        "predict",
        [
          [
            "wrong",
            "2",
            "3",
            "4",
          ],
        ],
      ],
      [
        "act",
        [
          [
            "move",
            "2",
            "to",
            "0",
            "<end>",
          ],
        ],
      ],
    ]
  `);
  expect(player.sentence()).toMatchInlineSnapshot(`"step 0 of 3, block 2 on 4, 3 on 1; 3 moves to go"`);
  expect(player.readouts()).toMatchInlineSnapshot(`
    [
      {
        "name": "to go",
        "title": "Fewest moves to the goal",
        "value": "3",
      },
      {
        "name": "now",
        "title": "Towers, from the table up",
        "value": "1·3, 4·2",
      },
      {
        "name": "goal",
        "title": "Towers, from the table up",
        "value": "1, 2, 3·4",
      },
    ]
  `);
});

test('a block that moves goes over the others and ends where the next state has it', () => {
  // 1 stands on 2; it goes onto 4, which stands on 3.
  const [before, after] = [
    [2, 0, 0, 3],
    [4, 0, 0, 3],
  ];
  const places = (share: number) => blockPlaces(before, after, share);
  expect(places(0)).toEqual(blockPlaces(before, before, 0));
  expect(places(1)[0].x).toBeCloseTo(blockPlaces(after, after, 0)[0].x, 12);
  expect(places(1)[0].z).toBeCloseTo(blockPlaces(after, after, 0)[0].z, 12);
  for (let share = 0; share <= 1; share += 0.05) {
    const [moved, ...others] = places(share);
    expect(others).toEqual(places(0).slice(1));
    for (const other of others) {
      const apart = Math.abs(moved.x - other.x) >= 1 || Math.abs(moved.z - other.z) >= 1 - 1e-9;
      expect(apart, `at ${share}`).toBe(true);
    }
  }
});
