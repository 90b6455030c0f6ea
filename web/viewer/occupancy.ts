/** Which ground a map's surfaces cover, on a coarse grid: where a tree must not stand. */
import { type MapDrawing, PAINT_FAINT_WHITE } from '../../core/tasks/driving/roads/drawing/model.ts';

/** Edge of a cell, m. */
const CELL = 1.5;

export interface Occupancy {
  /** Whether nothing paved lies within `gap` metres of a place, to the grid's accuracy. */
  isClear(x: number, y: number, gap: number): boolean;
}

export function occupancyOf({ position, material, tiles }: MapDrawing): Occupancy {
  const covered = new Set<number>();
  const key = (ix: number, iy: number) => (ix + 32768) * 65536 + iy + 32768;
  for (const { level, firstVertex, vertexCount } of tiles) {
    if (level !== 0) continue;
    for (let v = firstVertex; v < firstVertex + vertexCount; v += 3) {
      if (material[v] >= PAINT_FAINT_WHITE) continue;
      const [ax, ay, bx, by, cx, cy] = position.subarray(2 * v, 2 * v + 6);
      const inside = (x: number, y: number) =>
        side(ax, ay, bx, by, x, y) >= -CELL &&
        side(bx, by, cx, cy, x, y) >= -CELL &&
        side(cx, cy, ax, ay, x, y) >= -CELL;
      const [x0, x1] = [Math.floor(Math.min(ax, bx, cx) / CELL), Math.floor(Math.max(ax, bx, cx) / CELL)];
      const [y0, y1] = [Math.floor(Math.min(ay, by, cy) / CELL), Math.floor(Math.max(ay, by, cy) / CELL)];
      for (let ix = x0; ix <= x1; ix++)
        for (let iy = y0; iy <= y1; iy++) if (inside((ix + 0.5) * CELL, (iy + 0.5) * CELL)) covered.add(key(ix, iy));
    }
  }
  return {
    isClear(x, y, gap) {
      const reach = Math.ceil(gap / CELL);
      const [cx, cy] = [Math.floor(x / CELL), Math.floor(y / CELL)];
      for (let ix = -reach; ix <= reach; ix++)
        for (let iy = -reach; iy <= reach; iy++)
          if (Math.hypot(ix, iy) * CELL <= gap && covered.has(key(cx + ix, cy + iy))) return false;
      return true;
    },
  };
}

/** Signed distance of (x, y) from the line a → b, left +. */
function side(ax: number, ay: number, bx: number, by: number, x: number, y: number): number {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  return ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length;
}
