import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addResidual } from './residual.ts';

const plan = Float32Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? i / 3 : i % 3 === 1 ? 0.1 : 0.9));
const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });

describe('the residual', () => {
  it('of a zero action is nothing', () => {
    expect(addedTo(plan, [0, 0, 0, 0])).toEqual(plan);
  });

  it('reaches 4 m ahead and 0.8 m aside at the end, and no more whatever the head says', () => {
    const out = addedTo(plan, [1, 1, 1, 1]);
    expect(out[57] - plan[57]).toBeCloseTo(4, 5);
    expect(out[58] - plan[58]).toBeCloseTo(0.8, 5);
    fc.assert(
      fc.property(fc.tuple(finite, finite, finite, finite), (action) => {
        const moved = addedTo(plan, action);
        for (let i = 0; i < 20; i++) {
          const tau = (i + 1) / 20;
          expect(Math.abs(moved[3 * i] - plan[3 * i])).toBeLessThanOrEqual(4 * tau + 1e-5);
          expect(Math.abs(moved[3 * i + 1] - plan[3 * i + 1])).toBeLessThanOrEqual(0.8 * tau * tau + 1e-5);
          expect(moved[3 * i + 2]).toBe(plan[3 * i + 2]);
        }
      }),
    );
  });

  it('may be added in place, and to points without confidence', () => {
    const place = plan.slice();
    addResidual(place, [0.5, -0.2, 0.1, 0.3], place);
    expect(place).toEqual(addedTo(plan, [0.5, -0.2, 0.1, 0.3]));
    const points = new Float32Array(40);
    addResidual(points, [1, 0, 0, 0], points, 2);
    expect(points[38]).toBeCloseTo(2, 6);
    expect(points[0]).toBeCloseTo(0.1, 6);
  });
});

function addedTo(waypoints: Float32Array, action: number[]): Float32Array {
  const out = new Float32Array(waypoints.length);
  addResidual(waypoints, action, out);
  return out;
}
