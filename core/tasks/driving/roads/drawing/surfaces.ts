/** The surfaces of a road: one strip a lane, by what the lane is for. */
import { cos, sin } from '../../../../base/trigonometry.ts';
import {
  SURFACE_CYCLING,
  SURFACE_JUNCTION,
  SURFACE_KERB,
  SURFACE_MEDIAN,
  SURFACE_PARKING,
  SURFACE_ROAD,
  SURFACE_SHOULDER,
  SURFACE_SIDEWALK,
} from './model.ts';
import { beside, type SectionCut, placesAlong, type Stretch } from './sections.ts';
import type { Sheet } from './tiles.ts';

const SURFACES: Readonly<Record<string, number | undefined>> = {
  none: undefined,
  sidewalk: SURFACE_SIDEWALK,
  walking: SURFACE_SIDEWALK,
  curb: SURFACE_KERB,
  median: SURFACE_MEDIAN,
  biking: SURFACE_CYCLING,
  parking: SURFACE_PARKING,
  shoulder: SURFACE_SHOULDER,
  stop: SURFACE_SHOULDER,
  border: SURFACE_SHOULDER,
  restricted: SURFACE_SHOULDER,
};
/** Roads overlap by this much at both ends, m: files place them to the millimetre only. */
const OVERLAP = 0.03;
const KERB_WIDTH = 0.15;

/** Material of a lane of this OpenDRIVE type; undefined for what is not there. Unknown types are taken for road. */
export const surfaceOf = (type: string): number | undefined =>
  Object.hasOwn(SURFACES, type) ? SURFACES[type] : SURFACE_ROAD;

export const isWalked = (type: string): boolean => type === 'sidewalk' || type === 'walking';

/** Paints the lanes of a stretch, and a kerb along pavements that have none marked. */
export function paintLanes(stretch: Stretch, sheet: Sheet): void {
  const places = overlapping(placesAlong(stretch, sheet.level));
  const border = (i: number, aside = 0) => places.map((place) => beside(place, place.t[i] + aside));
  const { lanes } = stretch;
  lanes.forEach(({ type }, i) => {
    const surface = surfaceOf(type);
    if (surface !== undefined) sheet.strip(surface, border(i), border(i + 1));
    if (!isWalked(type)) return;
    for (const [other, at, side] of [
      [lanes[i - 1], i, -1],
      [lanes[i + 1], i + 1, 1],
    ] as const)
      if (other && isKerbed(other.type) && ![...other.marks, ...lanes[i].marks].some((mark) => mark.type === 'curb'))
        sheet.strip(SURFACE_KERB, border(at, side < 0 ? 0 : KERB_WIDTH), border(at, side < 0 ? -KERB_WIDTH : 0));
  });
}

/** Whether a pavement beside a lane of this type ends in a kerb. */
const isKerbed = (type: string) => {
  const surface = surfaceOf(type);
  return (
    surface !== undefined && surface !== SURFACE_SIDEWALK && surface !== SURFACE_KERB && surface !== SURFACE_JUNCTION
  );
};

function overlapping(places: SectionCut[]): SectionCut[] {
  const [first, last] = [places[0], places[places.length - 1]];
  const moved = (place: SectionCut, by: number): SectionCut => ({
    ...place,
    x: place.x + by * cos(place.headingRad),
    y: place.y + by * sin(place.headingRad),
  });
  places[0] = moved(first, -OVERLAP);
  places[places.length - 1] = moved(last, OVERLAP);
  return places;
}
