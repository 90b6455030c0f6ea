import { describe, expect, test } from 'vitest';
import { roadEdges, roadLine } from './road-line.ts';
import { pathGeometry } from './shapes/path.ts';
import { bend } from './testing.ts';

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

  test('edges are the drivable area’s, left and right of the route', () => {
    expect(roadEdges(bend(), 10)).toEqual({ left: 5.25, right: -8.75 });
    expect(roadEdges(bend(), 1e6)).toEqual({ left: 5.25, right: -8.75 });
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
