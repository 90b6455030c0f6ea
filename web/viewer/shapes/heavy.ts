/** Trucks and buses, in their own frame: x forward, z up, origin on the ground under the box centre, the size of the collision box. */
import { chamfered, loft, section } from './loft.ts';
import { merge, type VehicleShape } from './vehicle.ts';

const wheelsAt = (front: number, rear: number, axle: number): VehicleShape['wheels'] => [
  [front, axle],
  [front, -axle],
  [rear, axle],
  [rear, -axle],
];

/** A cab and a box behind it. */
export function truckShape(length: number, width: number, height = 3.2): VehicleShape {
  const [l, w] = [length / 2, width / 2];
  const cab = Math.min(2.1, length * 0.3);
  const cargo = loft([
    chamfered(-l, l - cab - 0.15, w, 0.85, 0.05),
    chamfered(-l, l - cab - 0.15, w, height - 0.05, 0.05),
    chamfered(-l + 0.05, l - cab - 0.2, w * 0.97, height, 0.05),
  ]);
  const front = loft([
    section(l - cab, 0.97 * w, 0.4, height * 0.66, height * 0.72),
    section(l - 0.5, 0.97 * w, 0.4, height * 0.66, height * 0.72),
    section(l - 0.12, 0.95 * w, 0.4, height * 0.42, height * 0.46),
    section(l, 0.9 * w, 0.45, height * 0.36, height * 0.4),
  ]);
  const glass = loft([
    chamfered(l - cab + 0.5, l - 0.16, 0.975 * w, height * 0.44, 0.1),
    chamfered(l - cab + 0.5, l - 0.42, 0.975 * w, height * 0.64, 0.1),
  ]);
  const roof = loft([
    chamfered(l - cab + 0.1, l - 0.7, 0.8 * w, height * 0.7, 0.1),
    chamfered(l - cab + 0.15, l - 0.9, 0.74 * w, height * 0.74, 0.1),
  ]);
  const wheels = wheelsAt(l - cab * 0.55, -l + length * 0.2, 0.88 * w);
  return { body: merge([cargo, front]), glass, roof, wheels, wheelRadius: 0.48, height };
}

/** A box with a band of windows. */
export function busShape(length: number, width: number, height = 3): VehicleShape {
  const [l, w] = [length / 2, width / 2];
  const body = loft([
    chamfered(-l, l, w, 0.35, 0.18),
    chamfered(-l, l, w, height - 0.2, 0.18),
    chamfered(-l + 0.1, l - 0.1, w * 0.93, height, 0.18),
  ]);
  const glass = loft([
    chamfered(-l + 0.4, l + 0.015, w + 0.012, height * 0.42, 0.16),
    chamfered(-l + 0.4, l + 0.015, w + 0.012, height * 0.78, 0.16),
  ]);
  const roof = loft([
    chamfered(-l + 1, l - 1, w * 0.6, height, 0.1),
    chamfered(-l + 1.1, l - 1.1, w * 0.55, height + 0.1, 0.1),
  ]);
  return {
    body,
    glass,
    roof,
    wheels: wheelsAt(l - length * 0.22, -l + length * 0.26, 0.88 * w),
    wheelRadius: 0.48,
    height,
  };
}
