import { beforeEach, expect, test } from 'vitest';
import { decisionWordIndex } from '../../core/tasks/driving/words/sentence.ts';
import { nextHit, previousHit } from './breakpoints.ts';
import { breakpointHere, driveSentence } from './debugger.ts';
import { cursorAt, cursorOn, driveStore, seek } from './drive.ts';
import { goToToken, resume, stepDecision, stepToken, stepWorld, toggleBreakpoint } from './playback.ts';
import { PROCEEDS, testEpisode, testFrames, YIELDS } from './testing.ts';

const episode = testEpisode();
const frames = testFrames();
const at = () => {
  const { step, decision, token } = driveStore.getState();
  return { step, decision, token };
};

beforeEach(() => {
  driveStore.setState({
    episode,
    frames,
    breakpoints: [],
    stoppedAt: null,
    playing: false,
    ...cursorOn(episode, 0, 0),
  });
});

test('a moment of world time lies in the last decision made by then, its trace written', () => {
  expect(cursorAt(episode, frames, 12.7)).toEqual({ position: 12.7, step: 12, decision: 2, token: YIELDS.length - 1 });
  expect(cursorAt(episode, frames, 99).step).toBe(20);
  expect(cursorAt(episode, frames, -1).step).toBe(0);
});

test('stepping past the last token goes to the next decision, where the world stands five steps on', () => {
  goToToken(0, PROCEEDS.length - 1);
  stepToken(1);
  expect(at()).toEqual({ step: 5, decision: 1, token: 0 });
  stepToken(-1);
  expect(at()).toEqual({ step: 0, decision: 0, token: PROCEEDS.length - 1 });
});

test('stepping a token forwards and back over the whole drive comes back to the start', () => {
  const total = episode.decisions.reduce((sum, { tokens }) => sum + tokens.length, 0);
  for (let i = 1; i < total; i++) stepToken(1);
  expect(at()).toEqual({ step: 15, decision: 3, token: YIELDS.length - 1 });
  for (let i = 1; i < total; i++) stepToken(-1);
  expect(at()).toEqual({ step: 0, decision: 0, token: 0 });
  stepToken(-1);
  expect(at()).toEqual({ step: 0, decision: 0, token: 0 });
});

test('stepping by decision and world step', () => {
  stepDecision(1);
  expect(at()).toEqual({ step: 5, decision: 1, token: 0 });
  stepWorld(2);
  expect(at().step).toBe(7);
  stepDecision(-1);
  expect(at()).toEqual({ step: 5, decision: 1, token: 0 });
});

test('a decision breakpoint stops where the decision changes to that word, once', () => {
  const stop = [{ kind: 'decision', value: 'yield' } as const];
  const hit = nextHit(episode, frames, stop, cursorOn(episode, 0, 0), 20);
  expect(hit?.cursor).toEqual(cursorOn(episode, 2, decisionWordIndex(YIELDS)));
  expect(hit && nextHit(episode, frames, stop, hit.cursor, 20)).toBeNull();
});

test('a token breakpoint stops at every decision that writes the word', () => {
  const stop = [{ kind: 'token', value: 'crosses' } as const];
  const first = nextHit(episode, frames, stop, cursorOn(episode, 0, 0), 20);
  const second = first && nextHit(episode, frames, stop, first.cursor, 20);
  expect([first?.cursor.decision, second?.cursor.decision]).toEqual([2, 3]);
  expect(second && previousHit(episode, frames, stop, second.cursor)?.cursor).toEqual(first?.cursor);
});

test('a TTC breakpoint stops at the step that falls below its bound, not at those that stay there', () => {
  const stop = [{ kind: 'ttc', value: '2' } as const];
  const hit = nextHit(episode, frames, stop, cursorOn(episode, 0, 0), 20);
  expect(hit?.cursor.step).toBe(12);
  expect(hit && nextHit(episode, frames, stop, hit.cursor, 20)).toBeNull();
  expect(previousHit(episode, frames, stop, cursorAt(episode, frames, 20))?.cursor.step).toBe(12);
});

test('playback looks no further than it has come', () => {
  const stop = [{ kind: 'ttc', value: '2' } as const];
  expect(nextHit(episode, frames, stop, cursorOn(episode, 0, 0), 11)).toBeNull();
});

test('resume backwards goes to the breakpoint before, else to the start', () => {
  toggleBreakpoint({ kind: 'decision', value: 'yield' });
  seek(18);
  resume(-1);
  expect(at()).toEqual({ step: 10, decision: 2, token: decisionWordIndex(YIELDS) });
  expect(driveStore.getState().stoppedAt).toEqual({ kind: 'decision', value: 'yield' });
  resume(-1);
  expect(at()).toEqual({ step: 0, decision: 0, token: 0 });
});

test('a breakpoint here means the decision on its word, else the word', () => {
  goToToken(2, decisionWordIndex(YIELDS));
  expect(breakpointHere()).toEqual({ kind: 'decision', value: 'yield' });
  goToToken(2, 1);
  expect(breakpointHere()).toEqual({ kind: 'token', value: 'v:6' });
});

test('toggling a breakpoint twice leaves none', () => {
  toggleBreakpoint({ kind: 'ttc', value: '2' });
  toggleBreakpoint({ kind: 'ttc', value: '2' });
  expect(driveStore.getState().breakpoints).toEqual([]);
});

test('the live text says step, decision, time to collision and speed', () => {
  seek(12);
  expect(driveSentence(driveStore.getState())).toBe('step 12, yielding to A2, TTC 1.5 s, 0.0 m/s');
});
