import type { Point } from '../../../../base/geometry.ts';

const cross = (a: Point, b: Point, c: Point) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** Triangles, counter-clockwise, of a polygon given in either sense. */
export function triangulate(polygon: readonly Point[]): (readonly [Point, Point, Point])[] {
  let area = 0;
  polygon.forEach((p, i) => {
    const q = polygon[(i + 1) % polygon.length];
    area += p[0] * q[1] - q[0] * p[1];
  });
  const left = area >= 0 ? [...polygon] : [...polygon].reverse();
  const triangles: (readonly [Point, Point, Point])[] = [];
  let misses = 0;
  for (let i = 0; left.length > 3 && misses < left.length; ) {
    const n = left.length;
    const [a, b, c] = [left[(i + n - 1) % n], left[i % n], left[(i + 1) % n]];
    if (isEar(left, a, b, c)) {
      triangles.push([a, b, c]);
      left.splice(i % n, 1);
      misses = 0;
      i = i % left.length;
    } else if (Math.abs(cross(a, b, c)) < 1e-9) {
      // A corner on a straight edge, or a spike, has no area to give.
      left.splice(i % n, 1);
      misses = 0;
      i = i % left.length;
    } else {
      misses++;
      i = (i + 1) % n;
    }
  }
  if (left.length === 3 && cross(left[0], left[1], left[2]) > 0) triangles.push([left[0], left[1], left[2]]);
  return triangles;
}

function isEar(corners: readonly Point[], a: Point, b: Point, c: Point): boolean {
  if (cross(a, b, c) <= 1e-12) return false;
  return !corners.some(
    (p) =>
      p !== a &&
      p !== b &&
      p !== c &&
      cross(a, b, p) >= 0 &&
      cross(b, c, p) >= 0 &&
      cross(c, a, p) >= 0 &&
      !same(p, a, b, c),
  );
}

const same = (p: Point, ...others: readonly Point[]) => others.some((q) => p[0] === q[0] && p[1] === q[1]);
