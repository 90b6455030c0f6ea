/**
 * Junction areas: what lies between the mouths of the roads that meet, filled without holes.
 *
 * The mouths stand round the junction in anticlockwise order. From the right edge of one carriageway to the left edge of the next runs the
 * kerb: a cubic that is tangent to both, close to the arc of a circle where they stand square to each other. Connecting roads are
 * painted over it, and a junction without pavements of its own gets those of its arms led round the corners.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { atan2 } from '../../../../base/arctangent.ts';
import { surfaceOf, isWalked } from './surfaces.ts';
import { SURFACE_JUNCTION, SURFACE_KERB } from './model.ts';
import { beside, type SectionCut, sectionCutAt, type Stretch, stretchesOf } from './sections.ts';
import type { Sheet } from './tiles.ts';
import { triangulate } from './triangulate.ts';
import type { ContactPoint, Junction, OpenDrive, Road } from '../opendrive/model.ts';
import type { Point } from '../../../../base/geometry.ts';

/** Pieces of one corner's curve, by level. */
const PIECES = [12, 5] as const;
/** Control points of a corner's cubic lie at this share of the chord: exact for a quarter of a circle. */
const HANDLE = 0.3905;
const KERB_WIDTH = 0.15;

/** A border that a corner leads from one arm to the next, seen from the carriageway outwards. */
interface Border {
  readonly point: Point;
  /** Material outside of it; undefined beyond the last. */
  readonly surface: number | undefined;
}

/** A road's mouth: where it meets the junction. */
interface Mouth {
  readonly road: Road;
  /** Direction out of the junction, along the road. */
  readonly out: Point;
  /** Edge of the carriageway and what follows outwards, on the right and left hand of who leaves the junction. */
  readonly right: readonly Border[];
  readonly left: readonly Border[];
  readonly angle: number;
}

/** Fills the area of every junction and paints pavements round its corners. */
export function paintJunctions(map: OpenDrive, sheet: Sheet): void {
  const connecting = new Map<string, Road[]>();
  for (const road of map.roads.values())
    if (road.junction !== undefined) connecting.set(road.junction, [...(connecting.get(road.junction) ?? []), road]);
  for (const junction of map.junctions.values()) {
    const mouths = mouthsOf(map, junction);
    if (mouths.length < 2) continue;
    const paved = (connecting.get(junction.id) ?? []).some((road) =>
      road.sections.some(({ left, right }) => [...left, ...right].some(({ type }) => isWalked(type))),
    );
    paintArea(mouths, sheet, !paved);
  }
}

/** The mouths of a junction, anticlockwise. */
function mouthsOf(map: OpenDrive, { id }: Junction): Mouth[] {
  const found: Omit<Mouth, 'angle'>[] = [];
  for (const road of map.roads.values()) {
    if (road.junction !== undefined) continue;
    for (const [link, contact] of [
      [road.predecessor, 'start'],
      [road.successor, 'end'],
    ] as const)
      if (link?.type === 'junction' && link.id === id) found.push(mouthAt(road, contact));
  }
  const middles = found.map(({ left: [a], right: [b] }) => [
    (a.point[0] + b.point[0]) / 2,
    (a.point[1] + b.point[1]) / 2,
  ]);
  const [x, y] = [0, 1].map((axis) => middles.reduce((sum, point) => sum + point[axis], 0) / Math.max(1, found.length));
  return found
    .map((mouth, i) => ({ ...mouth, angle: atan2(middles[i][1] - y, middles[i][0] - x) }))
    .sort((a, b) => a.angle - b.angle);
}

function mouthAt(road: Road, contact: ContactPoint): Omit<Mouth, 'angle'> {
  const stretches = stretchesOf(road);
  const stretch = contact === 'end' ? stretches[stretches.length - 1] : stretches[0];
  const place = sectionCutAt(stretch, contact === 'end' ? stretch.to : stretch.from);
  const sign = contact === 'end' ? -1 : 1;
  const [low, high] = [bordersOf(stretch, place, -1), bordersOf(stretch, place, 1)];
  const [right, left] = contact === 'end' ? [high, low] : [low, high];
  return { road, out: [sign * cos(place.headingRad), sign * sin(place.headingRad)], right, left };
}

/** Borders on one side (`side` +1: left of the reference line), from the carriageway's edge outwards. */
function bordersOf({ lanes, centre }: Stretch, place: SectionCut, side: 1 | -1): Border[] {
  const outwards = side > 0 ? lanes.slice(0, centre).reverse() : lanes.slice(centre);
  const border = (i: number) => beside(place, place.t[centre - side * i]);
  const driven = (type: string) => !isWalked(type) && surfaceOf(type) !== undefined;
  let edge = 0;
  outwards.forEach(({ type }, i) => {
    if (driven(type)) edge = i + 1;
  });
  const borders: Border[] = [];
  for (let i = edge; i <= outwards.length; i++) {
    const type = outwards[i]?.type;
    const surface = type !== undefined && isWalked(type) ? surfaceOf(type) : undefined;
    borders.push({ point: border(i), surface });
    if (surface === undefined) break;
  }
  return borders;
}

function paintArea(mouths: readonly Mouth[], sheet: Sheet, pave: boolean): void {
  const outline: Point[] = [];
  mouths.forEach((mouth, i) => {
    const next = mouths[(i + 1) % mouths.length];
    // Going round anticlockwise one passes a mouth's right edge (seen outwards) first, then its left.
    outline.push(mouth.right[0].point, mouth.left[0].point);
    const kerb = corner(mouth, mouth.left[0].point, next, next.right[0].point, sheet);
    outline.push(...kerb.slice(1, -1));
    if (!pave) return;
    let inner = kerb;
    const count = Math.min(mouth.left.length, next.right.length) - 1;
    for (let k = 0; k < count; k++) {
      const outer = corner(mouth, mouth.left[k + 1].point, next, next.right[k + 1].point, sheet);
      const surface = mouth.left[k].surface ?? next.right[k].surface;
      if (surface !== undefined) sheet.strip(surface, inner, outer);
      if (k === 0) sheet.strip(SURFACE_KERB, kerb, towards(inner, outer, KERB_WIDTH));
      inner = outer;
    }
  });
  for (const [a, b, c] of triangulate(outline)) sheet.triangle(SURFACE_JUNCTION, a, b, c);
}

/** From a point of one mouth to one of the next, tangent to both roads. */
function corner(from: Mouth, a: Point, to: Mouth, b: Point, { level }: Sheet): Point[] {
  const chord = Math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2);
  const handle = HANDLE * chord;
  const [p, q] = [from, to].map(({ out }, i) => {
    const [x, y] = i === 0 ? a : b;
    return [x - out[0] * handle, y - out[1] * handle] as const;
  });
  const at = (t: number): Point => {
    const u = 1 - t;
    const [wa, wp, wq, wb] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    return [wa * a[0] + wp * p[0] + wq * q[0] + wb * b[0], wa * a[1] + wp * p[1] + wq * q[1] + wb * b[1]];
  };
  const pieces = PIECES[level];
  return Array.from({ length: pieces + 1 }, (_, i) => (i === 0 ? a : i === pieces ? b : at(i / pieces)));
}

/** `line` moved `distance` metres towards `other`, point by point. */
function towards(line: readonly Point[], other: readonly Point[], distance: number): Point[] {
  return line.map(([x, y], i) => {
    const [dx, dy] = [other[i][0] - x, other[i][1] - y];
    const length = Math.sqrt(dx * dx + dy * dy);
    const share = length > 0 ? Math.min(1, distance / length) : 0;
    return [x + dx * share, y + dy * share];
  });
}
