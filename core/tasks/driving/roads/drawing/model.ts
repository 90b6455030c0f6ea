/**
 * What a road map looks like, ready for a GPU: flat triangles in two arrays, cut into square tiles at two levels of detail.
 *
 * World axes, m, all at height 0. A triangle belongs to exactly one tile and is cut at its border, so tiles never overlap and may be drawn
 * in any order; inside a tile triangles come back to front (pavement, road, paint), so they need no depth. All run
 * counter-clockwise seen from above. Level 0 is for driving through, level 1 for looking at a whole town: coarser curves, larger tiles,
 * broken lines joined, thin paint widened. Plain data: it can be transferred between threads once and drawn for ever.
 */

/** What a triangle is made of, back to front: the number stands in `MapDrawing.material`. */
export const SURFACE_JUNCTION = 0;
export const SURFACE_SIDEWALK = 1;
/** Grass between carriageways. */
export const SURFACE_MEDIAN = 2;
export const SURFACE_PARKING = 3;
export const SURFACE_SHOULDER = 4;
export const SURFACE_CYCLING = 5;
export const SURFACE_ROAD = 6;
export const SURFACE_KERB = 7;
/** Joined or widened paint of level 1, to be drawn fainter. */
export const PAINT_FAINT_WHITE = 8;
export const PAINT_FAINT_YELLOW = 9;
export const PAINT_WHITE = 10;
export const PAINT_YELLOW = 11;
/** Stop lines and zebra crossings. */
export const PAINT_BAR = 12;
export const MATERIALS = 13;

/** Edge of a tile of level 0 and 1, m. */
export const TILE_SIZES = [64, 256] as const;

export interface DrawingTile {
  readonly level: 0 | 1;
  /** Square it covers, m. */
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** Its vertices, three a triangle. */
  readonly firstVertex: number;
  readonly vertexCount: number;
}

/** A traffic light or sign at the roadside. */
export interface DrawnSignal {
  readonly id: string;
  readonly kind: 'trafficLight' | 'pedestrianLight' | 'stop' | 'yield' | 'speed' | 'other';
  /** Controller that switches it together with others. */
  readonly controller: string | undefined;
  /** Foot of the post, and where it is read from: travel towards it heads this way, rad. */
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  /** What the sign says, "50". */
  readonly text: string;
}

export interface MapDrawing {
  /** x, y a vertex. */
  readonly position: Float32Array;
  /** One of the materials above a vertex; the same for the three of a triangle. */
  readonly material: Uint8Array;
  readonly tiles: readonly DrawingTile[];
  readonly signals: readonly DrawnSignal[];
  /** Extent of all tiles' contents, m: x0, y0, x1, y1. All 0 for an empty map. */
  readonly bounds: readonly [number, number, number, number];
}

/** The buffers a drawing can be transferred with. */
export const drawingBuffers = ({ position, material }: MapDrawing): ArrayBuffer[] =>
  [position.buffer, material.buffer] as ArrayBuffer[];
