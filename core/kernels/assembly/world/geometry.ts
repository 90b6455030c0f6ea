// Oriented boxes: overlap and swept contact by separating axes, gap, and what cuts a line of sight.
// A box is centre, unit heading vector (cos, sin), half length and half width. Twin: core/base/geometry.ts.

/** Time at which box A (at the origin) and box B (at dx, dy, moving with the relative velocity vx, vy) first touch; Infinity if
 * never, 0 or less when they overlap now. Exact for boxes that do not turn: each separating axis gives a time interval. */
export function contactTime(
  aCos: f64, aSin: f64, aL: f64, aW: f64,
  dx: f64, dy: f64, bCos: f64, bSin: f64, bL: f64, bW: f64,
  vx: f64, vy: f64,
): f64 {
  const c = abs(aCos * bCos + aSin * bSin);
  const s = abs(aCos * bSin - aSin * bCos);
  let enter = -Infinity;
  let leave = Infinity;
  for (let axis = 0; axis < 4; axis++) {
    const ux = axis == 0 ? aCos : axis == 1 ? -aSin : axis == 2 ? bCos : -bSin;
    const uy = axis == 0 ? aSin : axis == 1 ? aCos : axis == 2 ? bSin : bCos;
    const reach =
      axis == 0 ? aL + bL * c + bW * s : axis == 1 ? aW + bL * s + bW * c
      : axis == 2 ? bL + aL * c + aW * s : bW + aL * s + aW * c;
    const distance = dx * ux + dy * uy;
    const speed = vx * ux + vy * uy;
    if (abs(speed) < 1e-9) {
      if (abs(distance) >= reach) return Infinity;
      continue;
    }
    const t1 = (-reach - distance) / speed;
    const t2 = (reach - distance) / speed;
    enter = max(enter, min(t1, t2));
    leave = min(leave, max(t1, t2));
    if (enter > leave) return Infinity;
  }
  return leave < 0.0 ? Infinity : enter;
}

/** Whether two boxes overlap; touching is not overlapping. */
export function overlaps(
  aCos: f64, aSin: f64, aL: f64, aW: f64,
  dx: f64, dy: f64, bCos: f64, bSin: f64, bL: f64, bW: f64,
): bool {
  const c = abs(aCos * bCos + aSin * bSin);
  const s = abs(aCos * bSin - aSin * bCos);
  return (
    abs(dx * aCos + dy * aSin) < aL + bL * c + bW * s &&
    abs(dy * aCos - dx * aSin) < aW + bL * s + bW * c &&
    abs(dx * bCos + dy * bSin) < bL + aL * c + aW * s &&
    abs(dy * bCos - dx * bSin) < bW + aL * s + aW * c
  );
}

/** Smallest squared distance from the corners of box B to box A. */
function cornerDistance2(
  aCos: f64, aSin: f64, aL: f64, aW: f64,
  dx: f64, dy: f64, bCos: f64, bSin: f64, bL: f64, bW: f64,
): f64 {
  let best = Infinity;
  for (let corner = 0; corner < 4; corner++) {
    const l = corner & 1 ? bL : -bL;
    const w = corner & 2 ? bW : -bW;
    const x = dx + l * bCos - w * bSin;
    const y = dy + l * bSin + w * bCos;
    const ox = max(0.0, abs(x * aCos + y * aSin) - aL);
    const oy = max(0.0, abs(y * aCos - x * aSin) - aW);
    best = min(best, ox * ox + oy * oy);
  }
  return best;
}

/** Distance between two boxes, 0 when they overlap: between disjoint convex shapes it is reached at a corner of one. */
export function boxGap(
  aCos: f64, aSin: f64, aL: f64, aW: f64,
  dx: f64, dy: f64, bCos: f64, bSin: f64, bL: f64, bW: f64,
): f64 {
  if (overlaps(aCos, aSin, aL, aW, dx, dy, bCos, bSin, bL, bW)) return 0.0;
  return sqrt(min(
    cornerDistance2(aCos, aSin, aL, aW, dx, dy, bCos, bSin, bL, bW),
    cornerDistance2(bCos, bSin, bL, bW, -dx, -dy, aCos, aSin, aL, aW),
  ));
}

/** Whether the segment from the origin to (tx, ty) passes through the inside of a box at (dx, dy). */
export function cutsSight(tx: f64, ty: f64, dx: f64, dy: f64, cos: f64, sin: f64, halfL: f64, halfW: f64): bool {
  const px = -(dx * cos + dy * sin);
  const py = -(dy * cos - dx * sin);
  const qx = tx * cos + ty * sin;
  const qy = ty * cos - tx * sin;
  let enter = 0.0;
  let leave = 1.0;
  for (let axis = 0; axis < 2; axis++) {
    const p = axis == 0 ? px : py;
    const q = axis == 0 ? qx : qy;
    const half = axis == 0 ? halfL : halfW;
    if (abs(q) < 1e-12) {
      if (abs(p) >= half) return false;
      continue;
    }
    const t1 = (-half - p) / q;
    const t2 = (half - p) / q;
    enter = max(enter, min(t1, t2));
    leave = min(leave, max(t1, t2));
  }
  return enter < leave;
}
