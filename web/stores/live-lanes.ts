/**
 * How far the followed actor of a live scene is from its lane's centre, step by step: the live worker knows the lanes of the map that it
 * has drawn, and is asked for the steps that are new. One actor at a time; another one begins anew.
 */
import { createStore } from 'zustand/vanilla';
import { SCENE_X, SCENE_Y, sceneRow } from '../../core/episode/scene-frames.ts';
import { liveWorker } from './live-map.ts';
import type { LiveScene } from './live-scene.ts';

export interface LiveLanes {
  readonly scene: LiveScene | null;
  readonly actor: number;
  /** Steps that are known, from 0 on; m, NaN where no lane is near. */
  readonly distances: Float32Array;
}
export const liveLanesStore = createStore<LiveLanes>(() => ({
  scene: null,
  actor: -1,
  distances: new Float32Array(0),
}));

let asking = false;
/** Sees to the steps up to `steps`. */
export async function wantLanes(scene: LiveScene, actor: number, steps: number): Promise<void> {
  const known = liveLanesStore.getState();
  const same = known.scene === scene && known.actor === actor;
  const distances = same ? known.distances : new Float32Array(0);
  const from = distances.length;
  const track = scene.actors[actor];
  if (asking || !scene.map || !track || from > steps) return;
  const places = new Float32Array(2 * (steps + 1 - from)).fill(Number.NaN);
  for (let step = from; step <= steps; step++) {
    const row = sceneRow(track, step);
    if (row >= 0) places.set([track.rows[row + SCENE_X], track.rows[row + SCENE_Y]], 2 * (step - from));
  }
  asking = true;
  try {
    const found = await (await liveWorker()).laneDistances(places);
    const longer = new Float32Array(from + found.length);
    longer.set(distances);
    longer.set(found, from);
    liveLanesStore.setState({ scene, actor, distances: longer });
  } catch {
    // Without the worker there is no curve; the others are drawn.
  } finally {
    asking = false;
  }
}
