/**
 * Sine and cosine from additions and multiplications alone, so a road sampled in any browser or in Node is the same bit for
 * bit; `Math.sin` may differ in its last bit between engines, and a state hash would show it.
 * Source: fdlibm's k_sin.c and k_cos.c polynomials (Sun Microsystems) after reduction by multiples of π/2 in two parts
 * (Cody & Waite); error below 1e-15 for |x| ≤ 1e5.
 */
const PIO2_HIGH = 1.5707963267341256;
const PIO2_LOW = 6.077100506506192e-11;

function kernelSin(x: number): number {
  const z = x * x;
  const r =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  return x + z * x * (-1.66666666666666324348e-1 + z * r);
}

function kernelCos(x: number): number {
  const z = x * x;
  const r =
    4.16666666666666019037e-2 +
    z *
      (-1.38888888888741095749e-3 +
        z *
          (2.48015872894767294178e-5 +
            z * (-2.75573143513906633035e-7 + z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11))));
  return 1 - (0.5 * z - z * z * r);
}

/** Sine of `x` rad. */
export function sin(x: number): number {
  const n = Math.round(x / (PIO2_HIGH + PIO2_LOW));
  const r = x - n * PIO2_HIGH - n * PIO2_LOW;
  const quadrant = ((n % 4) + 4) % 4;
  const value = quadrant % 2 === 0 ? kernelSin(r) : kernelCos(r);
  return quadrant < 2 ? value : -value;
}

/** Cosine of `x` rad. */
export function cos(x: number): number {
  const n = Math.round(x / (PIO2_HIGH + PIO2_LOW));
  const r = x - n * PIO2_HIGH - n * PIO2_LOW;
  const quadrant = ((n % 4) + 4) % 4;
  const value = quadrant % 2 === 0 ? kernelCos(r) : kernelSin(r);
  return quadrant === 0 || quadrant === 3 ? value : -value;
}
