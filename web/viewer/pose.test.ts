import { describe, expect, test } from 'vitest';
import { ACTOR_STRIDE, type DriveFrames, FRAME_STRIDE } from '../../workers/protocol.ts';
import { actorAt, chaseHeading, egoAt, humanAt, lerpAngle, partingStep, sampleAt, toWorld, travelled } from './pose.ts';

/** Ego at (step, 0) heading `headings[step]`; one actor walking in +y from step 1 on. */
function drive(headings: number[], shift = 0): DriveFrames {
  const steps = headings.length - 1;
  const ego = new Float64Array((steps + 1) * FRAME_STRIDE);
  const actors = new Float64Array((steps + 1) * ACTOR_STRIDE);
  headings.forEach((heading, step) => {
    ego.set([step + (step > 1 ? shift : 0), 0, heading, 10], step * FRAME_STRIDE);
    actors.set([5, step * 0.2, 1, 2, step >= 2 ? 1 : 0, step >= 1 ? 1 : 0], step * ACTOR_STRIDE);
  });
  const info = { id: 'p', label: 'A1 pedestrian', kind: 2, length: 0.6, width: 0.6, behaviour: 'cross' };
  const road = {
    ds: 1,
    x: new Float64Array([0, 1]),
    y: new Float64Array(2),
    heading: new Float64Array(2),
    laneWidth: 3.5,
    lanesLeft: 1,
    lanesRight: 0,
    speedLimitMps: 10,
    goalS: 1,
    crossings: [],
  };
  return { steps, dt: 0.1, ego, actors, actorInfo: [info], road, verified: true };
}

describe('poses between steps', () => {
  test('a position is interpolated and clamped to the drive', () => {
    const frames = drive([0, 0, 0, 0]);
    expect(egoAt(frames, 1.25).x).toBeCloseTo(1.25, 12);
    expect(egoAt(frames, 99).x).toBe(3);
    expect(egoAt(frames, -1).x).toBe(0);
  });

  test('a heading takes the shorter way across ±π', () => {
    expect(lerpAngle(3.1, -3.1, 0.5)).toBeCloseTo(Math.PI, 12);
    expect(Math.abs(egoAt(drive([3.1, -3.1]), 0.5).headingRad)).toBeCloseTo(Math.PI, 12);
  });

  test('an actor is neither present nor seen before its step', () => {
    const frames = drive([0, 0, 0, 0]);
    expect(actorAt(frames, 0, 0.9).present).toBe(false);
    expect(actorAt(frames, 0, 1.9)).toMatchObject({ present: true, visible: false });
    expect(actorAt(frames, 0, 2.5)).toMatchObject({ present: true, visible: true });
    expect(actorAt(frames, 0, 2.5).y).toBeCloseTo(0.5, 12);
  });

  test('the chase heading is the mean over the bend, whichever way time runs', () => {
    const frames = drive(Array.from({ length: 40 }, (_, i) => i * 0.02));
    expect(chaseHeading(frames, 20)).toBeCloseTo(0.02 * 17, 3);
  });

  test('metres walked add up and can be read between steps', () => {
    const metres = travelled(drive([0, 0, 0, 0]), 0);
    expect(sampleAt(metres, 2.5)).toBeCloseTo(0.5, 6);
  });

  test('two drives part at the last step they share', () => {
    expect(partingStep(drive([0, 0, 0, 0]), drive([0, 0, 0, 0], 0.5))).toBe(1);
    expect(partingStep(drive([0, 0, 0, 0]), drive([0, 0, 0, 0]))).toBe(3);
  });

  test('without a recorded human there is none', () => {
    const frames = drive([0, 0, 0]);
    expect(humanAt(frames, 1)).toBeNull();
    expect(humanAt({ ...frames, human: new Float64Array([0, 0, 0, 1, 2, 0, 0, 1]) }, 0.5)?.x).toBe(1);
  });

  test('left of the car is +y in its frame', () => {
    const [x, y] = toWorld({ x: 1, y: 2, headingRad: Math.PI / 2, speedMps: 0 }, 3, 1);
    expect(x).toBeCloseTo(0, 12);
    expect(y).toBeCloseTo(5, 12);
  });
});
