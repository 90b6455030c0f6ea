/**
 * Dense symmetric positive definite systems, small enough that nothing beats the textbook: Cholesky's factorisation
 * A = L·Lᵀ (Golub & Van Loan, "Matrix Computations", 4.2) and two triangular solves. Normal equations of least squares are
 * such systems. Matrices are row-major `Float64Array`s.
 */

/** A is not positive definite: its factorisation meets `pivot` ≤ 0 in `row`. */
export class NotPositiveDefiniteError extends Error {
  readonly row: number;
  readonly pivot: number;
  constructor(row: number, pivot: number) {
    super(`The matrix is not positive definite: pivot ${pivot} in row ${row}`);
    this.name = 'NotPositiveDefiniteError';
    this.row = row;
    this.pivot = pivot;
  }
}

/** x with A·x = b. `matrix` is [n × n], `right` [n]; neither is changed. @throws NotPositiveDefiniteError */
export function solvePositive(matrix: Float64Array, right: ArrayLike<number>): Float64Array {
  const n = right.length;
  const lower = matrix.slice();
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j];
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      if (i !== j) lower[i * n + j] = sum / lower[j * n + j];
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum);
      else throw new NotPositiveDefiniteError(i, sum);
    }
  const x = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i * n + k] * x[k];
    x[i] /= lower[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= lower[k * n + i] * x[k];
    x[i] /= lower[i * n + i];
  }
  return x;
}

/**
 * Minimiser of |A·x − b|² + xᵀ·P·x. `rows` is A, [m × n]; `penalty` is P, [n × n] symmetric. @throws NotPositiveDefiniteError
 */
export function leastSquares(rows: Float64Array, right: ArrayLike<number>, penalty: Float64Array): Float64Array {
  const m = right.length;
  const n = rows.length / m;
  const normal = penalty.slice();
  const projected = new Float64Array(n);
  for (let r = 0; r < m; r++)
    for (let i = 0; i < n; i++) {
      const value = rows[r * n + i];
      if (value === 0) continue;
      projected[i] += value * right[r];
      for (let j = 0; j < n; j++) normal[i * n + j] += value * rows[r * n + j];
    }
  return solvePositive(normal, projected);
}
