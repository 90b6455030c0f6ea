/** What of a scene drives, rides or walks, and can be followed; a cone, a barrier and a box can not. */
import { shapeRow } from '../../core/tasks/driving/kinds/kinds.ts';
import type { SceneFrames } from '../../core/episode/scene-frames.ts';

export function isBody(frames: SceneFrames | undefined, index: number): boolean {
  const kind = frames?.actors[index]?.kind;
  return kind !== undefined && shapeRow(kind).kind.group !== 'things';
}
