/** Filling convex shapes into a picture: a pixel is set when its centre lies inside, or on the border. */
export interface PixelPoint {
  readonly x: number;
  readonly y: number;
}

/** Ego frame: x forward, y left; row 0 begins `aheadM` metres ahead, columns run from left to right about the middle. */
export interface RasterFrame {
  readonly size: number;
  readonly metresPerPixel: number;
  readonly aheadM: number;
}

/** A filler of one channel: sets the pixels of a convex shape (corners in order, either way round) to `value`, never lowering one. */
export function convexFiller(frame: RasterFrame, plane: Uint8Array | Float32Array) {
  const { size, metresPerPixel, aheadM } = frame;
  const rowOf = (x: number) => (aheadM - x) / metresPerPixel - 0.5;
  const columnOf = (y: number) => size / 2 - y / metresPerPixel - 0.5;
  return (shape: readonly PixelPoint[], value: number): void => {
    const rows = shape.map((point) => rowOf(point.x));
    const columns = shape.map((point) => columnOf(point.y));
    const [top, bottom] = [
      Math.max(0, Math.ceil(Math.min(...rows))),
      Math.min(size - 1, Math.floor(Math.max(...rows))),
    ];
    const left = Math.max(0, Math.ceil(Math.min(...columns)));
    const right = Math.min(size - 1, Math.floor(Math.max(...columns)));
    const sign = Math.sign(areaOf(rows, columns));
    if (sign === 0) return;
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++)
        if (isInside(rows, columns, sign, row, column)) {
          const at = row * size + column;
          plane[at] = Math.max(plane[at], value);
        }
  };
}

/** Twice the signed area. */
function areaOf(rows: readonly number[], columns: readonly number[]): number {
  return rows.reduce((sum, row, i) => {
    const j = (i + 1) % rows.length;
    return sum + row * columns[j] - rows[j] * columns[i];
  }, 0);
}

/** Rounding may put a border a hair outside. */
const HAIR = 1e-9;

function isInside(rows: readonly number[], columns: readonly number[], sign: number, row: number, column: number) {
  for (let i = 0; i < rows.length; i++) {
    const j = (i + 1) % rows.length;
    const cross = (rows[j] - rows[i]) * (column - columns[i]) - (columns[j] - columns[i]) * (row - rows[i]);
    if (sign * cross < -HAIR) return false;
  }
  return true;
}

/** The stretch from `a` to `b`, `width` wide. */
export function ribbon(a: PixelPoint, b: PixelPoint, width: number): readonly PixelPoint[] {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length === 0) return [a, b, b];
  const [nx, ny] = [((a.y - b.y) / length) * (width / 2), ((b.x - a.x) / length) * (width / 2)];
  return [
    { x: a.x + nx, y: a.y + ny },
    { x: a.x - nx, y: a.y - ny },
    { x: b.x - nx, y: b.y - ny },
    { x: b.x + nx, y: b.y + ny },
  ];
}
