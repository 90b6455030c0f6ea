/** Facts of moving by stages, of a drive and of plain states. */
import { beforeEach, expect, test, vi } from 'vitest';
import { cursorOn, driveStore } from '../stores/drive.ts';
import { PROCEEDS, testEpisode } from '../stores/testing.ts';
import { driveFrames } from '../viewer/testing.ts';
import { drivePlayer } from './drive.ts';
import type { Player } from './player.ts';
import { actionBy, stageBy } from './stages.ts';
import { statesPlayer } from './states.ts';

const episode = testEpisode();
const at = (player: Player) => {
  const { step, decision, token } = player.cursor();
  return { step, decision, token };
};
const word = (text: string, stage: string) => ({ text, meaning: text, stage, begins: false });
const thought = [word('a', 'perceive'), word('b', 'perceive'), word('c', 'act'), word('d', 'act')];

beforeEach(() => {
  vi.stubGlobal('cancelAnimationFrame', () => {});
  driveStore.setState({
    episode,
    frames: driveFrames(Array(21).fill(0)),
    breakpoints: [],
    stoppedAt: null,
    playing: false,
  });
  driveStore.setState(cursorOn(episode, 0, 0));
});

test('a drive, by stage', () => {
  driveStore.setState(cursorOn(episode, 1, 0));
  stageBy(drivePlayer, 1);
  expect(at(drivePlayer)).toEqual({ step: 5, decision: 1, token: 5 });
  stageBy(drivePlayer, -1);
  expect(at(drivePlayer)).toEqual({ step: 5, decision: 1, token: 0 });
  stageBy(drivePlayer, -1);
  expect(at(drivePlayer).decision).toBe(0);
  driveStore.setState(cursorOn(episode, 0, PROCEEDS.length - 1));
  stageBy(drivePlayer, 1);
  expect(at(drivePlayer)).toEqual({ step: 5, decision: 1, token: 0 });
});

test('a drive, to the action: it ends the trace; backwards it starts it', () => {
  actionBy(drivePlayer, 1);
  expect(at(drivePlayer)).toEqual({ step: 0, decision: 0, token: PROCEEDS.length - 1 });
  actionBy(drivePlayer, -1);
  expect(at(drivePlayer)).toEqual({ step: 0, decision: 0, token: 0 });
  actionBy(drivePlayer, -1);
  expect(at(drivePlayer)).toEqual({ step: 0, decision: 0, token: 0 });
  driveStore.setState(cursorOn(episode, 3, Number.MAX_SAFE_INTEGER));
  const last = at(drivePlayer);
  actionBy(drivePlayer, 1);
  expect(at(drivePlayer)).toEqual(last);
});

test('plain states, by stage and to the action', () => {
  const title = { of: 'letters', by: 'nobody' };
  const words = [thought, thought];
  const player = statesPlayer({ kind: 'letters', title, states: [0, 1, 2], words, stepSeconds: 1, say: String });
  actionBy(player, -1);
  const tokens = [player.cursor().token];
  for (let i = 0; i < 3; i++) {
    stageBy(player, 1);
    tokens.push(player.cursor().token);
  }
  expect(tokens).toEqual([0, 2, 0, 2]);
  expect(at(player)).toEqual({ step: 1, decision: 1, token: 2 });
  stageBy(player, 1);
  expect(player.cursor().step).toBe(2);
  actionBy(player, -1);
  stageBy(player, -1);
  expect(at(player)).toEqual({ step: 0, decision: 0, token: 2 });
  actionBy(player, 1);
  actionBy(player, 1);
  expect(at(player)).toEqual({ step: 1, decision: 1, token: 3 });
});
