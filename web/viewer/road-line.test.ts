import { describe, expect, test } from 'vitest';
import { laneLines, type Road, roadEdges, roadLine, samples } from './road-line.ts';
import { pathGeometry } from './shapes/path.ts';

/** A quarter circle to the left, radius 20 m, from the origin along x. */
function bend(): Road {
  const count = 33;
  const ds = (20 * Math.PI) / 2 / (count - 1);
  const angle = Float64Array.from({ length: count }, (_, i) => (i * ds) / 20);
  return {
    ds,
    x: angle.map((a) => 20 * Math.sin(a)),
    y: angle.map((a) => 20 * (1 - Math.cos(a))),
    heading: angle,
    laneWidth: 3.5,
    lanesLeft: 1,
    lanesRight: 2,
    speedLimitMps: 10,
    goalS: 30,
    crossings: [],
  };
}

describe('the road as a line', () => {
  test('offsets are measured to the left, square to the lane', () => {
    const line = roadLine(bend());
    const [x, y] = line.point(line.length / 2, 2);
    expect(Math.hypot(x, y - 20)).toBeCloseTo(18, 2);
  });

  test('beyond its ends it goes on straight', () => {
    const line = roadLine(bend());
    expect(line.at(-10)).toMatchObject({ x: -10, y: 0 });
    const end = line.at(line.length + 10);
    expect(end.x).toBeCloseTo(20, 6);
    expect(end.y).toBeCloseTo(30, 6);
  });

  test('edges and lines between lanes follow from the lanes', () => {
    expect(roadEdges(bend())).toEqual({ left: 5.25, right: -8.75 });
    expect(laneLines(bend())).toEqual([-5.25, -1.75, 1.75]);
  });

  test('samples cover a span, ends included, no farther apart than asked', () => {
    const s = samples(1, 8, 2);
    expect([s[0], s.at(-1)]).toEqual([1, 8]);
    expect(Math.max(...s.slice(1).map((v, i) => v - s[i]))).toBeLessThanOrEqual(2);
  });

  test('a ribbon keeps its width and direction where the car stands still', () => {
    const geometry = pathGeometry(
      [
        [0, 0],
        [1, 0],
        [1, 0],
        [1, 0],
      ],
      [0, 1, 2, 3],
      2,
      0,
    );
    const y = Array.from(geometry.getAttribute('position').array).filter((_, i) => i % 3 === 1);
    expect(y).toEqual([1, -1, 1, -1, 1, -1, 1, -1]);
    expect(Array.from(geometry.getAttribute('along').array).slice(-3)).toEqual([3, 1, -1]);
  });
});
