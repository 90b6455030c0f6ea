import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../base/random.ts';
import { projectToRoute, routePose } from './route-geometry.ts';
import { testRoad } from '../../world/testing.ts';

const road = testRoad([
  { length: 40, curvature: 0 },
  { length: 30, curvature: 0.05 },
  { length: 30, curvature: -0.08 },
  { length: 40, curvature: 0 },
]);
const end = (road.x.length - 1) * road.ds;

describe('the route', () => {
  it('projects a pose made from route coordinates back to them within 2 cm', () => {
    const { between } = createRandom(1);
    for (let i = 0; i < 2000; i++) {
      const s = between(-5, end + 5);
      const lateral = between(-4, 4);
      const { x, y } = routePose(road, s, lateral);
      const found = projectToRoute(road, x, y, Math.floor(s) + Math.round(between(-8, 8)));
      expect(Math.abs(found.s - s)).toBeLessThan(0.02);
      expect(Math.abs(found.lateral - lateral)).toBeLessThan(0.02);
    }
  });

  it('has left positive', () => {
    expect(projectToRoute(road, 10, 1.5, 0).lateral).toBeCloseTo(1.5, 12);
    expect(projectToRoute(road, 10, -1.5, 0).lateral).toBeCloseTo(-1.5, 12);
  });

  it('never lets the arc length jump or turn back while a car drives along 3 m beside it', () => {
    let { index, s } = projectToRoute(road, 0, 3, 0);
    for (let at = 0.1; at < end; at += 0.1) {
      const { x, y } = routePose(road, at, 3);
      const next = projectToRoute(road, x, y, index);
      expect(next.s - s).toBeGreaterThan(0);
      expect(next.s - s).toBeLessThan(0.2);
      ({ index, s } = next);
    }
  });

  it('goes on straight beyond both ends', () => {
    expect(routePose(road, -3, 1)).toMatchObject({ x: -3, y: 1 });
    expect(projectToRoute(road, -3, 1, 0)).toMatchObject({ s: -3, lateral: 1 });
    const past = routePose(road, end + 7, 0);
    expect(projectToRoute(road, past.x, past.y, road.x.length).s).toBeCloseTo(end + 7, 9);
  });
});
