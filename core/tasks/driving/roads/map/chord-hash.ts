/**
 * Polylines in a uniform grid: which chords (straight pieces between two samples) may pass through a cell.
 *
 * Cells of CELL metres are hashed into a table, so its size follows the length of the lines and not the extent of the map; two
 * cells that share a bucket only cost a few extra candidates. A chord is in every cell that its bounding box meets, so whoever
 * visits several cells may meet it more than once.
 */

/** Edge of a grid cell, m. */
export const CELL = 8;

export interface IndexedLine {
  readonly index: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface ChordHash {
  /** Chords of bucket b are at starts[b] … starts[b + 1] of the two columns below. */
  readonly starts: Uint32Array;
  /** `index` of the chord's line, and the sample that the chord starts at. */
  readonly line: Uint32Array;
  readonly chord: Uint32Array;
}

/** Bucket of the cell whose lower corner lies at (ix, iy) · CELL. */
export function bucketOf({ starts }: Pick<ChordHash, 'starts'>, ix: number, iy: number): number {
  const h = Math.imul(ix, 0x9e3779b1) ^ Math.imul(iy, 0x85ebca77);
  return (h ^ (h >>> 15)) & (starts.length - 2);
}

/** Plain data: it may travel between threads. */
export function hashChords(lines: readonly IndexedLine[]): ChordHash {
  let entries = 0;
  const each = (visit: (ix: number, iy: number, line: number, chord: number) => void) => {
    for (const { index, x, y } of lines) {
      for (let i = 0; i + 1 < x.length; i++) {
        const [x0, x1] = [Math.min(x[i], x[i + 1]), Math.max(x[i], x[i + 1])];
        const [y0, y1] = [Math.min(y[i], y[i + 1]), Math.max(y[i], y[i + 1])];
        for (let ix = Math.floor(x0 / CELL); ix <= Math.floor(x1 / CELL); ix++)
          for (let iy = Math.floor(y0 / CELL); iy <= Math.floor(y1 / CELL); iy++) visit(ix, iy, index, i);
      }
    }
  };
  each(() => entries++);
  const size = 2 ** Math.max(4, Math.ceil(Math.log2(entries + 1)));
  const starts = new Uint32Array(size + 1);
  const table = { starts };
  const bucket = (ix: number, iy: number) => bucketOf(table, ix, iy);
  each((ix, iy) => starts[bucket(ix, iy) + 1]++);
  for (let i = 0; i < size; i++) starts[i + 1] += starts[i];
  const next = starts.slice(0, size);
  const line = new Uint32Array(entries);
  const chord = new Uint32Array(entries);
  each((ix, iy, index, sample) => {
    const at = next[bucket(ix, iy)]++;
    line[at] = index;
    chord[at] = sample;
  });
  return { starts, line, chord };
}
