/** Drawings of the maps that drives stand on: made once a map, loaded when the first drive on a map is shown. */
import type { MapDrawing } from '../../core/tasks/driving/roads/drawing/model.ts';
import type { LaneGraph } from '../../core/tasks/driving/roads/map/lane-model.ts';
import type { WorldSpec } from '../../core/tasks/driving/world/spec/spec.ts';
import type { DriveStates } from '../contracts/protocol.ts';

const drawings = new WeakMap<LaneGraph, MapDrawing>();

/** `frames` with the drawing of its world's map, if that has one. */
export async function withDrawing(frames: DriveStates, { map }: Pick<WorldSpec, 'map'>): Promise<DriveStates> {
  if (!map) return frames;
  let drawing = drawings.get(map);
  if (!drawing) {
    const { drawMap } = await import('../../core/tasks/driving/roads/drawing/drawing.ts');
    drawing = drawMap(map.network, map);
    drawings.set(map, drawing);
  }
  return { ...frames, map: drawing };
}
