/**
 * The OpenDRIVE maps that tests and benches read: a small town of our own, always there, and maps of others, which lie beside the checkout
 * and may be absent on a developer's machine.
 */
import { existsSync, readFileSync } from 'node:fs';

export const MAPS = [
  'Town01.xodr',
  'crest-curve.xodr',
  'curve_r100.xodr',
  'e6mini.xodr',
  'fabriksgatan_traffic_lights.xodr',
  'straight_500m.xodr',
];

/** Our own town (e2e/fixtures/town), for what needs a town and no particular one. */
export const TOWN = 'e2e/fixtures/town/town.xodr';
export const OUR_TOWN = 'town.xodr';
export const readTown = (): string => readFileSync(TOWN, 'utf8');

/** Our town, and text of the maps that are there in `folder`, by name. Throws in CI when they are not; warns elsewhere. */
export function readMaps(folder: string, names: readonly string[] = MAPS): Map<string, string> {
  const missing = names.filter((name) => !existsSync(`${folder}/${name}`));
  if (missing.length > 0) {
    if (process.env.CI) throw new Error(`no ${missing.join(', ')} in ${folder}`);
    console.warn(`SKIPPED: no ${missing.join(', ')} in ${folder}; what these maps would show is not checked`);
  }
  const found = names.filter((name) => !missing.includes(name));
  return new Map([
    [OUR_TOWN, readTown()],
    ...found.map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')] as const),
  ]);
}
