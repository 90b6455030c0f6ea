/** Ribbons on the ground along a polyline, with step, distance and side at every vertex for the path shader. */
import { BufferGeometry, Float32BufferAttribute } from 'three';
import type { Point } from '../../../core/base/geometry.ts';

/**
 * A ribbon `width` metres wide, `z` above the ground. `steps[i]` is the time of point i.
 * Attribute `along`: step, metres from the first point, −1 (right) to 1 (left).
 */
export function pathGeometry(points: readonly Point[], steps: readonly number[], width: number, z: number) {
  const positions: number[] = [];
  const along: number[] = [];
  const index: number[] = [];
  let distance = 0;
  let [nx, ny] = [0, 1];
  points.forEach(([x, y], i) => {
    const [bx, by] = points[Math.max(0, i - 1)];
    const [ax, ay] = points[Math.min(points.length - 1, i + 1)];
    distance += Math.hypot(x - bx, y - by);
    const length = Math.hypot(ax - bx, ay - by);
    // Standing still has no direction: keep the last one.
    if (length > 1e-3) [nx, ny] = [-(ay - by) / length, (ax - bx) / length];
    for (const side of [1, -1]) {
      positions.push(x + (nx * side * width) / 2, y + (ny * side * width) / 2, z);
      along.push(steps[i], distance, side);
    }
    if (i > 0) index.push(2 * i - 2, 2 * i - 1, 2 * i, 2 * i, 2 * i - 1, 2 * i + 1);
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setAttribute('along', new Float32BufferAttribute(along, 3));
  geometry.setIndex(index);
  return geometry;
}

/** Driven positions of a drive's ego or human as points with their steps. */
export function trackPoints(rows: Float64Array, stride: number, from = 0): { points: Point[]; steps: number[] } {
  const count = Math.floor(rows.length / stride);
  const steps = Array.from({ length: Math.max(0, count - from) }, (_, i) => from + i);
  return { points: steps.map((step) => [rows[step * stride], rows[step * stride + 1]] as const), steps };
}
