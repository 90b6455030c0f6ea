/**
 * Shapes of things with wheels, in their own frame: x forward, z up, origin on the ground under the box centre, the size of
 * the world's collision box. A car has body, glass, lamps and wheels; a van body and glass. The parts reach into one another; where two
 * skins run side by side they keep CLEAR apart, for at 100 m a step of the depth buffer is some millimetres.
 */
import { BoxGeometry, type BufferGeometry, CylinderGeometry, Float32BufferAttribute } from 'three';
import { chamfered, loft, section } from './loft.ts';

/** Least distance of skins that run side by side, m. */
const CLEAR = 0.025;
const WHEEL_WIDTH = 0.24;

export interface VehicleShape {
  readonly body: BufferGeometry;
  readonly glass: BufferGeometry;
  readonly roof: BufferGeometry;
  /** Wheel centres, m, front pair first. */
  readonly wheels: readonly (readonly [number, number])[];
  readonly wheelRadius: number;
  /** Highest point, m. */
  readonly height: number;
}

/** A saloon: three-box profile, low nose, tapered cabin. */
export function carShape(length: number, width: number): VehicleShape {
  const l = length / 4.6;
  const w = width / 2;
  // The body stands back behind the wheels, the cabin's glass behind the edge of the roof.
  const side = w - CLEAR;
  const body = loft([
    section(-2.3 * l, 0.78 * side, 0.42, 0.7, 0.84),
    section(-2.18 * l, 0.93 * side, 0.3, 0.74, 0.94),
    section(-1.5 * l, side, 0.22, 0.76, 0.98),
    section(-0.6 * l, side, 0.2, 0.76, 0.94),
    section(0.9 * l, side, 0.2, 0.74, 0.9),
    section(1.7 * l, 0.97 * side, 0.22, 0.66, 0.8),
    section(2.16 * l, 0.86 * side, 0.28, 0.56, 0.68),
    section(2.3 * l, 0.68 * side, 0.38, 0.5, 0.56),
  ]);
  const glass = loft([
    chamfered(-1.72 * l, 1.0 * l, 0.86 * w, 0.84, 0.16),
    chamfered(-1.18 * l + CLEAR, 0.24 * l - CLEAR, 0.69 * w - CLEAR, 1.35, 0.14),
  ]);
  const roof = loft([
    chamfered(-1.18 * l, 0.24 * l, 0.69 * w, 1.35, 0.14),
    chamfered(-1.02 * l, 0.06 * l, 0.6 * w, 1.45, 0.16),
  ]);
  const axle = w - WHEEL_WIDTH / 2;
  const wheels = [
    [1.38 * l, axle],
    [1.38 * l, -axle],
    [-1.34 * l, axle],
    [-1.34 * l, -axle],
  ] as const;
  return { body, glass, roof, wheels, wheelRadius: 0.34, height: 1.45 };
}

/** A delivery van: tall box with a short sloped nose. */
export function vanShape(length: number, width: number): VehicleShape {
  const l = length / 2;
  const w = width / 2;
  const height = Math.max(1.9, Math.min(2.5, width * 1.12));
  const body = loft([
    section(-l, 0.97 * w, 0.34, height - 0.2, height - 0.04),
    section(-l + 0.12, 1 * w, 0.28, height - 0.14, height),
    section(l - 1.5, 1 * w, 0.28, height - 0.14, height),
    section(l - 0.72, 0.98 * w, 0.28, 1.12, 1.24),
    section(l - 0.1, 0.93 * w, 0.3, 0.86, 1.0),
    section(l, 0.84 * w, 0.4, 0.78, 0.88),
  ]);
  // The windscreen lies before the slope of the body, the side windows beside it.
  const windscreen = (z: number) => l - 0.72 - (0.78 * (z - 1.24)) / (height - 1.24) + 1.5 * CLEAR;
  const glass = loft([
    chamfered(l - 2.1, windscreen(1.2), 0.995 * w + CLEAR, 1.2, 0.1),
    chamfered(l - 2.1, windscreen(height - 0.34), 0.985 * w + CLEAR, height - 0.34, 0.1),
  ]);
  const roof = loft([
    chamfered(-l + 0.3, l - 1.7, 0.7 * w, height, 0.1),
    chamfered(-l + 0.4, l - 1.8, 0.66 * w, height + 0.05, 0.1),
  ]);
  const wheels = [
    [l - 0.95, 0.86 * w],
    [l - 0.95, -0.86 * w],
    [-l + 0.95, 0.86 * w],
    [-l + 0.95, -0.86 * w],
  ] as const;
  return { body, glass, roof, wheels, wheelRadius: 0.36, height };
}

/** A car reduced to two wedges, body and cabin: few edges, for outlines that must not look like a thing. */
export function plainCarShape(length: number, width: number): BufferGeometry {
  const l = length / 2;
  const w = width / 2;
  const body = loft([
    chamfered(-l, l, w, 0.25, 0.001),
    chamfered(-l, l, w, 0.6, 0.001),
    chamfered(-l * 0.97, l * 0.94, w * 0.92, 0.92, 0.001),
  ]);
  const cabin = loft([
    chamfered(-l * 0.76, l * 0.42, w * 0.86, 0.92, 0.001),
    chamfered(-l * 0.5, l * 0.08, w * 0.66, 1.45, 0.001),
  ]);
  return merge([body, cabin]);
}

/** One wheel lying along y: tyre with a hub that shows it turning. */
export function wheelShape(radius: number): BufferGeometry {
  return new CylinderGeometry(radius, radius, WHEEL_WIDTH, 20);
}

/** A pair of lamps across one end of a car: `direction` +1 front, −1 rear. */
export function lampShape(length: number, width: number, direction: 1 | -1): BufferGeometry {
  const [z, tall] = direction > 0 ? [0.6, 0.09] : [0.78, 0.11];
  const x = direction * length * (direction > 0 ? 0.479 : 0.491);
  return merge(
    [1, -1].map((side) => new BoxGeometry(0.1, width * 0.2, tall).toNonIndexed().translate(x, side * width * 0.31, z)),
  );
}

/** Joins geometries without index into one, positions and normals only; the parts are disposed. */
export function merge(parts: readonly BufferGeometry[]): BufferGeometry {
  const [first] = parts;
  for (const name of ['position', 'normal'] as const) {
    const joined = parts.flatMap((part) => Array.from(part.getAttribute(name).array));
    if (parts.length > 1) first.setAttribute(name, new Float32BufferAttribute(joined, 3));
  }
  for (const part of parts.slice(1)) part.dispose();
  return first;
}
