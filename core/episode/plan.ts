/**
 * A plan in eight small integers: how it differs from the plan the expert would have made for the same observation, in
 * decimetres, at 0.5, 1, 1.5 and 2 s along x and y. Between these keys the difference is the quartic through them and through
 * zero at 0 s (Lagrange form), so a plan read back lies within about 0.2 m of the one written, and the expert's own exactly.
 */
import { WAYPOINTS } from '../world/layout.ts';
import { MAX_WAYPOINT } from './limits.ts';

/** Numbers a coded plan takes: four keys × (x, y). */
export const PLAN_NUMBERS = 8;
/** Largest coded difference, dm. */
export const MAX_PLAN_DIFFERENCE = 40 * MAX_WAYPOINT;
const KEYS = [5, 10, 15, 20];
const QUANTUM = 0.1;

/** BASIS[i][k]: weight of key k at waypoint i (time i + 1 steps). */
const BASIS = Array.from({ length: WAYPOINTS }, (_, i) => KEYS.map((key) => lagrange(i + 1, key)));

function lagrange(at: number, key: number): number {
  return [0, ...KEYS].reduce(
    (product, other) => (other === key ? product : (product * (at - other)) / (key - other)),
    1,
  );
}

/** Codes `plan` against `expected`, both 20 × (x, y), m. */
export function encodePlan(plan: ArrayLike<number>, expected: ArrayLike<number>): number[] {
  return KEYS.flatMap((key) =>
    [0, 1].map((axis) => {
      const at = (key - 1) * 2 + axis;
      return Math.round((plan[at] - expected[at]) / QUANTUM);
    }),
  );
}

/** The plan that `encodePlan` coded, 20 × (x, y), m; clipped to what an episode may hold. */
export function decodePlan(coded: readonly number[], expected: ArrayLike<number>): number[] {
  return Array.from({ length: WAYPOINTS * 2 }, (_, at) => {
    const weights = BASIS[at >> 1];
    const difference = weights.reduce((sum, weight, k) => sum + weight * coded[k * 2 + (at % 2)], 0) * QUANTUM;
    return Math.max(-MAX_WAYPOINT, Math.min(MAX_WAYPOINT, roundMetres(expected[at] + difference)));
  });
}

/** A length as episodes store it: to a tenth of a millimetre, and never −0. */
export function roundMetres(metres: number): number {
  return Math.round(metres * 1e4) / 1e4 + 0;
}
