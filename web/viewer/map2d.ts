/**
 * A map drawing on a 2-D canvas: one path a tile and material, made when first needed. Triangles of one path share their edges and
 * all run the same way round, so a fill shows no seams between them.
 */
import { type DrawingTile, type MapDrawing, MATERIALS } from '../../core/world/roads/drawing-model.ts';
import type { Look } from './look.ts';
import { css } from './theme.ts';

/** Above this many metres a pixel the coarse tiles are drawn. */
const COARSE = 0.6;

export interface Map2d {
  /** Fills the tiles that touch the box (x0, y0, x1, y1, m); `metresPerPixel` chooses the level. */
  draw(pen: CanvasRenderingContext2D, look: Look, box: readonly number[], metresPerPixel: number): void;
}

export function map2d({ position, material, tiles }: MapDrawing): Map2d {
  const paths = new Map<DrawingTile, readonly (readonly [number, Path2D])[]>();
  const pathsOf = (tile: DrawingTile) => {
    const known = paths.get(tile);
    if (known) return known;
    const made: (Path2D | undefined)[] = Array.from({ length: MATERIALS });
    const end = tile.firstVertex + tile.vertexCount;
    for (let v = tile.firstVertex; v < end; v += 3) {
      made[material[v]] ??= new Path2D();
      const path = made[material[v]] as Path2D;
      path.moveTo(position[2 * v], position[2 * v + 1]);
      path.lineTo(position[2 * v + 2], position[2 * v + 3]);
      path.lineTo(position[2 * v + 4], position[2 * v + 5]);
      path.closePath();
    }
    const list = made.flatMap((path, kind) => (path ? [[kind, path] as const] : []));
    paths.set(tile, list);
    return list;
  };
  return {
    draw(pen, { palette }, [x0, y0, x1, y1], metresPerPixel) {
      const level = metresPerPixel > COARSE ? 1 : 0;
      const shown = tiles.filter(
        (tile) => tile.level === level && tile.x1 >= x0 && tile.x0 <= x1 && tile.y1 >= y0 && tile.y0 <= y1,
      );
      // Material by material over all tiles, or the seam of a tile would lie over its neighbour's paint.
      for (let kind = 0; kind < MATERIALS; kind++) {
        pen.fillStyle = css(palette[kind]);
        for (const tile of shown) for (const [own, path] of pathsOf(tile)) if (own === kind) pen.fill(path);
      }
    },
  };
}
