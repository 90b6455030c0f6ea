/**
 * A plan in eight small integers: how it differs from the plan the expert would have made for the same observation, along x
 * and y. The difference over the 20 waypoints is fitted (least squares) by a quartic that is zero at 0 s, and the quartic is
 * written as its values at 0.5, 1, 1.5 and 2 s in steps of 5 cm. A plan that differs smoothly comes back to about 0.1 m, the
 * expert's own exactly; what is rougher than a quartic is smoothed away.
 */
import { WAYPOINTS } from '../abi/layout.ts';
import { MAX_WAYPOINT } from './limits.ts';

/** Numbers a coded plan takes: four keys × (x, y). */
export const PLAN_NUMBERS = 8;
const QUANTUM = 0.05;
/** Largest coded difference, in quanta. */
export const MAX_PLAN_DIFFERENCE = (8 * MAX_WAYPOINT) / QUANTUM;
const KEYS = [5, 10, 15, 20];

/** BASIS[i][k]: weight of key k at waypoint i (time i + 1 steps), Lagrange form over 0 and the keys. */
const BASIS = Array.from({ length: WAYPOINTS }, (_, i) => KEYS.map((key) => lagrange(i + 1, key)));
/** FIT[k][i]: what waypoint i contributes to key k of the least-squares fit, (BᵀB)⁻¹Bᵀ. */
const FIT = leastSquares(BASIS);

/** Codes `plan` against `expected`, both 20 × (x, y), m. */
export function encodePlan(plan: ArrayLike<number>, expected: ArrayLike<number>): number[] {
  return FIT.flatMap((weights) =>
    [0, 1].map((axis) => {
      const key = weights.reduce((sum, weight, i) => sum + weight * (plan[2 * i + axis] - expected[2 * i + axis]), 0);
      return Math.round(key / QUANTUM) + 0;
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

function lagrange(at: number, key: number): number {
  return [0, ...KEYS].reduce(
    (product, other) => (other === key ? product : (product * (at - other)) / (key - other)),
    1,
  );
}

/** Pseudo-inverse of a tall matrix by Gauss–Jordan elimination on its normal equations [BᵀB | Bᵀ]. */
function leastSquares(basis: readonly (readonly number[])[]): number[][] {
  const n = basis[0].length;
  const rows = Array.from({ length: n }, (_, r) => {
    const normal = Array.from({ length: n }, (_, c) => basis.reduce((sum, row) => sum + row[r] * row[c], 0));
    return [...normal, ...basis.map((row) => row[r])];
  });
  for (let pivot = 0; pivot < n; pivot++) {
    const scale = rows[pivot][pivot];
    rows[pivot] = rows[pivot].map((value) => value / scale);
    for (let r = 0; r < n; r++) {
      if (r === pivot) continue;
      const factor = rows[r][pivot];
      rows[r] = rows[r].map((value, c) => value - factor * rows[pivot][c]);
    }
  }
  return rows.map((row) => row.slice(n));
}
