/** The OpenDRIVE maps that tests and benches read; they lie beside the checkout and may be absent on a developer's machine. */
import { existsSync, readFileSync } from 'node:fs';

export const MAPS = [
  'Town01.xodr',
  'crest-curve.xodr',
  'curve_r100.xodr',
  'e6mini.xodr',
  'fabriksgatan_traffic_lights.xodr',
  'straight_500m.xodr',
];

/** Text of the maps that are there in `folder`, by name. Throws in CI when they are not; warns elsewhere. */
export function readMaps(folder: string, names: readonly string[] = MAPS): Map<string, string> {
  const missing = names.filter((name) => !existsSync(`${folder}/${name}`));
  if (missing.length > 0) {
    if (process.env.CI) throw new Error(`no ${missing.join(', ')} in ${folder}`);
    console.warn(`SKIPPED: no ${missing.join(', ')} in ${folder}; what these maps would show is not checked`);
  }
  return new Map(
    names.filter((name) => !missing.includes(name)).map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]),
  );
}
