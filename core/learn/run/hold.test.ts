import { expect, test } from 'vitest';
import { StoppedError, TrainControl } from './hold.ts';

test('a paused loop waits at its safe point until resumed', async () => {
  const control = new TrainControl();
  control.pause();
  let passed = false;
  const loop = control.checkpoint().then(() => {
    passed = true;
  });
  await Promise.resolve();
  expect(passed).toBe(false);
  control.resume();
  await loop;
  expect(passed).toBe(true);
});

test('stop ends a loop, also one that is paused', async () => {
  const control = new TrainControl();
  control.pause();
  const waiting = control.checkpoint();
  control.stop();
  await expect(waiting).rejects.toBeInstanceOf(StoppedError);
  await expect(control.checkpoint()).rejects.toBeInstanceOf(StoppedError);
});

test('a loop on the caller’s thread breathes at its safe point, so that a pause sent meanwhile holds there', async () => {
  const control: TrainControl = new TrainControl(async () => control.pause());
  let passed = false;
  const loop = control.checkpoint().then(() => {
    passed = true;
  });
  for (let i = 0; i < 10; i++) await Promise.resolve();
  expect(passed).toBe(false);
  control.resume();
  await loop;
});
