import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BlocksEnv } from './env.ts';
import { allStates, bestMove, type BlockState, afterMove, movesTo, sameBlocks, stepBlocks } from './rules.ts';
import { BLOCKS_SCENARIOS, BLOCKSWORLD } from './task.ts';
import { givenWords, moveOf, oracleWords, WORDS } from './words.ts';

const DATA = '../shared/data/agents';
const there = existsSync(DATA);
if (!there) console.log('SKIPPED: Blocksworld against recorded transcripts: ../shared/data is not here.');
if (!there && process.env.CI) throw new Error('../shared/data is missing in CI');
const read = <T>(name: string): T => JSON.parse(readFileSync(`${DATA}/${name}.json`, 'utf8')) as T;

interface Transcript {
  readonly start: BlockState;
  readonly goal: BlockState;
  readonly steps: readonly {
    a: string;
    state: BlockState;
    r: number;
    done: boolean;
    valid: boolean;
    success: boolean;
  }[];
}

test.runIf(there)('every recorded transcript comes out step for step', () => {
  let steps = 0;
  for (const { start, goal, steps: recorded } of read<Transcript[]>('blocksworld-steps')) {
    let state = start;
    for (const { a, ...expected } of recorded) {
      const [, block, target] = /^\(move (\d+) to (\d+)\)$/.exec(a) ?? [];
      const move = block === undefined ? null : { block: Number(block), target: Number(target) };
      const step = stepBlocks(state, goal, move);
      const { state: next, r, valid, success } = expected;
      expect(step).toEqual({ state: next, reward: r, valid, success });
      state = step.state;
      steps++;
    }
  }
  expect(steps).toBe(1063);
});

test.runIf(there)('every recorded pair is solved by the oracle in the fewest moves', () => {
  const pairs = read<Record<string, readonly (readonly [BlockState, BlockState])[]>>('blocksworld-pairs');
  for (const [state, goal] of Object.values(pairs).flat()) {
    const far = movesTo(goal).get(state.join()) as number;
    let at: BlockState = state;
    for (let step = 0; step < far; step++) at = afterMove(at, bestMove(at, goal) as never);
    expect(sameBlocks(at, goal)).toBe(true);
  }
});

test('there are 13 arrangements of three blocks and 73 of four', () => {
  expect([allStates(3).length, allStates(4).length]).toEqual([13, 73]);
});

test('what the oracle writes is well formed, and its move is read from it', () => {
  for (const state of allStates(4)) {
    const goal = [0, 1, 2, 3];
    if (sameBlocks(state, goal)) continue;
    const trace = [...givenWords(state, goal), ...oracleWords(state, goal)];
    expect(WORDS.isValid(trace)).toBe(true);
    expect(trace.length).toBeLessThanOrEqual(WORDS.maxTokens);
    expect(moveOf(trace)).toEqual(bestMove(state, goal));
  }
  expect(WORDS.isValid([1, 7, 2, 7])).toBe(false);
});

test('an episode ends at the goal, or truncated after twenty actions; a snapshot goes on the same', () => {
  const env = new BlocksEnv(2);
  env.reset(0, { state: [0, 0, 1], goal: [0, 3, 0] });
  const rows = Int32Array.of(0);
  for (let i = 0; i < 19; i++) env.step(Float32Array.of(-1, -1), rows);
  env.restore(1, env.snapshot(0));
  env.step(Float32Array.of(3, 0), rows);
  expect([env.terminated[0], env.truncated[0], env.reward[0]]).toEqual([0, 1, -1]);
  env.step(Float32Array.of(-1, -1), Int32Array.of(1));
  expect([env.truncated[1], env.reward[1]]).toEqual([1, -5]);
  env.reset(0, { state: [0, 0, 0], goal: [0, 3, 0] });
  env.step(Float32Array.of(2, 3), rows);
  expect([env.terminated[0], env.truncated[0], env.reward[0]]).toEqual([1, 0, 10]);
});

test('the oracle solves everything, random legal moves some; each board has the key of its own', async () => {
  const seeds = Array.from({ length: 60 }, (_, i) => i);
  const rate = (rows: Awaited<ReturnType<typeof BLOCKSWORLD.evaluate>>) =>
    rows.filter(({ score }) => score.success).length / rows.length;
  expect(rate(await BLOCKSWORLD.evaluate(BLOCKSWORLD.oracle(), BLOCKS_SCENARIOS, seeds))).toBe(1);
  const random = rate(await BLOCKSWORLD.evaluate(BLOCKSWORLD.random(1), BLOCKS_SCENARIOS, seeds));
  expect(random).toBeGreaterThan(0.1);
  expect(random).toBeLessThan(0.9);
});
