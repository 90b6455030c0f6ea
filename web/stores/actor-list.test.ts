import { describe, expect, it } from 'vitest';
import { SCENE_PRESENT, SCENE_STRIDE, type SceneActor, type SceneFrames } from '../../core/episode/scene-frames.ts';
import { LIGHT_GREEN, LIGHT_RED } from '../../core/abi/layout.ts';
import { actorRows, findActors, inOrder } from './actor-list.ts';

const actor = (id: string, kind: SceneActor['kind'], x: number, from = 0, steps = 3): SceneActor => ({
  id,
  label: id,
  kind,
  length: 4,
  width: 2,
  height: 1.5,
  firstStep: from,
  rowCount: steps - from,
  rows: Float32Array.from({ length: (steps - from) * SCENE_STRIDE }, (_, i) => [x, 0, 0, 5, SCENE_PRESENT][i % 5]),
});
const frames: SceneFrames = {
  steps: 2,
  dt: 0.1,
  actors: [
    actor('far', 'truck', 90),
    { ...actor('cone', 'cone', 1), name: 'traffic cone 4' },
    actor('walker', 'pedestrian', 2),
    actor('later', 'car', 3, 2),
    actor('me', 'car', 0),
    { ...actor('near', 'bicycle', -7), role: 'autopilot' },
    actor('never', 'car', 0, 3),
  ],
  lights: [{ id: '12', x: 30, y: 40, headingRad: 0 }],
  lightStates: Uint8Array.from([LIGHT_RED, LIGHT_GREEN, LIGHT_GREEN]),
  ego: 4,
};
const line = { id: 's', name: 'spectator 1', kind: 'other', role: '', firstStep: 0, lastStep: 2, follows: false };
const names = (step: number) => inOrder(actorRows(frames, step, 4, [line])).map(({ name }) => name);

describe('the list of actors', () => {
  it('has the ego first, then vehicles, walkers, lights, things and others, the nearest first, the absent after', () => {
    const order = ['me', 'near', 'far', 'later', 'walker', 'light 12', 'traffic cone 4', 'spectator 1'];
    expect(names(0)).toEqual(order);
    expect(names(2)).toEqual(['me', 'later', ...order.filter((name) => name !== 'me' && name !== 'later')]);
  });

  it('says speed, distance from the ego and the colour of a light at the step', () => {
    const rows = actorRows(frames, 1, 4);
    const [truck, , , later] = rows;
    expect([truck.speedMps, truck.distanceM]).toEqual([5, 90]);
    expect([later.here, later.distanceM, later.firstStep]).toEqual([false, Number.NaN, 2]);
    expect(rows.at(-1)).toMatchObject({ state: 'green', distanceM: 50 });
  });

  it('measures from whom is followed where there is no ego', () => {
    const [truck] = actorRows({ ...frames, ego: -1 }, 0, 5);
    expect(truck.distanceM).toBe(97);
  });

  it('finds by every word in name, kind, role or light, and by group', () => {
    const rows = actorRows(frames, 0, 4);
    const found = (text: string, group: Parameters<typeof findActors>[2] = 'all') =>
      findActors(rows, text, group).map(({ name }) => name);
    expect(found('autopilot BICYCLE')).toEqual(['near']);
    expect(found('red')).toEqual(['light 12']);
    expect(found('', 'walkers')).toEqual(['walker']);
    expect(found('cone', 'vehicles')).toEqual([]);
  });
});
