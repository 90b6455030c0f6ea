// Adam (Kingma & Ba 2015) on a stretch of one flat float32 vector; the bias corrections come in as numbers, so the caller
// counts the steps.

/** Square root of the sum of squares of n numbers, summed in float64. */
export function gradientNorm(g: usize, n: i32): f64 {
  const end = g + (<usize>n << 2);
  let low = f64x2.splat(0);
  let high = low;
  for (const end4 = g + (<usize>(n & ~3) << 2); g < end4; g += 16) {
    const x = f64x2.promote_low_f32x4(v128.load64_zero(g));
    const y = f64x2.promote_low_f32x4(v128.load64_zero(g, 8));
    low = f64x2.add(low, f64x2.mul(x, x));
    high = f64x2.add(high, f64x2.mul(y, y));
  }
  const sums = f64x2.add(low, high);
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; g < end; g += 4) {
    const x = <f64>load<f32>(g);
    sum += x * x;
  }
  return sqrt<f64>(sum);
}

/**
 * p −= rate · m / (√v · root + epsilon) with g scaled by `clip`, and g set to zero.
 * rate = learningRate / (1 − β1ᵗ), root = 1 / √(1 − β2ᵗ); rest = 1 − β, passed because float32 would lose it.
 */
export function adamUpdate(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  clip: f32,
  rate: f32,
  root: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
): void {
  const end = p + (<usize>n << 2);
  const zero = f32x4.splat(0);
  for (const end4 = p + (<usize>(n & ~3) << 2); p < end4; p += 16, g += 16, m += 16, v += 16) {
    const gradient = f32x4.mul(v128.load(g), f32x4.splat(clip));
    const first = f32x4.add(
      f32x4.mul(v128.load(m), f32x4.splat(beta1)),
      f32x4.mul(gradient, f32x4.splat(rest1)),
    );
    const second = f32x4.add(
      f32x4.mul(v128.load(v), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(rest2)),
    );
    const scale = f32x4.add(f32x4.mul(f32x4.sqrt(second), f32x4.splat(root)), f32x4.splat(epsilon));
    v128.store(m, first);
    v128.store(v, second);
    v128.store(p, f32x4.sub(v128.load(p), f32x4.div(f32x4.mul(first, f32x4.splat(rate)), scale)));
    v128.store(g, zero);
  }
  for (; p < end; p += 4, g += 4, m += 4, v += 4) {
    const gradient = load<f32>(g) * clip;
    const first = load<f32>(m) * beta1 + gradient * rest1;
    const second = load<f32>(v) * beta2 + gradient * gradient * rest2;
    store<f32>(m, first);
    store<f32>(v, second);
    store<f32>(p, load<f32>(p) - (first * rate) / (sqrt<f32>(second) * root + epsilon));
    store<f32>(g, 0);
  }
}
