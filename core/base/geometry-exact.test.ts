/**
 * Box overlap against exact arithmetic: two convex polygons share inner points when an edge of one properly crosses an edge
 * of the other or a corner lies strictly inside. Every decision is the sign of an orientation determinant of the given
 * doubles: in floating point when its error bound allows (Shewchuk 1997), in integers (BigInt) when not. No projection, no
 * axis, nothing in common with separating axes.
 */
import { expect, test } from 'vitest';
import { createRandom } from './random.ts';
import { type Box, corners, overlaps } from './geometry.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A double as an integer count of 2⁻¹⁰⁷⁴, exactly. */
function units(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1);
  return bits >> 63n ? -magnitude : magnitude;
}

/** Sign of the area of the triangle a, b, c: +1 counter-clockwise, 0 exactly when the three doubles are in line. */
function orientation(a: Point, b: Point, c: Point): number {
  const left = (a.x - c.x) * (b.y - c.y);
  const right = (a.y - c.y) * (b.x - c.x);
  if (Math.abs(left - right) > 3.3306690738754716e-16 * (Math.abs(left) + Math.abs(right)))
    return Math.sign(left - right);
  const [ax, ay, bx, by, cx, cy] = [a.x, a.y, b.x, b.y, c.x, c.y].map(units);
  const exact = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

const crosses = (a: Point, b: Point, c: Point, d: Point) =>
  orientation(a, b, c) * orientation(a, b, d) < 0 && orientation(c, d, a) * orientation(c, d, b) < 0;

const strictlyInside = (p: Point, polygon: readonly Point[]) =>
  polygon.every((corner, i) => orientation(corner, polygon[(i + 1) % 4], p) > 0);

function sharesInside(a: readonly Point[], b: readonly Point[]): boolean {
  if (a.some((p) => strictlyInside(p, b)) || b.some((p) => strictlyInside(p, a))) return true;
  return a.some((p, i) => b.some((q, j) => crosses(p, a[(i + 1) % 4], q, b[(j + 1) % 4])));
}

function randomBox({ between }: ReturnType<typeof createRandom>, spread: number): Box {
  return {
    x: between(-spread, spread),
    y: between(-spread, spread),
    headingRad: between(-7, 7),
    length: between(0.3, 12),
    width: between(0.3, 3),
  };
}

test('boxes overlap exactly when exact arithmetic says so: 100,000 random pairs, 0 wrong', () => {
  const random = createRandom(11);
  let [hits, wrong] = [0, 0];
  for (let i = 0; i < 100_000; i++) {
    const [a, b] = [randomBox(random, 1), randomBox(random, 7)];
    const truth = sharesInside(corners(a), corners(b));
    hits += +truth;
    wrong += +(overlaps(a, b) !== truth);
  }
  expect(wrong).toBe(0);
  expect(hits).toBeGreaterThan(25_000);
  expect(hits).toBeLessThan(75_000);
});

test('on a grid, where many pairs merely touch, touching is never overlapping', () => {
  const random = createRandom(12);
  const whole = (n: number) => random.below(n) - n / 2;
  let touches = 0;
  for (let i = 0; i < 20_000; i++) {
    const box = (): Box => ({
      x: whole(8),
      y: whole(8),
      headingRad: 0,
      length: 2 + 2 * random.below(3),
      width: 2 + 2 * random.below(2),
    });
    const [a, b] = [box(), box()];
    const [apartX, apartY] = [
      Math.abs(a.x - b.x) - (a.length + b.length) / 2,
      Math.abs(a.y - b.y) - (a.width + b.width) / 2,
    ];
    touches += +(Math.max(apartX, apartY) === 0);
    expect(overlaps(a, b)).toBe(apartX < 0 && apartY < 0);
  }
  expect(touches).toBeGreaterThan(1000);
});

/**
 * highway-env's `utils.rotated_rectangles_intersect`, which its yielding rules use: corners, edge midpoints and centre of one box
 * are tested in the other's frame. The published form turns them by +angle (`turn` = 1) where the frame needs −angle.
 */
function cornerTest(a: Box, b: Box, turn: 1 | -1): boolean {
  const inside = (p: Point, box: Box) => {
    const [cos, sin] = [Math.cos(turn * box.headingRad), Math.sin(turn * box.headingRad)];
    const [dx, dy] = [p.x - box.x, p.y - box.y];
    return Math.abs(cos * dx - sin * dy) <= box.length / 2 && Math.abs(sin * dx + cos * dy) <= box.width / 2;
  };
  const points = (box: Box) => {
    const four = corners(box);
    return [
      box,
      ...four,
      ...four.map((p, i) => ({ x: (p.x + four[(i + 1) % 4].x) / 2, y: (p.y + four[(i + 1) % 4].y) / 2 })),
    ];
  };
  return points(a).some((p) => inside(p, b)) || points(b).some((p) => inside(p, a));
}

test('highway-env’s rotated-rectangle test turns the wrong way: thousands of wrong pairs, and a box that rejects itself', () => {
  const random = createRandom(13);
  const wrong = { published: 0, falseHits: 0, turned: 0 };
  for (let i = 0; i < 20_000; i++) {
    const [a, b] = [randomBox(random, 1), randomBox(random, 7)];
    const truth = overlaps(a, b);
    const published = cornerTest(a, b, 1);
    wrong.published += +(published !== truth);
    wrong.falseHits += +(published && !truth);
    wrong.turned += +(cornerTest(a, b, -1) && !truth);
  }
  expect(wrong.published).toBeGreaterThan(2000);
  expect(wrong.falseHits).toBeGreaterThan(1000);
  expect(wrong.turned).toBe(0);
  const car: Box = { x: 0, y: 0, headingRad: 0.6, length: 5, width: 2 };
  const own = corners({ ...car, length: 5 * 0.999, width: 2 * 0.999 }).map(
    (corner): Box => ({ ...corner, headingRad: 0, length: 1e-9, width: 1e-9 }),
  );
  expect(own.some((corner) => !cornerTest({ ...corner }, { ...car, length: 5, width: 2 }, 1))).toBe(true);
  expect(own.every((corner) => overlaps(corner, car))).toBe(true);
});
