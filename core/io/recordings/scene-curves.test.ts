import { describe, expect, test } from 'vitest';
import { routeLaneDistance } from '../../tasks/driving/roads/drawing/route-lanes.ts';
import { filteredMotion, gapAt, laneDistanceAt, speedAt } from './scene-curves.ts';
import { SCENE_PRESENT, type SceneActor, type SceneFrames } from '../../episode/scene-frames.ts';

const STEPS = 60;
const DT = 0.1;
/** From step `from` on, at `place(step)` with `speed(step)`. */
function mover(from: number, place: (step: number) => [number, number], speed: (step: number) => number): SceneActor {
  const rows = Float64Array.from(
    Array.from({ length: STEPS + 1 - from }, (_, i) => [...place(from + i), 0, speed(from + i), SCENE_PRESENT]).flat(),
  );
  const box = { length: 4, width: 2, height: 1.5 };
  return { id: 'a', label: '', kind: 'car', ...box, firstStep: from, rowCount: STEPS + 1 - from, rows };
}
/** Speeds up by 2 m/s² from 5 m/s. */
const driven = mover(
  0,
  (step) => [5 * step * DT + (step * DT) ** 2, 0.5],
  (step) => 5 + 2 * step * DT,
);
const parked = mover(
  30,
  () => [100, 0.5],
  () => 0,
);
const frames: SceneFrames = {
  steps: STEPS,
  dt: DT,
  actors: [driven, parked],
  lights: [],
  lightStates: new Uint8Array(0),
  ego: 0,
};

describe('curves of an actor', () => {
  test('the gap is between the boxes, and nobody is near while nobody is there', () => {
    expect(gapAt(frames, 0, 29)).toBeNaN();
    expect(gapAt(frames, 0, 30)).toBeCloseTo(100 - 2 - (15 + 9) - 2, 6);
    expect(gapAt(frames, 1, 30)).toBeCloseTo(gapAt(frames, 0, 30), 9);
  });

  test('a steady acceleration comes out of the speeds as such, with no jerk', () => {
    const { accel, jerk } = filteredMotion(frames, driven);
    expect(accel[30]).toBeCloseTo(2, 6);
    expect(jerk[30]).toBeCloseTo(0, 6);
    expect([speedAt(driven, 10), speedAt(parked, 10)]).toEqual([7, Number.NaN]);
  });

  test('what is known of the acceleration is taken, and nothing is said of an actor that is not there', () => {
    expect(filteredMotion(frames, driven, () => -3).accel[30]).toBeCloseTo(-3, 6);
    const { accel } = filteredMotion(frames, parked);
    expect([accel[29], accel[45]]).toEqual([Number.NaN, 0]);
  });

  test('the lane’s centre is that of the nearest lane of the route', () => {
    const along = Float64Array.from({ length: 41 }, (_, i) => 5 * i);
    const road = { x: along, y: new Float64Array(41), laneWidth: 3.5, lanesLeft: 1, lanesRight: 0 };
    const distance = routeLaneDistance(road);
    expect(laneDistanceAt(driven, distance)(20)).toBeCloseTo(0.5, 9);
    expect(distance(62, 4)).toBeCloseTo(0.5, 9);
    expect(distance(62, -1)).toBeCloseTo(1, 9);
    expect(distance(62, -4)).toBeNaN();
    expect(distance(3, 0.25)).toBeCloseTo(0.25, 9);
    expect(distance(-30, 0)).toBeNaN();
  });
});
