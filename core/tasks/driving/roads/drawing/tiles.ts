/**
 * Gathers flat triangles into the tiles of a `MapDrawing`. A triangle that reaches over a border is cut at it (Sutherland and
 * Hodgman), exactly at the border's coordinate on both sides, so that neighbours meet without a gap and never overlap.
 */
import { type DrawingTile, type DrawnSignal, type MapDrawing, MATERIALS, TILE_SIZES } from './model.ts';
import type { Point } from '../../../../base/geometry.ts';

export type Level = 0 | 1;

/** Triangles smaller than this are dropped, m²: widths that begin at 0. */
const LEAST_AREA = 1e-5;
/** Most vertices one drawing may have: 27 bytes a triangle. */
const MAX_VERTICES = 12_000_000;

/** A map that would not fit in memory. */
class DrawingError extends Error {
  override name = 'DrawingError';
}

interface Tile {
  readonly ix: number;
  readonly iy: number;
  /** x, y of the corners, by material. */
  readonly corners: number[][];
}

/** Where triangles of one level are put. */
export interface Sheet {
  readonly level: Level;
  triangle(material: number, a: Point, b: Point, c: Point): void;
  /** A strip between two lines of equally many points; `left` is on the left hand when going along. */
  strip(material: number, left: readonly Point[], right: readonly Point[]): void;
}

export interface Sheets {
  readonly levels: readonly [Sheet, Sheet];
  finish(signals: readonly DrawnSignal[]): MapDrawing;
}

/** @throws DrawingError from any method when there are more than MAX_VERTICES. */
export function createSheets(): Sheets {
  const grids = [new Map<string, Tile>(), new Map<string, Tile>()] as const;
  let vertices = 0;

  const sheet = (level: Level): Sheet => {
    const size = TILE_SIZES[level];
    const tileAt = (ix: number, iy: number): Tile => {
      const key = `${ix} ${iy}`;
      let tile = grids[level].get(key);
      if (!tile) {
        tile = { ix, iy, corners: Array.from({ length: MATERIALS }, () => []) };
        grids[level].set(key, tile);
      }
      return tile;
    };
    const put = (tile: Tile, material: number, polygon: readonly Point[]) => {
      for (let i = 1; i + 1 < polygon.length; i++) {
        const [a, b, c] = [polygon[0], polygon[i], polygon[i + 1]];
        if (twiceArea(a, b, c) < LEAST_AREA) continue;
        vertices += 3;
        tile.corners[material].push(a[0], a[1], b[0], b[1], c[0], c[1]);
      }
      if (vertices > MAX_VERTICES)
        throw new DrawingError(`more than ${MAX_VERTICES} corners to draw, expected a smaller map`);
    };
    const triangle = (material: number, a: Point, b: Point, c: Point) => {
      const area = twiceArea(a, b, c);
      if (!(Math.abs(area) >= LEAST_AREA)) return;
      const corners = area > 0 ? [a, b, c] : [a, c, b];
      const [x0, x1] = [Math.min(a[0], b[0], c[0]) / size, Math.max(a[0], b[0], c[0]) / size].map(Math.floor);
      const [y0, y1] = [Math.min(a[1], b[1], c[1]) / size, Math.max(a[1], b[1], c[1]) / size].map(Math.floor);
      for (let ix = x0; ix <= x1; ix++) {
        const column = x0 === x1 ? corners : between(corners, 0, ix * size, (ix + 1) * size);
        for (let iy = y0; iy <= y1 && column.length > 2; iy++) {
          const cell = y0 === y1 ? column : between(column, 1, iy * size, (iy + 1) * size);
          if (cell.length > 2) put(tileAt(ix, iy), material, cell);
        }
      }
    };
    return {
      level,
      triangle,
      strip(material, left, right) {
        for (let i = 1; i < left.length; i++) {
          triangle(material, right[i - 1], right[i], left[i]);
          triangle(material, right[i - 1], left[i], left[i - 1]);
        }
      },
    };
  };

  return {
    levels: [sheet(0), sheet(1)],
    finish(signals) {
      const position = new Float32Array(2 * vertices);
      const material = new Uint8Array(vertices);
      const tiles: DrawingTile[] = [];
      let at = 0;
      grids.forEach((grid, level) => {
        for (const tile of [...grid.values()].sort((a, b) => a.iy - b.iy || a.ix - b.ix)) {
          const first = at;
          tile.corners.forEach((corners, kind) => {
            position.set(corners, 2 * at);
            material.fill(kind, at, at + corners.length / 2);
            at += corners.length / 2;
          });
          const [x0, y0, x1, y1] = extent(position.subarray(2 * first, 2 * at));
          if (at > first)
            tiles.push({ level: level as Level, x0, y0, x1, y1, firstVertex: first, vertexCount: at - first });
        }
      });
      return {
        position: position.slice(0, 2 * at),
        material: material.slice(0, at),
        tiles,
        signals,
        bounds: extent(position),
      };
    },
  };
}

const twiceArea = (a: Point, b: Point, c: Point) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** The part of a convex polygon with `low` ≤ coordinate ≤ `high` along `axis`. */
function between(polygon: readonly Point[], axis: 0 | 1, low: number, high: number): Point[] {
  return cut(cut(polygon, axis, low, 1), axis, high, -1);
}

function cut(polygon: readonly Point[], axis: 0 | 1, border: number, sign: 1 | -1): Point[] {
  const kept: Point[] = [];
  polygon.forEach((b, i) => {
    const a = polygon[(i + polygon.length - 1) % polygon.length];
    const [da, db] = [(a[axis] - border) * sign, (b[axis] - border) * sign];
    if (da < 0 !== db < 0) {
      // Always from the lower end, so that both sides of the border compute the same point.
      const [p, q] = a[axis] < b[axis] ? [a, b] : [b, a];
      const other = p[1 - axis] + ((q[1 - axis] - p[1 - axis]) * (border - p[axis])) / (q[axis] - p[axis]);
      kept.push(axis === 0 ? [border, other] : [other, border]);
    }
    if (db >= 0) kept.push(b);
  });
  return kept;
}

function extent(position: Float32Array): [number, number, number, number] {
  if (position.length === 0) return [0, 0, 0, 0];
  let [x0, y0, x1, y1] = [position[0], position[1], position[0], position[1]];
  for (let i = 0; i < position.length; i += 2) {
    x0 = Math.min(x0, position[i]);
    x1 = Math.max(x1, position[i]);
    y0 = Math.min(y0, position[i + 1]);
    y1 = Math.max(y1, position[i + 1]);
  }
  return [x0, y0, x1, y1];
}
