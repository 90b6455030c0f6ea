import { describe, expect, test } from 'vitest';
import { egoAt, humanAt, lerpAngle, partingStep, pointInWorld } from './pose.ts';
import { driveFrames } from './testing.ts';

describe('poses between steps', () => {
  test('a position is interpolated and clamped to the drive', () => {
    const frames = driveFrames([0, 0, 0, 0]);
    expect(egoAt(frames, 1.25).x).toBeCloseTo(1.25, 12);
    expect(egoAt(frames, 99).x).toBe(3);
    expect(egoAt(frames, -1).x).toBe(0);
  });

  test('a heading takes the shorter way across ±π', () => {
    expect(lerpAngle(3.1, -3.1, 0.5)).toBeCloseTo(Math.PI, 12);
    expect(Math.abs(egoAt(driveFrames([3.1, -3.1]), 0.5).headingRad)).toBeCloseTo(Math.PI, 12);
  });

  test('two drives part at the last step they share', () => {
    expect(partingStep(driveFrames([0, 0, 0, 0]), driveFrames([0, 0, 0, 0], 0.5))).toBe(1);
    expect(partingStep(driveFrames([0, 0, 0, 0]), driveFrames([0, 0, 0, 0]))).toBe(3);
  });

  test('without a recorded human there is none', () => {
    const frames = driveFrames([0, 0, 0]);
    expect(humanAt(frames, 1)).toBeNull();
    expect(humanAt({ ...frames, human: new Float64Array([0, 0, 0, 1, 2, 0, 0, 1]) }, 0.5)?.x).toBe(1);
  });

  test('left of the car is +y in its frame', () => {
    const [x, y] = pointInWorld({ x: 1, y: 2, headingRad: Math.PI / 2, speedMps: 0 }, 3, 1);
    expect(x).toBeCloseTo(0, 12);
    expect(y).toBeCloseTo(5, 12);
  });
});
