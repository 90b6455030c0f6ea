/** A live scene against what was sent, frame by frame, while it grows and after it was trimmed. */
import { describe, expect, test } from 'vitest';
import { SCENE_PRESENT, SCENE_SEEN, SCENE_STRIDE, sceneRow } from '../../core/episode/scene-frames.ts';
import { LIGHT_GREEN, LIGHT_RED } from '../../core/abi/layout.ts';
import { KIND_VEHICLE } from '../../core/tasks/driving/kinds/kinds.ts';
import { liveActor, liveEpisode, liveFrames, type Sent } from '../../workers/live/testing.ts';
import { LiveScene } from './live-scene.ts';

const EPISODE = liveEpisode({
  origin: [1000, -500],
  actors: [liveActor(7, { centre: [1, 0, 0] }), liveActor(9, { kind: KIND_VEHICLE, type: 'vehicle.harley' })],
  lights: [{ id: 3, signalId: '', x: 5, y: 6, z: 0, heading: 1 }],
});
/** Frame k: actor 7 drives +y at 10 m/s; actor 9 is there from 4 to 7 and from 10 on. */
const sent = (k: number): Sent => ({
  timeS: 100 + 0.1 * k,
  actors: [
    { id: 7, x: 0, y: k, heading: Math.PI / 2, velocityY: 10, flags: 1 },
    ...((k >= 4 && k < 8) || k >= 10 ? [{ id: 9, x: 50, y: 0, heading: 0, flags: 0 }] : []),
  ],
  lights: k % 5 === 0 ? [{ id: 3, state: k < 5 ? LIGHT_RED : LIGHT_GREEN }] : [],
});
const grow = (scene: LiveScene, from: number, to: number) => {
  for (let k = from; k < to; k += 4)
    scene.add(
      liveFrames(
        k + 1,
        Array.from({ length: Math.min(4, to - k) }, (_, i) => sent(k + i)),
      ),
    );
};

describe('a live scene', () => {
  test('has the world’s positions of boxes’ centres, along-heading speeds and what the ego sees', () => {
    const scene = new LiveScene(EPISODE);
    grow(scene, 0, 12);
    expect(scene.steps).toBe(11);
    expect(scene.dt).toBe(0.1);
    const [hero, other] = scene.actors;
    const [x, y, heading, speed, flags] = hero.rows.subarray(sceneRow(hero, 6), sceneRow(hero, 6) + SCENE_STRIDE);
    expect([x, y]).toEqual([1000, -493]);
    expect([heading, speed]).toEqual([Math.fround(Math.PI / 2), 10]);
    expect(flags & (SCENE_PRESENT | SCENE_SEEN)).toBe(SCENE_PRESENT | SCENE_SEEN);
    expect(other.kind).toBe('motorcycle');
    expect([3, 4, 7, 8, 9, 10].map((step) => sceneRow(other, step) >= 0)).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(other.rows[sceneRow(other, 5) + 4] & SCENE_SEEN).toBe(0);
  });

  test('keeps a light as it was until it is spoken of', () => {
    const scene = new LiveScene(EPISODE);
    grow(scene, 0, 12);
    expect(scene.lights[0]).toMatchObject({ x: 1005, y: -494, headingRad: 1 });
    expect([...scene.lightStates.subarray(0, 12)]).toEqual([
      ...Array(5).fill(LIGHT_RED),
      ...Array(7).fill(LIGHT_GREEN),
    ]);
  });

  test('shows everybody where the source does not say what the ego sees', () => {
    const scene = new LiveScene(EPISODE);
    scene.add(liveFrames(1, [{ timeS: 0, actors: [{ id: 7, x: 0, y: 0, heading: 0, flags: 0 }], lights: [] }]));
    expect(scene.actors[0].rows[4] & SCENE_SEEN).toBe(SCENE_SEEN);
  });

  test('what has been seen does not change while more comes', () => {
    const scene = new LiveScene(EPISODE);
    grow(scene, 0, 40);
    const before = scene.actors.map(({ rows, rowCount }) => rows.slice(0, rowCount * SCENE_STRIDE));
    grow(scene, 40, 900);
    scene.actors.forEach((actor, i) => expect(actor.rows.subarray(0, before[i].length)).toEqual(before[i]));
  });

  test('is bounded: full, it goes on as one without its oldest part, the same from there on', () => {
    const scene = new LiveScene(EPISODE, { frames: 100, rows: 1e6 });
    grow(scene, 0, 100);
    expect(scene.full).toBe(true);
    const next = scene.trimmed();
    expect(next.full).toBe(false);
    expect([next.before, next.steps]).toEqual([40, 59]);
    grow(scene, 100, 120);
    grow(next, 100, 120);
    for (let step = 0; step <= next.steps; step++) {
      expect(next.times[step]).toBe(scene.times[step + 40]);
      expect(next.lightStates[step]).toBe(scene.lightStates[step + 40]);
      scene.actors.forEach((actor, i) => {
        const [old, now] = [sceneRow(actor, step + 40), sceneRow(next.actors[i], step)];
        expect(now >= 0).toBe(old >= 0);
        if (old >= 0)
          expect(next.actors[i].rows.subarray(now, now + SCENE_STRIDE)).toEqual(
            actor.rows.subarray(old, old + SCENE_STRIDE),
          );
      });
    }
  });

  test('is bounded in rows too', () => {
    const scene = new LiveScene(EPISODE, { frames: 1e6, rows: 150 });
    grow(scene, 0, 100);
    expect(scene.full).toBe(true);
    expect(scene.trimmed().full).toBe(false);
  });

  test('a hero who comes later is the ego; a spectator is nobody', () => {
    const scene = new LiveScene(liveEpisode({ egoId: 0, actors: [] }));
    expect(scene.ego).toBe(-1);
    scene.appear([liveActor(1, { kind: 7 }), liveActor(2, { role: 'autopilot' }), liveActor(3, { role: 'hero' })]);
    expect(scene.actors.map(({ id }) => id)).toEqual(['2', '3']);
    expect(scene.ego).toBe(1);
  });

  test('an event stands at its own frame and place', () => {
    const scene = new LiveScene(EPISODE);
    const frames = liveFrames(1, [0, 1, 2].map(sent));
    scene.add({ ...frames, events: [{ sequence: 2, kind: 'collision', actorId: 7, otherId: 9, text: '' }] });
    expect(scene.marks).toEqual([{ step: 1, kind: 'collision', x: 1000, y: -498, text: 'collision with harley 9' }]);
  });

  test('what happened in frames that did not come stands at the last that did', () => {
    const scene = new LiveScene(EPISODE);
    const crossing = { kind: 'lane-invasion' as const, actorId: 7, otherId: 0, text: 'Crosses a broken white line' };
    scene.addMissed([{ ...crossing, sequence: 1 }]);
    scene.add(liveFrames(1, [0, 1, 2].map(sent)));
    scene.addMissed([{ ...crossing, sequence: 7 }]);
    expect(scene.marks).toEqual([{ step: 2, kind: 'lane-invasion', x: 1000, y: -497, text: crossing.text }]);
  });
});
