/**
 * Arctangent from additions, multiplications and divisions alone, the companion of ../road-trig.ts: the same bits in every
 * engine. Source: fdlibm's s_atan.c and e_atan2.c (Sun Microsystems); error below 1 ulp.
 */
const HIGH = [4.63647609000806093515e-1, 7.85398163397448278999e-1, 9.82793723247329054082e-1, 1.570796326794896558];
const LOW = [
  2.26987774529616870924e-17, 3.06161699786838301793e-17, 1.39033110312309984516e-17, 6.12323399573676603587e-17,
];
const EVEN = [
  3.33333333333329318027e-1, 1.42857142725034663711e-1, 9.09088713343650656196e-2, 6.66107313738753120669e-2,
  4.97687799461593236017e-2, 1.62858201153657823623e-2,
];
const ODD = [
  -1.99999999998764832476e-1, -1.1111110405462355788e-1, -7.69187620504482999495e-2, -5.83357013379057348645e-2,
  -3.6531572744216915527e-2,
];

/** Arctangent of `x`, in (−π/2, π/2). */
export function atan(x: number): number {
  if (x < 0) return -atan(-x);
  let part = -1;
  let r = x;
  if (x >= 0.4375) {
    if (x < 0.6875) [part, r] = [0, (2 * x - 1) / (2 + x)];
    else if (x < 1.1875) [part, r] = [1, (x - 1) / (x + 1)];
    else if (x < 2.4375) [part, r] = [2, (x - 1.5) / (1 + 1.5 * x)];
    else [part, r] = [3, -1 / x];
  }
  const z = r * r;
  const w = z * z;
  const even = z * (EVEN[0] + w * (EVEN[1] + w * (EVEN[2] + w * (EVEN[3] + w * (EVEN[4] + w * EVEN[5])))));
  const odd = w * (ODD[0] + w * (ODD[1] + w * (ODD[2] + w * (ODD[3] + w * ODD[4]))));
  return part < 0 ? r - r * (even + odd) : HIGH[part] - (r * (even + odd) - LOW[part] - r);
}

/** Angle of the vector (x, y), in [−π, π]; 0 for the zero vector. */
export function atan2(y: number, x: number): number {
  if (x === 0) return y === 0 ? 0 : y > 0 ? Math.PI / 2 : -Math.PI / 2;
  const angle = atan(y / x);
  return x > 0 ? angle : y >= 0 ? angle + Math.PI : angle - Math.PI;
}
