/**
 * A map drawing on a 2-D canvas: one path a tile and material, made when first needed. Triangles of one path share their edges and
 * all run the same way round, so a fill shows no seams between them.
 */
import { type DrawingTile, type MapDrawing, MATERIALS } from '../../core/tasks/driving/roads/drawing/model.ts';
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
  let shown: readonly DrawingTile[] = [];
  let joined: (readonly [number, Path2D])[] = [];
  /** One path a material over all tiles in the picture: separate fills would show their common border. */
  const join = (next: readonly DrawingTile[]) => {
    if (next.length === shown.length && next.every((tile, i) => tile === shown[i])) return;
    shown = next;
    const made: (Path2D | undefined)[] = Array.from({ length: MATERIALS });
    for (const tile of next)
      for (const [kind, path] of pathsOf(tile)) {
        made[kind] ??= new Path2D();
        made[kind].addPath(path);
      }
    joined = made.flatMap((path, kind) => (path ? [[kind, path] as const] : []));
  };
  return {
    draw(pen, { palette }, [x0, y0, x1, y1], metresPerPixel) {
      const level = metresPerPixel > COARSE ? 1 : 0;
      join(
        tiles.filter(
          (tile) => tile.level === level && tile.x1 >= x0 && tile.x0 <= x1 && tile.y1 >= y0 && tile.y0 <= y1,
        ),
      );
      for (const [kind, path] of joined) {
        pen.fillStyle = css(palette[kind]);
        pen.fill(path);
      }
    },
  };
}
