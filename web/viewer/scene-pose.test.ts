import { describe, expect, test } from 'vitest';
import { SCENE_SEEN, SCENE_STRIDE, SCENE_USUAL, type SceneActor } from '../../core/episode/scene-frames.ts';
import { followed, Odometer, sceneActorAt, steadyHeading } from './scene-pose.ts';
import { driveScene } from './drive-scene.ts';
import { driveFrames } from './testing.ts';

/** In the scene from step 3 on, walking +y by 0.2 m a step, heading given per row. */
function walker(headings: readonly number[], flags = SCENE_USUAL): SceneActor {
  const rows = new Float64Array(headings.length * SCENE_STRIDE);
  headings.forEach((heading, i) => {
    rows.set([5, 0.2 * i, heading, 2, flags], i * SCENE_STRIDE);
  });
  const box = { length: 0.6, width: 0.6, height: 1.8 };
  return { id: 'w', label: 'A1', kind: 'pedestrian', ...box, firstStep: 3, rowCount: headings.length, rows };
}

describe('an actor of a scene', () => {
  test('is there from its first row to its last', () => {
    const actor = walker([0, 0, 0]);
    expect([2.9, 3, 5, 6].map((time) => sceneActorAt(actor, time, 10) !== null)).toEqual([false, true, true, false]);
    expect(sceneActorAt(walker([0, 0], SCENE_SEEN), 3, 10)).toBeNull();
  });

  test('is interpolated between steps, its heading the shorter way', () => {
    const pose = sceneActorAt(walker([3.1, -3.1]), 3.5, 10);
    expect(pose?.y).toBeCloseTo(0.1, 12);
    expect(Math.abs(pose?.headingRad ?? 0)).toBeCloseTo(Math.PI, 12);
  });

  test('that is set down elsewhere does not sweep across the map', () => {
    const actor = walker([0, 0]);
    actor.rows[SCENE_STRIDE] = 500;
    expect(sceneActorAt(actor, 3.9, 10)?.x).toBe(5);
  });

  test('counts its metres as it goes, also when rows are added later', () => {
    const actor = walker([0, 0, 0, 0]);
    const shorter = { ...actor, rowCount: 2 };
    const odometer = new Odometer();
    const read = (of: SceneActor, time: number) => odometer.at(of, time, sceneActorAt(of, time, 10) as never);
    expect(read(shorter, 4)).toBeCloseTo(0.2, 12);
    expect(read(actor, 5.5)).toBeCloseTo(0.5, 12);
    expect(read(actor, 3)).toBe(0);
  });

  test('is followed by a heading that does not wobble, whichever way time runs', () => {
    const actor = { ...walker(Array.from({ length: 40 }, (_, i) => i * 0.02)), firstStep: 0 };
    const frames = { steps: 39, dt: 0.1, actors: [actor], lights: [], lightStates: new Uint8Array(0), ego: 0 };
    expect(steadyHeading(actor, 20, frames)).toBeCloseTo(0.02 * 17, 3);
  });
});

describe('a drive as a scene', () => {
  test('has its ego as an actor, a map drawn of its route, and is made once', () => {
    const frames = driveFrames([0, 0.1, 0.2]);
    const scene = driveScene({ episode: {} as never, frames }, null);
    expect(scene.frames.actors[scene.frames.ego].rowCount).toBe(3);
    expect(sceneActorAt(scene.frames.actors[scene.frames.ego], 1.5, 2)).toMatchObject({ x: 1.5, speedMps: 10 });
    expect(scene.frames.map?.tiles.length).toBeGreaterThan(4);
    expect(driveScene({ episode: {} as never, frames }, null).frames).toBe(scene.frames);
  });

  test('the ego is in the middle unless another actor is asked for; without one the map is', () => {
    const { frames } = driveScene({ episode: {} as never, frames: driveFrames([0, 0]) }, null);
    expect(followed(frames)).toBe(0);
    expect(followed(frames, 7)).toBe(0);
    expect(followed({ ...frames, ego: -1 })).toBe(-1);
  });
});
