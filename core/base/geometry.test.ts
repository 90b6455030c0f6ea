import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { type Box, boxGap, contactTime, corners, cutsSight, overlaps, roundEven, toEgo, toWorld } from './geometry.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Area shared by two convex polygons (Sutherland–Hodgman clipping, then the shoelace formula). */
function sharedArea(subject: readonly Point[], clip: readonly Point[]): number {
  let polygon = [...subject];
  clip.forEach((a, i) => {
    const b = clip[(i + 1) % clip.length];
    const side = (p: Point) => (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
    const before = polygon;
    polygon = [];
    before.forEach((p, j) => {
      const q = before[(j + 1) % before.length];
      const [sp, sq] = [side(p), side(q)];
      if (sp >= 0) polygon.push(p);
      if (sp >= 0 !== sq >= 0) {
        const t = sp / (sp - sq);
        polygon.push({ x: p.x + t * (q.x - p.x), y: p.y + t * (q.y - p.y) });
      }
    });
  });
  return polygon.reduce((sum, p, i) => {
    const q = polygon[(i + 1) % polygon.length];
    return sum + (p.x * q.y - p.y * q.x) / 2;
  }, 0);
}

function randomBoxes(seed: number, count: number): [Box, Box][] {
  const { between } = createRandom(seed);
  const one = (spread: number): Box => ({
    x: between(-spread, spread),
    y: between(-spread, spread),
    headingRad: between(-7, 7),
    length: between(0.3, 6),
    width: between(0.3, 3),
  });
  return Array.from({ length: count }, () => [one(1), one(4)]);
}

describe('oriented boxes', () => {
  it('overlap exactly when clipping one by the other leaves an area, over 20,000 random pairs', () => {
    let hits = 0;
    for (const [a, b] of randomBoxes(1, 20_000)) {
      const area = sharedArea(corners(a), corners(b));
      if (area > 0 && area < 1e-9) continue;
      expect(overlaps(a, b)).toBe(area > 0);
      hits += +(area > 0);
    }
    expect(hits).toBeGreaterThan(5_000);
    expect(hits).toBeLessThan(15_000);
  });

  it('overlap the same from either side, and every box overlaps itself but not one that touches its side', () => {
    for (const [a, b] of randomBoxes(2, 500)) {
      expect(overlaps(a, b)).toBe(overlaps(b, a));
      expect(overlaps(a, a)).toBe(true);
    }
    const unit = { x: 0, y: 0, headingRad: 0, length: 2, width: 2 };
    expect(overlaps(unit, { ...unit, x: 2 })).toBe(false);
    expect(overlaps(unit, { ...unit, x: 2 - 1e-9 })).toBe(true);
  });

  it('have a gap that is 0 on overlap, symmetric, and enough to close them when one moves that far', () => {
    for (const [a, b] of randomBoxes(3, 1000)) {
      const gap = boxGap(a, b);
      expect(gap > 0).toBe(!overlaps(a, b));
      expect(boxGap(b, a)).toBeCloseTo(gap, 12);
      // Grown by its gap on all sides a box must reach the other; grown by less than gap/√2 it cannot.
      const grown = (by: number): Box => ({ ...a, length: a.length + 2 * by, width: a.width + 2 * by });
      if (gap === 0) continue;
      expect(overlaps(grown(gap + 1e-9), b)).toBe(true);
      expect(overlaps(grown(gap / Math.SQRT2 - 1e-9), b)).toBe(false);
    }
  });

  it('touch at the time that stepping finely finds', () => {
    const { between } = createRandom(4);
    let met = 0;
    for (const [a, b] of randomBoxes(5, 600)) {
      const far = { ...b, x: b.x + between(-15, 15), y: b.y + between(-15, 15) };
      const velocity = { x: -far.x + between(-4, 4), y: -far.y + between(-4, 4) };
      const time = contactTime(a, far, velocity);
      const at = (t: number) => ({ ...far, x: far.x + velocity.x * t, y: far.y + velocity.y * t });
      if (Number.isFinite(time)) {
        met++;
        expect(boxGap(a, at(time))).toBeLessThan(1e-9);
        if (time > 0) expect(overlaps(a, at(time - 1e-6))).toBe(false);
      }
      for (let t = 0; t < Math.min(time, 4); t += 0.02) expect(overlaps(a, at(t))).toBe(false);
    }
    expect(met).toBeGreaterThan(100);
  });

  it('cut a line of sight exactly when the line, as a very thin box, overlaps them', () => {
    const { between } = createRandom(6);
    for (const [a, b] of randomBoxes(7, 2000)) {
      const target = { x: between(-8, 8), y: between(-8, 8) };
      const [dx, dy] = [target.x - b.x, target.y - b.y];
      const line = {
        x: (b.x + target.x) / 2,
        y: (b.y + target.y) / 2,
        headingRad: Math.atan2(dy, dx),
        length: Math.hypot(dx, dy),
        width: 1e-9,
      };
      expect(cutsSight(b, target, a)).toBe(overlaps(line, a));
    }
  });
});

describe('frames', () => {
  it('turn into each other and back', () => {
    const { between } = createRandom(8);
    for (let i = 0; i < 100; i++) {
      const pose = { x: between(-50, 50), y: between(-50, 50), headingRad: between(-9, 9) };
      const point = { x: between(-50, 50), y: between(-50, 50) };
      const back = toWorld(pose, toEgo(pose, point));
      expect(Math.hypot(back.x - point.x, back.y - point.y)).toBeLessThan(1e-12 * 200);
    }
    expect(toEgo({ x: 1, y: 1, headingRad: Math.PI / 2 }, { x: 1, y: 3 }).x).toBeCloseTo(2, 12);
    expect(toEgo({ x: 1, y: 1, headingRad: Math.PI / 2 }, { x: 0, y: 1 }).y).toBeCloseTo(1, 12);
  });

  it('round halves to even, as WASM does', () => {
    expect([-2.5, -1.5, -0.4, 0.5, 1.5, 2.5, 3.2].map((x) => roundEven(x) + 0)).toEqual([-2, -2, 0, 0, 2, 2, 3]);
  });
});
