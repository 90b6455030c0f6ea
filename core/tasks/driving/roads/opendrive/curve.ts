/**
 * Reference-line curves, evaluated exactly: position, heading, curvature and its rate at any distance along a stretch.
 *
 * Line and arc are closed forms (the arc as chord × sinc, so it does not lose digits as its curvature goes to 0). The Euler
 * spiral integrates its exact heading with composite 16-point Gauss–Legendre quadrature on panels of at most 1 rad, far
 * below 1e-12 of its length. poly3 finds u from the arc length by safeguarded Newton steps. paramPoly3 takes p
 * proportional to distance, as the format defines its s. Only + − × ÷ √ are used (road-trig.ts): the same bits everywhere.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { atan2 } from '../../../../base/arctangent.ts';
import type { Geometry } from './model.ts';

/** A point of a curve. Rates are per metre of `s`. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** Not wrapped: continuous along a stretch. */
  readonly headingRad: number;
  /** 1/m, left +. */
  readonly curvature: number;
  readonly curvatureRate: number;
  /** Metres of curve per metre of `s`: 1 but for paramPoly3, whose s is only nearly its arc length. */
  readonly speed: number;
  readonly speedRate: number;
}

/** Most turning one spiral may do, rad: bounds the quadrature. */
export const MAX_SPIRAL_TURN = 1000;

/** Positive nodes and weights of 16-point Gauss–Legendre quadrature on [−1, 1] (Abramowitz & Stegun, table 25.4). */
const NODES = [
  0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438, 0.755404408355003,
  0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
];
const WEIGHTS = [
  0.1894506104550685, 0.1826034150449236, 0.16915651939500254, 0.14959598881657674, 0.12462897125553388,
  0.09515851168249279, 0.062253523938647894, 0.027152459411754096,
];

/** ∫ f over [from, to], 16 points. */
export function gauss16(f: (x: number) => number, from: number, to: number): number {
  const [middle, half] = [(from + to) / 2, (to - from) / 2];
  let sum = 0;
  for (let i = 0; i < 8; i++) sum += WEIGHTS[i] * (f(middle - half * NODES[i]) + f(middle + half * NODES[i]));
  return half * sum;
}

/** The curve at `distance` metres past the start of `geometry`; goes on past its end by the same formula. */
export function curveAt(geometry: Geometry, distance: number): CurvePoint {
  const { shape, headingRad, length } = geometry;
  switch (shape.kind) {
    case 'line':
      return clothoidPoint(geometry, distance, 0, 0);
    case 'arc':
      return clothoidPoint(geometry, distance, shape.curvature, 0);
    case 'spiral': {
      const rate = length > 0 ? (shape.curvEnd - shape.curvStart) / length : 0;
      return clothoidPoint(geometry, distance, shape.curvStart, rate);
    }
    case 'poly3': {
      const u = poly3Parameter(shape.v, distance);
      const v = derivatives(shape.v, u);
      return parametricPoint(geometry, [u, 1, 0, 0], v, 1 / Math.sqrt(1 + v[1] * v[1]), true);
    }
    case 'paramPoly3': {
      const scale = shape.normalized ? 1 / length : 1;
      const p = distance * scale;
      return length > 0 || !shape.normalized
        ? parametricPoint(geometry, derivatives(shape.u, p), derivatives(shape.v, p), scale, false)
        : { ...clothoidPoint(geometry, distance, 0, 0), headingRad };
    }
  }
}

/** Line, arc and spiral: curvature k0 + rate·d. */
function clothoidPoint({ x, y, headingRad: h }: Geometry, d: number, k0: number, rate: number): CurvePoint {
  const headingRad = h + d * (k0 + (rate * d) / 2);
  const end = { headingRad, curvature: k0 + rate * d, curvatureRate: rate, speed: 1, speedRate: 0 };
  if (rate === 0) {
    const half = (k0 * d) / 2;
    const chord = half * half < 1e-16 ? d : (d * sin(half)) / half;
    return { x: x + chord * cos(h + half), y: y + chord * sin(h + half), ...end };
  }
  const turn = Math.abs(k0 * d) + Math.abs(rate * d * d) / 2;
  const panels = Math.max(1, Math.ceil(Math.min(turn, 4 * MAX_SPIRAL_TURN)));
  let [dx, dy] = [0, 0];
  for (let i = 0; i < panels; i++) {
    const [from, to] = [(d * i) / panels, (d * (i + 1)) / panels];
    dx += gauss16((s) => cos(h + s * (k0 + (rate * s) / 2)), from, to);
    dy += gauss16((s) => sin(h + s * (k0 + (rate * s) / 2)), from, to);
  }
  return { x: x + dx, y: y + dy, ...end };
}

type Cubic4 = readonly [number, number, number, number];

/** Value and three derivatives of a cubic. */
function derivatives([a, b, c, d]: Cubic4, p: number): Cubic4 {
  return [a + p * (b + p * (c + p * d)), b + p * (2 * c + 3 * d * p), 2 * c + 6 * d * p, 6 * d];
}

/** u at arc length `distance` of v(u): the root of ∫√(1+v'²) = distance, between 0 and `distance`. */
function poly3Parameter(v: Cubic4, distance: number): number {
  const [, b, c, d] = v;
  if (b === 0 && c === 0 && d === 0) return distance;
  const slope = (u: number) => {
    const dv = b + u * (2 * c + 3 * d * u);
    return Math.sqrt(1 + dv * dv);
  };
  const panels = 4;
  const arc = (u: number) => {
    let sum = 0;
    for (let i = 0; i < panels; i++) sum += gauss16(slope, (u * i) / panels, (u * (i + 1)) / panels);
    return sum;
  };
  let [low, high] = [Math.min(0, distance), Math.max(0, distance)];
  let u = distance / slope(0);
  for (let i = 0; i < 60; i++) {
    const miss = arc(u) - distance;
    if (Math.abs(miss) <= 1e-13 * Math.abs(distance)) break;
    if (miss > 0) high = u;
    else low = u;
    const newton = u - miss / slope(u);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (next === u) break;
    u = next;
  }
  return u;
}

/** A curve (u(p), v(p)) in the local frame of `at`, with dp/ds = `rate`; `byArc` when p follows true arc length. */
function parametricPoint(at: Geometry, u: Cubic4, v: Cubic4, rate: number, byArc: boolean): CurvePoint {
  const [c, s] = [cos(at.headingRad), sin(at.headingRad)];
  const place = { x: at.x + u[0] * c - v[0] * s, y: at.y + u[0] * s + v[0] * c };
  const q = Math.sqrt(u[1] * u[1] + v[1] * v[1]);
  if (q === 0) return { ...place, headingRad: at.headingRad, curvature: 0, curvatureRate: 0, speed: 0, speedRate: 0 };
  const along = (u[1] * u[2] + v[1] * v[2]) / q;
  const q3 = q * q * q;
  const curvature = (u[1] * v[2] - v[1] * u[2]) / q3;
  return {
    ...place,
    headingRad: at.headingRad + atan2(v[1], u[1]),
    curvature,
    curvatureRate: rate * ((u[1] * v[3] - v[1] * u[3]) / q3 - (3 * curvature * along) / q),
    speed: byArc ? 1 : q * rate,
    speedRate: byArc ? 0 : along * rate * rate,
  };
}
