// Elementary functions in float32, four at a time. Relative error of exp about 1e-7 (measured in math.test.ts); NaN stays
// NaN. exp: Cephes expf (Moshier), argument reduced by n ln 2 in two parts, degree-5 polynomial, exponent put in by bits.

/** eˣ; saturates outside about [-87.3, 88.3]. */
// @ts-ignore: decorator
@inline
export function exp4(at: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(at, f32x4.splat(-87.33)), f32x4.splat(88.37));
  // Adding 1.5 · 2²³ rounds to a whole number, which then stands in the low bits.
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let y = f32x4.add(f32x4.mul(f32x4.splat(1.9875691500e-4), r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  const exponent = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return f32x4.mul(y, exponent);
}

/** tanh; absolute error about 1e-7. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const clipped = f32x4.min(f32x4.max(x, f32x4.splat(-9.1)), f32x4.splat(9.1));
  const e = exp4(f32x4.add(clipped, clipped));
  return f32x4.div(f32x4.sub(e, f32x4.splat(1)), f32x4.add(e, f32x4.splat(1)));
}

/** eˣ of one number. */
// @ts-ignore: decorator
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** 1 / (1 + e⁻ˣ). */
// @ts-ignore: decorator
@inline
export function sigmoid1(x: f32): f32 {
  return <f32>1 / (<f32>1 + exp1(-x));
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function sum4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** out[i] = eˣ (kind 0) or tanh x (kind 1), n a multiple of 4: lets a test measure the functions above. */
export function math_map(kind: i32, x: usize, out: usize, n: i32): void {
  for (let end = x + (<usize>n << 2); x < end; x += 16, out += 16) {
    const v = v128.load(x);
    v128.store(out, kind == 0 ? exp4(v) : tanh4(v));
  }
}
