/** A tram of three cars with joints between them and a pantograph; own frame as in heavy.ts, the size of the collision box. */
import { BoxGeometry } from 'three';
import { chamfered, loft } from './loft.ts';
import { merge, type VehicleShape } from './vehicle.ts';

const CARS = 3;
/** Bellows between two cars, m. */
const JOINT = 0.6;

export function tramShape(length: number, width: number, height = 3.4): VehicleShape {
  const w = width / 2;
  const step = length / CARS;
  const cars = Array.from({ length: CARS }, (_, i) => {
    const from = -length / 2 + i * step + (i > 0 ? JOINT / 2 : 0);
    const to = -length / 2 + (i + 1) * step - (i < CARS - 1 ? JOINT / 2 : 0);
    return { from, to };
  });
  const skirts = cars.map(({ from, to }) =>
    loft([
      chamfered(from, to, w, 0.2, 0.25),
      chamfered(from, to, w, height - 0.3, 0.25),
      chamfered(from + 0.15, to - 0.15, w * 0.9, height, 0.25),
    ]),
  );
  const bellows = cars
    .slice(1)
    .map(({ from }) =>
      loft([0.4, height - 0.5].map((z) => chamfered(from - JOINT - 0.05, from + 0.05, w * 0.85, z, 0.05))),
    );
  const windows = cars.map(({ from, to }) =>
    loft([0.4, 0.8].map((part) => chamfered(from - 0.015, to + 0.015, w + 0.015, height * part, 0.24))),
  );
  const pantograph = [
    new BoxGeometry(1.6, width * 0.5, 0.06).toNonIndexed().translate(0, 0, height + 0.12),
    new BoxGeometry(0.08, 0.08, 0.7).toNonIndexed().translate(0, 0, height + 0.4),
    new BoxGeometry(0.1, width * 0.7, 0.06).toNonIndexed().translate(0, 0, height + 0.75),
  ];
  const bogies = cars.flatMap(({ from, to }) => [(from + to) / 2 - 1, (from + to) / 2 + 1]);
  return {
    body: merge([...skirts, ...bellows]),
    glass: merge(windows),
    roof: merge(pantograph),
    wheels: bogies.flatMap((x) => [[x, 0.8 * w] as const, [x, -0.8 * w] as const]),
    wheelRadius: 0.3,
    height: height + 0.8,
  };
}
